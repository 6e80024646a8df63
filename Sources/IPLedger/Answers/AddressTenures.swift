import LMDB

/// A tenure with its times.
typealias ResolvedTenure = (row: TenureRow, holding: Holding)

/// The tenures of one address, whose times are worked out only where an answer needs them: an address
/// has hundreds in a year, and a question is about one of them.
final class AddressTenures {
  /// All of them, by cluster and beginning.
  let rows: [TenureRow]
  /// The clusters whose pods they are of.
  let clusters: Set<ClusterName>
  private let reaches: [Reach]
  private var holdings: [Holding?]

  /// No clock is further off than this, in microseconds: what is known of a tenure by itself may be so
  /// far from what all evidence together says.
  private static let margin = DeadlineRule.greatestClockStep.count

  /// What a tenure's own evidence leaves possible, with a margin for clocks that are off.
  private struct Reach {
    var from: Instant
    var to: Instant

    init(_ tenure: Tenure) {
      let start = tenure.start
      let earliest = start.isExactChange ? start.change.uncrossed.earliest : nil
      from = greater(start.notBefore, earliest)?.adding(microseconds: -margin) ?? .earliest
      to = tenure.end?.moment.ownLatest?.adding(microseconds: margin) ?? .latest
    }
  }

  /// The tenures of an address as they are stored.
  init(_ rows: [TenureRow]) {
    self.rows = rows
    clusters = Set(rows.map(\.pod.identity.cluster))
    reaches = rows.map { Reach($0.tenure) }
    holdings = Array(repeating: nil, count: rows.count)
  }

  /// One tenure with its times.
  func resolved(_ index: Int, in view: borrowing LedgerView) throws -> ResolvedTenure {
    if let known = holdings[index] { return (rows[index], known) }
    let holding = try view.holding(rows[index])
    holdings[index] = holding
    return (rows[index], holding)
  }

  /// All tenures with their times.
  func all(in view: borrowing LedgerView) throws -> [ResolvedTenure] {
    var resolved: [ResolvedTenure] = []
    for index in rows.indices { resolved.append(try self.resolved(index, in: view)) }
    return resolved
  }

  /// What is to be known of them at an instant.
  func surroundings(
    at instant: Instant, in view: borrowing LedgerView
  ) throws -> Surroundings {
    var near: [ResolvedTenure] = []
    var past: [Int] = []
    for (index, reach) in reaches.enumerated() {
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
    return Surroundings(near: near, clusters: clusters, tenures: self, past: past)
  }
}

/// The tenures of an address around an instant.
struct Surroundings {
  /// Those that may hold it, and others near the instant.
  let near: [ResolvedTenure]
  /// The clusters whose pods ever held it.
  let clusters: Set<ClusterName>
  fileprivate let tenures: AddressTenures
  /// Those that were surely over long before, by cluster and beginning.
  fileprivate let past: [Int]

  fileprivate init(
    near: [ResolvedTenure], clusters: Set<ClusterName>, tenures: AddressTenures, past: [Int]
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
      tenures: AddressTenures([]), past: [])
  }

  /// Whether any that is over at an instant was decided.
  func hasAssignedPast(at instant: Instant) -> Bool {
    near.contains { $0.row.tenure.isAssigned && $0.holding.isOver(at: instant) }
      || past.contains { tenures.rows[$0].tenure.isAssigned }
  }

  /// Those that are over at an instant and may have left what is kept then: the last of those that
  /// changes order, and whichever overlap it.
  func lastOver(at instant: Instant, in view: borrowing LedgerView) throws -> [ResolvedTenure] {
    let over = near.filter { $0.holding.isOver(at: instant) }
    guard !past.isEmpty else { return over }
    var lasts: [Line: Tenure] = [:]
    for tenure in over.map(\.row) + past.map({ tenures.rows[$0] }) {
      let line = Line(tenure)
      if lasts[line].map({ $0.start.at < tenure.tenure.start.at }) ?? true {
        lasts[line] = tenure.tenure
      }
    }
    var found = over
    for index in past {
      let row = tenures.rows[index]
      guard let last = lasts[Line(row)], row.tenure == last || row.tenure.mayOverlap(last) else {
        continue
      }
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
    for index in past.reversed() where tenures.rows[index].pod.identity.cluster == cluster {
      guard case .next = try body(tenures.resolved(index, in: view)) else { return }
    }
  }

  /// Tenures whose order their changes tell.
  private struct Line: Hashable {
    let cluster: ClusterName
    let isAssigned: Bool

    init(_ row: TenureRow) {
      cluster = row.pod.identity.cluster
      isAssigned = row.tenure.isAssigned
    }
  }
}

extension Holding {
  /// Whether it is certain that it had ended by an instant.
  func isOver(at instant: Instant) -> Bool { to?.isSurelyBy(instant) ?? false }
}
