import LMDB

/// What became of an event that was to be recorded.
public struct Recording: Hashable, Sendable {
  /// Where it stands, or where what it says was said before.
  public var position: Position
  /// Whether it was appended; if not, all that it says was known (R6).
  public var isNew: Bool
}

extension Ledger {
  /// Records a fact that was observed; returns when it is durable.
  ///
  /// Concurrent callers share a transaction. An event and all that it changes are one transaction,
  /// so no reader sees one without the other.
  ///
  /// - Throws: ``LedgerError/identityChanged(uid:known:found:)`` where the event contradicts what
  ///   identifies it; ``LedgerError/notObserved(_:)`` where it is a decision, which only
  ///   ``assign(_:)`` and its kin take; ``LedgerError/notStorable(_:why:)`` where no event is so;
  ///   ``LedgerError/tooManyAddresses(_:count:)``,
  ///   ``LedgerError/eventTooLarge(_:bytes:)`` or ``LedgerError/fromTheFuture(_:field:_:now:)`` where
  ///   it is beyond ``LedgerLimits``; ``StorageError`` where the storage fails.
  @discardableResult
  public func record(_ event: Event) async throws -> Recording {
    let recordings = try await record(contentsOf: [event])
    return recordings[0]
  }

  /// Records facts that were observed in one transaction, in order: all of them or none.
  @discardableResult
  public func record(contentsOf events: [Event]) async throws -> [Recording] {
    guard !events.isEmpty else { return [] }
    guard events.count <= LedgerLimits.maximumEventsPerBatch else {
      throw LedgerError.batchTooLarge(events: events.count)
    }
    if let decided = events.first(where: \.isDecided) {
      throw LedgerError.notObserved(decided.kind)
    }
    let storable = try events.map { event throws(LedgerError) in try StorableEvent(event) }
    return try await commit(weight: events.count) { writer, txn in
      try storable.map { try writer.append($0, in: txn) }
    }
  }
}

/// Appends events at the head of the log, and folds each into the projections, within one
/// transaction.
struct LogWriter {
  private let log: Table
  private let projector: Projector
  /// When what is appended is recorded: now, or when the last event was where that is later (R4).
  let recordedAt: Instant
  /// The position of the last event.
  private(set) var head: Position
  /// The pods of which something was appended.
  private(set) var identities: Set<PodIdentity> = []

  init(_ ledger: Ledger, in txn: borrowing WriteTransaction) throws {
    log = ledger.log
    projector = Projector(try ledger.tables(in: txn.reading))
    let last = try LogHead(log, in: txn.reading)
    head = last.position
    // A clock that steps back does not turn the log's order around (R4).
    recordedAt = max(ledger.clock(), try last.event()?.recordedAt ?? .earliest)
  }

  mutating func append(
    _ event: Event, in txn: borrowing WriteTransaction
  ) throws -> Recording {
    try append(StorableEvent(event), in: txn)
  }

  mutating func append(
    _ storable: StorableEvent, in txn: borrowing WriteTransaction
  ) throws -> Recording {
    try storable.checkTimes(now: recordedAt)
    let (event, payload) = (storable.event, storable.payload)
    switch try projector.fold(event, payload, at: head.next, in: txn) {
    case .known(let position):
      return Recording(position: position, isNew: false)
    case .changed:
      head = head.next
      if let identity = event.identity { identities.insert(identity) }
      let recorded = RecordedEvent(position: head, recordedAt: recordedAt, event: event)
      try txn.append(log, Keys.position(head), EventFrame.encode(recorded, payload))
      return Recording(position: head, isNew: true)
    }
  }

  /// Writes what is written once for all events: before the transaction ends.
  func finish(in txn: borrowing WriteTransaction) throws {
    try projector.settle(in: txn)
  }

  /// A view of the ledger with all that was appended so far.
  func view(in txn: borrowing WriteTransaction) throws -> LedgerView {
    try projector.settle(in: txn)
    return LedgerView(txn.reading, tables: projector.tables, log: log)
  }
}
