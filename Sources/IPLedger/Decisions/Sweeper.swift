import LMDB

/// Writes down the ends of reservations as their deadlines pass (R18).
///
/// Expiry is logical: every answer and every decision says so without it. The events are for those
/// who follow the log.
public struct Sweeper: Sendable {
  /// How a sweeper knows the time: the library has no clock of its own.
  public struct Clock: Sendable {
    /// What time it is in the world.
    public var now: @Sendable () -> Instant
    /// Waits for a length of time; throws where the task is cancelled.
    public var sleep: @Sendable (Duration) async throws -> Void

    /// A clock of two functions.
    public init(
      now: @escaping @Sendable () -> Instant,
      sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
      self.now = now
      self.sleep = sleep
    }
  }

  /// How many reservations are looked at in one transaction.
  public static let batch = 512

  /// The longest sleep: after it the clock is looked at again, which may have stepped, and so are the
  /// deadlines, which may have been joined by nearer ones.
  public static let longestSleep = Microseconds.seconds(30)

  private let ledger: Ledger
  private let clock: Clock

  /// A sweeper of a ledger.
  public init(_ ledger: Ledger, clock: Clock) {
    self.ledger = ledger
    self.clock = clock
  }

  /// Sweeps until the task is cancelled.
  ///
  /// - Parameter report: Told what each sweep ended, where it ended anything.
  /// - Throws: Where the ledger does; not where the task is cancelled.
  public func run(_ report: @Sendable ([ReservationExpired]) -> Void = { _ in }) async throws {
    while !Task.isCancelled {
      let ended = try await ledger.sweep(at: clock.now())
      if !ended.isEmpty { report(ended) }
      let now = clock.now()
      let next = try ledger.read { view in try view.nextDeadline(after: now) }
      let length = min(next.map { $0 - now } ?? Self.longestSleep, Self.longestSleep)
      do {
        try await clock.sleep(.microseconds(max(length.count, 1000)))
      } catch {
        return
      }
    }
  }
}

extension Ledger {
  /// Writes down the end of every reservation whose deadline has passed at an instant, in transactions
  /// of bounded size (R18).
  ///
  /// It looks at nothing that is not due. ``expire(at:dryRun:)`` also finds the observed reservations
  /// whose deadline only what others say brings forward.
  ///
  /// - Returns: What it ended, soonest deadline first.
  public func sweep(at instant: Instant) async throws -> [ReservationExpired] {
    var ended: [ReservationExpired] = []
    var previous: [UInt8]?
    repeat {
      let from = previous
      let (ends, last) = try await commit(weight: Sweeper.batch) { writer, txn in
        let due = try writer.view(in: txn).due(at: instant, after: from, limit: Sweeper.batch)
        for end in due.ends { _ = try writer.append(.expired(end), in: txn) }
        return due
      }
      ended += ends
      previous = last
    } while previous != nil
    return ended
  }
}
