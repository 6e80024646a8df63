import LMDB

/// A tenure with its times.
typealias ResolvedTenure = (row: TenureRow, holding: Holding)

/// The tenures of one address, whose times are worked out only where an answer needs them: an address
/// has hundreds in a year, and a question is about one of them.
final class AddressTenures {
  /// A tenure as it is stored: most are looked at no further than to see that they are over.
  fileprivate struct Stored {
    /// Which of the clusters its pod is of.
    let cluster: Int
    /// The change with which it began.
    let start: ResourceVersion
    /// The change with which it ended.
    let end: ResourceVersion?
    let reach: Reach
    /// Where the uid and the content of its row stand among the bytes.
    let uid: Range<Int>
    let content: Range<Int>

    /// Whether the ledger decided it.
    var isAssigned: Bool { start.isDecided }
    /// The number of its line: of the tenures whose order their changes tell.
    var line: Int { 2 * cluster + (isAssigned ? 1 : 0) }

    /// Whether a later tenure of the address in the cluster overlaps it, as far as the order of changes
    /// tells (R11).
    func mayOverlap(startingAt start: ResourceVersion) -> Bool { end.map { start < $0 } ?? true }
  }

  private let address: Address
  /// The clusters whose pods they are of, in their order.
  fileprivate let clusters: [ClusterName]
  private let clusterNames: Set<ClusterName>
  /// By cluster and beginning.
  fileprivate let stored: [Stored]
  /// The uids and the contents of the rows.
  private let bytes: [UInt8]
  private var known: [Int: ResolvedTenure] = [:]

  /// When a tenure may have been, as far as its row alone says.
  fileprivate struct Reach {
    /// No clock is further off than this, in microseconds.
    private static let margin = DeadlineRule.greatestClockStep.count

    let from: Instant
    let to: Instant

    /// - Parameters:
    ///   - tenure: What its row says.
    ///   - clocksAgree: Whether no clocks of its cluster contradict each other.
    init(_ tenure: TenureOutline, clocksAgree: Bool) {
      let (start, end) = (tenure.start, tenure.end)
      let latest = end?.ownLatest?.adding(microseconds: Self.margin) ?? .latest
      guard clocksAgree, tenure.isConsistent else {
        let earliest = start.isExactChange ? start.change.uncrossed.earliest : nil
        from =
          greater(start.notBefore, earliest)?.adding(microseconds: -Self.margin) ?? .earliest
        to = latest
        return
      }
      // Where a stamp of its field was before its change, only its pod's creation bounds it; so it is where
      // it turns out to have ended, by a list of another epoch, before it began.
      let isByChange = start.isExactChange && start.notAfter == nil && end != nil
      from =
        greater(start.notBefore, isByChange ? start.change.earliest : nil) ?? .earliest
      to = min(latest, end?.change.latest ?? .latest)
    }
  }

  /// The tenures of an address as they are stored.
  ///
  /// - Throws: ``LedgerError`` where a row is damaged.
  init(of address: Address, in view: borrowing LedgerView) throws {
    let prefix = Keys.address(address)
    var stored: [Stored] = []
    var bytes: [UInt8] = []
    var clusters: [ClusterName] = []
    // The prefix with the cluster that the last row was of.
    var known: [UInt8] = []
    var clocksAgree = false
    try view.tables.scanInPlace(.tenures, .prefix(prefix), in: view.txn) { key, content in
      if known.isEmpty || !KeyOrder.begins(key, with: known.span) {
        let cluster = try Keys.clusterName(in: key, at: prefix.count)
        known = prefix + Array(cluster.rawValue.utf8) + [0]
        clusters.append(cluster)
        clocksAgree = try view.clocksAgree(in: cluster)
      }
      let start = try Keys.version(in: key, at: known.count)
      let outline = try TenureOutline(decoding: content, near: start)
      let uid = bytes.count
      bytes.append(copying: key.extracting((known.count + Keys.versionLength)...))
      let row = bytes.count
      bytes.append(copying: content)
      stored.append(
        Stored(
          cluster: clusters.count - 1, start: start, end: outline.end?.at,
          reach: Reach(outline, clocksAgree: clocksAgree), uid: uid..<row,
          content: row..<bytes.count))
      return .next
    }
    self.address = address
    self.stored = stored
    self.bytes = bytes
    self.clusters = clusters
    clusterNames = Set(clusters)
  }

  /// How many there are.
  var count: Int { stored.count }

  /// How many lines there may be.
  fileprivate var lineCount: Int { 2 * clusters.count }

  /// The number of the line that a tenure of the address is in.
  fileprivate func line(of row: TenureRow) -> Int? {
    clusters.firstIndex(of: row.pod.identity.cluster)
      .map { 2 * $0 + (row.tenure.isAssigned ? 1 : 0) }
  }

  /// One tenure with its times.
  func resolved(_ index: Int, in view: borrowing LedgerView) throws -> ResolvedTenure {
    if let known = known[index] { return known }
    let tenure = stored[index]
    guard let uid = PodUID(encoded: bytes[tenure.uid]) else {
      throw EventDecodingError.damaged("a key names no uid")
    }
    let place = Keys.TenurePlace(
      address: address, cluster: clusters[tenure.cluster], start: tenure.start, uid: uid)
    let row = try TenureRow(decoding: bytes[tenure.content], at: place)
    let resolved = (row, try view.holding(row))
    known[index] = resolved
    return resolved
  }

  /// All tenures with their times.
  func all(in view: borrowing LedgerView) throws -> [ResolvedTenure] {
    var resolved: [ResolvedTenure] = []
    for index in stored.indices { resolved.append(try self.resolved(index, in: view)) }
    return resolved
  }

