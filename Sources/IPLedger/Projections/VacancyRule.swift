package import LMDB

/// Since when an address is vacant, by the evidence of its tenures alone.
///
/// Few rows are read, however often the address was held: a tenure that does not overlap the next
/// one of its cluster ended before it.
package struct VacancyRule {
  private let tables: Tables
  private let pods: PodRows

  package init(_ tables: Tables) {
    self.init(tables, PodRows(tables))
  }

  init(_ tables: Tables, _ pods: PodRows) {
    self.tables = tables
    self.pods = pods
  }

  /// Since when nobody holds an address; `nil` where somebody does, or may, or where it is kept
  /// without a deadline, or where nobody ever had it.
  package func vacancy(
    of address: Address, in txn: borrowing ReadTransaction
  ) throws -> Vacancy? {
    var vacancy: Vacancy?
    for cluster in try clusters(of: address, in: txn) {
      let prefix = Keys.tenures(address, cluster)
      if let open = try tables.ceiling(.holders, prefix, in: txn), open.key.starts(with: prefix) {
        return nil
      }
      for row in try decisive(prefix, in: txn) {
        guard let own = try self.vacancy(after: row, in: txn) else { return nil }
        vacancy = own.later(vacancy)
      }
    }
    return vacancy
  }

  /// The last tenure of an address that was decided, of whatever cluster.
  package func lastAssigned(
    _ address: Address, in txn: borrowing ReadTransaction
  ) throws -> TenureRow? {
    var found: TenureRow?
    for cluster in try clusters(of: address, in: txn) {
      let prefix = Keys.tenures(address, cluster)
      guard let row = try last(prefix, before: nil, in: txn), row.tenure.isAssigned else {
        continue
      }
      if let known = found, known.tenure.start.at > row.tenure.start.at { continue }
      found = row
    }
    return found
  }

  /// The tenures of an address that can have ended last, of whatever cluster.
  package func decisive(
    of address: Address, in txn: borrowing ReadTransaction
  ) throws -> [TenureRow] {
    try clusters(of: address, in: txn).flatMap {
      try decisive(Keys.tenures(address, $0), in: txn)
    }
  }

  /// The clusters whose pods had an address.
  private func clusters(
    of address: Address, in txn: borrowing ReadTransaction
  ) throws -> [ClusterName] {
    let prefix = Keys.address(address)
    var clusters: [ClusterName] = []
    var next = try tables.ceiling(.tenures, prefix, in: txn)
    while let found = next, found.key.starts(with: prefix) {
      let cluster = try Keys.tenure(decoding: found.key).cluster
      clusters.append(cluster)
      next = try tables.ceiling(
        .tenures, prefix + Array(cluster.rawValue.utf8) + [1], in: txn)
    }
    return clusters
  }

  /// The tenures of a cluster's pods that can have ended last: the last that was observed, the last
  /// that was decided, and those that overlap another.
  private func decisive(
    _ prefix: [UInt8], in txn: borrowing ReadTransaction
  ) throws -> [TenureRow] {
    var rows: [TenureRow] = []
    if let decided = try last(prefix, before: nil, in: txn) { rows.append(decided) }
    let observed = try last(
      prefix, before: Keys.bytes(of: ResourceVersion(epoch: ResourceVersion.decidedEpoch, 0)),
      in: txn)
    if let observed, rows.first != observed { rows.append(observed) }
    var overlapping: [[UInt8]] = []
    try tables.scan(.contested, .prefix(prefix), in: txn) { key, _ in
      overlapping.append(key)
      return .next
    }
    for key in overlapping {
      guard let content = try tables.row(.tenures, key, in: txn) else { continue }
      let row = try TenureRow(decoding: content, under: key)
      if !rows.contains(row) { rows.append(row) }
    }
    return rows
  }

  private func last(
    _ prefix: [UInt8], before version: [UInt8]?, in txn: borrowing ReadTransaction
  ) throws -> TenureRow? {
    let key = prefix + (version ?? [UInt8](repeating: 0xFF, count: 13))
    guard let found = try tables.lower(.tenures, key, in: txn), found.key.starts(with: prefix)
    else {
      return nil
    }
    return try TenureRow(decoding: found.content, under: found.key)
  }

  /// Since when an address is vacant as far as one tenure tells.
  private func vacancy(
    after row: TenureRow, in txn: borrowing ReadTransaction
  ) throws -> Vacancy? {
    guard let endedAt = row.tenure.end?.moment.ownLatest,
      let incarnation = try pods.incarnation(
        row.pod.uid, of: row.pod.identity.cluster, in: txn)
    else { return nil }
    let free = Vacancy(endedAt: endedAt, freeAt: endedAt)
    switch row.tenure.end?.cause {
    case .moved, .dropped: return free
    default: break
    }
    let (stage, next) = incarnation.stage(of: row.tenure)
    let nodeClass = stage.nodeClass
    let successor = try pods.successor(of: incarnation, in: txn)
    guard
      let reservation = try pods.reservation(
        of: stage, on: nodeClass, before: successor, in: txn),
      reservation.addresses.contains(row.tenure.address)
    else { return free }
    let key = Keys.reservation(incarnation.identity, nodeClass)
    let released = try ReleaseRows(tables).released(reservation, key, in: txn)
    let back = try next ?? comeback(of: incarnation, reservation.isAssigned, in: txn)
    let ends = [reservation.ownDeadline, released, back].compactMap(\.self)
    guard let until = ends.min() else { return nil }
    return Vacancy(endedAt: endedAt, freeAt: max(endedAt, until))
  }

  /// When the pod had certainly come back on the same class of nodes with retention enabled.
  private func comeback(
    of incarnation: Incarnation, _ isDecided: Bool, in txn: borrowing ReadTransaction
  ) throws -> Instant? {
    var next = try pods.successor(of: incarnation, in: txn)
    while let later = next {
      if later.retainedHours != nil, later.nodeClass == incarnation.nodeClass,
        !isDecided || later.isAssigned, let first = later.tenures(before: nil).first
      {
        return first.start.ownLatest
      }
      next = try pods.successor(of: later, in: txn)
    }
    return nil
  }
}

extension Moment {
  /// An upper bound by its own evidence, which the staircases can only bring forward.
  package var ownLatest: Instant? { own.uncrossed.latest }

  /// What it says itself of its time; not yet uncrossed.
  var own: Bounds { change.intersection(Bounds(earliest: notBefore, latest: notAfter)) }
}

extension ReservationRow {
  /// Whether the ledger decided it.
  package var isAssigned: Bool {
    removal?.moment.at.isDecided ?? false
  }
}
