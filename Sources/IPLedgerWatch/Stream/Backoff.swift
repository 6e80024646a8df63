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

  /// A pause for people, such as `1.6 s`.
  static func words(_ pause: Duration) -> String {
    let tenths = Int((pause / .milliseconds(100)).rounded())
    return "\(tenths / 10).\(tenths % 10) s"
  }

  /// It went well: the next pause is short again.
  mutating func reset() { next = Self.shortest }
}
