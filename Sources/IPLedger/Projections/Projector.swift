package import LMDB

/// Folds one event after another into the projections (R5).
///
/// It consults nothing but the event and the tables, so folding the same log again gives the same
/// tables, byte for byte; and but for the tables that name positions, they are a function of the
/// set of events, not of their order (R7). That is why it need not write each step on the way: the
/// tables are brought up to date once for many events (``settle(in:)``).
package struct Projector {
  package let tables: Tables
  let staircases: Staircases
  let pods: PodRows
  let unsettled: Unsettled
  let coverage: CoverageRows
  let presences: PresenceRows
  let evidence: EvidenceRows

  package init(_ tables: Tables) {
    self.tables = tables
    staircases = Staircases(tables)
    unsettled = Unsettled()
    pods = PodRows(tables, unsettled: unsettled)
    coverage = CoverageRows(tables)
    presences = PresenceRows(tables)
    evidence = EvidenceRows(tables)
  }

  /// What folding an event did.
  package enum Outcome: Hashable, Sendable {
    /// It added something.
    case changed
    /// All that it says was known, since this position (R6).
    case known(Position)
  }

  /// Folds an event that stands, or is to stand, at a position.
  ///
  /// Where it adds nothing, nothing is written. The tables show it once ``settle(in:)`` was called.
  ///
  /// - Throws: ``LedgerError`` where the event contradicts what identifies it.
  package func fold(
    _ event: Event, at position: Position, in txn: borrowing WriteTransaction
  ) throws -> Outcome {
    try fold(event, event.payload, at: position, in: txn)
  }

  /// Folds an event whose payload is at hand.
  func fold(
    _ event: Event, _ payload: [UInt8], at position: Position, in txn: borrowing WriteTransaction
  ) throws -> Outcome {
    let isNew: Bool
    var entry: Unsettled.Entry?
    switch event {
    case .created, .deleting, .completed, .deleted:
      (isNew, entry) = try foldObservation(event, in: txn)
    case .expired(let expired):
      isNew = try foldEnd(of: expired, in: txn)
    case .watched(let watched):
      isNew = try foldCoverage(watched, in: txn)
    case .pool(let changed):
      isNew = try foldPool(changed, in: txn)
    }
    if let entry, let version = event.evidence?.resourceVersion {
      let statement = EvidenceRows.Statement(
        position: position, version: version, kind: event.kind,
        digest: CRC32C.checksum(of: payload))
      guard isNew else {
        return .known(try firstPosition(statement, of: entry, in: txn.reading) ?? position)
      }
      unsettled.add(statement, to: entry)
    } else {
      let fact = evidencePrefix(event)
      let statement = fact + CoverageRows.digest(of: payload)
      guard isNew else {
        let first =
          try firstPosition(statement, in: txn.reading) ?? firstPosition(fact, in: txn.reading)
        return .known(first ?? position)
      }
      unsettled.add(statement, at: position)
    }
    try count(event, in: txn)
    if unsettled.count >= Unsettled.limit { try settle(in: txn) }
    return .changed
  }

  /// Folds only what an event says of the time of changes, and of coverage: what an answer about
  /// other pods needs (R22).
  package func foldTimes(of event: Event, in txn: borrowing WriteTransaction) throws {
    switch event {
    case .watched(let watched):
      _ = try foldCoverage(watched, in: txn)
    case .pool(let changed):
      _ = try foldPool(changed, in: txn)
    case .created, .deleting, .completed, .deleted, .expired:
      // Whoever asks about the network has to ask about this cluster, too (R20).
      if case .created(let created) = event {
        unsettled.homes.insert(
          Unsettled.Home(network: created.network, cluster: created.identity.cluster))
      }
      guard let evidence = event.evidence, let cluster = event.cluster else { return }
      _ = try foldTime(of: evidence, cluster, true, in: txn)
      if unsettled.count >= Unsettled.limit { try settle(in: txn) }
    }
  }

  /// Takes in what an observation says of the time of its change; a decision says it of itself only.
  func foldTime(
    of evidence: Evidence, _ cluster: ClusterName, _ isNew: Bool,
    in txn: borrowing WriteTransaction
  ) throws -> Bool {
    guard evidence.source != .decision else { return isNew }
    return try foldTime(
      evidence.changeBounds, at: evidence.resourceVersion, of: cluster, isNew, in: txn)
  }

  /// Takes in what is known of the time of a change.
  ///
  /// - Parameters:
  ///   - bounds: The time.
  ///   - version: The change.
  ///   - cluster: The cluster.
  ///   - isNew: Whether what tells it is new already; then it need not be known at once whether this is.
  ///   - txn: The transaction.
  /// - Returns: Whether what tells it is new.
  /// - Throws: ``LedgerError`` where a row is damaged.
  private func foldTime(
    _ bounds: Bounds, at version: ResourceVersion, of cluster: ClusterName, _ isNew: Bool,
    in txn: borrowing WriteTransaction
  ) throws -> Bool {
    let time = Staircases.Time(cluster: cluster, version: version, bounds: bounds)
    if isNew {
      unsettled.times.append(time)
      return true
    }
    try settleTimes(in: txn)
    return try staircases.add([time], in: txn)
  }

  private func foldCoverage(
    _ event: SourceWatched, in txn: borrowing WriteTransaction
  ) throws -> Bool {
    var isNew = try coverage.add(event, in: txn)
    isNew = try presences.add(event, in: txn) || isNew
    for mark in event.marks {
      let bounds = Bounds(earliest: mark.notBefore, latest: mark.notAfter)
      isNew = try foldTime(bounds, at: mark.resourceVersion, of: event.cluster, isNew, in: txn)
    }
    return isNew
  }

  // MARK: Positions and counts

  /// The beginning of the keys under which the positions of what says the same stand, with whatever
  /// evidence, where that is not about an incarnation.
  private func evidencePrefix(_ event: Event) -> [UInt8] {
    switch event {
    case .created, .deleting, .completed, .deleted:
      return []
    case .expired(let expired):
      return Keys.evidence(expired.identity) + Keys.instant(expired.endedAt)
    case .watched(let watched):
      return Keys.evidence(watched.cluster) + Keys.bytes(of: watched.version)
    case .pool(let changed):
      return Keys.evidence(changed.pool)
    }
  }

  /// Where the same was said of an incarnation first; else where its fact was, with other evidence.
  private func firstPosition(
    _ statement: EvidenceRows.Statement, of entry: Unsettled.Entry,
    in txn: borrowing ReadTransaction
  ) throws -> Position? {
    let incarnation = entry.incarnation
    let known =
      try evidence.statements(of: incarnation.uid, incarnation.identity.cluster, in: txn)
      + entry.statements
    let same = known.filter { $0.isOfSameFact(as: statement) }
    return (same.first { $0.digest == statement.digest } ?? same.first)?.position
  }

  private func firstPosition(
    _ prefix: [UInt8], in txn: borrowing ReadTransaction
  ) throws -> Position? {
    // What no table has yet stands later in the log.
    try evidence.positions(under: prefix, in: txn).min() ?? unsettled.firstPosition(prefix)
  }

  private func count(_ event: Event, in txn: borrowing WriteTransaction) throws {
    count(Counter.kind(event.kind))
    if event.evidence?.changeBounds.isCrossed ?? false { count(Counter.clockDisagreement) }
    if case .created(let created) = event, created.description.grounds.rejectedHours != nil {
      count(Counter.rejectedHours)
    }
    if let decidedAt = event.evidence?.decidedAt {
      try note(decidedAt, as: Counter.latestDecision, in: txn)
    }
  }

  /// Remembers the latest of the instants of a kind.
  func note(
    _ instant: Instant, as key: [UInt8], in txn: borrowing WriteTransaction
  ) throws {
    if let row = try tables.row(.counts, key, in: txn.reading) {
      var reader = ByteReader(row)
      guard Instant(microseconds: try reader.int64()) < instant else { return }
    }
    var writer = ByteWriter()
    writer.int64(instant.microseconds)
    try tables.put(.counts, key, writer.bytes, in: txn)
  }

  /// Counts something.
  func count(_ key: [UInt8]) {
    unsettled.counts[key, default: 0] += 1
  }

  /// Writes what was counted.
  func settleCounts(in txn: borrowing WriteTransaction) throws {
    for (key, more) in unsettled.counts.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      var known: UInt64 = 0
      if let row = try tables.row(.counts, key, in: txn.reading) {
        var reader = ByteReader(row)
        known = try reader.uint64()
      }
      var writer = ByteWriter()
      writer.uint64(known + more)
      try tables.put(.counts, key, writer.bytes, in: txn)
    }
    unsettled.counts = [:]
  }
}

/// The keys of the table of counts.
package enum Counter {
  /// The events of a kind.
  package static func kind(_ kind: Event.Kind) -> [UInt8] { [0, kind.rawValue] }
  /// The events whose own evidence contradicts itself.
  package static let clockDisagreement: [UInt8] = [1, 1]
  /// The create events with hours that were rejected (R12).
  package static let rejectedHours: [UInt8] = [1, 2]
  /// The latest instant at which an event ended a reservation.
  package static let latestEnd: [UInt8] = [1, 3]
  /// How often an object showed another address than the ledger had given its pod (R10).
  package static let contradiction: [UInt8] = [1, 5]
  /// The latest instant of a decision.
  package static let latestDecision: [UInt8] = [1, 4]
}

extension SourceWatched {
  /// The version under which the event is found again.
  package var version: ResourceVersion {
    presence?.resourceVersion ?? through?.resourceVersion ?? ResourceVersion(0)
  }
}
