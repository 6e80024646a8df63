import LMDB

// The answer for one address at one instant (R20, R21).

extension LedgerView {
  /// Who held an address at an instant, for whom it was kept, or why that is not known.
  ///
  /// Of an instant that has not come yet the answer is what will be so if nothing happens, and never
  /// exact.
  ///
  /// - Throws: ``LedgerError`` where a row or an event that the answer rests on is damaged.
  public func audit(_ address: Address, at instant: Instant) throws -> PointAnswer {
    let tenures = try AddressTenures(of: address, in: self)
    return try audit(address, at: instant, tenures.surroundings(at: instant, in: self))
  }

  /// All tenures of an address with their times.
  func tenures(of address: Address) throws -> [ResolvedTenure] {
    try AddressTenures(of: address, in: self).all(in: self)
  }

  /// The answer where the tenures of the address are at hand.
  func audit(
    _ address: Address, at instant: Instant, _ tenures: Surroundings
  ) throws -> PointAnswer {
    let finding = try finding(address, at: instant, tenures)
    var answer = PointAnswer(
      address: address, instant: instant, asOf: try head, verdict: finding.verdict,
      certainty: finding.certainty, holders: finding.holders, retention: finding.retention,
      evidence: try evidence(of: finding, address, at: instant))
    // What is decided until then nobody knows.
    if isAhead(instant), answer.verdict != .unknown { answer.certainty = .bounded }
    return answer
  }

  /// What an answer says, and what it rests on; of an instant that has not come yet as if it had.
  struct Finding {
    /// What an answer rests on.
    enum Basis {
      case tenures([TenureRow])
      case reservation(Retention, after: TenureRow, besides: [TenureRow])
      case pool(Pool)
      case coverage
      case nothing
    }

    var verdict: Verdict
    var certainty = Certainty.exact
    var holders: [Holding] = []
    var retention: Retention?
    var basis = Basis.nothing
  }

  /// What is so at an instant, without the positions that it rests on.
  func finding(
    _ address: Address, at instant: Instant, _ tenures: Surroundings
  ) throws -> Finding {
    let sure = tenures.near.filter { $0.holding.surelyHolds(at: instant) }
    let possible = tenures.near.filter { $0.holding.mayHold(at: instant) }

    if sure.count == 1, let kept = try contradicted(by: sure[0], tenures, at: instant) {
      return Finding(
        verdict: .conflicted, holders: sure.map(\.holding), retention: kept.retention,
        basis: .reservation(kept.retention, after: kept.row, besides: sure.map(\.row)))
    } else if sure.count > 1 {
      return Finding(
        verdict: .conflicted, holders: sure.map(\.holding), basis: .tenures(sure.map(\.row)))
    }
    let clusters = tenures.clusters.union(try clusters(of: address.network))
    let watching = try clusters.map { try self.watching($0, at: instant) }.min() ?? .no
    if !sure.isEmpty || (!possible.isEmpty && watching > .no) {
      return Finding(
        verdict: .held, certainty: sure.isEmpty || possible.count > 1 ? .bounded : .exact,
        holders: possible.map(\.holding), basis: .tenures(possible.map(\.row)))
    }
    return try vacant(
      address, at: instant, tenures, clusters, watching, mayBeHeld: !possible.isEmpty)
  }

  /// The positions that a finding rests on (R21).
  func evidence(
    of finding: Finding, _ address: Address, at instant: Instant
  ) throws -> [Position] {
    switch finding.basis {
    case .nothing: []
    case .tenures(let rows): try evidence(of: rows)
    case .reservation(let kept, let row, let besides):
      Set(try evidence(of: besides) + evidence(of: kept, after: row)).sorted()
    case .pool(let pool): try statements.positions(under: Keys.evidence(pool), in: txn).sorted()
    case .coverage: try coverageEvidence(of: address.network, at: instant)
    }
  }

