import CLMDB
import Glibc

/// LMDB's lock file, before LMDB maps it.
///
/// LMDB makes it by giving an empty file a length, so that it has no blocks yet. On a disk that is full
/// the first touch of the map would be a SIGBUS, in a ledger that is sound.
enum LockFile {
  /// What a reader's slot takes, and what stands before the slots, in bytes (`MDB_reader`,
  /// `MDB_txninfo`); LMDB makes the file longer where it needs more.
  private static let slotSize = 64
  private static let headSize = 192

  /// Makes the file where there is none or an empty one, with room on the disk.
  ///
  /// The process must not have the environment open: closing a descriptor of the file would drop the
  /// locks that it holds.
  ///
  /// - Throws: `.system` with `ENOSPC` where the disk is full. All else is left to LMDB to say.
  static func reserve(in directory: String, readers: UInt32) throws(LMDBError) {
    let path = "\(directory)/\(DataFile.lockName)"
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var information = stat()
    guard unsafe fstat(descriptor, &information) == 0, information.st_size == 0 else { return }
    let size = (max(Int(readers), 1) - 1) * slotSize + headSize
    let result = posix_fallocate(descriptor, 0, size)
    guard result == ENOSPC || result == EDQUOT else { return }
    _ = ftruncate(descriptor, 0)
    throw LMDBError(errno: result, subject: path, action: "reserving \(size) bytes")
  }
}
