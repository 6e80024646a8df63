import LMDB

// What a request comes to, before anything is written.

extension LedgerView {
  /// What ``Ledger/assign(_:)`` would answer now; nothing is written.
  ///
  /// It tells why a pod would get this address, why it would have to wait, or why it would be refused.
  ///
  /// - Throws: ``LedgerError`` where a row or an event is damaged.
  public func preview(_ request: AssignRequest) throws -> Decision {
    try plan(for: request).decision
  }

  /// An answer, and the event that has to be appended for it.
  struct Plan {
    var decision: Decision
    var event: Event?
  }

  /// What a request comes to: the first line of the table in <doc:DecideAddresses> that applies.
  func plan(for asked: AssignRequest) throws -> Plan {
    let (standing, request) = try standing(of: asked)
    switch AssignRule.step(request, standing) {
    case .answer(let decision):
      return Plan(decision: decision, event: nil)
    case .withdraw(let assignment):
      return Plan(decision: .reused(assignment), event: try withdrawal(for: request))
    case .reuse(let kept):
      let ground = PodCreated.Assignment.Ground.reused(
        from: kept.pod.uid, keptSince: kept.kept?.from.latest)
      let assignment = give(kept.addresses, kept.zone, ground, to: request)
      return Plan(
        decision: .reused(assignment), event: try creation(assignment, for: request))
    case .choose(let reason):
      return try choose(for: request, because: reason)
    }
  }

  /// Fresh addresses, one of each family, or the refusal that comes first.
  private func choose(
    for request: AssignRequest, because reason: PodCreated.NoReuse
  ) throws -> Plan {
    func refused(_ refusal: Refusal) -> Plan { Plan(decision: .refused(refusal), event: nil) }
    let network = request.addressSpace
    let pools = try pools(of: network)
    guard !pools.isEmpty else {
      let known = Set(try self.pools(of: nil).map(\.network)).sorted()
      return refused(.networkUnknown(network, known: known))
    }
    let zones = Set(pools.map(\.zone)).sorted()
    guard let zone = request.zone ?? (zones.count == 1 ? zones.first : nil), zones.contains(zone)
    else { return refused(.zoneUnknown(request.zone, network: network, known: zones)) }
    let ofZone = pools.filter { $0.zone == zone }
    let families = (request.families ?? Set(ofZone.map(\.prefix.family)))
      .sorted { $0.rawValue < $1.rawValue }
    let known = Set(ofZone.map(\.prefix.family))
    if let missing = families.first(where: { !known.contains($0) }) {
      return refused(.familyUnknown(missing, zone: zone, network: network))
    }
    var addresses: [Address] = []
    for family in families {
      let candidates = ofZone.filter { $0.prefix.family == family }
      guard let ip = ChoiceRule.choose(try offers(of: candidates), at: request.instant) else {
        return refused(
          .poolExhausted(try exhaustion(of: candidates, zone, family, at: request.instant)))
      }
      addresses.append(Address(network: network, ip: ip))
    }
    let assignment = give(addresses, zone, .fresh(reason), to: request)
    return Plan(decision: .fresh(assignment), event: try creation(assignment, for: request))
  }

  private func give(
    _ addresses: [Address], _ zone: ZoneName?, _ ground: PodCreated.Assignment.Ground,
    to request: AssignRequest
  ) -> Assignment {
    Assignment(
      addresses: addresses.sorted(), zone: zone, ground: ground, since: request.instant,
      position: nil, isNew: true)
  }

  private func creation(_ assignment: Assignment, for request: AssignRequest) throws -> Event {
    let place = try place(
      of: request.uid, request.identity, at: request.instant, giving: assignment.addresses)
    var event = PodCreated(
      identity: request.identity, uid: request.uid, network: request.addressSpace,
      addresses: assignment.addresses.map(\.ip), description: request.description(at: place),
      evidence: .decision(place, at: request.instant))
    event.assignment = PodCreated.Assignment(zone: assignment.zone, ground: assignment.ground)
    return .created(event)
  }

  private func withdrawal(for request: AssignRequest) throws -> Event {
    let place = try place(of: request.uid, request.identity, at: request.instant)
    return .deleted(
      PodDeleted(
        identity: request.identity, uid: request.uid, request: nil, cause: .withdrawn,
        evidence: .decision(place, at: request.instant)))
  }
}
