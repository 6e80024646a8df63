import CLMDB

/// One snapshot of an environment: what it shows does not change while its body runs.
///
/// It is lent to the body of ``Environment/read(_:)`` and cannot leave it. Inside a write it is
/// ``WriteTransaction/reading`` and shows the write's own changes as well, so that one function of
/// a `borrowing ReadTransaction` serves both. A long read makes the file grow, because the pages of
/// its snapshot cannot be used again: page long scans.
@safe
public struct ReadTransaction: ~Copyable {
  /// `MDB_txn *`.
  let handle: OpaquePointer
  let core: EnvironmentCore
  private let snapshot: Catalog
  /// What the surrounding write remembers, or `nil` in a read.
  let writing: WriteState?

  init(core: EnvironmentCore, snapshot: EnvironmentCore.Snapshot) {
    unsafe handle = snapshot.transaction
    self.core = core
    self.snapshot = snapshot.catalog
    writing = nil
  }

  init(core: EnvironmentCore, state: WriteState) {
    unsafe handle = state.transaction
    self.core = core
    snapshot = state.catalog
    writing = state
  }

  /// The same snapshot once more, for a view that is itself lent to the body and ends before it
  /// does.
  ///
  /// A transaction has no end of its own, so nothing is freed twice; what must not happen is that
  /// the copy outlives the body. Only types that are `~Copyable` and lent in their turn may keep
  /// it.
  package func lent() -> ReadTransaction {
    ReadTransaction(borrowing: self)
  }

  private init(borrowing other: borrowing ReadTransaction) {
    unsafe handle = other.handle
    core = other.core
    snapshot = other.snapshot
    writing = other.writing
  }

  /// The number of the transaction whose commit this snapshot shows (`mdb_txn_id`).
  ///
  /// Inside a write it is the number that the write will have.
  public var id: Int { unsafe mdb_txn_id(handle) }

  /// The value under `key`, copied, or `nil` when there is none (`mdb_get`).
  ///
  /// - Throws: `.badKeySize` for an empty key or one over 511 bytes; `.tableNotFound`.
  public func get(_ table: Table, _ key: [UInt8]) throws(LMDBError) -> [UInt8]? {
    var value = unsafe MDB_val()
    guard unsafe try find(table, key, &value) else { return nil }
    return unsafe [UInt8](UnsafeRawBufferPointer(value))
  }

  /// Lends the value under `key` to a closure instead of copying it (`mdb_get`), as
  /// ``scanSpans(_:_:reverse:_:)`` does.
  ///
  /// - Returns: What the closure returned; `nil` when there is no value.
  /// - Throws: `.badKeySize` for an empty key or one over 511 bytes; `.tableNotFound`; whatever `body`
  ///   throws.
  public func lend<Result>(
    _ table: Table, _ key: [UInt8], _ body: (_ value: Span<UInt8>) throws -> Result
  ) throws -> Result? {
    var value = unsafe MDB_val()
    guard unsafe try find(table, key, &value) else { return nil }
    writing?.lentSpans += 1
    defer { writing?.lentSpans -= 1 }
    let bytes = unsafe UnsafeRawBufferPointer(value).bindMemory(to: UInt8.self)
    return try unsafe body(bytes.span)
  }

  /// Whether there is an entry under `key` (`mdb_get`).
  ///
  /// - Throws: `.badKeySize` for an empty key or one over 511 bytes; `.tableNotFound`.
  public func contains(_ table: Table, _ key: [UInt8]) throws(LMDBError) -> Bool {
    var value = unsafe MDB_val()
    return unsafe try find(table, key, &value)
  }

  private func find(
    _ table: Table, _ key: [UInt8], _ value: inout MDB_val
  ) throws(LMDBError) -> Bool {
    try check(table, key)
    let result = unsafe withValue(key) { key in
      unsafe mdb_get(handle, table.handle, &key, &value)
    }
    if result == MDB_NOTFOUND { return false }
    try check(result, table, "getting a value")
    return true
  }

  // MARK: Checks

  /// The tables as this transaction sees them.
  var catalog: Catalog { writing?.catalog ?? snapshot }

  /// Throws unless the handle is one of this snapshot: LMDB would take a stale number for another
  /// table.
  func check(_ table: Table) throws(LMDBError) {
    guard catalog.contains(table) else {
      throw LMDBError(
        .tableNotFound,
        "\(core.path): the table “\(table.name)” does not exist in transaction \(id), or its "
          + "handle is from an aborted write or another environment; ask the transaction for it")
    }
  }

  func check(_ table: Table, _ key: [UInt8]) throws(LMDBError) {
    try check(table)
    guard (1...Environment.maximumKeySize).contains(key.count) else {
      throw LMDBError(
        .badKeySize,
        "\(core.path), table “\(table.name)”: a key must have 1 to "
          + "\(Environment.maximumKeySize) bytes, found \(key.count); shorten or hash it")
    }
  }

  func check(_ returnCode: Int32, _ table: Table, _ action: String) throws(LMDBError) {
    guard returnCode != 0 else { return }
    throw .within(
      writing, returnCode: returnCode, subject: "\(core.path), table “\(table.name)”",
      action: action)
  }
}
