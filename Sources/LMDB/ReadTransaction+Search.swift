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

  /// The entries on both sides of a place between two keys, in one search.
  ///
  /// What lies on both sides of a place proves that nothing lies in it, as long as a caller can tell
  /// that both are sound: a search that a damaged key led astray ends beside that key, and one that
  /// a damaged branch led astray ends between two keys that do not enclose the place.
  ///
  /// - Parameters:
  ///   - table: The table.
  ///   - key: The place is before this key.
  ///   - isAfter: Whether the place is after the key instead.
  /// - Returns: The entry with the greatest key below the place and the one with the least key above.
  /// - Throws: `.corrupted` where they do not enclose it; `.badKeySize`; `.tableNotFound`.
  public func around(
    _ table: Table, _ key: [UInt8], after isAfter: Bool = false
  ) throws(LMDBError) -> (below: Entry?, above: Entry?) {
    var cursor = try cursor(table, key)
    let isFound = isAfter ? try cursor.move(above: key) : try cursor.move(toCeilingOf: key)
    let above = isFound ? cursor.entry : nil
    let below = try cursor.move(isFound ? MDB_PREV : MDB_LAST) ? cursor.entry : nil
    let isAbove = above.map {
      !KeyOrder.precedes($0.key.span, key.span) && !(isAfter && $0.key == key)
    }
    let isBelow = below.map {
      KeyOrder.precedes($0.key.span, key.span) || (isAfter && $0.key == key)
    }
    guard isAbove ?? true, isBelow ?? true else {
      throw LMDBError(
        .corrupted,
        "\(core.path), table “\(table.name)”: the keys of a page are not in order; restore the "
          + "directory from a backup")
    }
    return (below, above)
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
