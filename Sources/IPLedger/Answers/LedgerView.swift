package import LMDB

/// The ledger at one moment: every question to one view sees the same state.
///
/// A view is lent to the closure of ``Ledger/read(_:)`` and cannot leave it; it holds back the
/// reuse of the file's pages, so a closure that does slow work makes the file grow.
public struct LedgerView: ~Copyable {
  let txn: ReadTransaction
  let tables: Tables
  let log: Table
  private let fixedHead: Position?
  /// What time it is: what was decided holds until now, and may change after.
  private let clock: (@Sendable () -> Instant)?
  let cache = ViewCache()
  private let lists = PresenceCache()
  private let stairs = StaircaseCache()

  package init(
    _ txn: borrowing ReadTransaction, tables: Tables, log: Table, asOf head: Position? = nil,
    clock: (@Sendable () -> Instant)? = nil
  ) {
    self.txn = txn.lent()
    self.tables = tables
    self.log = log
    fixedHead = head
    self.clock = clock
  }

  /// Whether an instant has not come yet, by the ledger's clock.
  func isAhead(_ instant: Instant) -> Bool { clock.map { $0() < instant } ?? false }

  /// The position of the last event; ``Position/origin`` where there is none.
  ///
  /// - Throws: ``LedgerError/logNotDense(head:events:)`` where the log has lost events.
  public var head: Position {
    get throws {
      if let fixedHead { return fixedHead }
      return try LogHead(log, in: txn).position
    }
  }

  var pods: PodRows { PodRows(tables) }
  var statements: EvidenceRows { EvidenceRows(tables) }
  var presences: PresenceRows { PresenceRows(tables, cache: lists) }
  var staircases: Staircases { Staircases(tables, cache: stairs) }

  /// Whether no clock that was read of a cluster contradicts another one; found once for each view.
  func clocksAgree(in cluster: ClusterName) throws -> Bool {
    if let known = cache.clocksAgree[cluster] { return known }
    let agree = try staircases.disagreement(of: cluster, in: txn) == 0
    cache.clocksAgree[cluster] = agree
    return agree
  }

  /// What was watched of a cluster, read once for each view.
  func coverage(of cluster: ClusterName) throws -> Coverage {
    if let known = cache.coverage[cluster] { return known }
    let coverage = try CoverageRows(tables).coverage(of: cluster, in: txn)
    cache.coverage[cluster] = coverage
    return coverage
  }

  /// The incarnations of an identity, oldest first.
  func incarnations(of identity: PodIdentity) throws -> [Incarnation] {
    try succession(of: identity).incarnations
  }

  /// The incarnations of an identity; those of the last one asked for are remembered.
  func succession(of identity: PodIdentity) throws -> Succession {
    if let known = cache.succession, known.identity == identity { return known.succession }
    let succession = Succession(try pods.incarnations(of: identity, in: txn))
    cache.succession = (identity, succession)
    return succession
  }

  /// The clusters of which the ledger knows anything.
  public func clusters() throws -> [ClusterName] {
    try CoverageRows(tables).clusters(in: txn)
  }

  /// The clusters whose pods have their addresses in a network.
  func clusters(of network: NetworkName) throws -> [ClusterName] {
    if let known = cache.clusters[network] { return known }
    let found = try clusters().filter { try networks(of: $0).contains(network) }
    cache.clusters[network] = found
    return found
  }

  /// The networks in which a cluster's pods have their addresses, as far as the ledger knows.
  public func networks(of cluster: ClusterName) throws -> [NetworkName] {
    try CoverageRows(tables).networks(of: cluster, in: txn)
  }

  /// The networks in which any address was ever held, or was watched.
  public func networks() throws -> [NetworkName] {
    var networks: Set<NetworkName> = []
    var next = try tables.first(.tenures, in: txn)
    while let found = next {
      let name = try NetworkName(String(decoding: found.key.prefix { $0 != 0 }, as: UTF8.self))
      networks.insert(name)
      next = try tables.ceiling(.tenures, Array(name.rawValue.utf8) + [1], in: txn)
    }
    for row in try PoolRows(tables).pools(of: nil, in: txn) { networks.insert(row.pool.network) }
    for cluster in try clusters() {
      networks.formUnion(try CoverageRows(tables).networks(of: cluster, in: txn))
    }
    return networks.sorted()
  }

  /// The networks in which an IP was ever held.
  public func networks(of ip: IPAddress) throws -> [NetworkName] {
    try networks().filter { network in
      let prefix = Keys.address(Address(network: network, ip: ip))
      guard let found = try tables.ceiling(.tenures, prefix, in: txn) else { return false }
      return found.key.starts(with: prefix)
    }
  }
}

/// What a view has read already: it lives and dies with one view, in one thread.
final class ViewCache {
  var coverage: [ClusterName: Coverage] = [:]
  var clocksAgree: [ClusterName: Bool] = [:]
  var clusters: [NetworkName: [ClusterName]] = [:]
  var watchedTimes: [ClusterName: [LedgerView.WatchedTime]] = [:]
  var watchedPeriods: [ClusterName: WatchedPeriods] = [:]
  var succession: (identity: PodIdentity, succession: Succession)?
  let retentions = RetentionCache()
  /// How long the answer that is being found stays the same, where that is asked.
  var extent: Extent?
}

/// What tenures of the address that was asked about last left behind: an answer about the time behind one
/// of them needs it, whatever instant of that time it is about.
final class RetentionCache {
  private struct Key: Hashable {
    let uid: PodUID
    let cluster: ClusterName
    let start: ResourceVersion
  }

  private var address: Address?
  private var known: [Key: Retention?] = [:]

  /// What a tenure left behind; it is found by a closure where that is not known.
  func value(
    for row: TenureRow, _ find: () throws -> Retention?
  ) rethrows -> Retention? {
    if address != row.tenure.address {
      address = row.tenure.address
      known.removeAll(keepingCapacity: true)
    }
    let key = Key(
      uid: row.pod.uid, cluster: row.pod.identity.cluster, start: row.tenure.start.at)
    if let known = known[key] { return known }
    let found = try find()
    known[key] = .some(found)
    return found
  }
}