  /// Nobody surely held it: it was kept, or free, or nobody knows.
  private func vacant(
    _ address: Address, at instant: Instant, _ tenures: Surroundings,
    _ clusters: Set<ClusterName>, _ watching: Watching, mayBeHeld: Bool
  ) throws -> Finding {
    let left = try reservation(left: tenures.lastOver(at: instant, in: self), at: instant)
    let retention = left?.kept.flatMap { $0.mayKeep(at: instant) ? $0 : nil }
    let vacancy =
      try clusters.map { try self.vacancy(in: $0, at: instant, tenures) }.min() ?? .no
    // Of its own pools, and of what it keeps itself, the ledger knows without a watch.
    let keepsItself =
      left?.row.tenure.isAssigned == true && retention?.surelyKeeps(at: instant) == true
    let periods = try poolPeriods(of: address)
    for period in periods {
      note(period.definedAt)
      note(period.withdrawnAt)
    }
    let pool = periods.first { $0.contains(instant) }?.pool
    // What a pool gave and has back is its own, also before it was defined again.
    let isBack =
      left?.row.tenure.isAssigned == true && periods.contains { $0.withdrawnAt == nil }
    let isOurs = !mayBeHeld && (keepsItself || pool != nil || isBack)
    // Where it is not even certain that anybody watched, somebody unseen may have come: that is unknown.
    if isOurs || (watching == .surely && vacancy == .surely) {
      var basis = Finding.Basis.coverage
      if let left {
        basis =
          left.kept.map { .reservation($0, after: left.row, besides: []) } ?? .tenures([left.row])
      } else if let pool {
        basis = .pool(pool)
      }
      guard let retention else { return Finding(verdict: .free, basis: basis) }
      return Finding(
        verdict: .retained, certainty: retention.surelyKeeps(at: instant) ? .exact : .bounded,
        retention: retention, basis: basis)
    }
    var unknown = Finding(verdict: .unknown, retention: retention)
    if let known = latest(try tenures.begun(at: instant, in: self)) {
      unknown.holders = [known.holding]
      unknown.basis = .tenures([known.row])
    }
    return unknown
  }

  /// A reservation that is in force although a pod surely holds its address, where the ledger decided
  /// the one or the other (R17).
  func contradicted(
    by holder: ResolvedTenure, _ tenures: Surroundings, at instant: Instant
  ) throws -> (row: TenureRow, retention: Retention)? {
    guard holder.row.tenure.isAssigned || tenures.hasAssignedPast(at: instant),
      let left = try reservation(left: tenures.lastOver(at: instant, in: self), at: instant),
      let kept = left.kept, kept.surelyKeeps(at: instant)
    else { return nil }
    let (isGiven, isKept) = (holder.row.tenure.isAssigned, left.row.tenure.isAssigned)
    guard isGiven || isKept else { return nil }
    // The pod itself, come back by decision, has what was kept for it.
    if holder.row.pod.identity == kept.identity, isGiven || !isKept { return nil }
    return (left.row, kept)
  }

  /// The pools that offer an address, or did, each with its time.
  func poolPeriods(of address: Address) throws -> [PoolRow] {
    let rows = PoolRows(tables)
    let former = try rows.formerPools(of: address.network, in: txn)
    return ([try rows.pool(around: address, in: txn)].compactMap(\.self) + former)
      .filter { $0.pool.offers(address.ip) }
  }

  /// The tenure whose reservation counts at an instant, and that reservation if it left one: of the
  /// last tenure that is over, or of one before it that outlasted it.
  private func reservation(
    left over: [ResolvedTenure], at instant: Instant
  ) throws -> (row: TenureRow, kept: Retention?)? {
    var found: (row: TenureRow, kept: Retention?)?
    var remaining = over
    while let last = latest(remaining) {
      remaining.removeAll { $0.row == last.row }
      let kept = try retention(after: last.row, last.holding)
      note(kept?.from)
      note(kept?.to)
      if found == nil || kept?.mayKeep(at: instant) == true { found = (last.row, kept) }
      if kept?.mayKeep(at: instant) == true { break }
      // Whoever came after an end has taken what that end left; only who overlapped may have left more.
      remaining.removeAll { earlier in
        areOrdered(earlier.row, last.row) && !earlier.row.tenure.mayOverlap(last.row.tenure)
      }
    }
    return found
  }

  /// Whether the order of changes tells which of two tenures came first.
  ///
  /// It does in one cluster, where both were observed or both were decided; otherwise only times do.
  private func areOrdered(_ one: TenureRow, _ other: TenureRow) -> Bool {
    one.pod.identity.cluster == other.pod.identity.cluster
      && one.tenure.isAssigned == other.tenure.isAssigned
  }

