import CLMDB

/// An environment that nobody else can have open, without LMDB's locks and, for one that is written, without
/// its syncs: whoever makes a file so synchronizes it in the end.
struct BareEnvironment: ~Copyable {
  private let handle: OpaquePointer
  private let path: String

  /// Opens the environment of a directory.
  ///
  /// - Parameters:
  ///   - directory: The directory.
  ///   - mapSize: How large it may become, in bytes; `nil` to read only.
  ///   - tables: How many tables it may have.
  /// - Throws: As LMDB does.
  init(_ directory: String, mapSize: Int?, tables: UInt32) throws(LMDBError) {
    var environment: OpaquePointer?
    var result = unsafe mdb_env_create(&environment)
    if result == 0 { result = unsafe mdb_env_set_maxdbs(environment, tables) }
    if result == 0, let mapSize { result = unsafe mdb_env_set_mapsize(environment, mapSize) }
    let flags = MDB_NOLOCK | (mapSize == nil ? MDB_RDONLY : MDB_NOSYNC)
    if result == 0 {
      result = unsafe mdb_env_open(
        environment, directory, UInt32(flags), EnvironmentCore.fileMode)
    }
    guard result == 0, let environment = unsafe environment else {
      unsafe mdb_env_close(environment)
      throw LMDBError(returnCode: result, subject: directory, action: "opening")
    }
    unsafe handle = environment
    path = directory
  }

  deinit { unsafe mdb_env_close(handle) }

  /// How large the environment may become, in bytes.
  var mapSize: Int {
    var information = unsafe MDB_envinfo()
    _ = unsafe mdb_env_info(handle, &information)
    return unsafe Int(information.me_mapsize)
  }

  /// Begins a transaction, of the kind that the environment is for.
  func transaction(isWriting: Bool) throws(LMDBError) -> BareTransaction {
    var transaction: OpaquePointer?
    let flags = isWriting ? 0 : UInt32(MDB_RDONLY)
    let result = unsafe mdb_txn_begin(handle, nil, flags, &transaction)
    guard result == 0, let transaction = unsafe transaction else {
      throw LMDBError(returnCode: result, subject: path, action: "beginning a transaction")
    }
    return unsafe BareTransaction(transaction, path: path)
  }
}

/// A transaction of such an environment; one that is not committed is aborted.
struct BareTransaction: ~Copyable {
  private var handle: OpaquePointer?
  private let path: String

  fileprivate init(_ handle: OpaquePointer, path: String) {
    unsafe self.handle = handle
    self.path = path
  }

  deinit { unsafe mdb_txn_abort(handle) }

  consuming func commit() throws(LMDBError) {
    let result = unsafe mdb_txn_commit(handle)
    unsafe handle = nil
    guard result == 0 else {
      throw LMDBError(returnCode: result, subject: path, action: "committing")
    }
  }

  /// A table by its name, or the one of all tables.
  func table(_ name: String?, creating: Bool = false) throws(LMDBError) -> UInt32 {
    var table: UInt32 = 0
    let flags = creating ? UInt32(MDB_CREATE) : 0
    let result = unsafe mdb_dbi_open(handle, name, flags, &table)
    guard result == 0 else {
      throw LMDBError(returnCode: result, subject: path, action: "opening a table")
    }
    var options: UInt32 = 0
    guard unsafe mdb_dbi_flags(handle, table, &options) == 0, options == 0 else {
      throw LMDBError(
        .incompatibleTable,
        "\(path): expected tables without options, found one with; another program made it")
    }
    return table
  }

  /// The names of all tables.
  func tableNames() throws(LMDBError) -> [String] {
    var names: [String] = []
    var cursor = try cursor(on: table(nil))
    while try cursor.move(MDB_NEXT) {
      names.append(unsafe String(decoding: cursor.keyBuffer, as: UTF8.self))
    }
    return names
  }

  func cursor(on table: UInt32) throws(LMDBError) -> Cursor {
    guard let handle = unsafe handle else {
      throw LMDBError(returnCode: MDB_BAD_TXN, subject: path, action: "opening a cursor")
    }
    return try unsafe Cursor(handle, table, path: path)
  }

  /// Puts an entry behind all others of a table (`MDB_APPEND`): its pages become full.
  func append(
    _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, to table: UInt32
  ) throws(LMDBError) {
    var name = unsafe MDB_val(key)
    var content = unsafe MDB_val(value)
    let result = unsafe mdb_put(handle, table, &name, &content, UInt32(MDB_APPEND))
    guard result == 0 else {
      throw LMDBError(returnCode: result, subject: path, action: "writing")
    }
  }
}

extension MDB_val {
  /// The bytes of a buffer, which LMDB only reads.
  fileprivate init(_ buffer: UnsafeRawBufferPointer) {
    unsafe self.init(
      mv_size: buffer.count, mv_data: UnsafeMutableRawPointer(mutating: buffer.baseAddress))
  }
}
