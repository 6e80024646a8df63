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

  /// The directory that a file is in, by its path.
  public static func directory(of path: String) -> String {
    let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
    return parent.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : parent
  }
}
