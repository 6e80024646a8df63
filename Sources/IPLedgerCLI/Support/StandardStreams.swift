import Foundation
import Glibc
import Synchronization

/// The three descriptors that every program expects to be open.
///
/// Where the caller has closed one, the next file that is opened would get its number: an answer would
/// be written into the ledger.
enum StandardStreams {
  /// Opens those that are closed, each the wrong way round: using one still fails, and says so.
  static func reserve() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
      guard fcntl(descriptor, F_GETFD) == -1 else { continue }
      let path = "/dev/null"
      let handle =
        descriptor == STDIN_FILENO
        ? FileHandle(forWritingAtPath: path) : FileHandle(forReadingAtPath: path)
      // The lowest number that is free is the one that is missing; the copy stays open.
      if let handle, handle.fileDescriptor == descriptor { kept.withLock { $0.append(handle) } }
    }
  }

  private static let kept = Mutex<[FileHandle]>([])
}
