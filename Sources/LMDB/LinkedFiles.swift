import Glibc

/// Files of an environment that are symbolic links: whoever may write the directory could make a
/// process write any file of its user's.
enum LinkedFiles {
  /// Throws `.symbolicLink` where a file of the environment in `directory` is one.
  static func refuse(_ directory: String) throws(LMDBError) {
    for name in [DataFile.name, DataFile.lockName, ProcessNamespace.fileName] {
      let path = "\(directory)/\(name)"
      var information = stat()
      guard unsafe lstat(path, &information) == 0 else { continue }
      guard information.st_mode & S_IFMT != S_IFLNK else {
        throw LMDBError(
          .symbolicLink,
          "\(path): expected a file, found a symbolic link; name the directory that holds the file "
            + "itself")
      }
    }
  }
}
