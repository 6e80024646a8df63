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
    /// Its deletion was recorded; it had these.
    case deleted(Assignment, at: Instant)
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
    /// What became of it; absent while the incarnation has it.
    package var kept: Retention?
    /// Another pod that has one of the addresses, and until when that is kept.
    package var otherHolder: Holder?
  }

  /// Who else has an address.
  package struct Holder: Hashable, Sendable {
    package var address: Address
    package var pod: PodReference
    package var until: Instant?
  }

  /// What is to be done.
  package enum Step: Hashable, Sendable {
    /// The answer is there, and nothing is appended.
    case answer(Decision)
    /// The recorded deletion is withdrawn.
    case withdraw(Assignment)
    /// The reservation is given back.
    case reuse(Reservation)
    /// Another address is to be chosen.
    case choose(PodCreated.NoReuse)
  }

  /// The first step that applies: the table in <doc:DecideAddresses>.
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
    case .deleted(let assignment, let removedAt):
      // As of before its deletion it has them.
      if request.instant < removedAt { return .answer(again(assignment)) }
      if let newer = standing.newer {
        return .answer(.refused(.incarnationOver(uid: request.uid, newer: newer)))
      }
      if let kept = standing.reservation, kept.pod.uid == request.uid {
        return give(kept, request) { _ in .withdraw(assignment) }
      }
    case .nothing: break
    }
    guard request.retainHours != nil else { return .choose(.notRequested) }
    guard request.eligibility == .eligible else { return .choose(.ineligibleComputeClass) }
    guard let reservation = standing.reservation else {
      return .choose(standing.isKeptElsewhere ? .otherNodeClass : .nothingKept)
    }
    if let reason = misfit(reservation, request) { return .choose(reason) }
    return give(reservation, request) { .reuse($0) }
  }

  /// The same answer as before.
  private static func again(_ assignment: Assignment) -> Decision {
    switch assignment.ground {
    case .reused: .reused(assignment)
    case .fresh: .fresh(assignment)
    }
  }

  /// Gives back what is kept, if it is still kept, and nobody has it.
  private static func give(
    _ reservation: Reservation, _ request: AssignRequest, _ give: (Reservation) -> Step
  ) -> Step {
    let waiting = Step.answer(
      .waiting(
        Waiting(
          holder: reservation.pod, addresses: reservation.addresses, since: reservation.since,
          deletionRequestedAt: reservation.deletionRequestedAt)))
    guard let kept = reservation.kept, let gone = kept.from.latest, let deadline = kept.deadline
    else { return waiting }
    switch kept.ended {
    case .released: return .choose(.released)
    case .taken: return .choose(.taken)
    case .returned, .returnedElsewhere: return .choose(.nothingKept)
    case .expired, nil: break
    }
    guard request.instant < deadline else { return .choose(.tooLate(deadline: deadline)) }
    if let other = reservation.otherHolder {
      return .answer(.refused(.addressHeld(other.address, by: other.pod, until: other.until)))
    }
    guard gone <= request.instant else { return waiting }
    return give(reservation)
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
