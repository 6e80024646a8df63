/// A table's record: the shape of its tree, as LMDB keeps it (`MDB_db`).
struct TreeRecord: Equatable {
  let flags: UInt16
  let depth: Int
  let branchPages: UInt64
  let leafPages: UInt64
  let overflowPages: UInt64
  let entries: UInt64
  /// The number of the root page, or ``none``.
  let root: UInt64

  static let size = 48
  /// Stands for the root of an empty tree.
  static let none = UInt64.max

  /// Reads ``size`` bytes.
  init(_ bytes: [UInt8], at offset: Int) {
    flags = bytes.integer(at: offset + 4, as: UInt16.self)
    depth = Int(bytes.integer(at: offset + 6, as: UInt16.self))
    branchPages = bytes.integer(at: offset + 8, as: UInt64.self)
    leafPages = bytes.integer(at: offset + 16, as: UInt64.self)
    overflowPages = bytes.integer(at: offset + 24, as: UInt64.self)
    entries = bytes.integer(at: offset + 32, as: UInt64.self)
    root = bytes.integer(at: offset + 40, as: UInt64.self)
  }
}

/// A walk through the trees of one commit of a data file, read from the file with every bound
/// checked: nothing in it can make the process fault.
struct TreeWalk {
  /// How the keys of a tree are ordered.
  enum KeyOrder {
    /// Byte by byte, the shorter first.
    case bytes
    /// As numbers of this machine (`MDB_INTEGERKEY`), in LMDB's tree of free pages.
    case integers
  }

  /// What a tree was found to consist of.
  private struct Tally {
    var branches: UInt64 = 0
    var leaves: UInt64 = 0
    var overflows: UInt64 = 0
    var entries: UInt64 = 0
  }

  /// How many faults are kept in words; the rest is counted.
  static let maximumFaults = 100
  /// LMDB's own bound (`CURSOR_STACK`).
  private static let maximumDepth = 32

  private let pageSize: UInt64
  /// The last page that is in use, and in the file.
  private let lastPage: UInt64
  /// The pages that a tree has led to.
  private(set) var visited: PageSet
  private(set) var faults: [PageFault] = []
  private(set) var faultCount = 0
  private let progress: (_ visited: Int) -> Void

  private var table: String?
  private var order = KeyOrder.bytes
  private var tally = Tally()

  init(
    _ meta: MetaPage, in file: borrowing DataFile,
    progress: @escaping (_ visited: Int) -> Void = { _ in }
  ) {
    pageSize = meta.pageSize
    // Of what a damaged meta page says nothing is allocated: a tree has no page beyond the file.
    lastPage = min(meta.lastPage, file.pageCount(of: meta.pageSize) - 1)
    visited = PageSet(through: lastPage)
    self.progress = progress
  }

  /// Walks a tree.
  ///
  /// - Parameters:
  ///   - tree: Its record.
  ///   - table: Its name, for faults.
  ///   - order: How its keys are ordered.
  ///   - file: The file.
  ///   - body: Called with each entry whose place in the file is sound.
  mutating func walk(
    _ tree: TreeRecord, of table: String?, _ order: KeyOrder = .bytes,
    in file: borrowing DataFile, _ body: (ArraySlice<UInt8>, Page.Value) -> Void
  ) {
    self.table = table
    self.order = order
    tally = Tally()
    guard tree.root != TreeRecord.none else {
      if tree.entries != 0 { fault(0, "the table has no root, but \(tree.entries) entries") }
      return
    }
    let before = faultCount
    visit(tree.root, below: tree.depth, from: nil, to: nil, in: file, body)
    guard faultCount == before else { return }
    compare("branch pages", tree.branchPages, tally.branches, at: tree.root)
    compare("leaf pages", tree.leafPages, tally.leaves, at: tree.root)
    compare("pages of large values", tree.overflowPages, tally.overflows, at: tree.root)
    compare("entries", tree.entries, tally.entries, at: tree.root)
  }

  /// Notes a fault of the table that is being walked.
  private mutating func fault(_ page: UInt64, _ text: String) {
    note(PageFault(page: page, table: table, found: text))
  }

  /// Notes a fault.
  mutating func note(_ fault: PageFault) {
    faultCount += 1
    if faults.count < Self.maximumFaults { faults.append(fault) }
  }

  private mutating func compare(
    _ what: String, _ recorded: UInt64, _ found: UInt64, at root: UInt64
  ) {
    if recorded != found {
      fault(root, "the tree from here has \(found) \(what), its record says \(recorded)")
    }
  }

