import LMDB

// What an observation of a pod changes: the incarnation, its place among its identity's, the
// tenures.

extension Projector {
  func foldObservation(_ event: Event, in txn: borrowing WriteTransaction) throws -> Bool {
    guard let identity = event.identity, let uid = event.uid, let evidence = event.evidence else {
      return false
    }
    let before = try pods.incarnation(uid, of: identity.cluster, in: txn.reading)
    var after = before ?? Incarnation(identity: identity, uid: uid)
    guard after.identity == identity else {
      throw LedgerError.identityChanged(uid: uid, known: after.identity, found: identity)
    }
    // A step of a staircase may be new where the fact is not: one observation that contradicts
    // itself hides another in the fact, but not here.
    let isStep = try foldTime(of: evidence, identity.cluster, in: txn)
    guard after.merge(event) else { return isStep }
    try pods.put(after, in: txn)
    if after.contradictions.count > before?.contradictions.count ?? 0 {
      count(Counter.contradiction)
    }

    var affected: [Incarnation] = [after]
    if let old = before?.firstVersion, let new = after.firstVersion, old != new {
      let bereft = try predecessor(of: old, uid, identity, in: txn.reading)
      try unlist(uid, identity, old, in: txn)
      try list(uid, identity, new, in: txn)
      if let bereft, bereft.uid != uid { affected.append(bereft) }
    } else if before == nil, let new = after.firstVersion {
      try list(uid, identity, new, in: txn)
    }
    if let first = after.firstVersion,
      let previous = try predecessor(of: first, uid, identity, in: txn.reading),
      !affected.contains(where: { $0.uid == previous.uid })
    {
      affected.append(previous)
    }
    try unproject(before, unlessIn: after, in: txn)
    var kept: Set<Address> = []
    for incarnation in affected {
      let successor = try pods.successor(of: incarnation, in: txn.reading)
      try project(incarnation, before: successor, in: txn)
      kept.formUnion(
        try projectReservation(
          of: incarnation, before: successor, formerly: before, in: txn))
    }
    if case .created(let created) = event { try foldUse(created, in: txn) }
    try projectVacancies(ofPods: affected + [before].compactMap(\.self), kept, in: txn)
    return true
  }

  // MARK: The incarnations of an identity, in the order of their first changes

  private func list(
    _ uid: PodUID, _ identity: PodIdentity, _ first: ResourceVersion,
    in txn: borrowing WriteTransaction
  ) throws {
    let key = Keys.pod(identity, first)
    var uids = Set(try uids(at: key, in: txn.reading))
    uids.insert(uid)
    try tables.put(.pods, key, encode(uids), in: txn)
  }

  private func unlist(
    _ uid: PodUID, _ identity: PodIdentity, _ first: ResourceVersion,
    in txn: borrowing WriteTransaction
  ) throws {
    let key = Keys.pod(identity, first)
    var uids = Set(try uids(at: key, in: txn.reading))
    uids.remove(uid)
    if uids.isEmpty {
      try txn.delete(tables[.pods], key)
    } else {
      try tables.put(.pods, key, encode(uids), in: txn)
    }
  }

  private func uids(at key: [UInt8], in txn: borrowing ReadTransaction) throws -> [PodUID] {
    try tables.row(.pods, key, in: txn).map(PodRows.decode) ?? []
  }

  private func encode(_ uids: Set<PodUID>) -> [UInt8] {
    var writer = ByteWriter()
    for uid in uids.sorted() { writer.uidBlob(uid) }
    return writer.bytes
  }

  /// The incarnation of the identity whose first change is the last one before a version.
  private func predecessor(
    of version: ResourceVersion, _ uid: PodUID, _ identity: PodIdentity,
    in txn: borrowing ReadTransaction
  ) throws -> Incarnation? {
    try pods.neighbour(
      of: version, uid, identity, forward: false, in: txn)
  }

  // MARK: Tenures

