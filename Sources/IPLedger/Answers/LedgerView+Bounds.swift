// From the raw moments of a tenure to bounds: the staircases and the coverage are consulted here,
// when it is read (R8a).

extension LedgerView {
  /// Bounds, and whether two clocks contradicted each other in them.
  struct Resolved {
    var bounds: Bounds
    var clocksDisagree: Bool
  }

  /// What is known of the time of one change, by all evidence there is.
  func bounds(
    ofChange version: ResourceVersion, of cluster: ClusterName, own: Bounds = Bounds()
  ) throws -> Resolved {
    combine(own, try stairs(at: version, of: cluster), notBefore: nil)
  }

  /// What is known of the time of a moment.
  ///
  /// - Parameters:
  ///   - moment: The moment.
  ///   - identity: The pod whose moment it is.
  ///   - isInferred: Whether nobody saw the change itself, so that no source can vouch that it was
  ///     exactly that one (R10).
  /// - Returns: Its bounds.
  /// - Throws: ``LedgerError`` where a row is damaged.
  func bounds(
    of moment: Moment, of identity: PodIdentity, isInferred: Bool = false
  ) throws -> Resolved {
    let cluster = identity.cluster
    var isExact = moment.isExactChange
    var after = moment.after
    if !isExact, let known = after {
      let coverage = try coverage(of: cluster)
      // A source that saw every change up to this one saw that none before it made it so.
      let reached = coverage.knownThrough(known, namespace: identity.namespace)
      if isInferred {
        after = reached < moment.at ? reached : known
      } else {
        isExact = coverage.leads(from: known, to: moment.at, namespace: identity.namespace)
        after = min(reached, moment.at)
      }
    }
    var own = Bounds(earliest: moment.notBefore, latest: moment.notAfter)
    var stairs = try stairs(at: moment.at, of: cluster)
    if isExact {
      own = own.intersection(moment.change)
    } else {
      own.latest = lesser(own.latest, moment.change.latest)
      stairs.earliest = try after.flatMap { try staircases.earliest(cluster, $0, in: txn) }
    }
    return combine(own, stairs, notBefore: moment.notBefore)
  }

  private func stairs(at version: ResourceVersion, of cluster: ClusterName) throws -> Bounds {
    let stairs = Bounds(
      earliest: try staircases.earliest(cluster, version, in: txn),
      latest: try staircases.latest(cluster, version, in: txn))
    // Where they cross, clocks disagree about other changes: that is not passed on to this one.
    return stairs.isCrossed ? Bounds() : stairs
  }

  /// All evidence at once; where two clocks disagree, what holds whichever of them is right: the pod's
  /// creation before, and the next later change after, and that no clock is further off than the greatest
  /// step.
  private func combine(_ own: Bounds, _ stairs: Bounds, notBefore: Instant?) -> Resolved {
    let both = own.intersection(stairs)
    guard both.isCrossed else { return Resolved(bounds: both, clocksDisagree: false) }
    let claims = own.isCrossed ? own : both
    let others = Bounds(earliest: notBefore, latest: stairs.latest)
    return Resolved(
      bounds: claims.around(others).intersection(claims.widened), clocksDisagree: true)
  }

  /// What is known of the time of an end.
  func bounds(of end: Tenure.End, of identity: PodIdentity) throws -> Resolved {
    let isInferred = end.cause == .superseded || end.cause == .missing
    return try bounds(of: end.moment, of: identity, isInferred: isInferred)
  }

