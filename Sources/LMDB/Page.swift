/// What is wrong with a page of a data file.
public struct PageFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// The number of the page; the first of a file is 0.
  public let page: UInt64
  /// The table whose tree led to the page; `nil` where that is LMDB's own.
  public let table: String?
  /// What was expected and what was found.
  public let found: String

  /// The page, its table, and what is wrong.
  public var description: String {
    "page \(page)\(table.map { " of the table “\($0)”" } ?? ""): \(found)"
  }
}

/// A page of a tree, read from the file and believed only as far as it was checked (`MDB_page`,
/// `MDB_node`).
struct Page {
  /// The entries of a page.
  enum Nodes {
    /// Keys and the pages below them; the first key stands for the least one of all.
    case branch([(key: ArraySlice<UInt8>, child: UInt64)])
    /// Keys and values.
    case leaf([(key: ArraySlice<UInt8>, value: Value)])
  }

  /// Where the value of an entry is.
  enum Value {
    /// In the page.
    case inline(ArraySlice<UInt8>)
    /// In so many bytes on pages of its own, from this one on (`F_BIGDATA`).
    case overflow(first: UInt64, size: Int)
    /// A table's record, in the page (`F_SUBDATA`).
    case table(ArraySlice<UInt8>)
  }

  let nodes: Nodes

  static let headerSize = 16
  private static let nodeHeaderSize = 8
  private static let branchFlag: UInt16 = 0x01
  private static let leafFlag: UInt16 = 0x02
  private static let overflowFlag: UInt16 = 0x04
  private static let bigDataFlag: UInt16 = 0x01
  private static let subDataFlag: UInt16 = 0x02

  /// Reads a page.
  ///
  /// - Parameters:
  ///   - bytes: All of the page.
  ///   - number: Which page it has to be: each carries its own number.
  /// - Throws: What is wrong, in words.
  init(_ bytes: [UInt8], number: UInt64) throws(Misfit) {
    let own = bytes.integer(at: 0, as: UInt64.self)
    guard own == number else {
      throw Misfit("it carries the number \(own): it was written to the wrong place, or not at all")
    }
    let flags = bytes.integer(at: 10, as: UInt16.self)
    let lower = Int(bytes.integer(at: 12, as: UInt16.self))
    let upper = Int(bytes.integer(at: 14, as: UInt16.self))
    guard lower >= Page.headerSize, lower <= upper, upper <= bytes.count, lower % 2 == 0 else {
      throw Misfit("its free room is said to be from \(lower) to \(upper)")
    }
    let offsets = (0..<(lower - Page.headerSize) / 2).map {
      Int(bytes.integer(at: Page.headerSize + 2 * $0, as: UInt16.self))
    }
    for offset in offsets {
      guard offset >= upper, offset + Page.nodeHeaderSize <= bytes.count, offset % 2 == 0 else {
        throw Misfit("an entry is said to be at \(offset)")
      }
    }
    let sizes: [Int]
    switch flags {
    case Page.branchFlag: (nodes, sizes) = try Page.branch(bytes, offsets)
    case Page.leafFlag: (nodes, sizes) = try Page.leaf(bytes, offsets)
    default: throw Misfit("its flags are 0x\(String(flags, radix: 16)), of no page of a tree")
    }
    try Page.checkPacking(offsets, sizes, from: upper, to: bytes.count)
  }

  /// Why bytes are not what they should be.
  struct Misfit: Error {
    let text: String
    init(_ text: String) { self.text = text }
  }

  private static func branch(
    _ bytes: [UInt8], _ offsets: [Int]
  ) throws(Misfit) -> (Nodes, sizes: [Int]) {
    var nodes: [(key: ArraySlice<UInt8>, child: UInt64)] = []
    for offset in offsets {
      let child =
        UInt64(bytes.integer(at: offset, as: UInt32.self))
        | UInt64(bytes.integer(at: offset + 4, as: UInt16.self)) << 32
      nodes.append((try key(bytes, offset), child))
    }
    guard !nodes.isEmpty else { throw Misfit("it is a branch with no page below it") }
    return (.branch(nodes), nodes.map { nodeHeaderSize + $0.key.count })
  }

