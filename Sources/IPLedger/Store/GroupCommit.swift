import LMDB
import Synchronization

/// Requests that wait for the writer: whatever has come in while one commit is on its way shares
/// the next one, so that many callers cost one synchronous write.
final class GroupCommit: Sendable {
  /// What one caller wants written: all of it or nothing.
  struct Request: Sendable {
    /// About how many events it writes.
    let weight: Int
    /// Writes them.
    ///
    /// It may be called again, in another transaction, where one that shared the first was refused.
    let body: @Sendable (inout LogWriter, borrowing WriteTransaction) throws -> Void
    /// Told when what was written is durable, or that nothing was.
    let completion: @Sendable (Result<Void, any Error>) -> Void
  }

  /// How many events go into one transaction, so that its dirty pages stay within bounds.
  static let maximumEvents = 4096

  private struct State {
    var waiting: [Request] = []
    var isDraining = false
  }

  private let state = Mutex(State())

  /// Adds a request.
  ///
  /// - Returns: Whether the caller has to start a drain, because none is going on.
  func enqueue(_ request: Request) -> Bool {
    state.withLock { state in
      state.waiting.append(request)
      defer { state.isDraining = true }
      return !state.isDraining
    }
  }

  /// Takes the next requests that fit one transaction; when there are none, the drain is over.
  func next() -> [Request] {
    state.withLock { state in
      var count = 0
      var taken = 0
      for request in state.waiting {
        guard taken == 0 || count + request.weight <= Self.maximumEvents else { break }
        count += request.weight
        taken += 1
      }
      let batch = Array(state.waiting.prefix(taken))
      state.waiting.removeFirst(taken)
      if batch.isEmpty { state.isDraining = false }
      return batch
    }
  }
}

extension Ledger {
  /// Writes something in a transaction that it may share with others; returns when it is durable.
  ///
  /// - Parameters:
  ///   - weight: About how many events it writes.
  ///   - body: Writes, and says what to return. A ``LedgerError`` that it throws is its own; any other
  ///     error is that of all who share the transaction.
  /// - Returns: What the body returned.
  /// - Throws: What the body threw; ``StorageError`` where the storage fails.
  func commit<Value: Sendable>(
    weight: Int = 1,
    _ body: @escaping @Sendable (inout LogWriter, borrowing WriteTransaction) throws -> Value
  ) async throws -> Value {
    let slot = Slot<Value>()
    try await withCheckedThrowingContinuation {
      (continuation: CheckedContinuation<Void, any Error>) in
      let request = GroupCommit.Request(weight: weight) { writer, txn in
        let value = try body(&writer, txn)
        slot.value.withLock { $0 = value }
      } completion: {
        continuation.resume(with: $0)
      }
      if writes.enqueue(request) { drain() }
    }
    guard let value = slot.value.withLock({ $0 }) else {
      preconditionFailure("a request that succeeded has left what it returns")
    }
    return value
  }

  /// Where a request leaves what it returns.
  private final class Slot<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
  }

  /// Writes the next group of waiting requests, and so on until none waits.
  private func drain() {
    let batch = writes.next()
    guard !batch.isEmpty else { return }
    commit(batch)
  }

  private func commit(_ batch: [GroupCommit.Request]) {
    environment.submit { [self] txn in
      var writer = try LogWriter(self, in: txn)
      for (index, request) in batch.enumerated() {
        do {
          try request.body(&writer, txn)
        } catch let error as LedgerError {
          throw RefusedRequest(index: index, cause: error)
        }
      }
      try writer.finish(in: txn)
      return (writer.head, writer.identities)
    } completion: { [self] result in
      switch result {
      case .success(let (head, identities)):
        for request in batch { request.completion(.success(())) }
        waitingRoom.notify(head, of: identities)
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

  /// One request of a group that cannot be written: the others are tried again without it.
  private struct RefusedRequest: Error {
    let index: Int
    let cause: LedgerError
  }
}
