import IPLedger

/// How far the server's clock is from ours, as far as its answers tell.
///
/// Each answer has the server's time, cut to whole seconds (`Date`), and was written between our
/// question and the arrival of its head: that bounds the difference. Answers at other fractions of a
/// second narrow it. Where two answers cannot both be true, one of the clocks was set: what was known
/// before counts no more.
///
/// A receive time is to be an upper bound on the server's clock (R8a), so it is shifted by the
/// greatest difference that is possible.
struct ServerClock: Sendable {
  /// A `Date` is cut to whole seconds, in microseconds.
  private static let step: Int64 = 1_000_000
  /// How far two clocks drift apart in a second, at the most, in microseconds: 200 parts in a million.
  private static let drift: Int64 = 200

  /// What is known of the server's clock less ours, in microseconds.
  private(set) var difference: ClosedRange<Int64>?
  private var measuredAt: Instant?

  /// A clock of which so much is known.
  init(difference: ClosedRange<Int64>? = nil) { self.difference = difference }

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
    guard sentAt <= receivedAt else { return nil }
    let least = date.microseconds - receivedAt.microseconds
    let greatest = date.microseconds + Self.step - sentAt.microseconds
    let new = least...greatest
    defer { measuredAt = receivedAt }
    guard let known = widened(until: receivedAt) else {
      difference = new
      return nil
    }
    guard known.overlaps(new) else {
      difference = new
      return new.lowerBound > known.upperBound
        ? new.lowerBound - known.upperBound : new.upperBound - known.lowerBound
    }
    difference = known.clamped(to: new)
    return nil
  }

  /// The latest time that the server's clock can have shown at a time of ours.
  func latest(at instant: Instant) -> Instant {
    guard let known = widened(until: instant) else { return instant }
    return instant.adding(microseconds: known.upperBound)
  }

  /// The difference as it may have become since it was measured.
  private func widened(until instant: Instant) -> ClosedRange<Int64>? {
    guard let difference else { return nil }
    guard let measuredAt else { return difference }
    let seconds = max(0, instant.microseconds - measuredAt.microseconds) / Self.step
    let drift = seconds * Self.drift
    return (difference.lowerBound - drift)...(difference.upperBound + drift)
  }
}
