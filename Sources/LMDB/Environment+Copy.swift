import CLMDB
import Glibc

extension Environment {
  /// Copies the last commit into a new directory without its free pages (`mdb_env_copy2` with
  /// `MDB_CP_COMPACT`), and returns when the copy is on the disk.
  ///
  /// Others may write meanwhile; the file grows a little more while it lasts. The copy is as damaged
  /// as its source: check it before it is trusted.
  ///
  /// - Parameter directory: Made by this; its parent must exist.
  /// - Throws: `.system`, `EEXIST` for a directory that is there; `.closed`.
  public func copy(to directory: String) throws(LMDBError) {
    guard unsafe mkdir(directory, Environment.directoryMode) == 0 else {
      throw LMDBError(directory: directory, errno: errno, action: "making the directory")
    }
    try core.inside { () throws(LMDBError) in
      let result = unsafe mdb_env_copy2(core.handle, directory, UInt32(MDB_CP_COMPACT))
      guard result == 0 else {
        throw LMDBError(returnCode: result, subject: directory, action: "copying \(path)")
      }
    }
    let file = "\(directory)/\(DataFile.name)"
    guard unsafe chmod(file, EnvironmentCore.fileMode) == 0 else {
      throw LMDBError(errno: errno, subject: file, action: "making it its owner's only")
    }
    for path in [file, directory] { try Disk.synchronize(path) }
  }
}
