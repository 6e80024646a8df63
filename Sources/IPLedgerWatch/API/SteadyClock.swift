import IPLedger

/// A clock that shows the time of the machine at its beginning and what has passed since: it does not
/// jump when the machine's clock is set.
struct SteadyClock: Sendable {
  private let began: Instant
  private let beganAt = ContinuousClock.now

  /// A clock that shows a time now.
  init(at now: Instant) { began = now }

  /// What it shows.
  var now: Instant {
    let (seconds, attoseconds) = beganAt.duration(to: .now).components
    return began.adding(microseconds: seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
  }
}
