import LMDB

extension Ledger {
  /// The deletion of a pod was asked for: it still has its addresses, and the period of retention will
  /// count from here (R9, R15).
  ///
  /// - Parameter notice: Which pod, and when.
  /// - Returns: Always ``Disposition/Change/unchanged``, or a refusal.
  /// - Throws: As ``delete(_:forced:)``.
  @discardableResult
  public func terminate(_ notice: PodNotice) async throws -> Disposition {
    try await commit { writer, txn in
      try Deciding.note(notice, .deleting, &writer, in: txn)
    }
  }

  /// A pod ended, but its object remains: on a real machine it has given its addresses up (R9).
  ///
  /// - Parameters:
  ///   - notice: Which pod, and when.
  ///   - phase: How it ended.
  /// - Returns: What became of its addresses.
  /// - Throws: As ``delete(_:forced:)``.
  @discardableResult
  public func complete(
    _ notice: PodNotice, phase: PodCompleted.Phase = .succeeded
  ) async throws -> Disposition {
    try await commit { writer, txn in
      try Deciding.note(notice, .completed(phase), &writer, in: txn)
    }
  }

  /// A pod is completely gone: its addresses are retained until a deadline, or free (R15).
  ///
  /// Of an incarnation that was only observed it says the same: that it is gone, at that instant.
  ///
  /// - Parameters:
  ///   - notice: Which pod, and when.
  ///   - forced: Whether it was removed by force.
  /// - Returns: What became of its addresses, and the new deadline. What is not known, or gone already, is
  ///   unchanged.
  /// - Throws: ``LedgerError`` where a row is damaged; ``StorageError`` where the storage fails.
  @discardableResult
  public func delete(
    _ notice: PodNotice, forced: Bool = false
  ) async throws -> Disposition {
    try await commit { writer, txn in
      try Deciding.note(notice, .gone(forced ? .forced : .deleted), &writer, in: txn)
    }
  }
}

extension Deciding {
  /// What is told of a pod.
  enum News: Hashable, Sendable {
    case deleting
    case completed(PodCompleted.Phase)
    case gone(PodDeleted.Cause)
  }

  /// Takes in news of a pod: appends it where it is new, and says what became of the addresses.
  static func note(
    _ notice: PodNotice, _ news: News, _ writer: inout LogWriter,
    in txn: borrowing WriteTransaction
  ) throws -> Disposition {
    let before = try Situation(notice, try writer.view(in: txn))
    if let known = before.otherPod {
      return Disposition(
        change: .refused(.identityInvalid(uid: notice.uid, known: known)), addresses: [],
        deadline: nil, position: nil)
    }
    guard before.isNews(news, notice) else {
      return Disposition(
        change: .unchanged, addresses: before.addresses, deadline: before.deadline, position: nil)
    }
    let place = try writer.view(in: txn).place(
      of: notice.uid, notice.identity, at: notice.instant)
    let recording = try writer.append(
      event(notice, news, .decision(place, at: notice.instant)), in: txn)
    let after = try Situation(notice, try writer.view(in: txn))
    let change: Disposition.Change =
      if after.isHeld { .unchanged } else if after.isKept {
        before.isKept && before.deadline == after.deadline ? .unchanged : .retained
      } else { before.isHeld || before.isKept ? .released : .unchanged }
    return Disposition(
      change: change, addresses: after.addresses, deadline: after.deadline,
      position: recording.position)
  }

  private static func event(_ notice: PodNotice, _ news: News, _ evidence: Evidence) -> Event {
    let request = DeletionRequest(
      deletionTimestamp: min(notice.requestedAt ?? notice.instant, notice.instant),
      gracePeriodSeconds: 0)
    switch news {
    case .deleting:
      return .deleting(
        PodDeleting(
          identity: notice.identity, uid: notice.uid, request: request, evidence: evidence))
    case .completed(let phase):
      return .completed(
        PodCompleted(
          identity: notice.identity, uid: notice.uid, phase: phase, evidence: evidence))
    case .gone(let cause):
      return .deleted(
        PodDeleted(
          identity: notice.identity, uid: notice.uid, request: request, cause: cause,
          evidence: evidence))
    }
  }

  /// How it stands with an incarnation.
  private struct Situation {
    var otherPod: PodIdentity?
    var addresses: [Address] = []
    var isKnown = false
    var isHeld = false
    var isCompleted = false
    var isGone = false
    var requestedAt: Instant?
    var isKept = false
    var deadline: Instant?

    init(_ notice: PodNotice, _ view: borrowing LedgerView) throws {
      let cluster = notice.identity.cluster
      guard let own = try view.pods.incarnation(notice.uid, of: cluster, in: view.txn) else {
        return
      }
      guard own.identity == notice.identity else {
        otherPod = own.identity
        return
      }
      isKnown = true
      let successor = own.isAssigned ? nil : try view.pods.successor(of: own, in: view.txn)
      addresses = own.finalAddresses(before: successor)
      let current = own.stages.last?.tenures ?? own.tenures(before: successor)
      isHeld = try current.contains {
        try view.ending(of: TenureRow(tenure: $0, incarnation: own)) == nil
      }
      isCompleted = own.stages.last?.isCompleted ?? (own.completed != nil)
      isGone = own.removal(before: successor) != nil
      if !isGone, let missing = try view.removal(of: own, before: successor) {
        // A full list told that already, unless this is about a time before (R10).
        let bounds = try view.bounds(of: missing, of: own.identity).bounds
        isGone = bounds.latest.map { $0 <= notice.instant } ?? false
      }
      requestedAt = own.deletionRequestedAt
      guard !isHeld, let reservation = own.reservation(on: own.nodeClass, before: successor),
        try view.isCurrent(reservation, of: own)
      else { return }
      let kept = try view.retention(ofCurrent: reservation, own, own.nodeClass)
      // Completed, and its clock does not run yet; or gone, and not ended before its deadline.
      let isOver = kept?.deadline.map { $0 <= notice.instant } ?? false
      isKept = !isOver && (kept?.ended == nil || kept?.ended == .expired)
      if isKept { deadline = kept?.deadline }
    }

    /// Whether news tell anything that is not known.
    func isNews(_ news: News, _ notice: PodNotice) -> Bool {
      guard isKnown, !isGone else { return false }
      switch news {
      case .deleting:
        return requestedAt.map { (notice.requestedAt ?? notice.instant) < $0 } ?? true
      case .completed: return !isCompleted
      case .gone: return true
      }
    }
  }
}

extension LedgerView {
  /// Whether a reservation is the one that its identity has now.
  func isCurrent(_ reservation: ReservationRow, of incarnation: Incarnation) throws -> Bool {
    let key = Keys.reservation(incarnation.identity, incarnation.nodeClass)
    let row = try tables.row(.reservations, key, in: txn).map(ReservationRow.init(decoding:))
    return row?.uid == reservation.uid
  }
}
