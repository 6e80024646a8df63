import Glibc

/// What has to be asked of the kernel so that files survive a power cut.
public enum Disk {
  /// Waits until a file, or the names in a directory, are on the disk (`fsync`).
  ///
  /// - Throws: `.system`.
  public static func synchronize(_ path: String) throws(LMDBError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw LMDBError(errno: errno, subject: path, action: "opening") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw LMDBError(errno: errno, subject: path, action: "writing it to the disk")
    }
  }
}
