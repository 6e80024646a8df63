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

    /// The instants at which its answer may change.
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
    try watched(cluster, at: instant).watching
  }

  /// What a cluster's coverage says of an instant.
  func watched(_ cluster: ClusterName, at instant: Instant) throws -> WatchedPeriods.Period {
    let periods: WatchedPeriods
    if let known = cache.watchedPeriods[cluster] {
      periods = known
    } else {
      periods = WatchedPeriods(try watchedTimes(of: cluster))
      cache.watchedPeriods[cluster] = periods
    }
    let period = periods.period(at: instant)
    note(period.edges)
    return period
  }

  /// How surely it is known that nobody held an address at an instant, in a cluster (R20).
  func vacancy(
    in cluster: ClusterName, at instant: Instant, _ tenures: Surroundings
  ) throws -> Watching {
    var best = Watching.no
    for (watching, time) in try watched(cluster, at: instant).times where watching > best {
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

/// When a cluster was watched, by all spans of its coverage together: between two neighbouring ends of spans
/// the answer is one, and it is found once.
final class WatchedPeriods {
  /// What is so at an instant, and at all others between the same edges.
  struct Period {
    /// Whether all pods were watched.
    let watching: LedgerView.Watching
    /// The spans that say so, or say that they may have been, in the order of the coverage.
    let times: [(watching: LedgerView.Watching, time: LedgerView.WatchedTime)]
    /// The ends of spans on both sides; where one is at the instant itself, that.
    let edges: Bounds
  }

  private let times: [LedgerView.WatchedTime]
  /// The ends of all spans, ascending.
  private let edges: [Instant]
  /// What is so before each edge, and on it, where it was asked for; the last one is behind all edges.
  private var periods: [Period?]

  init(_ times: [LedgerView.WatchedTime]) {
    self.times = times
    edges = Set(times.flatMap(\.boundaries)).sorted()
    periods = Array(repeating: nil, count: 2 * edges.count + 1)
  }

  /// What is so at an instant.
  func period(at instant: Instant) -> Period {
    var (low, high) = (0, edges.count)
    while low < high {
      let middle = (low + high) / 2
      if edges[middle] >= instant { high = middle } else { low = middle + 1 }
    }
    let above = low < edges.count ? edges[low] : nil
    let place = 2 * low + (above == instant ? 1 : 0)
    if let known = periods[place] { return known }
    var watching = LedgerView.Watching.no
    var found: [(watching: LedgerView.Watching, time: LedgerView.WatchedTime)] = []
    for index in times.indices {
      let watches = times[index].watches(instant)
      guard watches > .no else { continue }
      watching = max(watching, watches)
      found.append((watches, times[index]))
    }
    let period = Period(
      watching: watching, times: found,
      edges: Bounds(earliest: low > 0 ? edges[low - 1] : nil, latest: above))
    periods[place] = period
    return period
  }
}
