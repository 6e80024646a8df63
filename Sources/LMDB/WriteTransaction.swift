import CLMDB

/// One atomic change of an environment: all of it is committed when the body returns, none if it
/// throws.
///
/// It is lent to the body of a write on the environment's writer thread and cannot leave it.
public struct WriteTransaction: ~Copyable {
  /// The same transaction as readers see one; it shows the changes made so far.
  public let reading: ReadTransaction

  let state: WriteState

  init(core: EnvironmentCore, state: WriteState) {
    reading = ReadTransaction(core: core, state: state)
    self.state = state
  }

  /// Stores `value` under `key`, replacing what was there (`mdb_put`).
  ///
  /// - Throws: `.badKeySize` for an empty key or one over 511 bytes; `.badValueSize`;
  ///   `.tableNotFound`.
  public func put(_ table: Table, _ key: [UInt8], _ value: [UInt8]) throws(LMDBError) {
    try check(store(table, key, value, flags: 0), table, "storing a value")
  }

  /// Stores `value` under `key` unless there is a value already (`MDB_NOOVERWRITE`).
  ///
  /// - Returns: whether it was stored.
  /// - Throws: as ``put(_:_:_:)``.
  public func putIfAbsent(
    _ table: Table, _ key: [UInt8], _ value: [UInt8]
  ) throws(LMDBError) -> Bool {
    let result = try store(table, key, value, flags: MDB_NOOVERWRITE)
    if result == MDB_KEYEXIST { return false }
    try check(result, table, "storing a value")
    return true
  }

  /// Stores `value` under a key greater than all others in the table (`MDB_APPEND`).
  ///
  /// Appended pages are filled to the brim, which makes for fewer of them.
  ///
  /// - Throws: `.keyOutOfOrder` when the key is not the greatest; otherwise as ``put(_:_:_:)``.
  public func append(_ table: Table, _ key: [UInt8], _ value: [UInt8]) throws(LMDBError) {
    try check(store(table, key, value, flags: MDB_APPEND), table, "appending a value")
  }

  /// Deletes the entry under `key` (`mdb_del`).
  ///
  /// - Returns: whether there was one.
  /// - Throws: `.badKeySize`; `.tableNotFound`.
  @discardableResult
  public func delete(_ table: Table, _ key: [UInt8]) throws(LMDBError) -> Bool {
    try reading.check(table, key)
    state.willChange()
    let result = unsafe withValue(key) { key in
      unsafe mdb_del(reading.handle, table.handle, &key, nil)
    }
    if result == MDB_NOTFOUND { return false }
    try check(result, table, "deleting an entry")
    state.hasChanged = true
    return true
  }

  private func store(
    _ table: Table, _ key: [UInt8], _ value: [UInt8], flags: Int32
  ) throws(LMDBError) -> Int32 {
    try reading.check(table, key)
    state.willChange()
    let result = unsafe withValue(key) { key in
      unsafe withValue(value) { value in
        unsafe mdb_put(reading.handle, table.handle, &key, &value, UInt32(flags))
      }
    }
    if result == 0 { state.hasChanged = true }
    return result
  }

  func check(_ returnCode: Int32, _ table: Table, _ action: String) throws(LMDBError) {
    if returnCode == MDB_MAP_FULL { state.isMapFull = true }
    try reading.check(returnCode, table, action)
  }
}
