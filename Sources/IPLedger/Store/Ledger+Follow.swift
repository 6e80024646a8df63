extension Ledger {
  /// The events after a position, and those that come, whoever records them: this process or
  /// another one.
  ///
  /// LMDB does not tell of another process's commit, so the head is looked at again after
  /// `interval`; between looks no reader is open. The sequence ends when its task is cancelled.
  ///
  /// - Parameters:
  ///   - position: The last position that the caller has seen.
  ///   - interval: How long to wait before looking again where nothing new was there.
  /// - Returns: The events, in log order, without an end.
  public func events(
    after position: Position, every interval: Duration = .milliseconds(100)
  ) -> EventSequence {
    EventSequence(ledger: self, position: position, interval: interval)
  }

  /// The log, followed: see ``Ledger/events(after:every:)``.
  public struct EventSequence: AsyncSequence, Sendable {
    /// What the sequence is made of.
    public typealias Element = RecordedEvent

    let ledger: Ledger
    let position: Position
    let interval: Duration

    /// Begins after the position.
    public func makeAsyncIterator() -> Iterator {
      Iterator(ledger: ledger, position: position, interval: interval)
    }

    /// A place in the log.
    public struct Iterator: AsyncIteratorProtocol {
      let ledger: Ledger
      var position: Position
      let interval: Duration
      var waiting: [RecordedEvent] = []

      init(ledger: Ledger, position: Position, interval: Duration) {
        self.ledger = ledger
        self.position = position
        self.interval = interval
      }

      /// The next event, as soon as there is one; `nil` once the task is cancelled.
      ///
      /// - Throws: ``LedgerError`` where the log is damaged.
      public mutating func next() async throws -> RecordedEvent? {
        while waiting.isEmpty {
          if Task.isCancelled { return nil }
          waiting = try ledger.page(after: position, through: Position(.max)).reversed()
          guard waiting.isEmpty else { break }
          do {
            try await Task.sleep(for: interval)
          } catch {
            return nil
          }
        }
        guard let event = waiting.popLast() else { return nil }
        position = event.position
        return event
      }
    }
  }
}