  /// Removes the rows of tenures that an incarnation had by what was known before and has no more.
  private func unproject(
    _ before: Incarnation?, unlessIn after: Incarnation, in txn: borrowing WriteTransaction
  ) throws {
    guard let before else { return }
    let cluster = after.identity.cluster
    let kept = after.tenures(before: nil)
    for tenure in before.tenures(before: nil)
    where !kept.contains(where: { $0.isUnderSameKey(as: tenure) }) {
      let key = Keys.tenure(tenure, cluster, before.uid)
      for kind in [Tables.Kind.tenures, .holders, .contested] {
        try txn.delete(tables[kind], key)
      }
      try contestBefore(key, tenure.address, cluster, nil, in: txn)
    }
  }

  private func project(
    _ incarnation: Incarnation, before successor: Incarnation?, in txn: borrowing WriteTransaction
  ) throws {
    let cluster = incarnation.identity.cluster
    for tenure in incarnation.tenures(before: successor) {
      let key = Keys.tenure(tenure, cluster, incarnation.uid)
      let row = TenureRow(tenure: tenure, incarnation: incarnation)
      let encoded = row.encoded
      let known = try tables.row(.tenures, key, in: txn.reading)
      if known == encoded { continue }
      try tables.put(.tenures, key, encoded, in: txn)
      if tenure.end == nil {
        try tables.put(.holders, key, [], in: txn)
      } else if known != nil {
        try txn.delete(tables[.holders], key)
      }
      try contest(key, row, in: txn)
      try contestBefore(key, tenure.address, cluster, row, in: txn)
    }
  }

  /// Notes whether a tenure may overlap the next one of its address: then, and only then, some
  /// overlap exists.
  ///
  /// - Parameters:
  ///   - key: The tenure's key.
  ///   - own: The tenure.
  ///   - next: The next one, where that is known.
  ///   - txn: The transaction.
  /// - Throws: ``LedgerError`` where a row is damaged.
  private func contest(
    _ key: [UInt8], _ own: TenureRow, before next: TenureRow? = nil,
    in txn: borrowing WriteTransaction
  ) throws {
    var overlaps = false
    if let other = try next ?? self.next(after: key, own, in: txn.reading) {
      // Against decisions no order of changes tells, only times do.
      let isOrdered = own.tenure.isAssigned == other.tenure.isAssigned
      overlaps =
        other.pod.uid != own.pod.uid && (!isOrdered || own.tenure.mayOverlap(other.tenure))
    }
    if overlaps {
      try tables.put(.contested, key, [], in: txn)
    } else if try txn.reading.count(tables[.contested]) > 0 {
      try txn.delete(tables[.contested], key)
    }
  }

  /// The next tenure of the same address in the same cluster.
  private func next(
    after key: [UInt8], _ own: TenureRow, in txn: borrowing ReadTransaction
  ) throws -> TenureRow? {
    let prefix = Keys.tenures(own.tenure.address, own.pod.identity.cluster)
    guard let next = try tables.higher(.tenures, key, in: txn), next.key.starts(with: prefix) else {
      return nil
    }
    return try TenureRow(decoding: next.content)
  }

  /// Notes whether the tenure before a place overlaps the one behind it.
  ///
  /// - Parameters:
  ///   - key: The place.
  ///   - address: The address.
  ///   - cluster: The cluster.
  ///   - next: The tenure at the place, where there is one.
  ///   - txn: The transaction.
  /// - Throws: ``LedgerError`` where a row is damaged.
  private func contestBefore(
    _ key: [UInt8], _ address: Address, _ cluster: ClusterName, _ next: TenureRow?,
    in txn: borrowing WriteTransaction
  ) throws {
    let prefix = Keys.tenures(address, cluster)
    if let previous = try tables.lower(.tenures, key, in: txn.reading),
      previous.key.starts(with: prefix)
    {
      try contest(previous.key, TenureRow(decoding: previous.content), before: next, in: txn)
    }
  }
}

extension Tenure {
  /// Whether two tenures of one incarnation have one row.
  fileprivate func isUnderSameKey(as other: Tenure) -> Bool {
    start.at == other.start.at && address == other.address
  }
}
