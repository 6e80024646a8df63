import FaultShim
import Foundation

/// Children of this process, each with a ledger of its own to open.
///
/// The process itself never opens one, has one thread, and uses no concurrency: so it may fork.
enum Fork {
  /// How a child ended.
  enum Ending: Hashable {
    case exited(Int32)
    case killed(Int32)
  }

  /// Runs something in a child and waits for its end.
  ///
  /// - Returns: How it ended, and what it said.
  static func run(_ body: @escaping @Sendable (Speaker) async throws -> Void) -> (Ending, String) {
    var ends: [Int32] = [0, 0]
    guard unsafe pipe(&ends) == 0 else { return (.exited(71), "no pipe") }
    let child = fault_fork()
    if child == 0 {
      close(ends[0])
      live(Speaker(descriptor: ends[1]), body)
    }
    close(ends[1])
    let said = readAll(ends[0])
    close(ends[0])
    var status: Int32 = 0
    while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7F
    return (signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal), said)
  }

  /// A child's life.
  private static func live(
    _ speaker: Speaker, _ body: @escaping @Sendable (Speaker) async throws -> Void
  ) -> Never {
    Task.detached {
      do {
        try await body(speaker)
        _exit(0)
      } catch {
        speaker.say("\(error)")
        _exit(1)
      }
    }
    while true { pause() }
  }

  private static func readAll(_ descriptor: Int32) -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe read(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += buffer.prefix(count)
    }
  }
}

/// What a child tells its parent, line by line; each line is there once it has been said.
struct Speaker: Sendable {
  let descriptor: Int32

  func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = unsafe bytes.withUnsafeBytes {
      unsafe Foundation.write(descriptor, $0.baseAddress, $0.count)
    }
  }
}
