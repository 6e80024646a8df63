import CLMDB

extension ReadTransaction {
  /// A key and its value, copied out of the map.
  public typealias Entry = (key: [UInt8], value: [UInt8])

  /// The entry with the least key, or `nil` when the table is empty (`MDB_FIRST`).
  ///
  /// - Throws: `.tableNotFound`.
  public func first(_ table: Table) throws(LMDBError) -> Entry? {
    try check(table)
    var cursor = unsafe try Cursor(handle, table.handle, path: core.path, state: writing)
    return try cursor.move(MDB_FIRST) ? cursor.entry : nil
  }

  /// The entry with the greatest key, or `nil` when the table is empty (`MDB_LAST`).
  ///
  /// - Throws: `.tableNotFound`.
  public func last(_ table: Table) throws(LMDBError) -> Entry? {
    try check(table)
    var cursor = unsafe try Cursor(handle, table.handle, path: core.path, state: writing)
    return try cursor.move(MDB_LAST) ? cursor.entry : nil
  }

  /// The entry with the greatest key that is not greater than `key`, or `nil`.
  ///
  /// - Throws: `.badKeySize`; `.tableNotFound`.
  public func floor(_ table: Table, _ key: [UInt8]) throws(LMDBError) -> Entry? {
    var cursor = try cursor(table, key)
    guard try cursor.move(toCeilingOf: key) else {
      return try cursor.move(MDB_LAST) ? cursor.entry : nil
    }
    if unsafe cursor.keyBuffer.elementsEqual(key) { return cursor.entry }
    return try cursor.move(MDB_PREV) ? cursor.entry : nil
  }

  /// The entry with the greatest key that is less than `key`, or `nil`.
  ///
  /// - Throws: `.badKeySize`; `.tableNotFound`.
  public func lower(_ table: Table, _ key: [UInt8]) throws(LMDBError) -> Entry? {
    var cursor = try cursor(table, key)
    return try cursor.move(below: key) ? cursor.entry : nil
  }

  /// The entry with the least key that is not less than `key`, or `nil` (`MDB_SET_RANGE`).
  ///
  /// - Throws: `.badKeySize`; `.tableNotFound`.
  public func ceiling(_ table: Table, _ key: [UInt8]) throws(LMDBError) -> Entry? {
    var cursor = try cursor(table, key)
    return try cursor.move(toCeilingOf: key) ? cursor.entry : nil
  }

  /// The entry with the least key that is greater than `key`, or `nil`.
  ///
  /// - Throws: `.badKeySize`; `.tableNotFound`.
  public func higher(_ table: Table, _ key: [UInt8]) throws(LMDBError) -> Entry? {
    var cursor = try cursor(table, key)
    return try cursor.move(above: key) ? cursor.entry : nil
  }

  /// A place between two entries, told by a key.
  public enum Gap: Sendable {
    /// Before the key.
    case before
    /// After the key.
    case after
    /// The one that is there once the key is taken away.
    case without
  }

  /// A side of a gap.
  public enum Side: Sendable {
    /// Where the keys are less.
    case below
    /// Where the keys are greater.
    case above
  }

  /// Visits the entries on both sides of a gap, in one search, and lends their bytes as
  /// ``scanSpans(_:_:reverse:_:)`` does.
  ///
  /// What lies on both sides of a gap proves that nothing lies in it, as long as a caller can tell
  /// that both are sound: a search that a damaged key led astray ends beside that key, and one that
  /// a damaged branch led astray ends between two keys that do not enclose the gap.
  ///
  /// - Parameters:
  ///   - table: The table.
  ///   - gap: Where the gap is.
  ///   - key: What tells the gap.
  ///   - body: Is called with the entry above, then with the one below, where there are such.
  /// - Throws: `.corrupted` where they do not enclose it; `.badKeySize`; `.tableNotFound`; whatever
  ///   `body` throws.
  public func visitSides(
    of table: Table, _ gap: Gap, _ key: [UInt8],
    _ body: (_ side: Side, _ key: Span<UInt8>, _ value: Span<UInt8>) throws -> Void
  ) throws {
    writing?.lentSpans += 1
    defer { writing?.lentSpans -= 1 }
    var cursor = try cursor(table, key)
    var isFound = try cursor.move(toCeilingOf: key)
    let isThere = unsafe isFound && cursor.keyBuffer.elementsEqual(key)
    if isThere, gap != .before { isFound = try cursor.move(MDB_NEXT) }
    if isFound {
      let found = unsafe cursor.keyBuffer.bindMemory(to: UInt8.self)
      let value = unsafe cursor.valueBuffer.bindMemory(to: UInt8.self)
      // What is not before the key is behind it, but for the key itself.
      let isAbove = unsafe !KeyOrder.precedes(found.span, key.span)
      guard unsafe isAbove, gap == .before || !found.elementsEqual(key) else {
        throw disorder(in: table)
      }
      try unsafe body(.above, found.span, value.span)
    }
    isFound = try cursor.move(isFound ? MDB_PREV : MDB_LAST)
    if isFound, isThere, gap == .without { isFound = try cursor.move(MDB_PREV) }
    guard isFound else { return }
    let found = unsafe cursor.keyBuffer.bindMemory(to: UInt8.self)
    let value = unsafe cursor.valueBuffer.bindMemory(to: UInt8.self)
    let isBelow = unsafe KeyOrder.precedes(found.span, key.span)
    guard unsafe isBelow || (gap == .after && found.elementsEqual(key)) else {
      throw disorder(in: table)
    }
    try unsafe body(.below, found.span, value.span)
  }

  private func disorder(in table: Table) -> LMDBError {
    LMDBError(
      .corrupted,
      "\(core.path), table “\(table.name)”: the keys of a page are not in order; restore the "
        + "directory from a backup")
  }

  private func cursor(_ table: Table, _ key: [UInt8]) throws(LMDBError) -> Cursor {
    try check(table, key)
    return unsafe try Cursor(handle, table.handle, path: core.path, state: writing)
  }
}

extension Cursor {
  /// The current entry, copied.
  var entry: ReadTransaction.Entry {
    unsafe ([UInt8](keyBuffer), [UInt8](valueBuffer))
  }
}
