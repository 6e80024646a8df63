package import LMDB

/// The incarnations of each identity, in the order of their first changes.
package struct PodRows {
  private let tables: Tables
  private let cache: IncarnationCache?

  package init(_ tables: Tables) {
    self.init(tables, cache: nil)
  }

  /// The rows in some tables; a write gives a cache of what it has read already.
  init(_ tables: Tables, cache: IncarnationCache?) {
    self.tables = tables
    self.cache = cache
  }

  /// One incarnation by its uid.
  package func incarnation(
    _ uid: PodUID, of cluster: ClusterName, in txn: borrowing ReadTransaction
  ) throws -> Incarnation? {
    if let known = cache?.incarnation(uid, of: cluster) { return known }
    let found = try tables.row(.incarnations, Keys.incarnation(cluster, uid), in: txn)
      .map(Incarnation.init(decoding:))
    if let found { cache?.keep(found) }
    return found
  }

  /// Writes an incarnation.
  func put(_ incarnation: Incarnation, in txn: borrowing WriteTransaction) throws {
    let key = Keys.incarnation(incarnation.identity.cluster, incarnation.uid)
    try tables.put(.incarnations, key, incarnation.encoded, in: txn)
    cache?.keep(incarnation)
  }

  /// All incarnations of an identity, oldest first.
  package func incarnations(
    of identity: PodIdentity, in txn: borrowing ReadTransaction
  ) throws -> [Incarnation] {
    var incarnations: [Incarnation] = []
    try forEachIncarnation(of: identity, newestFirst: false, in: txn) { incarnation in
      incarnations.append(incarnation)
      return .next
    }
    return incarnations
  }

  /// Visits the incarnations of an identity, oldest or newest first.
  package func forEachIncarnation(
    of identity: PodIdentity, newestFirst: Bool, in txn: borrowing ReadTransaction,
    _ body: (Incarnation) throws -> ScanStep
  ) throws {
    let range = KeyRange.prefix(Keys.identity(identity))
    try tables.scan(.pods, range, reverse: newestFirst, in: txn) { _, row in
      let uids = try Self.decode(row)
      for uid in newestFirst ? uids.reversed() : uids {
        guard let found = try incarnation(uid, of: identity.cluster, in: txn) else { continue }
        guard case .next = try body(found) else { return .stop }
      }
      return .next
    }
  }

  /// The incarnation next to one, by first change and uid.
  package func neighbour(
    of version: ResourceVersion, _ uid: PodUID, _ identity: PodIdentity, forward: Bool,
    in txn: borrowing ReadTransaction
  ) throws -> Incarnation? {
    let key = Keys.pod(identity, version)
    let together = try tables.row(.pods, key, in: txn).map(Self.decode) ?? []
    let near =
      forward ? together.first { $0 > uid } : together.last { $0 < uid }
    if let near { return try incarnation(near, of: identity.cluster, in: txn) }
    let next =
      try forward ? tables.higher(.pods, key, in: txn) : tables.lower(.pods, key, in: txn)
    guard let next, next.key.starts(with: Keys.identity(identity)) else { return nil }
    let uids = try Self.decode(next.content)
    guard let found = forward ? uids.first : uids.last else { return nil }
    return try incarnation(found, of: identity.cluster, in: txn)
  }

  /// The next incarnation of the same identity.
  package func successor(
    of incarnation: Incarnation, in txn: borrowing ReadTransaction
  ) throws -> Incarnation? {
    guard let first = incarnation.firstVersion else { return nil }
    return try neighbour(
      of: first, incarnation.uid, incarnation.identity, forward: true, in: txn)
  }

  /// The reservation that an incarnation holds, or left behind, with the greatest request so far of
  /// any that held it: an older one never moves the deadline back (R15, R16).
  package func reservation(
    of incarnation: Incarnation, on nodeClass: NodeClass, before successor: Incarnation?,
    in txn: borrowing ReadTransaction
  ) throws -> ReservationRow? {
    guard var row = incarnation.reservation(on: nodeClass, before: successor) else { return nil }
    // Of a decided one the request cannot be older than the end of the one before.
    guard !incarnation.isAssigned, let own = row.requestedAt else { return row }
    var next = incarnation
    while let first = next.firstVersion,
      let older = try neighbour(
        of: first, next.uid, next.identity, forward: false, in: txn)
    {
      if older.retainedHours != nil, older.nodeClass == nodeClass {
        row.requestedAt = greater(row.requestedAt, older.deletionRequestedAt)
      }
      // Whoever went before this one was made was asked to go before that, by a clock that is not
      // further off.
      let made = older.creationStamp?.adding(
        microseconds: DeadlineRule.greatestClockStep.count)
      if let made, made < own { break }
      next = older
    }
    return row
  }

  /// The uids in a row of the table.
  package static func decode(_ row: [UInt8]) throws -> [PodUID] {
    var reader = ByteReader(row)
    var uids: [PodUID] = []
    while !reader.isAtEnd {
      guard let uid = PodUID(encoded: try reader.blobSlice()) else {
        throw EventDecodingError.damaged("a pod's uid is not in its stored form")
      }
      uids.append(uid)
    }
    return uids
  }
}
