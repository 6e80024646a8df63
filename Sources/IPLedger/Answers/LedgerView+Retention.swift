import LMDB

// For whom an address is kept that nobody uses: R14–R19, as answers need them.

extension LedgerView {
  /// The reservation that the end of a tenure left behind, with how it ended; `nil` where it left
  /// none.
  ///
  /// - Parameters:
  ///   - row: The tenure.
  ///   - holding: The same, with its times.
  /// - Returns: The reservation, with how it ended or will end.
  /// - Throws: ``LedgerError`` where a row is damaged.
  func retention(after row: TenureRow, _ holding: Holding) throws -> Retention? {
    switch holding.ended {
    case nil, .moved, .dropped: return nil
    case .deleted, .forced, .completed, .superseded, .missing: break
    }
    return try cache.retentions.value(for: row) {
      try foundRetention(after: row, unusedFrom: holding.to ?? Bounds())
    }
  }

  private func foundRetention(after row: TenureRow, unusedFrom: Bounds) throws -> Retention? {
    // Of most pods nothing is kept, whatever others of their names did.
    let own = try pods.incarnation(row.pod.uid, of: row.pod.identity.cluster, in: txn)
    guard own?.retainedHours != nil else { return nil }
    let succession = try succession(of: row.pod.identity)
    guard let place = succession.place(of: row.pod.uid),
      let lifetime = ReservationLifetime(
        at: place, in: succession, assigned: row.tenure.isAssigned ? row.tenure : nil),
      lifetime.row.addresses.contains(row.tenure.address)
    else { return nil }
    return try retention(lifetime, unusedFrom: unusedFrom)
  }

  /// What is to be known of a reservation to tell how it ended.
  struct ReservationLifetime {
    /// The incarnation that held it last, as far as this reservation is concerned.
    var incarnation: Incarnation
    var row: ReservationRow
    var requestedAt: Instant?
    /// The tenures of the incarnation that held it last.
    var tenures: [Tenure]
    /// When that incarnation itself was given addresses again after it had lost them.
    var givenAnew: Instant?
    /// Whether the ledger decided it: then only decisions end it (R17).
    var isAssigned: Bool
    /// The later incarnations of the identity, oldest first.
    var later: ArraySlice<Incarnation>

    var identity: PodIdentity { incarnation.identity }
    var nodeClass: NodeClass { incarnation.nodeClass }

    /// What the incarnation at a place left, or has; `nil` where that is nothing.
    ///
    /// - Parameters:
    ///   - place: The place.
    ///   - succession: The incarnations of the identity.
    ///   - assigned: Of one that the ledger gave addresses several times, a tenure of the time that is
    ///     meant; `nil` where it was only observed.
    init?(at place: Int, in succession: Succession, assigned: Tenure?) {
      let whole = succession.incarnations[place]
      let successor = succession.successor(of: place)
      let (incarnation, next) = assigned.map(whole.stage(of:)) ?? (whole, nil)
      guard let row = incarnation.reservation(on: incarnation.nodeClass, before: successor) else {
        return nil
      }
      self.incarnation = incarnation
      self.row = row
      // Who held a decided reservation before was gone when it was given: its own request is the last.
      requestedAt = assigned == nil ? succession.lastRequest(at: place) : row.requestedAt
      tenures = incarnation.tenures(before: successor)
      givenAnew = next
      isAssigned = assigned != nil
      later = succession.incarnations[(place + 1)...]
    }
  }

  /// One of the ways in which a reservation may end.
  struct Ending {
    var bounds: Bounds
    var why: Retention.End
    var taker: PodReference?
    var fact: Retention.FactPlace?
  }

  /// A reservation with its deadline and its end.
  func retention(
    _ lifetime: ReservationLifetime, unusedFrom: Bounds
  ) throws -> Retention {
    let row = lifetime.row
    var retention = Retention(
      identity: lifetime.identity, nodeClass: lifetime.nodeClass, uid: row.uid,
      addresses: row.addresses, from: unusedFrom, since: lifetime.requestedAt, deadline: nil,
      to: nil, ended: nil, taker: nil)
    let removal = try removal(of: lifetime)
    if let removal {
      let gone = try bounds(of: removal, of: lifetime.identity).bounds
      retention.since = lifetime.requestedAt ?? gone.latest
      retention.deadline = DeadlineRule.deadline(
        requestedAt: lifetime.requestedAt, removal: gone, hours: row.hours)
    }
    var ends: [Ending] = []
    if let deadline = retention.deadline {
      ends.append(Ending(bounds: Bounds(exactly: deadline), why: .expired))
    }
    if let again = lifetime.givenAnew {
      ends.append(Ending(bounds: Bounds(exactly: again), why: .returnedElsewhere))
    }
    if let end = try comeback(lifetime) { ends.append(end) }
    let takings = try takings(lifetime)
    if let end = takings.min(by: { order($0.bounds) < order($1.bounds) }) { ends.append(end) }
    if let end = try operatorRelease(lifetime, since: retention.since) {
      ends.append(Ending(bounds: Bounds(exactly: end), why: .released))
    }
    if let first = ends.min(by: { order($0.bounds) < order($1.bounds) }) {
      retention.to = Bounds(
        earliest: ends.compactMap { $0.bounds.earliest }.min() ?? first.bounds.earliest,
        latest: ends.compactMap { $0.bounds.latest }.min())
      if ends.contains(where: { $0.bounds.earliest == nil }) { retention.to?.earliest = nil }
      retention.ended = first.why
      retention.taker = first.taker
      retention.endFact = first.fact
    }
    return retention
  }

