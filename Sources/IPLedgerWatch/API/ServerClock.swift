import IPLedger

/// How far the server's clock is from ours, as far as its answers tell.
///
/// Each answer has the server's time, cut to whole seconds (`Date`), and was written between our
/// question and the arrival of its head: that bounds the difference. Answers at other fractions of a
/// second narrow it. Where two answers cannot both be true, a clock was set, or another server answered: then all
/// that either leaves possible is, until further answers narrow it.
///
/// A receive time is to be an upper bound on the server's clock (R8a), so it is shifted by the
/// greatest difference that is possible.
struct ServerClock: Sendable {
  /// A `Date` is cut to whole seconds, in microseconds.
  private static let step: Int64 = 1_000_000
  /// How far two clocks drift apart in a second, at the most, in microseconds: as fast as they are slewed.
  private static let drift: Int64 = 500
  /// Several API servers may answer at one address, whose clocks differ by so much, in microseconds.
  private static let spread: Int64 = 100_000
  /// An answer that was so long on its way tells too little, in microseconds.
  private static let longestWait: Int64 = 8_000_000

  /// What is known of the server's clock less ours, in microseconds.
  private(set) var difference: ClosedRange<Int64>?
  private var measuredAt: Instant?
  /// Whether it was known from the beginning, and so of one server.
  private let isPresumed: Bool

  /// A clock of which so much is known.
  init(difference: ClosedRange<Int64>? = nil) {
    self.difference = difference
    isPresumed = difference != nil
  }

  /// Takes in an answer.
  ///
  /// - Parameters:
  ///   - date: The server's time in it.
  ///   - sentAt: When it was asked, by our clock.
  ///   - receivedAt: When its head had arrived, by our clock.
  /// - Returns: How far the clocks were set against each other since the answer before, in microseconds;
  ///   `nil` where both can be true.
  mutating func learn(_ date: Instant, sentAt: Instant, receivedAt: Instant) -> Int64? {
    // Our clock went back while we waited: that answer tells nothing.
    guard sentAt <= receivedAt,
      receivedAt.microseconds - sentAt.microseconds <= Self.longestWait
    else { return nil }
    let least = date.microseconds - receivedAt.microseconds
    let greatest = date.microseconds + Self.step - sentAt.microseconds
    let new = least...greatest
    defer { measuredAt = receivedAt }
    guard let known = widened(until: receivedAt) else {
      difference = new
      return nil
    }
    guard known.overlaps(new) else {
      // A clock was set, or another server answered: until it is known which, both are possible.
      difference = min(known.lowerBound, new.lowerBound)...max(known.upperBound, new.upperBound)
      return new.lowerBound > known.upperBound
        ? new.lowerBound - known.upperBound : new.upperBound - known.lowerBound
    }
    difference = known.clamped(to: new)
    return nil
  }

  /// The latest time that the server's clock can have shown at a time of ours; `nil` where nothing is known
  /// of it.
  func latest(at instant: Instant) -> Instant? {
    widened(until: instant).map { known in
      instant.adding(microseconds: known.upperBound + (isPresumed ? 0 : Self.spread))
    }
  }

  /// The difference as it may have become since it was measured.
  func widened(until instant: Instant) -> ClosedRange<Int64>? {
    guard let difference else { return nil }
    guard let measuredAt else { return difference }
    let seconds = max(0, instant.microseconds - measuredAt.microseconds) / Self.step
    let drift = seconds * Self.drift
    return (difference.lowerBound - drift)...(difference.upperBound + drift)
  }
}
