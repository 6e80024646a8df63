import Logging

/// How long to wait before asking again: twice as long each time, up to a bound, with chance in it, so
/// that many clients do not come back at once.
struct Backoff: Sendable {
  /// The first pause, the same as client-go's.
  private static let shortest = 0.8
  /// The longest, likewise.
  private static let longest = 30.0

  private var next = shortest

  /// The next pause; not shorter than what the server asks for.
  mutating func pause(atLeast asked: Duration? = nil) -> Duration {
    defer { next = min(next * 2, Self.longest) }
    let own = Duration.seconds(next * Double.random(in: 1...2))
    return asked.map { max($0, own) } ?? own
  }

  /// Waits after a failure, and says so.
  ///
  /// - Parameters:
  ///   - error: What went wrong; its server may have asked for a longer pause.
  ///   - logger: Where it is told.
  ///   - sleep: Waits.
  /// - Throws: `CancellationError`.
  mutating func rest(
    after error: WatchError, _ logger: Logger,
    _ sleep: (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  ) async throws {
    let pause = pause(atLeast: error.retryAfter)
    logger.warning("\(error.message)", metadata: ["pause": "\(Self.words(pause))"])
    try await sleep(pause)
  }

  /// A pause for people, such as `1.6 s`.
  static func words(_ pause: Duration) -> String {
    let tenths = Int((pause / .milliseconds(100)).rounded())
    return "\(tenths / 10).\(tenths % 10) s"
  }

  /// It went well: the next pause is short again.
  mutating func reset() { next = Self.shortest }
}
