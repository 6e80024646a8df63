import IPLedger
import Synchronization

/// A clock that goes on by a second whenever it is read, from a second after its start on.
final class StepClock: Sendable {
  static let start = Instant.seconds(1_800_000_000)

  private let seconds = Mutex<Int64>(0)

  var read: @Sendable () -> Instant {
    {
      self.seconds.withLock { seconds in
        seconds += 1
        return Self.start.adding(microseconds: 1_000_000 * seconds)
      }
    }
  }
}
