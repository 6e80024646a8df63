import CLMDB
import Glibc

/// What an ``Environment`` and its writer's thread share: LMDB's handle, the gate and the queue.
///
/// It is a class of its own so that the writer's thread does not keep the `Environment` alive.
@safe
final class EnvironmentCore: @unchecked Sendable {
  /// `MDB_env *`; valid until ``finish()``, used only by those whom the gate admits.
  let handle: OpaquePointer
  let path: String
  let isReadOnly: Bool
  let gate = Monitor(Gate())
  let queue = Monitor(WriteQueue())
  let role: ThreadRole
  private let files: Set<FileIdentity>
  private let namespace: Monitor<ProcessNamespace?>

  /// LMDB's two own tables are not counted in `maxdbs`; the second one holds the names of the rest.
  static let mainTable: UInt32 = 1

  /// The permissions of a new data file and lock file, as for the directory: the owner's only.
  static let fileMode: mdb_mode_t = 0o600

  init(directory: String, options: Environment.Options) throws(LMDBError) {
    path = directory
    isReadOnly = options.readOnly
    role = try ThreadRole()
    namespace = Monitor(try ProcessNamespace.enter(directory))
    let (opened, files) = try OpenFiles.register(directory: directory) { () throws(LMDBError) in
      try EnvironmentCore.open(directory, options)
    }
    unsafe handle = opened.handle
    self.files = files
    FaultGuard.note("\(directory)/\(DataFile.name)")
    if options.readOnly { return }
    do throws(LMDBError) {
      try startWriter()
    } catch {
      finish()
      throw error
    }
  }

  @safe
  private struct Opened: @unchecked Sendable {
    let handle: OpaquePointer
  }

  private static func open(
    _ directory: String, _ options: Environment.Options
  ) throws(LMDBError) -> Opened {
    if let file = try DataFile(path: "\(directory)/\(DataFile.name)") { try file.check() }
    try LockFile.reserve(in: directory, readers: options.maxReaders)
    var environment: OpaquePointer?
    let created = unsafe mdb_env_create(&environment)
    guard created == 0, let environment = unsafe environment else {
      throw LMDBError(returnCode: created, subject: directory, action: "creating a handle")
    }
    _ = unsafe mdb_env_set_assert(environment) { _, _ in FaultGuard.assertionFailed() }
    var flags = UInt32(MDB_NOTLS)
    if options.readOnly { flags |= UInt32(MDB_RDONLY) }
    if options.durability == .none { flags |= UInt32(MDB_NOSYNC) }
    var result = unsafe mdb_env_set_mapsize(environment, options.mapSize)
    if result == 0 { result = unsafe mdb_env_set_maxreaders(environment, options.maxReaders) }
    if result == 0 { result = unsafe mdb_env_set_maxdbs(environment, options.maxTables) }
    if result == 0 { result = unsafe mdb_env_open(environment, directory, flags, fileMode) }
    var dead: Int32 = 0
    if result == 0 { result = unsafe mdb_reader_check(environment, &dead) }
    guard result == 0 else {
      unsafe mdb_env_close(environment)
      throw LMDBError(returnCode: result, subject: directory, action: "opening")
    }
    return unsafe Opened(handle: environment)
  }

  /// Refuses everybody, waits for those inside, and closes LMDB's environment.
  func finish() {
    let refusal = LMDBError(.closed, "\(path): the environment has been closed; open it again")
    gate.withLock { $0.refusal = refusal }
    gate.alone {
      for reader in gate.withLock({ $0.idle }) { unsafe mdb_txn_abort(reader.transaction) }
      OpenFiles.unregister(files) { unsafe mdb_env_close(handle) }
    }
    namespace.withLock { $0 = nil }
    queue.withLock { $0.hasFinished = true }
  }

  /// Turns LMDB's return code into an error, unless it is 0.
  func check(_ returnCode: Int32, _ action: String) throws(LMDBError) {
    guard returnCode != 0 else { return }
    throw .within(nil, returnCode: returnCode, subject: path, action: action)
  }

  /// Frees the reader slots of dead processes (`mdb_reader_check`); returns how many.
  func clearStaleReaders() throws(LMDBError) -> Int {
    var dead: Int32 = 0
    try check(unsafe mdb_reader_check(handle, &dead), "checking for stale readers")
    return Int(dead)
  }
}
