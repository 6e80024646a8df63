import LMDB

/// The end of the log, with the proof that nothing of it is hidden: a log without a gap has as many
/// events as its last position says (R4).
struct LogHead {
  /// The position of the last event; ``Position/origin`` where there is none.
  let position: Position
  private let frame: [UInt8]

  init(_ log: Table, in txn: borrowing ReadTransaction) throws {
    let last = try txn.last(log)
    position = try last.map { try Keys.position(endOf: $0.key) } ?? .origin
    frame = last?.value ?? []
    let events = try txn.count(log)
    guard UInt64(events) == position.rawValue else {
      throw LedgerError.logNotDense(head: position, events: events)
    }
  }

  /// The last event, its checksum verified.
  func event() throws -> RecordedEvent? {
    guard position > .origin else { return nil }
    do {
      return try EventFrame.decode(frame, at: position)
    } catch {
      throw LedgerError.unreadableEvent(position, error)
    }
  }
}
