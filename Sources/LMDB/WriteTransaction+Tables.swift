import CLMDB

extension WriteTransaction {
  /// The table of that name, made if it does not exist (`mdb_dbi_open` with `MDB_CREATE`).
  ///
  /// - Throws: `.badTableName`; `.tablesFull`; `.incompatibleTable`.
  public func createTable(_ name: String) throws(LMDBError) -> Table {
    if let table = try reading.table(name) { return table }
    state.willChange()
    let core = reading.core
    let handles = core.claimHandles(state, barringReaders: false)
    if let leftOver = handles[name], !state.closedHandles.contains(name) {
      // Another process dropped the table: LMDB would answer with the old handle and make nothing.
      _ = core.claimHandles(state, barringReaders: true)
      unsafe mdb_dbi_close(core.handle, leftOver.handle)
      state.closedHandles.insert(name)
    }
    var opened: UInt32 = 0
    let result = unsafe mdb_dbi_open(reading.handle, name, UInt32(MDB_CREATE), &opened)
    let table = Table(name: name, handle: opened)
    try check(result, table, "creating the table")
    state.hasChanged = true
    state.openedHandles[name] = table
    state.catalog = state.catalog.adding(table)
    return table
  }

  /// Deletes every entry of the table (`mdb_drop`), and keeps the table.
  ///
  /// - Throws: `.tableNotFound`.
  public func empty(_ table: Table) throws(LMDBError) {
    try reading.check(table)
    state.willChange()
    unsafe try check(mdb_drop(reading.handle, table.handle, 0), table, "emptying the table")
    state.hasChanged = true
  }

  /// Deletes the table of that name with all its entries (`mdb_drop`); does nothing if there is
  /// none.
  ///
  /// Handles are shared by all readers of the process, so this waits until those in progress end,
  /// and keeps new ones waiting until this transaction has ended.
  ///
  /// - Throws: `.badTableName`; `.incompatibleTable`.
  public func drop(_ tableName: String) throws(LMDBError) {
    guard let table = try reading.table(tableName) else { return }
    state.willChange()
    _ = reading.core.claimHandles(state, barringReaders: true)
    unsafe try check(mdb_drop(reading.handle, table.handle, 1), table, "dropping the table")
    state.hasChanged = true
    if state.openedHandles.removeValue(forKey: tableName) == nil {
      state.closedHandles.insert(tableName)
    }
    state.catalog = state.catalog.removing(tableName)
  }
}

extension EnvironmentCore {
  /// Claims the right to open and close handles until the write transaction ends.
  ///
  /// - Parameters:
  ///   - state: the write transaction's.
  ///   - barringReaders: whether to wait for the readers in progress, and to let none begin.
  /// - Returns: the handles that are open besides those of the transaction.
  func claimHandles(_ state: WriteState, barringReaders: Bool) -> [String: Table] {
    gate.wait { gate -> [String: Table]? in
      guard state.ownsHandles || !gate.opening else { return nil }
      gate.opening = true
      if barringReaders { gate.barred = true }
      state.ownsHandles = true
      return barringReaders && gate.readers > 0 ? nil : gate.handles
    }
  }
}