  /// A tenure with its times.
  func holding(_ row: TenureRow) throws -> Holding {
    let identity = row.pod.identity
    let start = try bounds(of: row.tenure.start, of: identity)
    var holding = Holding(
      address: row.tenure.address, pod: row.pod, from: start.bounds, to: nil, ended: nil,
      knownUntil: nil, clocksDisagree: start.clocksDisagree)
    guard let end = try ending(of: row) else {
      // Nothing but a decision ends what the ledger gave (R10).
      holding.knownUntil = row.tenure.isAssigned ? .latest : try knownUntil(row)
      return holding
    }
    let resolved = try bounds(of: end, of: identity)
    holding.ended = end.cause
    if let ended = resolved.bounds.latest, let began = start.bounds.earliest, ended < began {
      // It has not ended before it began: clocks disagree, and nobody can say which of them is right.
      let claims = Bounds(earliest: began, latest: ended).widened
      holding.from.earliest = greater(row.tenure.start.notBefore, claims.earliest)
      holding.to = Bounds(earliest: resolved.bounds.earliest, latest: claims.latest)
      holding.clocksDisagree = true
      return holding
    }
    holding.to = Bounds(
      earliest: greater(resolved.bounds.earliest, start.bounds.earliest),
      latest: resolved.bounds.latest)
    holding.from.latest = lesser(holding.from.latest, resolved.bounds.latest)
    holding.clocksDisagree = holding.clocksDisagree || resolved.clocksDisagree
    return holding
  }

  /// The end of a tenure: by a fact, by a newer incarnation, or because a full list lacks the pod
  /// (R10).
  func ending(of row: TenureRow) throws -> Tenure.End? {
    if let end = row.tenure.end { return end }
    if row.tenure.isAssigned { return nil }
    return try missing(
      row.pod.uid, of: row.pod.identity, lastSeen: row.tenure.lastKnown,
      notBefore: row.tenure.start.notBefore)
  }

  /// What a full list that lacks an incarnation says of its end.
  func missing(
    _ uid: PodUID, of identity: PodIdentity, lastSeen: ResourceVersion, notBefore: Instant?
  ) throws -> Tenure.End? {
    let judged = try presences.judge(uid, of: identity.cluster, lastSeen: lastSeen, in: txn)
    guard let newest = judged.missingAt ?? judged.missingLater?.newestItem else { return nil }
    // No version bounds when a list without one was made, only who received it.
    let moment = Moment(
      at: judged.missingAt ?? ResourceVersion(epoch: newest.epoch, .max), isExactChange: false,
      after: judged.lastSeen, change: Bounds(), notBefore: notBefore,
      notAfter: judged.missingLater?.receivedAt)
    return Tenure.End(moment: moment, cause: .missing)
  }

  /// When an incarnation was gone: by a fact or a decision, by a newer incarnation, or because a full
  /// list lacks it (R10); `nil` while it may be there.
  func removal(
    of incarnation: Incarnation, before successor: Incarnation?
  ) throws -> Tenure.End? {
    if let removal = incarnation.removal(before: successor) { return removal }
    guard !incarnation.isAssigned, let seen = incarnation.lastVersionSeen else { return nil }
    return try missing(
      incarnation.uid, of: incarnation.identity, lastSeen: seen,
      notBefore: incarnation.creationStamp)
  }

  /// Until when it is certain that an open tenure went on: as far as sources saw everything since
  /// it was last seen.
  private func knownUntil(_ row: TenureRow) throws -> Instant? {
    let identity = row.pod.identity
    let coverage = try coverage(of: identity.cluster)
    let judged = try presences.judge(
      row.pod.uid, of: identity.cluster, lastSeen: row.tenure.lastKnown, in: txn)
    let reached = coverage.knownThrough(judged.lastSeen, namespace: identity.namespace)
    var until = try bounds(ofChange: reached, of: identity.cluster).bounds.earliest
    until = greater(until, coverage.watchedUntil(reached, namespace: identity.namespace))
    let seen = try bounds(ofChange: judged.lastSeen, of: identity.cluster).bounds
    for span in coverage.times where span.scope.shows(identity.namespace) {
      guard let earliest = seen.earliest, span.from <= earliest, earliest <= span.through else {
        continue
      }
      until = greater(until, span.through)
    }
    return until
  }
}

extension Bounds {
  /// What holds of an instant by two claims of clocks that may each be off by the greatest step.
  fileprivate var widened: Bounds {
    let step = DeadlineRule.greatestClockStep.count
    return Bounds(
      earliest: earliest?.adding(microseconds: -step), latest: latest?.adding(microseconds: step))
  }
}
