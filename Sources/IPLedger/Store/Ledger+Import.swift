import LMDB

extension Ledger {
  /// Appends events as they stand in another ledger's log, with their positions and recording times.
  ///
  /// Nobody else may write meanwhile. What the first event's position is has to be the next one here,
  /// and each event has to say something new: it could not stand in a log otherwise.
  ///
  /// ``LedgerLimits`` hold as where an event is recorded, with its recording time for the time of
  /// day, which may itself be ahead of the clock: that of the other ledger may have been once, and
  /// recording times do not fall (R4).
  ///
  /// - Throws: ``LedgerError/refusedEvent(_:cause:)`` with ``LedgerError/notNext(_:expected:)``,
  ///   ``LedgerError/notRecordable(_:)``, or the error of a limit; nothing of these events is appended
  ///   then.
  package func append(_ events: [RecordedEvent]) throws {
    try environment.write { [self] txn in
      let projector = Projector(try tables(in: txn.reading))
      let last = try LogHead(log, in: txn.reading)
      var head = last.position
      var recordedAt = try last.event()?.recordedAt ?? .earliest
      for recorded in events {
        do {
          let storable = try StorableEvent(recorded.event)
          try storable.checkTimes(now: recorded.recordedAt)
          guard recorded.position == head.next, recorded.recordedAt >= recordedAt else {
            throw LedgerError.notNext(recorded.position, expected: head.next)
          }
          guard
            case .changed = try projector.fold(
              recorded.event, storable.payload, at: recorded.position, in: txn)
          else { throw LedgerError.notRecordable(recorded.position) }
          let frame = EventFrame.encode(recorded, storable.payload)
          try txn.append(log, Keys.position(recorded.position), frame)
        } catch let error as LedgerError {
          throw LedgerError.refusedEvent(recorded.position, cause: error)
        }
        (head, recordedAt) = (recorded.position, recorded.recordedAt)
      }
      try projector.settle(in: txn)
    }
  }
}
