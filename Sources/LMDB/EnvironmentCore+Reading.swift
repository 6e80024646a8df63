import CLMDB

extension EnvironmentCore {
  /// A snapshot and its tables.
  @safe
  struct Snapshot {
    let transaction: OpaquePointer
    let catalog: Catalog
  }

  /// Begins a read transaction whose catalog is exact, waiting at the gate if need be.
  func beginReading() throws(LMDBError) -> Snapshot {
    while true {
      let (idle, catalog) = try gate.enterReader()
      guard let transaction = unsafe try beginInside(idle) else {
        try adoptMapSize()
        continue
      }
      if unsafe mdb_txn_id(transaction) == catalog.transaction {
        return unsafe Snapshot(transaction: transaction, catalog: catalog)
      }
      // Another process has committed, or this one so recently that the catalog is to follow.
      do throws(LMDBError) {
        if let catalog = unsafe try verify(catalog, in: transaction) {
          gate.publish(catalog)
          return unsafe Snapshot(transaction: transaction, catalog: catalog)
        }
      } catch {
        unsafe endReading(transaction)
        throw error
      }
      unsafe endReading(transaction)
      try openHandles()
    }
  }

  /// Ends a read transaction; its slot is kept for another one.
  func endReading(_ transaction: OpaquePointer) {
    unsafe mdb_txn_reset(transaction)
    if unsafe gate.leaveReader(keeping: IdleReader(transaction: transaction)) { return }
    // In this order: whoever closes the environment waits for the last reader to leave.
    unsafe mdb_txn_abort(transaction)
    gate.leaveReader()
  }

  /// Begins or renews a transaction inside the gate; leaves the gate if that fails.
  ///
  /// - Returns: `nil` when the map must be adopted first (`MDB_MAP_RESIZED`).
  private func beginInside(_ idle: IdleReader?) throws(LMDBError) -> OpaquePointer? {
    do throws(LMDBError) {
      if let transaction = unsafe try begin(idle) { return unsafe transaction }
    } catch {
      gate.leaveReader()
      throw error
    }
    gate.leaveReader()
    return nil
  }

  /// Begins a read transaction, or renews an idle one; `nil` for `MDB_MAP_RESIZED`.
  private func begin(_ idle: IdleReader?) throws(LMDBError) -> OpaquePointer? {
    if let idle {
      let result = unsafe mdb_txn_renew(idle.transaction)
      if result == 0 { return unsafe idle.transaction }
      unsafe mdb_txn_abort(idle.transaction)
      if result == MDB_MAP_RESIZED { return nil }
      throw LMDBError(returnCode: result, subject: path, action: "beginning to read again")
    }
    var transaction: OpaquePointer?
    var result = unsafe mdb_txn_begin(handle, nil, UInt32(MDB_RDONLY), &transaction)
    if result == MDB_READERS_FULL {
      _ = try clearStaleReaders()
      result = unsafe mdb_txn_begin(handle, nil, UInt32(MDB_RDONLY), &transaction)
    }
    if result == MDB_MAP_RESIZED { return nil }
    try check(result, "beginning to read")
    return unsafe transaction
  }

  /// The catalog of the transaction's snapshot, or `nil` when handles must be opened first.
  func verify(
    _ catalog: Catalog, in transaction: OpaquePointer
  ) throws(LMDBError) -> Catalog? {
    unsafe catalog.covering(try tableNames(in: transaction), at: mdb_txn_id(transaction))
  }

  /// The keys of the main table, which are the names of the others.
  private func tableNames(in transaction: OpaquePointer) throws(LMDBError) -> [String] {
    var names: [String] = []
    var cursor = unsafe try Cursor(transaction, EnvironmentCore.mainTable, path: path)
    var found = try cursor.move(MDB_FIRST)
    while found {
      names.append(unsafe String(decoding: cursor.keyBuffer, as: UTF8.self))
      found = try cursor.move(MDB_NEXT)
    }
    return names
  }

  /// Opens a handle for every table that has none, in a short transaction of its own.
  func openHandles() throws(LMDBError) {
    let (idle, before) = try gate.enterOpener()
    var published: Catalog?
    defer { gate.leaveOpener(published) }
    // Without a transaction the caller begins again, and meets the grown map where it is adopted.
    guard let transaction = unsafe try begin(idle) else { return }
    let catalog: Catalog
    do throws(LMDBError) {
      catalog = unsafe try openHandles(missingFrom: before, in: transaction)
    } catch {
      unsafe mdb_txn_abort(transaction)
      throw error
    }
    unsafe try check(mdb_txn_commit(transaction), "opening tables")
    published = catalog
  }

  private func openHandles(
    missingFrom catalog: Catalog, in transaction: OpaquePointer
  ) throws(LMDBError) -> Catalog {
    var handles = catalog.handles
    var tables: [String: Table] = [:]
    var unusable: Set<String> = []
    for name in unsafe try tableNames(in: transaction) {
      if let table = handles[name] {
        tables[name] = table
        continue
      }
      var opened: UInt32 = 0
      let result = unsafe mdb_dbi_open(transaction, name, 0, &opened)
      if result == MDB_INCOMPATIBLE || result == MDB_NOTFOUND {
        unusable.insert(name)  // A plain record, or a name that is no C string.
        continue
      }
      try check(result, "opening the table “\(name)”")
      let table = Table(name: name, handle: opened)
      var flags: UInt32 = 0
      try check(unsafe mdb_dbi_flags(transaction, opened, &flags), "asking for a table's flags")
      guard flags == 0 else {
        unusable.insert(name)
        continue
      }
      handles[name] = table
      tables[name] = table
    }
    return unsafe Catalog(
      transaction: mdb_txn_id(transaction), tables: tables, handles: handles, unusable: unusable)
  }
}
