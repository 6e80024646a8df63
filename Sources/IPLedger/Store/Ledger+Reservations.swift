import LMDB

extension Ledger {
  /// Writes down the end of every reservation whose deadline has passed at an instant (R18).
  ///
  /// Expiry is logical: every answer says so already. Each is checked against its current deadline
  /// in the transaction that writes its event.
  ///
  /// - Returns: What was expired, or would be, soonest deadline first.
  public func expire(at instant: Instant, dryRun: Bool = false) async throws -> [ReservationExpired]
  {
    if dryRun { return try read { view in try sorted(view.due(at: instant)) } }
    return try await commit { [self] writer, txn in
      let due = sorted(try writer.view(in: txn).due(at: instant))
      for end in due { _ = try writer.append(.expired(end), in: txn) }
      return due
    }
  }

  /// Frees retained reservations early, with a name and a reason that are both kept (R19).
  ///
  /// - Parameters:
  ///   - identity: Whose they are; on both classes of nodes where both are retained.
  ///   - instant: From when on they are free, not later than now. Deletions up to here are covered,
  ///     whenever they are learned.
  ///   - by: Who frees them.
  ///   - reason: Why.
  /// - Returns: What was freed.
  /// - Throws: ``LedgerError/notReleased(_:why:)`` where a pod holds them, or nothing is retained.
  public func release(
    _ identity: PodIdentity, at instant: Instant, by: String, reason: String
  ) async throws -> [ReservationExpired] {
    try await commit { writer, txn in
      try Deciding.release(identity, at: instant, by: by, reason: reason, &writer, in: txn)
    }
  }

  private func sorted(_ ends: [ReservationExpired]) -> [ReservationExpired] {
    ends.sorted { left, right in
      left.endedAt != right.endedAt
        ? left.endedAt < right.endedAt : left.identity < right.identity
    }
  }
}

extension Deciding {
  /// Frees what is retained for a pod; throws before it writes anything where nothing is to be freed.
  static func release(
    _ identity: PodIdentity, at instant: Instant, by: String, reason: String,
    _ writer: inout LogWriter, in txn: borrowing WriteTransaction
  ) throws -> [ReservationExpired] {
    guard instant <= writer.recordedAt else {
      throw LedgerError.notReleased(
        identity,
        why: "\(instant) has not come yet, the clock says \(writer.recordedAt): it frees at once")
    }
    let ends = try writer.view(in: txn).releasable(
      identity, at: instant, now: writer.recordedAt, by: by, reason: reason)
    for end in ends { _ = try writer.append(.expired(end), in: txn) }
    return ends
  }
}

extension LedgerView {
  /// The ends that an operator's release would write.
  func releasable(
    _ identity: PodIdentity, at instant: Instant, now: Instant, by: String, reason: String
  ) throws -> [ReservationExpired] {
    func refusal(_ why: String) -> LedgerError { .notReleased(identity, why: why) }
    guard by.contains(where: { !$0.isWhitespace }), reason.contains(where: { !$0.isWhitespace })
    else {
      throw refusal("a release needs the name of who frees it and a reason; both are kept")
    }
    let keys = NodeClass.allCases.map { Keys.reservation(identity, $0) }
    let found = try keys.compactMap { try status(ofReservation: $0, at: instant) }
    // One that came back since then has it again: an earlier instant frees nothing of that.
    let held = try keys.compactMap { try status(ofReservation: $0, at: now) }
      .filter { $0.state == .bound }
    let retained = found.filter { own in
      own.state == .retained && !held.contains { $0.nodeClass == own.nodeClass }
    }
    guard !retained.isEmpty else {
      if let bound = held.first ?? found.first {
        throw refusal("the pod holds it (uid \(bound.uid)); it can be freed once the pod is gone")
      }
      throw refusal("nothing is retained for it at \(instant)")
    }
    return try retained.map { status in
      let key = Keys.reservation(identity, status.nodeClass)
      for end in try ReleaseRows(tables).ends(of: key, in: txn) {
        guard case .released(let earlier, _) = end.cause, let since = status.since else { continue }
        if since <= end.endedAt {
          throw refusal("\(earlier) has freed it already, as of \(end.endedAt)")
        }
      }
      if let since = status.since, since > instant {
        throw refusal("its last deletion was at \(since), after the instant of the release")
      }
      guard let network = status.addresses.first?.network else {
        throw refusal("it has no addresses")
      }
      return ReservationExpired(
        identity: identity, nodeClass: status.nodeClass, network: network,
        addresses: status.addresses.map(\.ip), deadline: status.deadline, endedAt: instant,
        cause: .released(by: by, reason: reason))
    }
  }
}
