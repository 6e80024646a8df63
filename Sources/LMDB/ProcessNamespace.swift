import Glibc

/// Sees to it that all processes that have an environment open see each other.
///
/// LMDB tells processes apart by their numbers and frees what a dead one leaves behind. In another PID
/// namespace, such as that of another container, the same number is another process: readers would
/// lose their snapshots. So the first process of an environment writes down which namespace is its
/// own, in a file beside the data that it keeps locked, and processes of another one are refused for
/// as long as one of the first is there.
final class ProcessNamespace: Sendable {
  static let fileName = "pid-namespace"
  private static let attempts = 10

  private let descriptor: Int32

  /// Locks the file in `directory`, and refuses where processes of another namespace hold it.
  ///
  /// - Returns: `nil` where the file system cannot be written, so that nobody else can write, either.
  static func enter(_ directory: String) throws(LMDBError) -> ProcessNamespace? {
    try enter(directory, as: own())
  }

  static func enter(
    _ directory: String, as name: String
  ) throws(LMDBError) -> ProcessNamespace? {
    let path = "\(directory)/\(fileName)"
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      if errno == EROFS { return nil }
      throw LMDBError(errno: errno, subject: path, action: "opening")
    }
    let entered = ProcessNamespace(descriptor: descriptor)
    for _ in 0..<attempts {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { entered.write(name) }
      // The first of two that come at once has written by the time that both may share it.
      guard flock(descriptor, LOCK_SH) == 0 else {
        throw LMDBError(errno: errno, subject: path, action: "locking")
      }
      let found = entered.read()
      if found == name || found.isEmpty { return entered }
      _ = flock(descriptor, LOCK_UN)
    }
    throw LMDBError(
      .otherProcessNamespace,
      "\(directory): expected processes of this PID namespace, \(name), found it open in "
        + "\(entered.read()), as in another container: LMDB could not tell the processes apart; let "
        + "both share one PID namespace, or end those that have it open")
  }

  private init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// The namespace of this process, such as `pid:[4026531836]`.
  private static func own() -> String {
    var buffer = [UInt8](repeating: 0, count: 64)
    let length = unsafe buffer.withUnsafeMutableBytes { buffer in
      guard let start = buffer.baseAddress else { return 0 }
      return unsafe readlink("/proc/self/ns/pid", start, buffer.count)
    }
    // Without /proc nothing can be told apart, and all are taken for one.
    return String(decoding: buffer.prefix(max(0, length)), as: UTF8.self)
  }

  private func write(_ name: String) {
    // What stands there is left alone: on a disk that is full it could not be written again.
    guard read() != name else { return }
    let bytes = Array(name.utf8)
    _ = ftruncate(descriptor, 0)
    let written = unsafe bytes.withUnsafeBytes {
      unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0)
    }
    // Where the disk is full the file is left empty, and nobody is refused: that is better than no
    // answers.
    if written != bytes.count { _ = ftruncate(descriptor, 0) }
  }

  private func read() -> String {
    var buffer = [UInt8](repeating: 0, count: 64)
    let length = unsafe buffer.withUnsafeMutableBytes {
      unsafe pread(descriptor, $0.baseAddress, $0.count, 0)
    }
    return String(decoding: buffer.prefix(max(0, length)), as: UTF8.self)
  }
}
