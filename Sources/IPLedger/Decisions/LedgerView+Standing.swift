import LMDB

// What the rules of deciding have to know, gathered from the projections.

extension LedgerView {
  /// What is known of the pod that asks, and its request by what was frozen when it was made.
  func standing(
    of asked: AssignRequest
  ) throws -> (standing: AssignRule.Standing, request: AssignRequest) {
    var standing = AssignRule.Standing()
    let identity = asked.identity
    var request = asked
    if let own = try pods.incarnation(request.uid, of: identity.cluster, in: txn) {
      guard own.identity == identity else {
        standing.otherPod = own.identity
        return (standing, request)
      }
      standing.own = try what(own, has: request)
      try pods.forEachIncarnation(of: identity, newestFirst: true, in: txn) { newest in
        if newest.uid != own.uid { standing.newer = newest.uid }
        return .stop
      }
      if let known = own.description, own.isAssigned { request = asked.frozen(by: known) }
    }
    let nodeClass = request.effectiveNodeClass
    standing.reservation = try reservation(of: identity, nodeClass, for: request)
    if standing.reservation == nil {
      for other in NodeClass.allCases where other != nodeClass {
        let key = Keys.reservation(identity, other)
        guard try tables.row(.reservations, key, in: txn) != nil else { continue }
        let kept = try status(ofReservation: key, at: request.instant)
        standing.isKeptElsewhere = standing.isKeptElsewhere || kept != nil
      }
    }
    return (standing, request)
  }

  /// What a uid has, or had.
  private func what(
    _ own: Incarnation, has request: AssignRequest
  ) throws -> AssignRule.Own {
    guard let stage = own.stages.last else {
      // A pod that was there before the ledger decided keeps what it has.
      let successor = try pods.successor(of: own, in: txn)
      let open = try own.tenures(before: successor).filter { tenure in
        try ending(of: TenureRow(tenure: tenure, incarnation: own)) == nil
      }
      guard let first = open.first else { return .nothing }
      let since = try bounds(of: first.start, of: own.identity).bounds
      return .holds(
        Assignment(
          addresses: open.map(\.address).sorted(), zone: nil,
          ground: .reused(from: own.uid, keptSince: nil),
          since: since.latest ?? since.earliest ?? request.instant, position: nil, isNew: false))
    }
    let event = try assignment(of: own)
    let assignment = Assignment(
      addresses: stage.addresses, zone: event?.assignment.zone,
      ground: own.withdrawnGround ?? event?.assignment.ground ?? .fresh(.nothingKept),
      since: stage.tenures.first?.start.change.earliest ?? request.instant,
      position: event?.position, isNew: false)
    guard let ended = stage.tenures.first?.end?.moment.change.latest else {
      return .holds(assignment)
    }
    return .ended(
      assignment, at: ended, goneAt: stage.removal?.moment.change.latest)
  }

  /// The event that last gave an incarnation its addresses.
  func assignment(
    of incarnation: Incarnation
  ) throws -> (position: Position, assignment: PodCreated.Assignment)? {
    guard let given = incarnation.decisions.last(where: { $0.content.kind == .created }) else {
      return nil
    }
    let said = try statements.statements(
      of: incarnation.uid, incarnation.identity.cluster, in: txn)
    let first = said.first { $0.version == given.resourceVersion && $0.kind == .created }
    guard let position = first?.position,
      case .created(let event)? = try event(at: position)?.event,
      let assignment = event.assignment
    else { return nil }
    return (position, assignment)
  }

