import CLMDB
import Glibc

extension Environment {
  /// Where the new file is made, within the directory.
  static let compactName = "compact.partial"

  /// Writes the data file anew without free pages and with the others full, and puts it in place of the old one once it has
  /// been verified.
  ///
  /// No process may have the environment open. Those that come to open it wait until it is done.
  ///
  /// - Parameters:
  ///   - directory: The environment's.
  ///   - verify: Given the directory of the new file; throws where it is not to be put in place.
  /// - Returns: The sizes of the file, in bytes.
  /// - Throws: `.alreadyOpen` or `.inUse` where this process or another one has it open; what `verify`
  ///   throws; `.system`. The old file is in place then.
  public static func compact(
    _ directory: String, verify: (_ copy: String) throws -> Void
  ) throws -> (before: Int, after: Int) {
    try LibraryVersion.linked.check()
    try NetworkFileSystem.refuse(directory)
    try EnvironmentFiles.refuse(directory)
    let files = try OpenFiles.reserve(directory)
    defer { OpenFiles.unregister(files) }
    let alone = try Solitude(directory)
    let before = try size(of: directory)
    let copy = "\(directory)/\(compactName)"
    // What an earlier run left behind when its process ended.
    try remove(copy)
    do {
      try copyAlone(directory, to: copy)
      try verify(copy)
      try rename("\(copy)/\(DataFile.name)", to: "\(directory)/\(DataFile.name)")
    } catch {
      try? remove(copy)
      throw error
    }
    try remove(copy)
    _ = consume alone
    return (before, try size(of: directory))
  }

  /// Gives a file or a directory another name, which must be free or a file's, and returns when that is
  /// on the disk.
  ///
  /// - Throws: `.system`.
  public static func rename(_ path: String, to newPath: String) throws(LMDBError) {
    guard unsafe Glibc.rename(path, newPath) == 0 else {
      throw LMDBError(errno: errno, subject: newPath, action: "giving \(path) this name")
    }
    try Disk.synchronize(Disk.directory(of: newPath))
  }

  /// How many bytes are copied in one transaction: all pages of one are in memory until it ends.
  private static let bytesPerTransaction = 64 << 20

  /// Copies while nobody else can be there: LMDB need not lock, and must not, since the lock is held.
  ///
  /// It copies the entries, not the pages, each table in the order of its keys: then the pages become full,
  /// where those into which keys came in any order are so by two thirds.
  private static func copyAlone(_ directory: String, to copy: String) throws(LMDBError) {
    if let file = try DataFile(path: "\(directory)/\(DataFile.name)") { try file.check() }
    let fileSize = try size(of: directory)
    guard unsafe mkdir(copy, directoryMode) == 0 else {
      throw LMDBError(errno: errno, subject: copy, action: "making it")
    }
    let source = try BareEnvironment(directory, mapSize: nil, tables: Options.defaultMaxTables)
    let target = try BareEnvironment(
      copy, mapSize: max(source.mapSize, 2 * fileSize), tables: Options.defaultMaxTables)
    let reading = try source.transaction(isWriting: false)
    for name in try reading.tableNames() {
      try copyTable(name, from: reading, to: target)
    }
    _ = consume reading
    _ = consume target
    try Disk.synchronize("\(copy)/\(DataFile.name)")
  }

  private static func copyTable(
    _ name: String, from reading: borrowing BareTransaction, to target: borrowing BareEnvironment
  ) throws(LMDBError) {
    var cursor = try reading.cursor(on: reading.table(name))
    var isAtEnd = false
    while !isAtEnd {
      let writing = try target.transaction(isWriting: true)
      let table = try writing.table(name, creating: true)
      var left = bytesPerTransaction
      while left > 0 {
        guard try cursor.move(MDB_NEXT) else {
          isAtEnd = true
          break
        }
        unsafe try writing.append(cursor.keyBuffer, cursor.valueBuffer, to: table)
        left -= unsafe cursor.keyBuffer.count + cursor.valueBuffer.count
      }
      try writing.commit()
    }
  }

  /// Removes a directory with the files of an environment, if it is there.
  private static func remove(_ directory: String) throws(LMDBError) {
    for name in [DataFile.name, DataFile.lockName, ProcessNamespace.fileName] {
      _ = unsafe unlink("\(directory)/\(name)")
    }
    guard unsafe rmdir(directory) == 0 || errno == ENOENT else {
      throw LMDBError(errno: errno, subject: directory, action: "removing")
    }
  }

  private static func size(of directory: String) throws(LMDBError) -> Int {
    let path = "\(directory)/\(DataFile.name)"
    var information = stat()
    guard unsafe stat(path, &information) == 0 else {
      throw LMDBError(errno: errno, subject: path, action: "asking for the size")
    }
    return information.st_size
  }
}

/// The locks by which nobody else has an environment open, and those who come to open it wait.
private final class Solitude {
  /// `F_OFD_SETLK`: locks of an open file, not of a process; they exclude LMDB's own.
  private static let setLock: Int32 = 37

  private let namespace: Int32
  private let lockFile: Int32

  init(_ directory: String) throws(LMDBError) {
    // Processes of this library wait here, before they look at any other file.
    namespace = try Solitude.open("\(directory)/\(ProcessNamespace.fileName)")
    guard flock(namespace, LOCK_EX | LOCK_NB) == 0 else {
      close(namespace)
      throw Solitude.inUse(directory)
    }
    // Others that have it open hold a lock on the first byte of LMDB's lock file.
    do throws(LMDBError) {
      lockFile = try Solitude.open("\(directory)/\(DataFile.lockName)")
    } catch {
      close(namespace)
      throw error
    }
    var lock = flock(
      l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 1, l_pid: 0)
    guard unsafe fcntl(lockFile, Solitude.setLock, &lock) == 0 else {
      close(lockFile)
      close(namespace)
      throw Solitude.inUse(directory)
    }
  }

  deinit {
    close(lockFile)
    close(namespace)
  }

  private static func open(_ path: String) throws(LMDBError) -> Int32 {
    let descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw LMDBError(errno: errno, subject: path, action: "opening") }
    return descriptor
  }

  private static func inUse(_ directory: String) -> LMDBError {
    LMDBError(
      .inUse,
      "\(directory): expected that no process has it open, found that one has; end those that use it, "
        + "and try again")
  }
}
