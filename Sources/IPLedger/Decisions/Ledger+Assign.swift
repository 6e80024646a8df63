import LMDB

extension Ledger {
  /// Gives a new pod its addresses, or says why not; returns when what it decided is durable (R23).
  ///
  /// The decision and its event are one transaction: two callers never get one address. A uid that
  /// has its addresses gets the same answer again, and nothing is appended.
  ///
  /// - Parameter request: Who asks, and for what.
  /// - Returns: The first answer that applies, in the order that the article *Decide addresses* gives.
  /// - Throws: ``LedgerError`` where a row or an event is damaged; ``StorageError`` where the storage
  ///   fails.
  public func assign(_ request: AssignRequest) async throws -> Decision {
    try await commit(weight: 2) { writer, txn in
      try Deciding.assign(request, &writer, in: txn)
    }
  }
}

/// Decisions within a transaction: state is gathered, the pure rules decide, and what they say is
/// appended.
enum Deciding {
  static func assign(
    _ request: AssignRequest, _ writer: inout LogWriter, in txn: borrowing WriteTransaction
  ) throws -> Decision {
    let view = try writer.view(in: txn)
    let plan = try view.plan(for: request)
    guard let event = plan.event else { return plan.decision }
    let position = try writer.append(event, in: txn).position
    return plan.decision.recorded(at: position)
  }
}

extension Decision {
  /// The same decision with the position of its event.
  fileprivate func recorded(at position: Position) -> Decision {
    switch self {
    case .reused(var assignment):
      assignment.position = position
      return .reused(assignment)
    case .fresh(var assignment):
      assignment.position = position
      return .fresh(assignment)
    case .waiting, .refused: return self
    }
  }
}

extension LedgerView {
  /// The place of the next decision about a pod: after all that were taken about it, and after the
  /// tenures of the addresses that it is given, so that those of an address stand in the order in
  /// which they were decided.
  func place(
    of uid: PodUID, _ identity: PodIdentity, at instant: Instant, giving addresses: [Address] = []
  ) throws -> ResourceVersion {
    var last = try pods.incarnation(uid, of: identity.cluster, in: txn)?.lastDecision
    for address in addresses {
      let before = try VacancyRule(tables).lastAssigned(address, in: txn)?.tenure
      last = greater(last, greater(before?.start.at, before?.end?.moment.at))
    }
    try pods.forEachIncarnation(of: identity, newestFirst: true, in: txn) { newest in
      last = greater(last, newest.lastDecision)
      return .stop
    }
    return ResourceVersion.decision(at: instant, after: last)
  }
}