  /// What is kept for an identity on a class of nodes, in the newest state.
  private func reservation(
    of identity: PodIdentity, _ nodeClass: NodeClass, for request: AssignRequest
  ) throws -> AssignRule.Reservation? {
    let key = Keys.reservation(identity, nodeClass)
    guard
      let row = try tables.row(.reservations, key, in: txn).map(ReservationRow.init(decoding:)),
      let incarnation = try pods.incarnation(row.uid, of: identity.cluster, in: txn)
    else { return nil }
    let kept = try retention(ofCurrent: row, incarnation, nodeClass)
    let first = incarnation.stages.last?.tenures.first ?? incarnation.tenures(before: nil).first
    let zone = try assignment(of: incarnation)?.assignment.zone
    let since = try first.map { try bounds(of: $0.start, of: identity).bounds } ?? Bounds()
    return AssignRule.Reservation(
      pod: PodReference(
        identity: identity, uid: row.uid, node: incarnation.description?.node),
      addresses: row.addresses, zone: try zone ?? self.zone(of: row.addresses),
      since: since, deletionRequestedAt: incarnation.deletionRequestedAt,
      goneAt: try goneAt(incarnation), kept: kept,
      otherHolder: try otherHolder(of: row.addresses, than: incarnation, since, for: request))
  }

  /// The zone of addresses that were only observed, where a pool tells.
  private func zone(of addresses: [Address]) throws -> ZoneName? {
    guard let address = addresses.first else { return nil }
    return try PoolRows(tables).pool(around: address, in: txn)?.pool.zone
  }

  /// When an incarnation was certainly gone; `nil` while it may be there.
  private func goneAt(_ incarnation: Incarnation) throws -> Instant? {
    let successor = incarnation.isAssigned ? nil : try pods.successor(of: incarnation, in: txn)
    return try removal(of: incarnation, before: successor)
      .flatMap { try bounds(of: $0, of: incarnation.identity).bounds.latest }
  }

  /// Another incarnation that has one of a reservation's addresses at the instant of a request, or was
  /// given it since.
  private func otherHolder(
    of addresses: [Address], than own: Incarnation, _ since: Bounds, for request: AssignRequest
  ) throws -> AssignRule.Holder? {
    let rule = VacancyRule(tables)
    let place = own.stages.last?.tenures.first?.start.at
    for address in addresses {
      var rows = try rule.decisive(of: address, in: txn)
      try tables.scan(.holders, .prefix(Keys.address(address)), in: txn) { key, _ in
        if let row = try tables.row(.tenures, key, in: txn) {
          rows.append(try TenureRow(decoding: row, under: key))
        }
        return .next
      }
      for row in rows {
        // A uid tells pods of one cluster apart.
        let isOwnCluster = row.pod.identity.cluster == own.identity.cluster
        if isOwnCluster, row.pod.uid == own.uid || row.pod.uid == request.uid { continue }
        let holding = try holding(row)
        var holder = AssignRule.Holder(
          address: address, pod: row.pod, since: holding.from, until: holding.to?.latest)
        let isLater =
          row.tenure.isAssigned
          && (place.map { row.tenure.start.at > $0 }
            ?? (holding.from.latest ?? .latest > since.latest ?? .earliest))
        if isLater {
          holder.until = try rule.vacancy(of: address, in: txn)?.freeAt
          return holder
        }
        if holding.to?.isSurelyBy(request.instant) != true { return holder }
      }
    }
    return nil
  }

  /// Makes sure that no pod ever had an address that is to be given away as never used: a row that damage
  /// hides must not make it so.
  private func expectUnused(_ address: Address) throws {
    let key = Keys.address(address)
    guard let found = try tables.ceiling(.tenures, key, in: txn), found.key.starts(with: key) else {
      return
    }
    throw LedgerError.damagedRow(table: Tables.Kind.used.rawValue, key: key)
  }

  /// What a zone's pools of a family can offer.
  func offers(of pools: [Pool]) throws -> [ChoiceRule.Offer] {
    let (used, vacant) = (UsedRows(tables), VacancyRows(tables))
    return try pools.map { pool in
      var unused: IPAddress?
      for range in pool.offered where unused == nil {
        unused = try used.firstUnused(of: pool.network, in: range, in: txn)
      }
      if let unused { try expectUnused(Address(network: pool.network, ip: unused)) }
      return ChoiceRule.Offer(
        pool: pool, unused: unused,
        oldest: unused == nil ? try vacant.first(of: pool, in: txn) : nil)
    }
  }
}