  /// What is to be known of them at an instant.
  func surroundings(
    at instant: Instant, in view: borrowing LedgerView
  ) throws -> Surroundings {
    var near: [ResolvedTenure] = []
    var past: [Int] = []
    for index in stored.indices {
      let reach = stored[index].reach
      view.note(reach.from)
      guard reach.from <= instant else { continue }
      view.note(reach.to)
      if reach.to < instant {
        past.append(index)
        continue
      }
      let tenure = try resolved(index, in: view)
      view.note(tenure.holding.from)
      view.note(tenure.holding.to)
      view.note(tenure.holding.knownUntil)
      near.append(tenure)
    }
    return Surroundings(near: near, clusters: clusterNames, tenures: self, past: past)
  }
}

/// The tenures of an address around an instant.
struct Surroundings {
  /// Those that may hold it, and others near the instant.
  let near: [ResolvedTenure]
  /// The clusters whose pods ever held it.
  let clusters: Set<ClusterName>
  private let tenures: AddressTenures?
  /// Those of them that were surely over by then, by cluster and beginning.
  private let past: [Int]

  fileprivate init(
    near: [ResolvedTenure], clusters: Set<ClusterName>, tenures: AddressTenures?, past: [Int]
  ) {
    self.near = near
    self.clusters = clusters
    self.tenures = tenures
    self.past = past
  }

  /// Tenures that are all looked at.
  init(_ near: [ResolvedTenure]) {
    self.init(
      near: near, clusters: Set(near.map(\.row.pod.identity.cluster)),
      tenures: nil, past: [])
  }

  /// Whether any that is over at an instant was decided.
  func hasAssignedPast(at instant: Instant) -> Bool {
    near.contains { $0.row.tenure.isAssigned && $0.holding.isOver(at: instant) }
      || past.contains { tenures?.stored[$0].isAssigned ?? false }
  }

  /// Those that are over at an instant and may have left what is kept then: the last of those that
  /// changes order, and whichever overlap it.
  func lastOver(at instant: Instant, in view: borrowing LedgerView) throws -> [ResolvedTenure] {
    let over = near.filter { $0.holding.isOver(at: instant) }
    guard let tenures, !past.isEmpty else { return over }
    // Where the last of each line began.
    var lasts = [ResourceVersion?](repeating: nil, count: tenures.lineCount)
    for tenure in over {
      guard let line = tenures.line(of: tenure.row) else { continue }
      lasts[line] = greater(lasts[line], tenure.row.tenure.start.at)
    }
    for index in past {
      let tenure = tenures.stored[index]
      lasts[tenure.line] = greater(lasts[tenure.line], tenure.start)
    }
    var found = over
    for index in past {
      let tenure = tenures.stored[index]
      guard let last = lasts[tenure.line],
        tenure.start == last || tenure.mayOverlap(startingAt: last)
      else { continue }
      found.append(try tenures.resolved(index, in: view))
    }
    return found
  }

  /// Those that have begun by an instant, the last of each line at least.
  func begun(at instant: Instant, in view: borrowing LedgerView) throws -> [ResolvedTenure] {
    try near.filter { !$0.holding.from.isSurelyAfter(instant) } + lastOver(at: instant, in: view)
  }

  /// Visits the tenures of a cluster that are over at an instant, the last first, until the body says
  /// that it has seen enough.
  func visitOver(
    of cluster: ClusterName, at instant: Instant, in view: borrowing LedgerView,
    _ body: (ResolvedTenure) throws -> ScanStep
  ) throws {
    for tenure in near.reversed()
    where tenure.row.pod.identity.cluster == cluster && tenure.holding.isOver(at: instant) {
      guard case .next = try body(tenure) else { return }
    }
    guard let tenures else { return }
    for index in past.reversed() where tenures.clusters[tenures.stored[index].cluster] == cluster {
      guard case .next = try body(tenures.resolved(index, in: view)) else { return }
    }
  }
}

extension Holding {
  /// Whether it is certain that it had ended by an instant.
  func isOver(at instant: Instant) -> Bool { to?.isSurelyBy(instant) ?? false }
}

extension TenureOutline {
  /// Whether nothing that its row says of its times can contradict the rest, where the clocks of its cluster
  /// do not contradict each other: then all evidence together leaves no more than the bounds of its two
  /// changes do, and nothing before its pod's creation.
  fileprivate var isConsistent: Bool {
    guard start.isConsistent else { return false }
    guard let end else { return true }
    // The last change that the end is not before. The beginning is not before it either, or is known by no
    // other change than it is.
    guard end.isConsistent, let before = end.isExactChange ? end.at : end.after else {
      return false
    }
    return start.at.epoch == before.epoch
  }
}

extension Moment {
  /// Whether nothing that it says of its time can contradict the rest.
  ///
  /// The bounds of a change are steps of the staircases, as are those of the changes before it and after
  /// it. What its pod's creation says is one where the change's own bound is no earlier. What is known of
  /// changes in another epoch, or of a decision by what was observed, is compared with nothing; nor is what
  /// is known of an end that was inferred from a change before the last one at which the pod was seen.
  fileprivate var isConsistent: Bool {
    guard !own.isCrossed else { return false }
    if !isExactChange, at.isDecided || after.map({ $0.epoch != at.epoch || $0 > at }) ?? false {
      return false
    }
    guard let notBefore else { return true }
    return change.earliest.map { notBefore <= $0 } ?? false
  }
}
