import Glibc

/// Files of an environment that are none, or that have other names elsewhere.
///
/// By a symbolic link whoever may write the directory could make a process write, or remove, any file
/// of its user's. By a hard link two directories would have one data file and a lock file each, and
/// two writers would overwrite each other's pages. Opening a pipe waits until somebody else does.
enum EnvironmentFiles {
  /// Throws `.symbolicLink` where a file of the environment in `directory` is one, `.notAFile` where it
  /// is anything else than a file, and `.hardLink` where the data file has several names.
  static func refuse(_ directory: String) throws(LMDBError) {
    for name in [DataFile.name, DataFile.lockName, ProcessNamespace.fileName] {
      let path = "\(directory)/\(name)"
      guard let information = try information(path) else { continue }
      if let kind = kind(information.st_mode) {
        throw LMDBError(
          .notAFile,
          "\(path): expected a file, found \(kind); name another directory, or move what is there "
            + "away")
      }
      guard name != DataFile.name || information.st_nlink <= 1 else {
        throw LMDBError(
          .hardLink,
          "\(path): expected a file with one name, found one with \(information.st_nlink) (hard links): "
            + "who opens it by another name would overwrite it; make a copy of it, with 'cp' while "
            + "nobody has it open, and put that in its place")
      }
    }
    _ = try information("\(directory)/\(Environment.compactName)")
  }

  /// What is at a path, or `nil` where nothing can be seen; throws for a symbolic link.
  private static func information(_ path: String) throws(LMDBError) -> stat? {
    var information = stat()
    guard unsafe lstat(path, &information) == 0 else { return nil }
    guard information.st_mode & S_IFMT != S_IFLNK else {
      throw LMDBError(
        .symbolicLink,
        "\(path): expected a file, found a symbolic link; name the directory that holds the file "
          + "itself")
    }
    return information
  }

  /// What it is that is no file, in words; `nil` for a file.
  private static func kind(_ mode: mode_t) -> String? {
    switch mode & S_IFMT {
    case S_IFREG: nil
    case S_IFDIR: "a directory"
    case S_IFIFO: "a named pipe (fifo)"
    case S_IFSOCK: "a socket"
    default: "a device"
    }
  }
}
