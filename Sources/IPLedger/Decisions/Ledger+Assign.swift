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
    _ asked: AssignRequest, _ writer: inout LogWriter, in txn: borrowing WriteTransaction
  ) throws -> Decision {
    let view = writer.view(in: txn)
    let (standing, request) = try view.standing(of: asked)
    switch AssignRule.step(request, standing) {
    case .answer(let decision):
      return decision
    case .withdraw(var assignment):
      let place = try view.place(of: request.uid, request.identity, at: request.instant)
      let event = PodDeleted(
        identity: request.identity, uid: request.uid, request: nil, cause: .withdrawn,
        evidence: .decision(place, at: request.instant))
      assignment.position = try writer.append(.deleted(event), in: txn).position
      assignment.isNew = true
      if case .deleted(_, let removedAt) = standing.own {
        assignment.ground = .reused(from: request.uid, keptSince: removedAt)
      }
      return .reused(assignment)
    case .reuse(let kept):
      let ground = PodCreated.Assignment.Ground.reused(
        from: kept.pod.uid, keptSince: kept.kept?.from.latest)
      return .reused(
        try give(kept.addresses, kept.zone, ground, to: request, view, &writer, in: txn))
    case .choose(let reason):
      return try choose(for: request, because: reason, view, &writer, in: txn)
    }
  }

  private static func choose(
    for request: AssignRequest, because reason: PodCreated.NoReuse, _ view: borrowing LedgerView,
    _ writer: inout LogWriter, in txn: borrowing WriteTransaction
  ) throws -> Decision {
    let network = request.addressSpace
    let pools = try view.pools(of: network)
    guard !pools.isEmpty else { return .refused(.networkUnknown(network)) }
    let zones = Set(pools.map(\.zone)).sorted()
    guard let zone = request.zone ?? (zones.count == 1 ? zones.first : nil), zones.contains(zone)
    else { return .refused(.zoneUnknown(request.zone, network: network, known: zones)) }
    let ofZone = pools.filter { $0.zone == zone }
    let families = request.families ?? Set(ofZone.map(\.prefix.family))
    var addresses: [Address] = []
    for family in families.sorted(by: { $0.rawValue < $1.rawValue }) {
      let candidates = ofZone.filter { $0.prefix.family == family }
      guard !candidates.isEmpty else {
        return .refused(.familyUnknown(family, zone: zone, network: network))
      }
      guard let ip = ChoiceRule.choose(try view.offers(of: candidates), at: request.instant) else {
        return .refused(
          .poolExhausted(try view.exhaustion(of: candidates, zone, family, at: request.instant)))
      }
      addresses.append(Address(network: network, ip: ip))
    }
    return .fresh(
      try give(addresses, zone, .fresh(reason), to: request, view, &writer, in: txn))
  }

  private static func give(
    _ addresses: [Address], _ zone: ZoneName?, _ ground: PodCreated.Assignment.Ground,
    to request: AssignRequest, _ view: borrowing LedgerView, _ writer: inout LogWriter,
    in txn: borrowing WriteTransaction
  ) throws -> Assignment {
    let place = try view.place(of: request.uid, request.identity, at: request.instant)
    var event = PodCreated(
      identity: request.identity, uid: request.uid, network: request.addressSpace,
      addresses: addresses.map(\.ip), description: request.description(at: place),
      evidence: .decision(place, at: request.instant))
    event.assignment = PodCreated.Assignment(zone: zone, ground: ground)
    let recording = try writer.append(.created(event), in: txn)
    return Assignment(
      addresses: addresses.sorted(), zone: zone, ground: ground, since: request.instant,
      position: recording.position, isNew: true)
  }
}

extension LedgerView {
  /// The place of the next decision about a pod: after all that were taken about it.
  func place(
    of uid: PodUID, _ identity: PodIdentity, at instant: Instant
  ) throws -> ResourceVersion {
    var last = try pods.incarnation(uid, of: identity.cluster, in: txn)?.lastDecision
    try pods.forEachIncarnation(of: identity, newestFirst: true, in: txn) { newest in
      last = greater(last, newest.lastDecision)
      return .stop
    }
    return ResourceVersion.decision(at: instant, after: last)
  }
}
