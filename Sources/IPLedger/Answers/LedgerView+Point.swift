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
    try audit(address, at: instant, try tenures(of: address))
  }

  /// All tenures of an address with their times.
  func tenures(of address: Address) throws -> [(row: TenureRow, holding: Holding)] {
    try tenureRows(of: address).map { (row: $0, holding: try holding($0)) }
  }

  /// The answer where the tenures of the address are at hand.
  func audit(
    _ address: Address, at instant: Instant, _ tenures: [(row: TenureRow, holding: Holding)]
  ) throws -> PointAnswer {
    var answer = PointAnswer(
      address: address, instant: instant, asOf: try head, verdict: .unknown, certainty: .exact,
      holders: [], retention: nil, evidence: [])
    let sure = tenures.filter { $0.holding.surelyHolds(at: instant) }
    let possible = tenures.filter { $0.holding.mayHold(at: instant) }
    let watching = try watching(address, tenures.map(\.row), at: instant)

    if sure.count == 1, let kept = try contradicted(by: sure[0], tenures, at: instant) {
      answer.verdict = .conflicted
      answer.holders = sure.map(\.holding)
      answer.retention = kept.retention
      answer.evidence = Set(
        try evidence(of: sure.map(\.row)) + evidence(of: kept.retention, after: kept.row)
      ).sorted()
    } else if sure.count > 1 {
      answer.verdict = .conflicted
      answer.holders = sure.map(\.holding)
      answer.evidence = try evidence(of: sure.map(\.row))
    } else if !sure.isEmpty || (!possible.isEmpty && watching > .no) {
      answer.verdict = .held
      answer.certainty = sure.isEmpty || possible.count > 1 ? .bounded : .exact
      answer.holders = possible.map(\.holding)
      answer.evidence = try evidence(of: possible.map(\.row))
    } else {
      try answerVacant(&answer, tenures, watching, mayBeHeld: !possible.isEmpty)
    }
    // What is decided until then nobody knows.
    if isAhead(instant), answer.verdict != .unknown { answer.certainty = .bounded }
    return answer
  }

  /// How surely the network of an address was watched: as surely as the least watched of its
  /// clusters.
  private func watching(
    _ address: Address, _ rows: [TenureRow], at instant: Instant
  ) throws -> Watching {
    let clusters = Set(try clusters(of: address.network) + rows.map(\.pod.identity.cluster))
    return try clusters.map { try watching($0, at: instant) }.min() ?? .no
  }

  /// Nobody surely held it: it was kept, or free, or nobody knows.
  private func answerVacant(
    _ answer: inout PointAnswer, _ tenures: [(row: TenureRow, holding: Holding)],
    _ watching: Watching, mayBeHeld: Bool
  ) throws {
    let instant = answer.instant
    let over = tenures.filter { $0.holding.to?.isSurelyBy(instant) ?? false }
    let left = try reservation(left: over, at: instant)
    if let kept = left?.kept, kept.mayKeep(at: instant) { answer.retention = kept }
    let vacancy = try vacancy(of: answer.address, at: instant, over)
    // Of its own pools, and of what it keeps itself, the ledger knows without a watch.
    let keepsItself =
      left?.row.tenure.isAssigned == true && answer.retention?.surelyKeeps(at: instant) == true
    let periods = try poolPeriods(of: answer.address)
    let pool = periods.first { $0.contains(instant) }?.pool
    // What a pool gave and has back is its own, also before it was defined again.
    let isBack =
      left?.row.tenure.isAssigned == true && periods.contains { $0.withdrawnAt == nil }
    let isOurs = !mayBeHeld && (keepsItself || pool != nil || isBack)
    // Where it is not even certain that anybody watched, somebody unseen may have come: that is unknown.
    if isOurs || (watching == .surely && vacancy == .surely) {
      if let retention = answer.retention {
        answer.verdict = .retained
        answer.certainty = retention.surelyKeeps(at: instant) ? .exact : .bounded
      } else {
        answer.verdict = .free
        answer.certainty = .exact
      }
      if let left {
        answer.evidence =
          try left.kept.map { try evidence(of: $0, after: left.row) } ?? evidence(of: [left.row])
      } else if let pool {
        answer.evidence = try positions(under: Keys.evidence(pool)).sorted()
      } else {
        answer.evidence = try coverageEvidence(of: answer.address.network, at: instant)
      }
      return
    }
    answer.verdict = .unknown
    let begun = tenures.filter { !$0.holding.from.isSurelyAfter(instant) }
    if let known = latest(begun) {
      answer.holders = [known.holding]
      answer.evidence = try evidence(of: [known.row])
    }
  }

  /// A reservation that is in force although a pod surely holds its address, where the ledger decided
  /// the one or the other (R17).
  func contradicted(
    by holder: (row: TenureRow, holding: Holding),
    _ tenures: [(row: TenureRow, holding: Holding)], at instant: Instant
  ) throws -> (row: TenureRow, retention: Retention)? {
    let over = tenures.filter { $0.holding.to?.isSurelyBy(instant) ?? false }
    guard holder.row.tenure.isAssigned || over.contains(where: \.row.tenure.isAssigned),
      let left = try reservation(left: over, at: instant), let kept = left.kept,
      kept.surelyKeeps(at: instant)
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
    left over: [(row: TenureRow, holding: Holding)], at instant: Instant
  ) throws -> (row: TenureRow, kept: Retention?)? {
    var found: (row: TenureRow, kept: Retention?)?
    var remaining = over
    while let last = latest(remaining) {
      remaining.removeAll { $0.row == last.row }
      let kept = try retention(after: last.row, last.holding)
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

  private func vacancy(
    of address: Address, at instant: Instant, _ over: [(row: TenureRow, holding: Holding)]
  ) throws -> Watching {
    let clusters = Set(
      try clusters(of: address.network) + over.map(\.row.pod.identity.cluster))
    return try clusters.map { cluster in
      let ends = over.compactMap { tenure -> (moment: Moment, bounds: Bounds)? in
        guard tenure.row.pod.identity.cluster == cluster, let to = tenure.holding.to,
          let end = tenure.row.tenure.end
        else { return nil }
        return (end.moment, to)
      }
      return try vacancy(in: cluster, at: instant, ends: ends)
    }.min() ?? .no
  }

  /// The tenure that began last, as far as it is known.
  private func latest(
    _ tenures: [(row: TenureRow, holding: Holding)]
  ) -> (row: TenureRow, holding: Holding)? {
    tenures.max { left, right in
      if areOrdered(left.row, right.row) {
        return left.row.tenure.start.at < right.row.tenure.start.at
      }
      return (left.holding.from.latest ?? .latest) < (right.holding.from.latest ?? .latest)
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
              try self.positions(under: Keys.evidence(cluster) + Keys.bytes(of: version)))
          }
        }
      } else {
        versions.append(row.tenure.lastKnown)
      }
      for uid in uids {
        for version in versions {
          positions.formUnion(
            try self.positions(under: Keys.evidence(cluster, uid, version)))
        }
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
    for fact in incarnation?.facts ?? [] where fact.content.request?.requestedAt == kept.since {
      positions.formUnion(
        try self.positions(under: Keys.evidence(cluster, kept.uid, fact.resourceVersion)))
    }
    if let end = kept.endFact {
      positions.formUnion(
        try self.positions(under: Keys.evidence(end.cluster, end.uid, end.version)))
    }
    if kept.ended == .released, let instant = kept.to?.latest {
      positions.formUnion(
        try self.positions(under: Keys.evidence(kept.identity) + Keys.instant(instant)))
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
      for time in try watchedTimes(of: cluster) where time.watches(instant) > .no {
        guard let span = time.versions else { continue }
        for version in [span.from, span.through] {
          positions.formUnion(
            try self.positions(under: Keys.evidence(cluster) + Keys.bytes(of: version)))
        }
      }
    }
    return positions.sorted()
  }

  /// The positions in the keys of the evidence that begin so.
  func positions(under prefix: [UInt8]) throws -> Set<Position> {
    var positions: Set<Position> = []
    try tables.scan(.evidence, .prefix(prefix), in: txn) { key, _ in
      positions.insert(try Keys.position(endOf: key))
      return .next
    }
    return positions
  }
}