  // MARK: Pages

  private mutating func visit(
    _ number: UInt64, below levels: Int, from lower: ArraySlice<UInt8>?,
    to upper: ArraySlice<UInt8>?, in file: borrowing DataFile,
    _ body: (ArraySlice<UInt8>, Page.Value) -> Void
  ) {
    guard (1...Self.maximumDepth).contains(levels) else {
      return fault(number, "the tree is deeper or shallower than its record says")
    }
    guard claim(number, 1) else { return }
    guard let bytes = file.bytes(at: number * pageSize, count: pageSize) else {
      return fault(number, "it is missing from the file")
    }
    do throws(Page.Misfit) {
      switch try Page(bytes, number: number).nodes {
      case .branch(let nodes):
        guard levels > 1 else { throw Page.Misfit("it is a branch where a leaf should be") }
        tally.branches += 1
        let keys = nodes.dropFirst().map(\.key)
        try check(keys, from: lower, to: upper)
        for (index, node) in nodes.enumerated() {
          visit(
            node.child, below: levels - 1, from: index == 0 ? lower : node.key,
            to: index < keys.count ? keys[index] : upper, in: file, body)
        }
      case .leaf(let nodes):
        guard levels == 1 else { throw Page.Misfit("it is a leaf where a branch should be") }
        tally.leaves += 1
        tally.entries += UInt64(nodes.count)
        try check(nodes.map(\.key), from: lower, to: upper)
        for node in nodes where visit(node.value, in: file) { body(node.key, node.value) }
      }
    } catch {
      fault(number, error.text)
    }
  }

  /// Visits the pages of a large value; whether they are sound.
  private mutating func visit(_ value: Page.Value, in file: borrowing DataFile) -> Bool {
    guard case .overflow(let first, let size) = value else { return true }
    let pages = (UInt64(Page.headerSize - 1) + UInt64(size)) / pageSize + 1
    guard claim(first, pages) else { return false }
    tally.overflows += pages
    let length = UInt64(Page.headerSize) + UInt64(size)
    guard let header = file.bytes(at: first * pageSize, count: UInt64(Page.headerSize)),
      file.contains(length, at: first * pageSize)
    else {
      fault(first, "a large value is missing from the file")
      return false
    }
    do throws(Page.Misfit) {
      try Page.checkOverflow(header, number: first, pages: pages)
      return true
    } catch {
      fault(first, error.text)
      return false
    }
  }

  /// Notes that a tree leads to these pages; each has one place only.
  private mutating func claim(_ first: UInt64, _ count: UInt64) -> Bool {
    guard first > 1, first <= lastPage, count <= lastPage - first + 1 else {
      fault(first, "a tree leads to it, but the file has no such page")
      return false
    }
    for number in first..<first + count {
      guard visited.insert(number) else {
        fault(number, "two places of the file lead to it")
        return false
      }
    }
    progress(visited.count)
    return true
  }

  // MARK: Keys

  private func check(
    _ keys: [ArraySlice<UInt8>], from lower: ArraySlice<UInt8>?, to upper: ArraySlice<UInt8>?
  ) throws(Page.Misfit) {
    for (key, next) in zip(keys, keys.dropFirst()) where !precedes(key, next) {
      throw Page.Misfit("its keys are not in order")
    }
    if let first = keys.first, let lower, precedes(first, lower) {
      throw Page.Misfit("its first key is less than the branch above it says")
    }
    if let last = keys.last, let upper, !precedes(last, upper) {
      throw Page.Misfit("its last key is greater than the branch above it says")
    }
  }

  private func precedes(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
    switch order {
    case .bytes: left.lexicographicallyPrecedes(right)
    case .integers: left.reversed().lexicographicallyPrecedes(right.reversed())
    }
  }
}

/// A set of page numbers, one bit each.
struct PageSet {
  private var words: [UInt64]
  private(set) var count = 0

  /// An empty set of numbers up to this one.
  init(through last: UInt64) {
    words = [UInt64](repeating: 0, count: Int(last / 64) + 1)
  }

  /// Adds a number; whether it was not there.
  mutating func insert(_ number: UInt64) -> Bool {
    let (word, bit) = (Int(number / 64), UInt64(1) << (number % 64))
    guard words[word] & bit == 0 else { return false }
    words[word] |= bit
    count += 1
    return true
  }

  func contains(_ number: UInt64) -> Bool {
    let word = Int(number / 64)
    return word < words.count && words[word] & (1 << (number % 64)) != 0
  }
}