  /// A fixed order of ends whose bounds may overlap: by their upper bound, then the lower.
  private func order(_ bounds: Bounds) -> (Int64, Int64) {
    (
      (bounds.latest ?? bounds.earliest)?.microseconds ?? .max,
      bounds.earliest?.microseconds ?? .min
    )
  }

  /// When the object of the incarnation that held it last was removed.
  func removal(of lifetime: ReservationLifetime) throws -> Tenure.End? {
    try lifetime.row.removal ?? removal(of: lifetime.incarnation, before: nil)
  }

  /// When the pod came back on the same class of nodes with retention enabled, and whether it has
  /// the addresses again.
  func comeback(
    _ lifetime: ReservationLifetime
  ) throws -> Ending? {
    for (index, incarnation) in zip(lifetime.later.indices, lifetime.later) {
      guard incarnation.retainedHours != nil, incarnation.nodeClass == lifetime.nodeClass,
        !lifetime.isAssigned || incarnation.isAssigned
      else { continue }
      let successor = lifetime.later[(index + 1)...].first
      let tenures = incarnation.tenures(before: successor)
      guard let first = incarnation.stages.first?.tenures.first ?? tenures.first else { continue }
      let start = try bounds(of: first.start, of: lifetime.identity).bounds
      let initial =
        incarnation.stages.first?.addresses
        ?? tenures.filter { $0.start.at == first.start.at }.map(\.address)
      let isSame = Set(initial) == Set(lifetime.row.addresses)
      return Ending(
        bounds: start, why: isSame ? .returned : .returnedElsewhere,
        fact: Retention.FactPlace(
          cluster: lifetime.identity.cluster, uid: incarnation.uid, version: first.start.at))
    }
    return nil
  }

  /// When another pod, or the pod itself outside the rules, was first seen with each of the addresses
  /// (R17).
  func takings(
    _ lifetime: ReservationLifetime
  ) throws -> [Ending] {
    guard !lifetime.isAssigned else { return [] }
    var found: [Ending] = []
    for address in lifetime.row.addresses {
      guard let own = lifetime.tenures.last(where: { $0.address == address }) else { continue }
      for cluster in Set(try clusters(of: address.network) + [lifetime.identity.cluster]) {
        guard let row = try firstTaker(of: own, in: cluster, lifetime) else { continue }
        found.append(
          Ending(
            bounds: try holding(row).from, why: .taken, taker: row.pod,
            fact: Retention.FactPlace(
              cluster: cluster, uid: row.pod.uid, version: row.tenure.start.at)))
      }
    }
    return found
  }

  /// The first tenure of an address in a cluster that began after the one that left the
  /// reservation.
  private func firstTaker(
    of own: Tenure, in cluster: ClusterName, _ lifetime: ReservationLifetime
  ) throws -> TenureRow? {
    let isHome = cluster == lifetime.identity.cluster
    let prefix = Keys.tenures(own.address, cluster)
    // At home the order of changes tells what began later; elsewhere only the times do.
    var key = isHome ? Keys.tenure(own, cluster, lifetime.row.uid) : prefix
    let began = try isHome ? nil : bounds(of: own.start, of: lifetime.identity).bounds.latest
    let left = try isHome ? nil : own.end.map { try bounds(of: $0, of: lifetime.identity).bounds }
    while let next = try tables.higher(.tenures, key, in: txn), next.key.starts(with: prefix) {
      key = next.key
      let row = try TenureRow(decoding: next.content, under: next.key)
      // Decisions come last, and what the ledger gave away meanwhile is a conflict, not an end.
      if row.tenure.isAssigned { return nil }
      guard takes(row, lifetime) else {
        // The pod itself has it again: nobody who comes later takes it from this reservation.
        if isHome { return nil }
        continue
      }
      if isHome {
        // Who came and went while the pod still had it has taken nothing from its reservation.
        let isOver = own.end.map { left in
          row.tenure.end.map { $0.moment.at <= left.moment.at } ?? false
        }
        if isOver == true { continue }
        return row
      }
      if let gone = try holding(row).to?.latest, let earliest = left?.earliest, gone <= earliest {
        continue
      }
      let other = try bounds(of: row.tenure.start, of: row.pod.identity).bounds
      if let began, let begun = other.earliest, begun > began { return row }
    }
    return nil
  }

  /// Whether a later tenure of a reserved address takes it: the pod itself, come back by the rules,
  /// takes nothing.
  private func takes(_ row: TenureRow, _ lifetime: ReservationLifetime) -> Bool {
    guard row.pod.identity == lifetime.identity else { return true }
    guard let own = lifetime.later.first(where: { $0.uid == row.pod.uid }) else { return false }
    return own.retainedHours == nil || own.nodeClass != lifetime.nodeClass
  }

  /// When an operator freed it (R19).
  func operatorRelease(
    _ lifetime: ReservationLifetime, since: Instant?
  ) throws -> Instant? {
    let key = Keys.reservation(lifetime.identity, lifetime.nodeClass)
    return try ReleaseRows(tables).ends(of: key, in: txn)
      .filter { end in
        guard case .released = end.cause, let since else { return false }
        return since <= end.endedAt
      }
      .map(\.endedAt).min()
  }

  /// All tenures of an address, by cluster and beginning.
  func tenureRows(of address: Address) throws -> [TenureRow] {
    var rows: [TenureRow] = []
    try tables.scan(.tenures, .prefix(Keys.address(address)), in: txn) { key, content in
      rows.append(try TenureRow(decoding: content, under: key))
      return .next
    }
    return rows
  }
}
