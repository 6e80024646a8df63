import Glibc

/// Files of an environment that have other names elsewhere.
///
/// By a symbolic link whoever may write the directory could make a process write, or remove, any file
/// of its user's. By a hard link two directories would have one data file and a lock file each, and
/// two writers would overwrite each other's pages.
enum LinkedFiles {
  /// Throws `.symbolicLink` where a file of the environment in `directory` is one, and `.hardLink` where
  /// the data file has several names.
  static func refuse(_ directory: String) throws(LMDBError) {
    let names = [
      DataFile.name, DataFile.lockName, ProcessNamespace.fileName, Environment.compactName,
    ]
    for name in names {
      let path = "\(directory)/\(name)"
      var information = stat()
      guard unsafe lstat(path, &information) == 0 else { continue }
      guard information.st_mode & S_IFMT != S_IFLNK else {
        throw LMDBError(
          .symbolicLink,
          "\(path): expected a file, found a symbolic link; name the directory that holds the file "
            + "itself")
      }
      guard name != DataFile.name || information.st_nlink <= 1 else {
        throw LMDBError(
          .hardLink,
          "\(path): expected a file with one name, found one with \(information.st_nlink) (hard links): "
            + "who opens it by another name would overwrite it; make a copy of it, with 'cp' while "
            + "nobody has it open, and put that in its place")
      }
    }
  }
}
