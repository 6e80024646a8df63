import Glibc

/// A system call that failed: its `errno`, and the system's own words.
public struct SystemFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The `errno`.
  public let number: Int32

  init(_ number: Int32) { self.number = number }

  /// The system's words, such as `Connection reset by peer`.
  public var description: String { unsafe String(cString: strerror(number)) }
}

/// Reading what a file descriptor gives: a file, a pipe, a socket or a terminal.
public enum Descriptor {
  /// Reads what is there, and waits while nothing is (`read`, `poll`).
  ///
  /// - Parameters:
  ///   - descriptor: A descriptor that is open.
  ///   - count: The most bytes to read, at least 1.
  /// - Returns: The bytes, as few as came at once; none at the end only.
  /// - Throws: What the system says. A signal is no error: the call is made again.
  public static func read(
    _ descriptor: Int32, upTo count: Int
  ) throws(SystemFailure) -> [UInt8] {
    precondition(count > 0, "to read nothing looks like the end")
    while true {
      var failure: Int32 = 0
      let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
        let result = unsafe Glibc.read(descriptor, buffer.baseAddress, count)
        if result < 0 { failure = errno }
        length = max(0, result)
      }
      switch failure {
      case 0: return bytes
      case EINTR: continue
      // Whoever shares the descriptor may have made it one that does not wait.
      case EAGAIN: wait(for: descriptor)
      default: throw SystemFailure(failure)
      }
    }
  }

  private static func wait(for descriptor: Int32) {
    var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    // Whatever it says, the next read says it too.
    _ = unsafe poll(&wanted, 1, -1)
  }
}
