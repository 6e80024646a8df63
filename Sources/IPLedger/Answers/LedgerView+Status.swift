import LMDB

/// The ledger in figures.
public struct LedgerStatus: Hashable, Sendable {
  /// What is known of one cluster.
  public struct Cluster: Hashable, Sendable {
    /// Its name.
    public var name: ClusterName
    /// The networks of its pods' addresses.
    public var networks: [NetworkName]
    /// The spans between which all changes were seen, as their first and last resource versions and
    /// instants.
    public var spans: [Span]
    /// The earliest instant of which anything is known.
    public var oldest: Instant?
    /// The latest instant of which anything is known.
    public var newest: Instant?
    /// How often its resource versions fell back.
    public var epochs: UInt32
  }

  /// A span that was watched.
  public struct Span: Hashable, Sendable {
    /// Which pods were watched.
    public var scope: SourceWatched.Scope
    /// The change it begins with, where it is one of changes.
    public var fromVersion: ResourceVersion?
    /// The change it ends with, where it is one of changes.
    public var throughVersion: ResourceVersion?
    /// When it begins.
    public var from: Bounds
    /// When it ends.
    public var through: Bounds
  }

  /// The position of the last event.
  public var head: Position
  /// When the last event was recorded.
  public var lastRecordedAt: Instant?
  /// How many events there are of each kind.
  public var events: [Event.Kind: Int]
  /// How many incarnations of pods are known.
  public var incarnations: Int
  /// How many tenures there are.
  public var tenures: Int
  /// How many tenures are open: who holds an address now.
  public var holders: Int
  /// How many reservations are bound and retained at the instant that was asked for.
  public var reservations: [ReservationStatus.State: Int]
  /// The addresses that two incarnations surely held at once, some time (R11).
  public var conflicts: [Address]
  /// How many events carry evidence that contradicts itself: two clocks disagree (R8a).
  public var clockDisagreements: Int
  /// How often an object showed another address than the ledger had given its pod (R10).
  public var contradictions: Int
  /// How many create events carry hours of retention that were rejected (R12).
  public var rejectedHours: Int
  /// The clusters.
  public var clusters: [Cluster]
}

extension LedgerView {
  /// The ledger in figures, at an instant.
  public func status(at instant: Instant) throws -> LedgerStatus {
    var status = LedgerStatus(
      head: try head, lastRecordedAt: nil, events: [:],
      incarnations: try txn.count(tables[.incarnations]),
      tenures: try txn.count(tables[.tenures]), holders: 0, reservations: [:],
      conflicts: try conflicts(), clockDisagreements: 0, contradictions: 0, rejectedHours: 0,
      clusters: [])
    status.lastRecordedAt = try LogHead(log, in: txn).event()?.recordedAt
    for kind in Event.Kind.allCases { status.events[kind] = try count(Counter.kind(kind)) }
    status.clockDisagreements = try count(Counter.clockDisagreement)
    status.contradictions = try count(Counter.contradiction)
    status.rejectedHours = try count(Counter.rejectedHours)
    for reservation in try reservations(at: instant) {
      status.reservations[reservation.state, default: 0] += 1
    }
    try tables.scan(.holders, .all, in: txn) { key, _ in
      if let row = try tables.row(.tenures, key, in: txn),
        try ending(of: TenureRow(decoding: row, under: key)) == nil
      {
        status.holders += 1
      }
      return .next
    }
    for cluster in try clusters() { status.clusters.append(try self.status(of: cluster)) }
    return status
  }

  private func count(_ key: [UInt8]) throws -> Int {
    guard let row = try tables.row(.counts, key, in: txn) else { return 0 }
    var reader = ByteReader(row)
    return Int(clamping: try reader.uint64())
  }

  /// The addresses with a sure overlap, of those whose changes leave one possible.
  func conflicts() throws -> [Address] {
    var suspects: Set<Address> = []
    try tables.scan(.contested, .all, in: txn) { key, _ in
      suspects.insert(try Keys.tenure(decoding: key).address)
      return .next
    }
    for network in try networks() where try clusters(of: network).count > 1 {
      suspects.formUnion(try addressesOfSeveralClusters(in: network))
    }
    return try suspects.sorted().filter { address in
      let tenures = try tenures(of: address)
      if try !contradictions(in: tenures).isEmpty { return true }
      let spans = tenures.compactMap(\.holding.sureSpan)
        .sorted { $0.lowerBound < $1.lowerBound }
      var reached = Instant.earliest
      for span in spans {
        if span.lowerBound < reached { return true }
        reached = max(reached, span.upperBound)
      }
      return false
    }
  }

  /// The addresses of a network that pods of more than one of its clusters held, some time.
  private func addressesOfSeveralClusters(in network: NetworkName) throws -> Set<Address> {
    var found: Set<Address> = []
    var previous: Keys.TenurePlace?
    try tables.scan(.tenures, .prefix(Keys.network(network)), in: txn) { key, _ in
      let place = try Keys.tenure(decoding: key)
      if let previous, previous.address == place.address, previous.cluster != place.cluster {
        found.insert(place.address)
      }
      previous = place
      return .next
    }
    return found
  }

  private func status(of cluster: ClusterName) throws -> LedgerStatus.Cluster {
    let coverage = try coverage(of: cluster)
    var status = LedgerStatus.Cluster(
      name: cluster, networks: try CoverageRows(tables).networks(of: cluster, in: txn), spans: [],
      oldest: nil, newest: nil, epochs: 0)
    for span in coverage.versions {
      var through = try bounds(ofChange: span.through, of: cluster).bounds
      through.latest = span.seenUntil ?? through.latest
      status.spans.append(
        LedgerStatus.Span(
          scope: span.scope, fromVersion: span.from, throughVersion: span.through,
          from: try bounds(ofChange: span.from, of: cluster).bounds, through: through))
      status.epochs = max(status.epochs, span.through.epoch)
    }
    for span in coverage.times {
      status.spans.append(
        LedgerStatus.Span(
          scope: span.scope, fromVersion: nil, throughVersion: nil,
          from: Bounds(exactly: span.from),
          through: Bounds(earliest: span.through, latest: span.seenUntil)))
    }
    (status.oldest, status.newest) = try staircases.span(of: cluster, in: txn)
    return status
  }
}
