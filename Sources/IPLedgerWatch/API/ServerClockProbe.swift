import IPLedger
import Synchronization

/// What is known of the server's clock, for all who ask it.
final class SharedServerClock: Sendable {
  private let clock: Mutex<ServerClock>

  init(_ clock: ServerClock = ServerClock()) { self.clock = Mutex(clock) }

  /// What is known of the server's clock less ours at a time of ours, in microseconds.
  func difference(at instant: Instant) -> ClosedRange<Int64>? {
    clock.withLock { $0.widened(until: instant) }
  }

  /// Takes in an answer: see ``ServerClock/learn(_:sentAt:receivedAt:)``.
  func learn(_ date: Instant, sentAt: Instant, receivedAt: Instant) -> Int64? {
    clock.withLock { $0.learn(date, sentAt: sentAt, receivedAt: receivedAt) }
  }

  /// The latest time that the server's clock can have shown at a time of ours.
  func latest(at instant: Instant) -> Instant? { clock.withLock { $0.latest(at: instant) } }
}

/// Asks the server for the time when its answer tells most.
///
/// A `Date` tells the second. Asked when that is about to change, as far as is known, the answer says which half
/// of what was possible is true: ten questions leave a thousandth of a second, or what one takes.
struct ServerClockProbe: Sendable {
  /// The questions at the beginning.
  private static let first = 10
  /// After them one is asked so often: clocks drift apart.
  private static let pause = Duration.seconds(60)
  /// Nothing is asked where the difference is known better than this, in microseconds.
  private static let enough: Int64 = 4_000

  let server: APIServer
  let clock: SharedServerClock
  let now: @Sendable () -> Instant

  /// Asks until the task is cancelled; what cannot be answered is left out.
  func run() async throws {
    for _ in 0..<Self.first { try await ask() }
    while true {
      try await Task.sleep(for: Self.pause)
      try await ask()
    }
  }

  private func ask() async throws {
    if let wait = Self.wait(at: now(), clock.difference(at: now())) {
      guard wait > .zero else { return }
      try await Task.sleep(for: wait)
    }
    guard let answer = try await server.time() else {
      try await Task.sleep(for: .seconds(1))
      return
    }
    _ = clock.learn(answer.date, sentAt: answer.sentAt, receivedAt: answer.receivedAt)
  }

  /// How long to wait before a question; nothing where the difference is known well enough, `nil` where it is
  /// not known at all.
  static func wait(at now: Instant, _ difference: ClosedRange<Int64>?) -> Duration? {
    guard let difference else { return nil }
    guard difference.upperBound - difference.lowerBound > enough else { return .zero }
    let middle = difference.lowerBound + (difference.upperBound - difference.lowerBound) / 2
    let server = now.microseconds + middle
    let (_, part) = server.quotientAndRemainder(dividingBy: 1_000_000)
    return .microseconds(max(1, 1_000_000 - part))
  }
}
