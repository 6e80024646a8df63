/// The free pages of a data file, read from the file itself with every bound checked.
///
/// They are a tree whose values are lists of page numbers, the count first, the greatest number next
/// (`MDB_IDL`).
struct FreePages {
  private(set) var pages: Set<UInt64> = []

  /// Reads the list, or returns `nil` when it is itself damaged or missing from the file.
  init?(in file: borrowing DataFile, _ meta: MetaPage) {
    var walk = TreeWalk(meta, in: file)
    self.init(in: file, meta, &walk)
    if walk.faultCount > 0 { return nil }
  }

  /// Reads the list as part of a walk, which notes what is wrong with it.
  init(in file: borrowing DataFile, _ meta: MetaPage, _ walk: inout TreeWalk) {
    var lists: [(key: ArraySlice<UInt8>, value: Page.Value)] = []
    walk.walk(meta.free, of: nil, .integers, in: file) { lists.append(($0, $1)) }
    for list in lists {
      guard let content = list.value.bytes(in: file, meta), add(content, through: meta.lastPage)
      else {
        walk.note(
          PageFault(
            page: meta.free.root, table: nil,
            found: "a list of free pages in the tree from here cannot be read"))
        continue
      }
    }
  }

  /// Whether every one of `missing` is free.
  func contains(all missing: ClosedRange<UInt64>) -> Bool {
    missing.count <= pages.count && missing.allSatisfy { pages.contains($0) }
  }

  private mutating func add(_ list: [UInt8], through last: UInt64) -> Bool {
    guard list.count >= 8 else { return false }
    let count = list.integer(at: 0, as: UInt64.self)
    guard count < UInt64(list.count / 8) else { return false }
    // LMDB looks for neighbours by their places, so each has to be less than the one before.
    var previous = UInt64.max
    for index in 0..<Int(count) {
      let number = list.integer(at: 8 * (index + 1), as: UInt64.self)
      guard number < previous, (2...max(2, last)).contains(number),
        pages.insert(number).inserted
      else { return false }
      previous = number
    }
    return true
  }
}
