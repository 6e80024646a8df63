import LMDB

/// What became of an event that was to be recorded.
public struct Recording: Hashable, Sendable {
  /// Where it stands, or where what it says was said before.
  public var position: Position
  /// Whether it was appended; if not, all that it says was known (R6).
  public var isNew: Bool
}

extension Ledger {
  /// Records a fact; returns when it is durable.
  ///
  /// Concurrent callers share a transaction. An event and all that it changes are one transaction,
  /// so no reader sees one without the other.
  ///
  /// - Throws: ``LedgerError/identityChanged(uid:known:found:)`` where the event contradicts what
  ///   identifies it; ``StorageError`` where the storage fails.
  @discardableResult
  public func record(_ event: Event) async throws -> Recording {
    let recordings = try await record(contentsOf: [event])
    return recordings[0]
  }

  /// Records facts in one transaction, in order: all of them or none.
  @discardableResult
  public func record(contentsOf events: [Event]) async throws -> [Recording] {
    guard !events.isEmpty else { return [] }
    return try await withCheckedThrowingContinuation { continuation in
      let request = GroupCommit.Request(events: events) { continuation.resume(with: $0) }
      if writes.enqueue(request) { drain() }
    }
  }

  /// Writes the next group of waiting requests, and so on until none waits.
  private func drain() {
    let batch = writes.next()
    guard !batch.isEmpty else { return }
    commit(batch)
  }

  private func commit(_ batch: [GroupCommit.Request]) {
    environment.submit { [self] txn in
      try append(batch.map(\.events), in: txn)
    } completion: { [self] result in
      switch result {
      case .success(let recordings):
        for (request, recordings) in zip(batch, recordings) {
          request.completion(.success(recordings))
        }
        drain()
      case .failure(let refused as RefusedRequest):
        batch[refused.index].completion(.failure(refused.cause))
        var others = batch
        others.remove(at: refused.index)
        if others.isEmpty { drain() } else { commit(others) }
      case .failure(let error):
        for request in batch { request.completion(.failure(error)) }
        drain()
      }
    }
  }

  /// One request of a group that cannot be recorded: the others are tried again without it.
  private struct RefusedRequest: Error {
    let index: Int
    let cause: LedgerError
  }

  private func append(
    _ requests: [[Event]], in txn: borrowing WriteTransaction
  ) throws -> [[Recording]] {
    var writer = try LogWriter(self, in: txn)
    var recordings: [[Recording]] = []
    for (index, events) in requests.enumerated() {
      do {
        recordings.append(try events.map { try writer.append($0, in: txn) })
      } catch let error as LedgerError {
        throw RefusedRequest(index: index, cause: error)
      }
    }
    return recordings
  }
}

/// Appends events at the head of the log, and folds each into the projections, within one
/// transaction.
struct LogWriter {
  private let log: Table
  private let projector: Projector
  private let recordedAt: Instant
  private var head: Position

  init(_ ledger: Ledger, in txn: borrowing WriteTransaction) throws {
    log = ledger.log
    projector = Projector(try ledger.tables(in: txn.reading))
    head = .origin
    var recordedAt = ledger.clock()
    if let last = try txn.reading.last(log) {
      head = try Keys.position(endOf: last.key)
      // A clock that steps back does not turn the log's order around (R4).
      recordedAt = max(recordedAt, EventFrame.recordedAt(last.value) ?? recordedAt)
    }
    self.recordedAt = recordedAt
  }

  mutating func append(
    _ event: Event, in txn: borrowing WriteTransaction
  ) throws -> Recording {
    switch try projector.fold(event, at: head.next, in: txn) {
    case .known(let position):
      return Recording(position: position, isNew: false)
    case .changed:
      head = head.next
      let recorded = RecordedEvent(position: head, recordedAt: recordedAt, event: event)
      try txn.append(log, Keys.position(head), EventFrame.encode(recorded))
      return Recording(position: head, isNew: true)
    }
  }
}
