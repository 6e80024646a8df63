/// The free pages of a data file, read from the file itself with every bound checked.
///
/// They are a B+ tree whose values are lists of page numbers, the count first (`MDB_IDL`).
struct FreePages {
  private var pages: Set<UInt64> = []

  private static let branchFlag: UInt16 = 0x01
  private static let leafFlag: UInt16 = 0x02
  private static let overflowFlag: UInt16 = 0x04
  private static let bigDataFlag: UInt16 = 0x01
  private static let pageHeader = 16
  private static let nodeHeader = 8
  /// LMDB's own bound (`CURSOR_STACK`).
  private static let maximumDepth = 32

  /// Reads the list, or returns `nil` when it is itself damaged or missing from the file.
  init?(in file: borrowing DataFile, _ meta: MetaPage) {
    guard meta.freeRoot != .max else { return }
    guard visit(meta.freeRoot, in: file, meta, depth: 0) else { return nil }
  }

  /// Whether every one of `missing` is free.
  func contains(all missing: ClosedRange<UInt64>) -> Bool {
    missing.count <= pages.count && missing.allSatisfy { pages.contains($0) }
  }

  private mutating func visit(
    _ number: UInt64, in file: borrowing DataFile, _ meta: MetaPage, depth: Int
  ) -> Bool {
    let size = Int(meta.pageSize)
    guard depth < FreePages.maximumDepth, number <= meta.lastPage,
      let page = file.bytes(at: number * meta.pageSize, count: meta.pageSize)
    else { return false }
    let flags = page.integer(at: 10, as: UInt16.self)
    let lower = Int(page.integer(at: 12, as: UInt16.self))
    guard lower >= FreePages.pageHeader, lower <= size else { return false }
    for index in 0..<(lower - FreePages.pageHeader) / 2 {
      let node = Int(page.integer(at: FreePages.pageHeader + 2 * index, as: UInt16.self))
      guard node >= lower, node + FreePages.nodeHeader <= size else { return false }
      if flags & FreePages.branchFlag != 0 {
        let child =
          UInt64(page.integer(at: node, as: UInt32.self))
          | UInt64(page.integer(at: node + 4, as: UInt16.self)) << 32
        guard visit(child, in: file, meta, depth: depth + 1) else { return false }
      } else if flags & FreePages.leafFlag != 0 {
        guard addList(of: page, node: node, in: file, meta) else { return false }
      } else {
        return false
      }
    }
    return true
  }

  private mutating func addList(
    of page: [UInt8], node: Int, in file: borrowing DataFile, _ meta: MetaPage
  ) -> Bool {
    let count = Int(page.integer(at: node, as: UInt32.self))
    let flags = page.integer(at: node + 4, as: UInt16.self)
    let start =
      node + FreePages.nodeHeader + Int(page.integer(at: node + 6, as: UInt16.self))
    guard flags & FreePages.bigDataFlag != 0 else {
      guard start + count <= page.count else { return false }
      return add(page[start..<start + count])
    }
    guard start + 8 <= page.count else { return false }
    let overflow = page.integer(at: start, as: UInt64.self)
    guard overflow <= meta.lastPage,
      let bytes = file.bytes(
        at: overflow * meta.pageSize, count: UInt64(FreePages.pageHeader + count)),
      bytes.integer(at: 10, as: UInt16.self) & FreePages.overflowFlag != 0
    else { return false }
    return add(bytes[FreePages.pageHeader...])
  }

  private mutating func add(_ list: ArraySlice<UInt8>) -> Bool {
    let numbers = Array(list)
    guard numbers.count >= 8 else { return false }
    let count = numbers.integer(at: 0, as: UInt64.self)
    guard count < UInt64(numbers.count / 8) else { return false }
    for index in 0..<Int(count) {
      pages.insert(numbers.integer(at: 8 * (index + 1), as: UInt64.self))
    }
    return true
  }
}