  /// The tenure that began last, as far as it is known: of the last ones of each order of changes the one
  /// that began last in time.
  private func latest(_ tenures: [ResolvedTenure]) -> ResolvedTenure? {
    var lasts: [ResolvedTenure] = []
    for tenure in tenures {
      guard let index = lasts.firstIndex(where: { areOrdered($0.row, tenure.row) }) else {
        lasts.append(tenure)
        continue
      }
      let (known, own) = (lasts[index].row, tenure.row)
      let isLater =
        known.tenure.start.at != own.tenure.start.at
        ? known.tenure.start.at < own.tenure.start.at : known.pod.uid < own.pod.uid
      if isLater { lasts[index] = tenure }
    }
    return lasts.max { left, right in
      let (one, other) = (left.holding.from.latest, right.holding.from.latest)
      if one != other { return (one ?? .latest) < (other ?? .latest) }
      let (cluster, otherCluster) = (left.row.pod.identity.cluster, right.row.pod.identity.cluster)
      return cluster != otherCluster ? cluster < otherCluster : !left.row.tenure.isAssigned
    }
  }

  // MARK: Evidence

  /// The positions of the facts with which tenures begin and end (R21).
  func evidence(of rows: [TenureRow]) throws -> [Position] {
    var positions: Set<Position> = []
    for row in rows {
      let cluster = row.pod.identity.cluster
      var versions = [row.tenure.start.at]
      var uids = [row.pod.uid]
      let end = try ending(of: row)
      if let end {
        versions.append(end.moment.at)
        if end.cause == .superseded, let successor = try successor(of: row) {
          uids.append(successor)
        }
        if end.cause == .missing {
          let judged = try presences.judge(
            row.pod.uid, of: cluster, lastSeen: row.tenure.lastKnown, in: txn)
          for version in judged.lists {
            positions.formUnion(
              try statements.positions(
                under: Keys.evidence(cluster) + Keys.bytes(of: version), in: txn))
          }
        }
      } else {
        versions.append(row.tenure.lastKnown)
      }
      for uid in uids {
        positions.formUnion(
          try statements.positions(of: uid, cluster, at: versions, in: txn))
      }
    }
    return positions.sorted()
  }

  /// The positions of the facts that a reservation rests on: the tenure before it, the deletion
  /// that its period counts from, and what ended it.
  func evidence(of kept: Retention, after row: TenureRow) throws -> [Position] {
    var positions = Set(try evidence(of: [row]))
    let cluster = kept.identity.cluster
    let incarnation = try pods.incarnation(kept.uid, of: cluster, in: txn)
    let asking = (incarnation?.facts ?? [])
      .filter { $0.content.request?.requestedAt == kept.since }
      .map(\.resourceVersion)
    positions.formUnion(
      try statements.positions(of: kept.uid, cluster, at: asking, in: txn))
    if let end = kept.endFact {
      positions.formUnion(
        try statements.positions(of: end.uid, end.cluster, at: [end.version], in: txn))
    }
    if kept.ended == .released, let instant = kept.to?.latest {
      positions.formUnion(
        try statements.positions(
          under: Keys.evidence(kept.identity) + Keys.instant(instant), in: txn))
    }
    return positions.sorted()
  }

  private func successor(of row: TenureRow) throws -> PodUID? {
    let own = try pods.incarnation(row.pod.uid, of: row.pod.identity.cluster, in: txn)
    return try own.flatMap { try pods.successor(of: $0, in: txn)?.uid }
  }

  /// The positions of the lists that say that a network was watched at an instant.
  private func coverageEvidence(
    of network: NetworkName, at instant: Instant
  ) throws -> [Position] {
    var positions: Set<Position> = []
    for cluster in try clusters(of: network) {
      for (_, time) in try watched(cluster, at: instant).times {
        guard let span = time.versions else { continue }
        for version in [span.from, span.through] {
          positions.formUnion(
            try statements.positions(
              under: Keys.evidence(cluster) + Keys.bytes(of: version), in: txn))
        }
      }
    }
    return positions.sorted()
  }
}
