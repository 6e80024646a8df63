import CLMDB
import Glibc

/// An LMDB environment: a directory with tables of sorted keys, one writer and many readers at
/// once.
///
/// Readers see the snapshot of one commit and neither wait for the writer nor hold it up. A process
/// may open a directory once at a time, and must not fork while it is open: spawn.
///
/// Bodies of reads and writes take the transaction as an argument and must not call `read`, `write`
/// or `close` of the same environment: that could only hang, so it is a precondition failure.
/// Nor may a body wait for another thread that does.
public final class Environment: Sendable {
  /// The directory, as it was given.
  public let path: String

  let core: EnvironmentCore

  /// The longest key, in bytes (`mdb_env_get_maxkeysize`).
  public static let maximumKeySize = 511

  /// The permissions of a new directory: it is its owner's only.
  static let directoryMode: mode_t = 0o700

  private init(core: EnvironmentCore) {
    path = core.path
    self.core = core
  }

  deinit { core.stop(waiting: core.role.current == .outside) }

  /// Opens the environment in `directory` (`mdb_env_open`) and frees the slots of dead readers.
  ///
  /// - Parameters:
  ///   - directory: holds `data.mdb`, `lock.mdb` and `pid-namespace`.
  ///   - options: sizes, durability, and whether to write.
  ///   - create: whether to make the directory and its files when they do not exist; its parent must
  ///     exist. Nothing is left in a directory that holds no environment, or one that is refused for
  ///     what its files are.
  /// - Returns: the environment, open until ``close()`` or until it is released.
  /// - Throws: `.alreadyOpen` when this process has it open by any path; `.otherProcessNamespace`
  ///   when processes of another container have; `.networkFileSystem`; `.symbolicLink`;
  ///   `.hardLink`; `.notAFile`; `.notADirectory`; `.truncated`, `.invalid` or `.versionMismatch` for
  ///   a data file that must not be used; `.wrongLibraryVersion`; `.system`.
  public static func open(
    at directory: String, options: Options = Options(), create: Bool = true
  ) throws(LMDBError) -> Environment {
    try LibraryVersion.linked.check()
    try prepare(directory, create: create && !options.readOnly)
    try NetworkFileSystem.refuse(directory)
    try EnvironmentFiles.refuse(directory)
    if options.readOnly || !create { try requireDataFile(in: directory) }
    let isNew = try !checkDataFile(in: directory)
    let environment = Environment(core: try EnvironmentCore(directory: directory, options: options))
    if isNew, options.durability == .full { try synchronizeNames(of: directory) }
    return environment
  }

  /// Waits until the names of a new environment are on the disk: without them a power cut would lose the
  /// file, whatever was committed to it.
  private static func synchronizeNames(of directory: String) throws(LMDBError) {
    try Disk.synchronize(directory)
    try Disk.synchronize("\(directory)/..")
  }

  /// Closes the environment (`mdb_env_close`), after the reads in progress and the writes
  /// submitted.
  ///
  /// Closing again does nothing. Reads and writes that come later throw `.closed`.
  public func close() {
    precondition(
      core.role.current == .outside,
      "close() was called from a body or a completion of the same environment, and would wait for "
        + "itself")
    core.stop(waiting: true)
  }

  /// Runs `body` with a snapshot of the last commit, on the caller's thread (`MDB_RDONLY`).
  ///
  /// The snapshot ends with the body. Waits only while the map grows or a table is dropped.
  ///
  /// - Throws: `.closed`; `.readersFull` when live readers hold every slot; whatever `body` throws.
  public func read<R>(_ body: (borrowing ReadTransaction) throws -> R) throws -> R {
    let role = core.role.current
    precondition(
      role == .outside || role == .writer,
      "read was called from a body of the same environment; use the transaction that the body has")
    let snapshot = try core.beginReading()
    core.role.current = .reading
    defer {
      core.role.current = role
      unsafe core.endReading(snapshot.transaction)
    }
    return try body(ReadTransaction(core: core, snapshot: snapshot))
  }

  /// Looks at the data file before anything is made beside it; whether there is one.
  private static func checkDataFile(in directory: String) throws(LMDBError) -> Bool {
    guard let file = try DataFile(path: "\(directory)/\(DataFile.name)") else { return false }
    try file.check()
    return true
  }

  private static func requireDataFile(in directory: String) throws(LMDBError) {
    let path = "\(directory)/\(DataFile.name)"
    var information = stat()
    guard unsafe stat(path, &information) == 0 else {
      throw LMDBError(errno: errno, subject: path, action: "finding the data file")
    }
    guard information.st_size > 0 else {
      throw LMDBError(
        .invalid,
        "\(path): expected a data file, found an empty one: nothing was ever committed to it, or it "
          + "was cut; restore it from a backup, or remove it if there was nothing in it")
    }
  }

  private static func prepare(_ directory: String, create: Bool) throws(LMDBError) {
    if create, unsafe mkdir(directory, directoryMode) != 0, errno != EEXIST {
      throw LMDBError(directory: directory, errno: errno, action: "making the directory")
    }
    var information = stat()
    guard unsafe stat(directory, &information) == 0 else {
      throw LMDBError(directory: directory, errno: errno, action: "finding the directory")
    }
    guard information.st_mode & S_IFMT == S_IFDIR else {
      throw LMDBError(
        .notADirectory,
        "\(directory): expected a directory, found another kind of file; name the directory that "
          + "holds \(DataFile.name)")
    }
  }
}
