import Glibc

/// A file, whatever the path by which it was reached: its device and inode.
struct FileIdentity: Hashable, Sendable {
  private let device: UInt
  private let inode: UInt

  /// The file at `path`, symbolic links followed, or `nil` when there is none.
  init?(path: String) {
    var information = stat()
    guard unsafe stat(path, &information) == 0 else { return nil }
    device = UInt(information.st_dev)
    inode = UInt(information.st_ino)
  }
}

extension Environment {
  /// Whether a path leads into the environment's directory, by whatever way; nothing has to be there
  /// yet, but the directory that it would be in.
  public func encloses(_ path: String) -> Bool {
    guard let own = FileIdentity(path: self.path) else { return false }
    var place = Disk.directory(of: path)
    var identity = FileIdentity(path: place)
    while let known = identity, known != own {
      place += "/.."
      identity = FileIdentity(path: place)
      // The root is its own parent.
      if identity == known { return false }
    }
    return identity == own
  }
}

/// The LMDB files that this process has open.
///
/// POSIX drops a process's locks on a file when any descriptor of it is closed, so opening one
/// environment twice silently breaks the isolation of readers: wrong rows, no error.
enum OpenFiles {
  /// How many have each file.
  ///
  /// It is more than one where a compaction replaced a file, and a new one of another environment was given
  /// the inode before the compaction had ended.
  private static let holders = Monitor<[FileIdentity: Int]>([:])

  /// Runs `open`, unless an environment of this process has one of its files open.
  ///
  /// The lock is held throughout, so that two threads cannot open the same directory at once.
  static func register<R: Sendable>(
    directory: String, _ open: () throws(LMDBError) -> R
  ) throws(LMDBError) -> (opened: R, identities: Set<FileIdentity>) {
    try holders.withLock { holders throws(LMDBError) in
      guard files(in: directory).allSatisfy({ holders[$0] == nil }) else {
        throw LMDBError(
          .alreadyOpen,
          "\(directory): this process has the environment open already, perhaps by another path; "
            + "share that one, or close it first")
      }
      let opened = try open()
      let identities = files(in: directory)
      for identity in identities { holders[identity, default: 0] += 1 }
      return (opened, identities)
    }
  }

  /// Notes that somebody in this process works on the files of a directory without opening it.
  static func reserve(_ directory: String) throws(LMDBError) -> Set<FileIdentity> {
    try register(directory: directory) { () throws(LMDBError) in }.identities
  }

  /// Forgets files, and runs `close` before, which closes them.
  ///
  /// The lock is held throughout: once a file that was removed is closed, another one can have its inode.
  static func unregister(_ closed: Set<FileIdentity>, closing close: () -> Void = {}) {
    holders.withLock { holders in
      close()
      for identity in closed {
        let left = holders[identity, default: 1] - 1
        holders[identity] = left > 0 ? left : nil
      }
    }
  }

  private static func files(in directory: String) -> Set<FileIdentity> {
    Set([DataFile.name, DataFile.lockName].compactMap { FileIdentity(path: "\(directory)/\($0)") })
  }
}