  private static func leaf(
    _ bytes: [UInt8], _ offsets: [Int]
  ) throws(Misfit) -> (Nodes, sizes: [Int]) {
    var nodes: [(key: ArraySlice<UInt8>, value: Value)] = []
    var sizes: [Int] = []
    for offset in offsets {
      let key = try key(bytes, offset)
      let size = Int(bytes.integer(at: offset, as: UInt32.self))
      let flags = bytes.integer(at: offset + 4, as: UInt16.self)
      let stored = flags & bigDataFlag == 0 ? size : MemoryLayout<UInt64>.size
      guard stored <= bytes.count - key.endIndex else {
        throw Misfit("the value at \(offset) is said to have \(size) bytes")
      }
      let value = bytes[key.endIndex..<key.endIndex + stored]
      switch flags {
      case 0: nodes.append((key, .inline(value)))
      case subDataFlag: nodes.append((key, .table(value)))
      case bigDataFlag:
        let first = bytes.integer(at: key.endIndex, as: UInt64.self)
        nodes.append((key, .overflow(first: first, size: size)))
      default: throw Misfit("the entry at \(offset) has the flags \(flags)")
      }
      sizes.append(nodeHeaderSize + key.count + stored)
    }
    return (.leaf(nodes), sizes)
  }

  private static func key(
    _ bytes: [UInt8], _ offset: Int
  ) throws(Misfit) -> ArraySlice<UInt8> {
    let size = Int(bytes.integer(at: offset + 6, as: UInt16.self))
    let start = offset + nodeHeaderSize
    guard size <= Environment.maximumKeySize, start + size <= bytes.count else {
      throw Misfit("the key at \(offset) is said to have \(size) bytes")
    }
    return bytes[start..<start + size]
  }

  /// Entries fill the page from its free room to its end, in any order, without a gap and without
  /// an overlap: a number of entries that was lowered hides none.
  private static func checkPacking(
    _ offsets: [Int], _ sizes: [Int], from upper: Int, to end: Int
  ) throws(Misfit) {
    var next = upper
    for (offset, size) in zip(offsets, sizes).sorted(by: { $0.0 < $1.0 }) {
      guard offset == next else {
        throw Misfit("its entries leave a gap or overlap at \(min(offset, next))")
      }
      next = offset + size + size % 2
    }
    guard next == end else { throw Misfit("its entries end at \(next) instead of \(end)") }
  }

  /// Checks the header of the first of the pages that hold a large value.
  static func checkOverflow(
    _ header: [UInt8], number: UInt64, pages: UInt64
  ) throws(Misfit) {
    let own = header.integer(at: 0, as: UInt64.self)
    guard own == number else {
      throw Misfit("it carries the number \(own): it was written to the wrong place, or not at all")
    }
    let flags = header.integer(at: 10, as: UInt16.self)
    guard flags == overflowFlag else {
      throw Misfit("its flags are 0x\(String(flags, radix: 16)), not those of a large value")
    }
    let count = UInt64(header.integer(at: 12, as: UInt32.self))
    guard count == pages else {
      throw Misfit("a value that takes \(pages) pages is said to take \(count)")
    }
  }
}

extension Page.Value {
  /// The value's bytes; `nil` where they are missing from the file, or are a table's record.
  func bytes(in file: borrowing DataFile, _ meta: MetaPage) -> [UInt8]? {
    switch self {
    case .inline(let bytes): Array(bytes)
    case .overflow(let first, let size):
      file.bytes(at: first * meta.pageSize + UInt64(Page.headerSize), count: UInt64(size))
    case .table: nil
    }
  }
}
