import LMDB

// The reservations of all pods asked again, with other hours: R15–R19.

extension LedgerView {
  /// What would have been different, had every retained address been kept for so many hours.
  ///
  /// A recreation is compared where the nearest earlier incarnation with an address, on the same
  /// class of nodes and with retention enabled before and now, left a reservation: that which
  /// ``explain(_:)`` asks about. All pods are gone through, one after another; what stays in memory
  /// is a few instants of each reservation, and the recreations that differ.
  ///
  /// - Parameter hours: One of ``RetentionPolicy/allowedHours``.
  /// - Returns: The recreations that differ, and figures of all.
  /// - Throws: ``LedgerError`` where a row is damaged.
  public func whatIf(retainHours hours: Int) throws -> RetentionWhatIf {
    precondition(
      RetentionPolicy.allowedHours.contains(hours), "hours of retention are 1 to 8760 (R12)")
    var answer = RetentionWhatIf(retainHours: hours, asOf: try head)
    var recorded = PeakSweep()
    var hypothetical = PeakSweep()
    try forEachReservationLeft { reservation in
      let (left, addresses) = (reservation.left, reservation.lifetime.row.addresses.count)
      if left.begin == nil { answer.undated += 1 }
      recorded.add(left.span(hours: left.recordedHours), addresses: addresses)
      hypothetical.add(left.span(hours: hours), addresses: addresses)
      guard var recreation = reservation.recreation(hours: hours) else { return }
      answer.outcomes[recreation.outcome, default: 0] += 1
      guard recreation.outcome.isDifference else { return }
      recreation.evidence = try evidence(of: reservation)
      answer.differing.append(recreation)
    }
    answer.recordedPeak = recorded.peak()
    answer.hypotheticalPeak = hypothetical.peak()
    return answer
  }

  /// A reservation whose pod is gone, with all that ended it or may have.
  private struct ReservationLeft {
    var lifetime: ReservationLifetime
    var left: LeftReservation
    var comeback: Ending?
    var takings: [Ending]

    /// The comparison of what the rules say; `nil` where the pod did not come back.
    func recreation(hours: Int) -> RetentionWhatIf.Recreation? {
      guard let comeback, let uid = comeback.fact?.uid,
        let recorded = left.fate(hours: left.recordedHours),
        let hypothetical = left.fate(hours: hours)
      else { return nil }
      return RetentionWhatIf.Recreation(
        identity: lifetime.identity, nodeClass: lifetime.nodeClass, previous: lifetime.row.uid,
        uid: uid, addresses: lifetime.row.addresses, recorded: recorded,
        hypothetical: hypothetical, since: left.since, returned: comeback.bounds,
        recordedHours: left.recordedHours,
        recordedDeadline: left.deadline(hours: left.recordedHours),
        hypotheticalDeadline: left.deadline(hours: hours),
        hasSameAddresses: comeback.why == .returned, evidence: [])
    }
  }

  /// Visits the reservations of all pods, by identity, oldest first.
  private func forEachReservationLeft(_ body: (ReservationLeft) throws -> Void) throws {
    var next = try tables.first(.pods, in: txn)
    while let found = next {
      let identity = try Keys.identity(startOf: found.key).identity
      let succession = try succession(of: identity)
      for place in succession.incarnations.indices {
        // An incarnation that was given addresses anew left what it had had before, too.
        for stage in 0..<max(1, succession.incarnations[place].stages.count) {
          if let reservation = try reservationLeft(at: place, stage, in: succession) {
            try body(reservation)
          }
        }
      }
      // A name's zero byte ends it: the next identity's keys are beyond the same with a one.
      next = try tables.ceiling(.pods, Keys.identity(identity).dropLast() + [1], in: txn)
    }
  }

  /// The reservation that an incarnation left; `nil` where it left none, or its object is there.
  private func reservationLeft(
    at place: Int, _ stage: Int, in succession: Succession
  ) throws -> ReservationLeft? {
    let whole = succession.incarnations[place]
    let stages = whole.stages
    let own = stages.isEmpty ? nil : stages[stage].tenures.first
    guard let lifetime = ReservationLifetime(at: place, in: succession, assigned: own),
      let removal = try removal(of: lifetime)
    else { return nil }
    let row = lifetime.row
    var comeback = try comeback(lifetime)
    if let next = lifetime.givenAnew {
      comeback = Ending(
        bounds: Bounds(exactly: next),
        why: stages[stage + 1].addresses == row.addresses ? .returned : .returnedElsewhere,
        fact: stages[stage + 1].tenures.first.map {
          Retention.FactPlace(
            cluster: whole.identity.cluster, uid: whole.uid, version: $0.start.at)
        })
    }
    let takings = try takings(lifetime)
    var left = LeftReservation(
      recordedHours: row.hours, requestedAt: lifetime.requestedAt,
      removal: try bounds(of: removal, of: whole.identity).bounds,
      returned: comeback?.bounds, takings: takings.map(\.bounds))
    left.releasedAt = try operatorRelease(lifetime, since: left.since)
    return ReservationLeft(
      lifetime: lifetime, left: left, comeback: comeback, takings: takings)
  }

  /// The positions that a comparison rests on: all of the incarnation that left the reservation,
  /// and what may have ended it.
  private func evidence(of reservation: ReservationLeft) throws -> [Position] {
    let identity = reservation.lifetime.identity
    var found = Set(
      try statements.positions(of: reservation.lifetime.row.uid, identity.cluster, in: txn))
    for end in [reservation.comeback].compactMap(\.self) + reservation.takings {
      guard let fact = end.fact else { continue }
      found.formUnion(
        try statements.positions(of: fact.uid, fact.cluster, at: [fact.version], in: txn))
    }
    if reservation.left.releasedAt != nil {
      found.formUnion(try statements.positions(under: Keys.evidence(identity), in: txn))
    }
    return found.sorted()
  }
}
