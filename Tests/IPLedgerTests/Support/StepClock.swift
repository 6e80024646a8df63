import IPLedger
import Synchronization

/// A clock that goes on by a second whenever it is read, from 1 on.
final class StepClock: Sendable {
  private let seconds = Mutex<Int64>(0)

  var read: @Sendable () -> Instant {
    {
      self.seconds.withLock { seconds in
        seconds += 1
        return Instant.seconds(seconds)
      }
    }
  }
}
