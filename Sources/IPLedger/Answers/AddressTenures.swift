import LMDB

/// A tenure with its times.
typealias ResolvedTenure = (row: TenureRow, holding: Holding)

/// The tenures of one address, whose times are worked out only where an answer needs them: an address
/// has hundreds in a year, and a question is about one of them.
final class AddressTenures {
  /// A tenure as it is stored: most are looked at no further than to see that they are over.
  private struct Stored {
    let outline: TenureOutline
    let reach: Reach
    /// Where its key and its content stand among the bytes.
    let key: Range<Int>
    let content: Range<Int>
  }

  /// The clusters whose pods they are of.
  let clusters: Set<ClusterName>
  /// By cluster and beginning.
  private var stored: [Stored] = []
  /// The keys and the contents of the rows.
  private var bytes: [UInt8] = []
  private var known: [ResolvedTenure?] = []

  /// No clock is further off than this, in microseconds: what is known of a tenure by itself may be so
  /// far from what all evidence together says.
  private static let margin = DeadlineRule.greatestClockStep.count

  /// What a tenure's own evidence leaves possible, with a margin for clocks that are off.
  private struct Reach {
    var from: Instant
    var to: Instant

    init(_ tenure: TenureOutline) {
      let start = tenure.start
      let earliest = start.isExactChange ? start.change.uncrossed.earliest : nil
      from = greater(start.notBefore, earliest)?.adding(microseconds: -margin) ?? .earliest
      to = tenure.end?.ownLatest?.adding(microseconds: margin) ?? .latest
    }
  }

  /// None.
  fileprivate init() { clusters = [] }

  /// The tenures of an address as they are stored.
  ///
  /// - Throws: ``LedgerError`` where a row is damaged.
  init(of address: Address, in view: borrowing LedgerView) throws {
    let prefix = Keys.address(address)
    var stored: [Stored] = []
    var bytes: [UInt8] = []
    var clusters: Set<ClusterName> = []
    try view.tables.scanInPlace(.tenures, .prefix(prefix), in: view.txn) { key, content in
      let start = bytes.count
      bytes.append(copying: key)
      let middle = bytes.count
      bytes.append(copying: content)
      let previous = stored.last?.outline
      let outline = try TenureOutline(
        decoding: bytes[middle...], under: bytes[start..<middle], behind: prefix.count,
        after: previous)
      if outline.cluster != previous?.cluster { clusters.insert(outline.cluster) }
      stored.append(
        Stored(
          outline: outline, reach: Reach(outline), key: start..<middle,
          content: middle..<bytes.count))
      return .next
    }
    self.stored = stored
    self.bytes = bytes
    self.clusters = clusters
    known = Array(repeating: nil, count: stored.count)
  }

  /// How many there are.
  var count: Int { stored.count }

  fileprivate func outline(_ index: Int) -> TenureOutline { stored[index].outline }

  /// One tenure with its times.
  func resolved(_ index: Int, in view: borrowing LedgerView) throws -> ResolvedTenure {
    if let known = known[index] { return known }
    let place = stored[index]
    let row = try TenureRow(
      decoding: Array(bytes[place.content]), under: Array(bytes[place.key]))
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
      tenures: AddressTenures(), past: [])
  }

  /// Whether any that is over at an instant was decided.
  func hasAssignedPast(at instant: Instant) -> Bool {
    near.contains { $0.row.tenure.isAssigned && $0.holding.isOver(at: instant) }
      || past.contains { tenures.outline($0).isAssigned }
  }

  /// Those that are over at an instant and may have left what is kept then: the last of those that
  /// changes order, and whichever overlap it.
  func lastOver(at instant: Instant, in view: borrowing LedgerView) throws -> [ResolvedTenure] {
    let over = near.filter { $0.holding.isOver(at: instant) }
    guard !past.isEmpty else { return over }
    // Where the last of each order began.
    var lasts: [Line: ResourceVersion] = [:]
    func note(_ line: Line, _ start: ResourceVersion) {
      if lasts[line].map({ $0 < start }) ?? true { lasts[line] = start }
    }
    for tenure in over { note(Line(tenure.row), tenure.row.tenure.start.at) }
    for index in past {
      let outline = tenures.outline(index)
      note(Line(outline), outline.start.at)
    }
    var found = over
    for index in past {
      let outline = tenures.outline(index)
      guard let last = lasts[Line(outline)],
        outline.start.at == last || outline.mayOverlap(startingAt: last)
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
    for index in past.reversed() where tenures.outline(index).cluster == cluster {
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

    init(_ outline: TenureOutline) {
      cluster = outline.cluster
      isAssigned = outline.isAssigned
    }
  }
}

extension Holding {
  /// Whether it is certain that it had ended by an instant.
  func isOver(at instant: Instant) -> Bool { to?.isSurelyBy(instant) ?? false }
}
