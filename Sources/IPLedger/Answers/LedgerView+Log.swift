import LMDB

extension LedgerView {
  /// The event at a position, its checksum verified; `nil` beyond the head.
  ///
  /// - Throws: ``LedgerError/unreadableEvent(_:_:)`` where it is damaged or of a newer version.
  public func event(at position: Position) throws -> RecordedEvent? {
    guard let frame = try txn.get(log, Keys.position(position)) else {
      try requireBeyondHead(position)
      return nil
    }
    return try LogReader.decode(frame, at: position)
  }

  /// Refuses a position without an event that is not beyond the head, where there has to be one.
  private func requireBeyondHead(_ position: Position) throws {
    if position > .origin, try position <= head { throw LedgerError.missingEvent(position) }
  }

  /// Verifies the frames of the events that an answer rests on, every byte of them, so that an answer whose
  /// evidence is damaged is no answer (R21).
  ///
  /// What the events say is not read: of one that a newer program wrote that takes ``event(at:)``.
  ///
  /// - Throws: ``LedgerError/unreadableEvent(_:_:)``, ``LedgerError/missingEvent(_:)`` or
  ///   ``LedgerError/positionAhead(_:head:)`` for the first position that does not hold what it should.
  public func verify(_ evidence: [Position]) throws {
    for position in evidence {
      let isVerified = try txn.lend(log, Keys.position(position)) { frame in
        do throws(EventDecodingError) {
          try EventFrame.verify(frame, at: position)
        } catch {
          throw LedgerError.unreadableEvent(position, error)
        }
        return true
      }
      guard isVerified == nil else { continue }
      try requireBeyondHead(position)
      throw LedgerError.positionAhead(position, head: try head)
    }
  }

  /// Verifies all events about the incarnation whose addresses a reservation keeps.
  ///
  /// - Throws: As ``verify(_:)``.
  public func verify(_ reservation: ReservationStatus) throws {
    try verify(statements.positions(of: reservation.uid, reservation.identity.cluster, in: txn))
  }

  /// Visits the events after a position in log order, or those before it in reverse, until the body
  /// says to stop.
  public func forEachEvent(
    after position: Position = .origin, reverse: Bool = false,
    _ body: (RecordedEvent) throws -> Bool
  ) throws {
    try LogReader(log, in: txn).forEachEvent(after: position, reverse: reverse, body)
  }

  /// The positions of the events about an identity: its incarnations and its reservations,
  /// ascending.
  public func positions(of identity: PodIdentity) throws -> [Position] {
    var found = Set(try statements.positions(under: Keys.evidence(identity), in: txn))
    for incarnation in try pods.incarnations(of: identity, in: txn) {
      found.formUnion(try statements.positions(of: incarnation.uid, identity.cluster, in: txn))
    }
    return found.sorted()
  }

  /// The positions of the events about the pods that ever held an address, ascending.
  public func positions(of address: Address) throws -> [Position] {
    var found: Set<Position> = []
    for row in try tenureRows(of: address) {
      found.formUnion(
        try statements.positions(of: row.pod.uid, row.pod.identity.cluster, in: txn))
    }
    return found.sorted()
  }

  /// The identities that a namespace and name may mean: one in each cluster that knows them.
  public func identities(namespace: String, name: String) throws -> [PodIdentity] {
    try clusters().compactMap { cluster in
      guard
        let identity = try? PodIdentity(cluster: cluster, namespace: namespace, name: name),
        let found = try tables.ceiling(.pods, Keys.identity(identity), in: txn),
        found.key.starts(with: Keys.identity(identity))
      else { return nil }
      return identity
    }
  }

  /// What is known of the time of what an event says, by all evidence that there is now (R8a).
  public func bounds(of event: Event) throws -> Bounds {
    if let instant = event.occurredAt { return Bounds(exactly: instant) }
    guard let evidence = event.evidence else {
      guard case .watched(let watched) = event, watched.version.value > 0 else { return Bounds() }
      return try bounds(ofChange: watched.version, of: watched.cluster).bounds
    }
    guard let cluster = event.cluster else { return evidence.changeBounds }
    return try bounds(
      ofChange: evidence.resourceVersion, of: cluster, own: evidence.changeBounds
    ).bounds
  }
}

extension LedgerView {
  /// An upper bound of the change at a resource version, by what is known of it and of later ones
  /// (R8a).
  public func latestBound(
    ofChange version: ResourceVersion, of cluster: ClusterName
  ) throws -> Instant? {
    try staircases.latest(cluster, version, in: txn)
  }

  /// The epoch that a cluster's resource versions are in, as far as the ledger knows.
  public func epoch(of cluster: ClusterName) throws -> UInt32 {
    let coverage = try coverage(of: cluster)
    let spans = coverage.versions.map(\.through.epoch).max() ?? 0
    return max(spans, try staircases.last(of: cluster, in: txn)?.epoch ?? 0)
  }

  /// Whether the ledger knows an incarnation of a cluster's pod: any that it was shown with an address.
  public func knows(_ uid: PodUID, of cluster: ClusterName) throws -> Bool {
    try pods.incarnation(uid, of: cluster, in: txn) != nil
  }

  /// The change from which a watch can go on without a gap: the last one up to which a source showed all
  /// changes of a scope; `nil` where none did since the cluster's resource versions fell back last.
  ///
  /// A source states how far it came in the transaction of the events up to there, or after it.
  public func resumption(
    of cluster: ClusterName, _ scope: SourceWatched.Scope
  ) throws -> ResourceVersion? {
    let epoch = try epoch(of: cluster)
    return try coverage(of: cluster).versions
      .filter { $0.scope == scope && $0.through.epoch == epoch }
      .map(\.through).max()
  }
}
