import LMDB

/// The log as one transaction sees it, read without the projections: whatever became of them, the log is
/// the truth (R5).
struct LogReader: ~Copyable {
  private let txn: ReadTransaction
  private let log: Table

  init(_ log: Table, in txn: borrowing ReadTransaction) {
    self.txn = txn.lent()
    self.log = log
  }

  /// The position of the last event; ``Position/origin`` where there is none.
  ///
  /// - Throws: ``LedgerError/logNotDense(head:events:)`` where the log has lost events.
  var head: Position {
    get throws { try LogHead(log, in: txn).position }
  }

  /// The frame at a position; `nil` where there is none.
  func frame(at position: Position) throws -> [UInt8]? {
    try txn.get(log, Keys.position(position))
  }

  /// Visits the frames after a position in log order, or those before it in reverse, until the body says
  /// to stop.
  ///
  /// - Throws: ``LedgerError/missingEvent(_:)`` where one is not there; what the body throws.
  func forEachFrame(
    after position: Position, reverse: Bool = false,
    _ body: (Position, [UInt8]) throws -> Bool
  ) throws {
    var expected = position.next
    var range: KeyRange = .from(Keys.position(position.next))
    if reverse {
      let end = try position > .origin ? position : head.next
      expected = Position(end.rawValue - 1)
      range = .between(Keys.position(Position(1)), Keys.position(end))
    }
    try txn.scan(log, range, reverse: reverse) { key, frame in
      let found = try Keys.position(endOf: key)
      guard found == expected else { throw LedgerError.missingEvent(expected) }
      expected = reverse ? Position(expected.rawValue - 1) : expected.next
      return try body(found, frame) ? .next : .stop
    }
  }

  /// Visits events as ``forEachFrame(after:reverse:_:)`` does.
  ///
  /// - Throws: ``LedgerError/unreadableEvent(_:_:)`` for one that is damaged; also as that.
  func forEachEvent(
    after position: Position, reverse: Bool = false, _ body: (RecordedEvent) throws -> Bool
  ) throws {
    try forEachFrame(after: position, reverse: reverse) { position, frame in
      try body(try Self.decode(frame, at: position))
    }
  }

  /// The next events after a position, as many as one has in memory at once; none at the end.
  ///
  /// - Throws: As ``forEachEvent(after:reverse:_:)``.
  func page(after position: Position, limit: Int = .max) throws -> [RecordedEvent] {
    var events: [RecordedEvent] = []
    guard limit > 0 else { return events }
    var bytes = 0
    try forEachFrame(after: position) { position, frame in
      events.append(try Self.decode(frame, at: position))
      bytes += frame.count
      return events.count < min(limit, Self.pageEvents) && bytes < Self.pageBytes
    }
    return events
  }

  /// How many events are in memory, or in a transaction, at once.
  static let pageEvents = 4096
  /// How many bytes of frames are: a list of many pods takes ten times as much once it is read.
  static let pageBytes = 2 << 20

  static func decode(_ frame: [UInt8], at position: Position) throws -> RecordedEvent {
    do {
      return try EventFrame.decode(frame, at: position)
    } catch {
      throw LedgerError.unreadableEvent(position, error)
    }
  }
}

extension Ledger {
  /// Lends the log to a closure, whatever became of the projections.
  func readLog<Result>(_ body: (borrowing LogReader) throws -> Result) throws -> Result {
    try environment.read { txn in try body(LogReader(log, in: txn)) }
  }

  /// The position of the last event; ``Position/origin`` where there is none.
  ///
  /// - Throws: ``LedgerError/logNotDense(head:events:)`` where the log has lost events.
  public var head: Position {
    get throws { try readLog { log in try log.head } }
  }

  /// So many events after a position.
  ///
  /// - Throws: ``LedgerError/unreadableEvent(_:_:)``, ``LedgerError/missingEvent(_:)``.
  public func events(after position: Position, limit: Int) throws -> [RecordedEvent] {
    try readLog { log in
      var events: [RecordedEvent] = []
      guard limit > 0 else { return events }
      try log.forEachEvent(after: position) { event in
        events.append(event)
        return events.count < limit
      }
      return events
    }
  }

  /// The next events after a position, up to a last one: as many as one has in memory at once.
  ///
  /// - Throws: As ``events(after:limit:)``.
  package func page(after position: Position, through last: Position) throws -> [RecordedEvent] {
    guard position < last else { return [] }
    let left = Int(clamping: last.rawValue - position.rawValue)
    return try readLog { log in try log.page(after: position, limit: left) }
  }

  /// The last position that had been recorded by an instant.
  public func position(recordedBy instant: Instant) throws -> Position {
    try readLog { log in
      var low = Position.origin
      var high = try log.head
      while low < high {
        let middle = Position((low.rawValue + high.rawValue + 1) / 2)
        guard let frame = try log.frame(at: middle) else { throw LedgerError.missingEvent(middle) }
        if try LogReader.decode(frame, at: middle).recordedAt <= instant {
          low = middle
        } else {
          high = Position(middle.rawValue - 1)
        }
      }
      return low
    }
  }
}
