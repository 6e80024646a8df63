/// What a walk through all pages of a data file found.
public struct PageReport: Hashable, Sendable {
  /// The commit whose pages were walked (`mdb_txn_id`).
  public var transaction: Int
  /// The size of a page, in bytes.
  public var pageSize: Int
  /// The pages of the file, the two meta pages with them.
  public var pages: Int
  /// The pages that hold tables.
  public var usedPages: Int
  /// The pages that are free.
  public var freePages: Int
  /// The pages that are neither: room that is lost until the file is compacted, and no more.
  public var lostPages: Int
  /// What is wrong, at most the first hundred in words.
  public var faults: [PageFault]
  /// How much is wrong.
  public var faultCount: Int
}

extension PageReport {
  /// Walks the pages of one commit.
  ///
  /// - Parameters:
  ///   - file: The file, of which that commit's pages must not be written meanwhile.
  ///   - meta: The commit.
  ///   - progress: Called now and then with the pages walked and how many there are.
  ///   - visit: Called with each entry of each table whose place is sound.
  init(
    _ file: borrowing DataFile, _ meta: MetaPage,
    progress: @escaping (_ done: Int, _ total: Int) -> Void,
    visit: (_ table: String, _ key: [UInt8], _ value: [UInt8]) -> Void
  ) {
    let total = Int(meta.lastPage) + 1
    var walk = TreeWalk(meta, in: file) { progress($0, total) }
    let free = FreePages(in: file, meta, &walk)
    for (name, record) in Self.tables(in: file, meta, &walk) {
      walk.walk(record, of: name, in: file) { key, value in
        if let value = value.bytes(in: file, meta) { visit(name, Array(key), value) }
      }
    }
    for page in free.pages.sorted() where walk.visited.contains(page) {
      walk.note(
        PageFault(page: page, table: nil, found: "it is in use and on the list of free pages"))
    }
    let known = MetaPage.count + walk.visited.count + free.pages.count
    self.init(
      transaction: Int(clamping: meta.transaction), pageSize: Int(meta.pageSize), pages: total,
      usedPages: walk.visited.count, freePages: free.pages.count,
      lostPages: max(0, total - known), faults: walk.faults, faultCount: walk.faultCount)
  }

  /// The tables' records, which are the entries of LMDB's main table.
  private static func tables(
    in file: borrowing DataFile, _ meta: MetaPage, _ walk: inout TreeWalk
  ) -> [(name: String, record: TreeRecord)] {
    var tables: [(name: String, record: TreeRecord)] = []
    var faults: [PageFault] = []
    walk.walk(meta.main, of: nil, in: file) { key, value in
      let name = String(decoding: key, as: UTF8.self)
      guard case .table(let bytes) = value, bytes.count == TreeRecord.size else {
        let found = "“\(name)”, in the tree from here, is no table"
        return faults.append(PageFault(page: meta.main.root, table: nil, found: found))
      }
      let record = TreeRecord(Array(bytes), at: 0)
      guard record.flags == 0 else {
        let found = "the table's record has the flags \(record.flags) instead of 0"
        return faults.append(PageFault(page: meta.main.root, table: name, found: found))
      }
      tables.append((name, record))
    }
    for fault in faults { walk.note(fault) }
    return tables
  }
}
