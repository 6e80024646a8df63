package import LMDB

/// The incarnations of each identity, in the order of their first changes.
package struct PodRows {
  private let tables: Tables
  private let unsettled: Unsettled?

  package init(_ tables: Tables) {
    self.init(tables, unsettled: nil)
  }

  /// The rows in some tables; a write gives what it has read already, and what it has changed since.
  init(_ tables: Tables, unsettled: Unsettled?) {
    self.tables = tables
    self.unsettled = unsettled
  }

  /// One incarnation by its uid.
  package func incarnation(
    _ uid: PodUID, of cluster: ClusterName, in txn: borrowing ReadTransaction
  ) throws -> Incarnation? {
    if let unsettled { return try entry(uid, of: cluster, in: unsettled, txn)?.incarnation }
    return try stored(uid, of: cluster, in: txn)
  }

  /// One incarnation by its uid, with what has become of it since.
  func entry(
    _ uid: PodUID, of cluster: ClusterName, in unsettled: Unsettled,
    _ txn: borrowing ReadTransaction
  ) throws -> Unsettled.Entry? {
    if let known = unsettled.entry(Unsettled.Pod(cluster: cluster, uid: uid)) { return known }
    return try stored(uid, of: cluster, in: txn).map { unsettled.keep($0) }
  }

  private func stored(
    _ uid: PodUID, of cluster: ClusterName, in txn: borrowing ReadTransaction
  ) throws -> Incarnation? {
    try tables.row(.incarnations, Keys.incarnation(cluster, uid), in: txn)
      .map { try Incarnation(decoding: $0, cluster, uid) }
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
    var together: [UInt8]?
    var next: [UInt8]?
    try tables.visitSides(of: .pods, forward ? .after : .before, key, in: txn) { side, found, row in
      if KeyOrder.begins(found, with: key.span) {
        together = [UInt8](copying: row)
      } else if side == (forward ? .above : .below),
        KeyOrder.begins(found, with: key.span.extracting(..<(key.count - Keys.versionLength)))
      {
        next = [UInt8](copying: row)
      }
    }
    if let uids = try together.map(Self.decode) {
      let near = forward ? uids.first { $0 > uid } : uids.last { $0 < uid }
      if let near { return try incarnation(near, of: identity.cluster, in: txn) }
    }
    let uids = try next.map(Self.decode) ?? []
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

  /// A row of the table.
  static func encode(_ uids: [PodUID]) -> [UInt8] {
    var writer = ByteWriter()
    for uid in uids.sorted() { writer.uidBlob(uid) }
    return writer.bytes
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
