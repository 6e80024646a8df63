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
      let admission = try gate.enterReader()
      guard let transaction = unsafe try beginInside(admission.idle) else {
        try adoptMapSize()
        continue
      }
      guard unsafe isTrue(transaction) else {
        unsafe endReading(transaction)
        continue
      }
      if unsafe mdb_txn_id(transaction) == admission.catalog.transaction {
        return unsafe Snapshot(transaction: transaction, catalog: admission.catalog)
      }
      // Another process has committed, or this one so recently that the catalog is to follow.
      do throws(LMDBError) {
        if let catalog = unsafe try verify(admission, in: transaction) {
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

  /// Begins a read transaction for its number only, without looking at a page.
  func pinSnapshot() throws(LMDBError) -> OpaquePointer {
    while true {
      let admission = try gate.enterReader()
      guard let transaction = unsafe try beginInside(admission.idle) else {
        try adoptMapSize()
        continue
      }
      if unsafe isTrue(transaction) { return unsafe transaction }
      unsafe endReading(transaction)
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

  /// Whether the snapshot is the one that the transaction's number says.
  ///
  /// LMDB reads the number of the last commit and then one of two meta pages, which the next commit
  /// but one overwrites: a thread that is held up in between gets a snapshot later than its number,
  /// or parts of two. So a reader that was overtaken begins again.
  private func isTrue(_ transaction: OpaquePointer) -> Bool {
    var information = unsafe MDB_envinfo()
    _ = unsafe mdb_env_info(handle, &information)  // Fails only without an environment.
    return unsafe Int(information.me_last_txnid) <= mdb_txn_id(transaction) + 1
  }

  /// The catalog of the transaction's snapshot, or `nil` when handles must be opened first.
  func verify(
    _ admission: Admission, in transaction: OpaquePointer
  ) throws(LMDBError) -> Catalog? {
    let names = unsafe try tableNames(in: transaction)
    return unsafe admission.catalog.following(
      names, at: mdb_txn_id(transaction), handles: admission.handles)
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

  /// Opens a handle for every table that has none, in a short transaction of its own, and closes those
  /// of tables that other processes have dropped.
  func openHandles() throws(LMDBError) {
    let leftOver = try openMissingHandles()
    if !leftOver.isEmpty { closeHandles(leftOver) }
  }

  /// Closes handles once nobody in this process uses any; what another table of that name needs is
  /// opened again.
  private func closeHandles(_ names: Set<String>) {
    gate.alone {
      guard gate.withLock({ $0.refusal }) == nil else { return }
      let closed = gate.withLock { gate in
        gate.catalog = .empty
        return names.compactMap { gate.handles.removeValue(forKey: $0) }
      }
      for table in closed { unsafe mdb_dbi_close(handle, table.handle) }
    }
  }

  /// - Returns: The names of the tables that have a handle and do not exist any more.
  private func openMissingHandles() throws(LMDBError) -> Set<String> {
    let admission = try gate.enterOpener()
    var handles = admission.handles
    var published: Catalog?
    defer { gate.leaveOpener(handles, published) }
    // Without a transaction the caller begins again, and meets the grown map where it is adopted.
    guard let transaction = unsafe try begin(admission.idle) else { return [] }
    guard unsafe isTrue(transaction) else {
      unsafe mdb_txn_abort(transaction)
      return []
    }
    let found: (handles: [String: Table], catalog: Catalog)
    do throws(LMDBError) {
      found = unsafe try openHandles(missingFrom: admission.handles, in: transaction)
    } catch {
      unsafe mdb_txn_abort(transaction)
      throw error
    }
    unsafe try check(mdb_txn_commit(transaction), "opening tables")
    (handles, published) = (found.handles, found.catalog)
    return Set(handles.keys).subtracting(found.catalog.tables.keys)
      .subtracting(found.catalog.unusable)
  }

  private func openHandles(
    missingFrom known: [String: Table], in transaction: OpaquePointer
  ) throws(LMDBError) -> (handles: [String: Table], catalog: Catalog) {
    var handles = known
    var tables: [String: Table] = [:]
    var unusable: Set<String> = []
    for name in unsafe try tableNames(in: transaction) {
      if handles[name] == nil { handles[name] = unsafe try open(name, in: transaction) }
      guard let table = handles[name] else {
        unusable.insert(name)
        continue
      }
      var flags: UInt32 = 0
      let result = unsafe mdb_dbi_flags(transaction, table.handle, &flags)
      try check(result, "asking for the flags of the table “\(name)”")
      if flags == 0 { tables[name] = table } else { unusable.insert(name) }
    }
    let catalog = unsafe Catalog(
      transaction: mdb_txn_id(transaction), tables: tables, unusable: unusable)
    return (handles, catalog)
  }

  /// Opens the handle of an existing table, or returns `nil` when the name cannot be one.
  private func open(
    _ name: String, in transaction: OpaquePointer
  ) throws(LMDBError) -> Table? {
    guard (1...Table.maximumNameSize).contains(name.utf8.count) else {
      throw LMDBError(
        .corrupted,
        "\(path): a table has a name of \(name.utf8.count) bytes, which no program gave it; restore "
          + "the directory from a backup")
    }
    var opened: UInt32 = 0
    let result = unsafe mdb_dbi_open(transaction, name, 0, &opened)
    // A plain record in the main table, or a name that is no C string.
    if result == MDB_INCOMPATIBLE || result == MDB_NOTFOUND { return nil }
    try check(result, "opening the table “\(name)”")
    return Table(name: name, handle: opened)
  }
}
