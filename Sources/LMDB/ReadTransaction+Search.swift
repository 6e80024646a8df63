import CLMDB

extension ReadTransaction {
  /// A key and its value, copied out of the map.
  public typealias Entry = (key: [UInt8], value: [UInt8])

  /// The entry with the least key, or `nil` when the table is empty (`MDB_FIRST`).
  ///
  /// - Throws: `.tableNotFound`.
  public func first(_ table: Table) throws(LMDBError) -> Entry? {
    try check(table)
    var cursor = unsafe try Cursor(handle, table.handle, path: core.path)
    return try cursor.move(MDB_FIRST) ? cursor.entry : nil
  }

  /// The entry with the greatest key, or `nil` when the table is empty (`MDB_LAST`).
  ///
  /// - Throws: `.tableNotFound`.
  public func last(_ table: Table) throws(LMDBError) -> Entry? {
    try check(table)
    var cursor = unsafe try Cursor(handle, table.handle, path: core.path)
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

  private func cursor(_ table: Table, _ key: [UInt8]) throws(LMDBError) -> Cursor {
    try check(table, key)
    return unsafe try Cursor(handle, table.handle, path: core.path)
  }
}

extension Cursor {
  /// The current entry, copied.
  var entry: ReadTransaction.Entry {
    unsafe ([UInt8](keyBuffer), [UInt8](valueBuffer))
  }
}
