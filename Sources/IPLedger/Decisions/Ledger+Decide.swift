import LMDB

/// One thing that a caller wants decided, as a value.
package enum DecisionRequest: Hashable, Sendable {
  /// As ``Ledger/assign(_:)``.
  case assign(AssignRequest)
  /// As ``Ledger/terminate(_:)``.
  case terminate(PodNotice)
  /// As ``Ledger/complete(_:phase:)``.
  case complete(PodNotice)
  /// As ``Ledger/delete(_:forced:)``.
  case delete(PodNotice)
  /// As ``Ledger/define(_:at:)``.
  case define(Pool, at: Instant)
  /// As ``Ledger/withdraw(_:of:at:)``.
  case withdraw(AddressPrefix, of: NetworkName, at: Instant)
  /// As ``Ledger/release(_:at:by:reason:)``.
  case release(PodIdentity, at: Instant, by: String, reason: String)

  /// As of when it is to be decided.
  package var instant: Instant {
    switch self {
    case .assign(let request): request.instant
    case .terminate(let notice), .complete(let notice), .delete(let notice): notice.instant
    case .define(_, let instant), .withdraw(_, _, let instant): instant
    case .release(_, let instant, _, _): instant
    }
  }
}

/// What was decided on a ``DecisionRequest``.
package enum DecisionAnswer: Hashable, Sendable {
  /// On a pod that asked for its addresses.
  case assignment(Decision)
  /// On news of a pod.
  case disposition(Disposition)
  /// On a pool.
  case pool(PoolOutcome)
  /// These reservations were freed early.
  case released([ReservationExpired])
  /// None was, and why.
  case notReleased(String)
}

extension Ledger {
  /// Decides requests one after another in one transaction, each on the state that those before it
  /// left; returns when all of it is durable.
  ///
  /// Callers that run at once share a transaction too, but nothing says which of them comes first:
  /// this is for one caller to whom the order matters.
  ///
  /// - Parameter requests: What is to be decided; so many that their events fit one transaction.
  /// - Returns: An answer to each, in the same order.
  /// - Throws: ``LedgerError`` where a row or an event is damaged; ``StorageError`` where the storage
  ///   fails. Nothing of it is written then.
  package func decide(_ requests: [DecisionRequest]) async throws -> [DecisionAnswer] {
    guard !requests.isEmpty else { return [] }
    return try await commit(weight: 2 * requests.count) { writer, txn in
      try requests.map { try Deciding.answer($0, &writer, in: txn) }
    }
  }
}

extension Deciding {
  /// Decides one request within a transaction.
  static func answer(
    _ request: DecisionRequest, _ writer: inout LogWriter, in txn: borrowing WriteTransaction
  ) throws -> DecisionAnswer {
    switch request {
    case .assign(let request): return .assignment(try assign(request, &writer, in: txn))
    case .terminate(let notice):
      return .disposition(try note(notice, .deleting, &writer, in: txn))
    case .complete(let notice):
      return .disposition(try note(notice, .completed(.succeeded), &writer, in: txn))
    case .delete(let notice):
      return .disposition(try note(notice, .gone(.deleted), &writer, in: txn))
    case .define(let pool, let instant):
      return .pool(try define(pool, at: instant, &writer, in: txn))
    case .withdraw(let prefix, let network, let instant):
      return .pool(try withdraw(prefix, of: network, at: instant, &writer, in: txn))
    case .release(let identity, let instant, let by, let reason):
      do {
        return .released(
          try release(identity, at: instant, by: by, reason: reason, &writer, in: txn))
      } catch LedgerError.notReleased(_, let why) {
        // It says so before it writes anything.
        return .notReleased(why)
      }
    }
  }
}
