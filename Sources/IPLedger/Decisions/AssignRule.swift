/// The answer to a pod that asks for its addresses, as a pure function of what is known (R17, R23).
package enum AssignRule {
  /// What the ledger knows of the pod that asks.
  package struct Standing: Hashable, Sendable {
    /// What the uid is known as, where that is another pod.
    package var otherPod: PodIdentity?
    /// What the uid has.
    package var own: Own = .nothing
    /// What is kept for the identity on the class of nodes that it is on.
    package var reservation: Reservation?
    /// Whether anything is kept for it on the other class.
    package var isKeptElsewhere = false
    /// A newer incarnation of the pod than the one that asks.
    package var newer: PodUID?

    package init() {}
  }

  /// What a uid has already.
  package enum Own: Hashable, Sendable {
    /// Nothing that is known.
    case nothing
    /// These addresses, and why.
    case holds(Assignment)
    /// It had these until it completed or was gone, and may be gone since.
    case ended(Assignment, at: Instant, goneAt: Instant?)
  }

  /// A reservation as it stands in the newest state.
  package struct Reservation: Hashable, Sendable {
    /// The incarnation that has it, or had it last.
    package var pod: PodReference
    package var addresses: [Address]
    package var zone: ZoneName?
    /// Since when that incarnation has had it.
    package var since: Bounds
    package var deletionRequestedAt: Instant?
    /// When that incarnation was gone; absent while it is there.
    package var goneAt: Instant?
    /// What became of it; absent while the incarnation has it.
    package var kept: Retention?
    /// Another incarnation, of this pod or another, that has one of the addresses, and until when it
    /// is kept for that.
    package var otherHolder: Holder?
  }

  /// Who else has an address.
  package struct Holder: Hashable, Sendable {
    package var address: Address
    package var pod: PodReference
    package var since: Bounds
    package var until: Instant?
  }

  /// What is to be done.
  package enum Step: Hashable, Sendable {
    /// The answer is there, and nothing is appended.
    case answer(Decision)
    /// The recorded end is withdrawn, and the pod has these again.
    case withdraw(Assignment)
    /// The reservation is given back.
    case reuse(Reservation)
    /// Another address is to be chosen.
    case choose(PodCreated.NoReuse)
  }

  /// The first step that applies, in the order of the table in <doc:DecideAddresses>.
  package static func step(_ request: AssignRequest, _ standing: Standing) -> Step {
    if let known = standing.otherPod {
      return .answer(.refused(.identityInvalid(uid: request.uid, known: known)))
    }
    if let hours = request.retainHours, !RetentionPolicy.allowedHours.contains(hours) {
      return .answer(.refused(.policyInvalid(hours: hours)))
    }
    switch standing.own {
    case .holds(let assignment):
      return .answer(again(assignment))
    case .ended(let assignment, let endedAt, let goneAt):
      // As of before its end it has them.
      if request.instant < endedAt { return .answer(again(assignment)) }
      // A completed one that is known to be gone later does not run again in between.
      if standing.newer != nil || goneAt.map({ request.instant < $0 }) ?? false {
        return .answer(.refused(.incarnationOver(uid: request.uid, newer: standing.newer)))
      }
      if let kept = standing.reservation, kept.pod.uid == request.uid {
        var back = assignment
        back.isNew = true
        back.ground = .reused(from: request.uid, keptSince: goneAt ?? endedAt)
        return giveBack(kept, request) { .withdraw(back) }
      }
    case .nothing:
      // It was seen, and a newer incarnation of its pod too: names are unique, so it is gone (R10).
      if let newer = standing.newer {
        return .answer(.refused(.incarnationOver(uid: request.uid, newer: newer)))
      }
    }
    guard request.retainHours != nil else { return .choose(.notRequested) }
    guard request.eligibility == .eligible else { return .choose(.ineligibleComputeClass) }
    guard let reservation = standing.reservation else {
      return .choose(standing.isKeptElsewhere ? .otherNodeClass : .nothingKept)
    }
    if let reason = misfit(reservation, request) { return .choose(reason) }
    return giveToNewcomer(reservation, request)
  }

  /// The same answer as before.
  private static func again(_ assignment: Assignment) -> Decision {
    switch assignment.ground {
    case .reused: .reused(assignment)
    case .fresh: .fresh(assignment)
    }
  }

  /// Gives what is kept to a new incarnation, if the old one is gone.
  private static func giveToNewcomer(
    _ reservation: Reservation, _ request: AssignRequest
  ) -> Step {
    guard reservation.kept?.deadline != nil, let goneAt = reservation.goneAt else {
      return wait(reservation)
    }
    guard goneAt <= request.instant else { return wait(reservation) }
    return giveBack(reservation, request) { .reuse(reservation) }
  }

  /// Gives back what is kept, if it is still kept, and nobody has it.
  private static func giveBack(
    _ reservation: Reservation, _ request: AssignRequest, _ give: () -> Step
  ) -> Step {
    guard let kept = reservation.kept else { return wait(reservation) }
    switch kept.ended {
    case .released: return .choose(.released)
    case .taken: return .choose(.taken)
    case .returned, .returnedElsewhere: return .choose(.nothingKept)
    case .expired, nil: break
    }
    if let deadline = kept.deadline, deadline <= request.instant {
      return .choose(.tooLate(deadline: deadline))
    }
    guard let other = reservation.otherHolder else { return give() }
    // Another incarnation of the pod is an old one too: its name is free once that is gone.
    if other.pod.identity == request.identity { return wait(reservation, for: other) }
    return .answer(.refused(.addressHeld(other.address, by: other.pod, until: other.until)))
  }

  private static func wait(_ reservation: Reservation, for other: Holder? = nil) -> Step {
    .answer(
      .waiting(
        Waiting(
          holder: other?.pod ?? reservation.pod, addresses: reservation.addresses,
          since: other?.since ?? reservation.since,
          deletionRequestedAt: other == nil ? reservation.deletionRequestedAt : nil)))
  }

  /// Why a reservation is not what the request asks for.
  private static func misfit(
    _ reservation: Reservation, _ request: AssignRequest
  ) -> PodCreated.NoReuse? {
    if reservation.addresses.contains(where: { $0.network != request.addressSpace }) {
      return .otherNetwork
    }
    if let asked = request.zone, let zone = reservation.zone, asked != zone { return .otherZone }
    if let asked = request.families, asked != Set(reservation.addresses.map(\.ip.family)) {
      return .otherFamilies
    }
    return nil
  }
}
