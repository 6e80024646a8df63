import CLMDB

/// The version of an LMDB library, as `mdb_version` reports it.
struct LibraryVersion: Equatable, CustomStringConvertible {
  let major: Int32
  let minor: Int32
  let patch: Int32

  /// The library that this process runs with, which need not be the one it was compiled against.
  static var linked: LibraryVersion {
    var version = LibraryVersion(major: 0, minor: 0, patch: 0)
    var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
    _ = unsafe mdb_version(&major, &minor, &patch)
    version = LibraryVersion(major: major, minor: minor, patch: patch)
    return version
  }

  var description: String { "\(major).\(minor).\(patch)" }

  /// Throws `.wrongLibraryVersion` for a library that must not touch the data.
  ///
  /// 0.9.26 to 0.9.31 destroy the mutex that processes share when one of them closes;
  /// another minor version is another file format.
  func check() throws(LMDBError) {
    guard major == MDB_VERSION_MAJOR, minor == MDB_VERSION_MINOR else {
      throw LMDBError(
        .wrongLibraryVersion,
        "liblmdb \(self): expected \(MDB_VERSION_MAJOR).\(MDB_VERSION_MINOR).x, for which this "
          + "program was compiled; install that version")
    }
    guard !(26...31).contains(patch) else {
      throw LMDBError(
        .wrongLibraryVersion,
        "liblmdb \(self): versions 0.9.26 to 0.9.31 destroy the lock that processes share when one "
          + "of them closes; install 0.9.24, 0.9.25, or 0.9.32 and later")
    }
  }
}
