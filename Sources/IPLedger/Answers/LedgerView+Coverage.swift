import LMDB

// Whether anybody watched at an instant: what R20 asks before it says that nobody held.

extension LedgerView {
  /// Whether a cluster was watched at an instant.
  enum Watching: Comparable {
    case no
    case perhaps
    case surely
  }

  /// A span of coverage with its ends in time.
  struct WatchedTime {
    /// It surely covers what lies between these two; absent where they are not known, or in the
    /// wrong order.
    var sureFrom: Instant?
    var sureThrough: Instant?
    /// It may cover what lies between these two; absent means without a bound.
    var perhapsFrom: Instant?
    var perhapsThrough: Instant?
    /// The span between changes that it comes from, where it is one.
    var versions: VersionSpan?

    func watches(_ instant: Instant) -> Watching {
      if let sureFrom, let sureThrough, sureFrom <= instant, instant <= sureThrough {
        return .surely
      }
      if let perhapsFrom, instant < perhapsFrom { return .no }
      if let perhapsThrough, instant > perhapsThrough { return .no }
      return .perhaps
    }

    /// The instants at which its answer changes.
    var boundaries: [Instant] {
      [sureFrom, sureThrough, perhapsFrom, perhapsThrough].compactMap(\.self)
    }
  }

  /// How long after its last change a watch without receive times may still have been watched.
  ///
  /// In microseconds: five minutes. Nothing in such a watch says when it was cut.
  private static var silenceAllowance: Int64 { 300_000_000 }

  /// The spans in which all pods of a cluster were watched, in time; computed once for each view.
  func watchedTimes(of cluster: ClusterName) throws -> [WatchedTime] {
    if let known = cache.watchedTimes[cluster] { return known }
    let times = try computedWatchedTimes(of: cluster)
    cache.watchedTimes[cluster] = times
    return times
  }

  private func computedWatchedTimes(of cluster: ClusterName) throws -> [WatchedTime] {
    let coverage = try coverage(of: cluster)
    var times: [WatchedTime] = []
    let whole = coverage.versions.filter { $0.scope == .cluster }
    let oldest = whole.map(\.from).min()
    let newest = whole.map(\.through).max()
    for span in whole {
      let from = try bounds(ofChange: span.from, of: cluster).bounds
      let through = try bounds(ofChange: span.through, of: cluster).bounds
      var perhapsThrough = span.seenUntil ?? through.latest
      if span.seenUntil == nil, span.through == newest {
        perhapsThrough = (through.latest ?? through.earliest)?
          .adding(microseconds: Self.silenceAllowance)
      }
      // After a gap somebody may have come and gone whom nobody saw; before the first watch there is
      // no gap to speak of, and whoever it shows may have held already.
      let perhapsFrom =
        span.from == oldest ? from.earliest ?? from.latest : from.latest ?? from.earliest
      times.append(
        WatchedTime(
          sureFrom: from.latest, sureThrough: greater(through.earliest, span.watchedUntil),
          perhapsFrom: perhapsFrom ?? .latest, perhapsThrough: perhapsThrough,
          versions: span))
    }
    for span in coverage.times where span.scope == .cluster {
      times.append(
        WatchedTime(
          sureFrom: span.from, sureThrough: span.through, perhapsFrom: span.from,
          perhapsThrough: span.seenUntil, versions: nil))
    }
    return times
  }

  /// Whether all pods of a cluster were watched at an instant.
  func watching(_ cluster: ClusterName, at instant: Instant) throws -> Watching {
    var watching = Watching.no
    for time in try watchedTimes(of: cluster) {
      note(time)
      watching = max(watching, time.watches(instant))
    }
    return watching
  }

  private func note(_ time: WatchedTime) {
    note(time.sureFrom)
    note(time.sureThrough)
    note(time.perhapsFrom)
    note(time.perhapsThrough)
  }

  /// How surely it is known that nobody held an address at an instant, in a cluster (R20).
  func vacancy(
    in cluster: ClusterName, at instant: Instant, _ tenures: Surroundings
  ) throws -> Watching {
    var best = Watching.no
    for time in try watchedTimes(of: cluster) {
      let watching = time.watches(instant)
      guard watching > best else { continue }
      if try isComplete(time, cluster, by: instant, surely: watching == .surely)
        || isReleaseSeen(of: cluster, in: time, by: instant, tenures)
      {
        best = watching
      }
    }
    return best
  }

  /// Whether a full list at the beginning of a span showed all who held anything.
  private func isComplete(
    _ time: WatchedTime, _ cluster: ClusterName, by instant: Instant, surely: Bool
  ) throws -> Bool {
    for version in try presences.versions(of: cluster, .full, in: txn) {
      if let span = time.versions {
        guard span.from <= version else { continue }
        guard version <= span.through else { return false }
      }
      let listed = try bounds(ofChange: version, of: cluster).bounds
      if time.versions == nil {
        // An audit log covers changes only; from a full list within it on, it covers everything.
        guard let from = time.sureFrom, let begun = listed.earliest, begun >= from else { continue }
      }
      note(listed)
      return surely ? listed.isSurelyBy(instant) : !listed.isSurelyAfter(instant)
    }
    return false
  }

  /// Whether the source of a span saw the release itself of a tenure that is over: an end that it only
  /// met, or that is inferred, may have come long before, and somebody unseen after it.
  private func isReleaseSeen(
    of cluster: ClusterName, in time: WatchedTime, by instant: Instant, _ tenures: Surroundings
  ) throws -> Bool {
    var isSeen = false
    try tenures.visitOver(of: cluster, at: instant, in: self) { tenure in
      if let span = time.versions {
        guard let moment = tenure.row.tenure.end?.moment, span.from <= moment.at,
          moment.at <= span.through
        else { return .next }
        isSeen = moment.isExactChange || moment.after.map { span.from <= $0 } ?? false
      } else if let from = time.sureFrom, tenure.row.tenure.end != nil,
        let earliest = tenure.holding.to?.earliest
      {
        isSeen = earliest >= from
      }
      return isSeen ? .stop : .next
    }
    return isSeen
  }
}
