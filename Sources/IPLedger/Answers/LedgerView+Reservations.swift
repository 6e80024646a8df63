import LMDB

/// A reservation as it stands now (R15–R19).
public struct ReservationStatus: Hashable, Sendable {
  /// Whether the pod is there, or gone.
  public enum State: String, Hashable, Sendable, CaseIterable {
    /// The object of the incarnation with ``ReservationStatus/uid`` is there; it uses the address unless it
    /// has completed.
    case bound
    /// The pod is gone; the address is kept until the deadline.
    case retained
  }

  /// Whether the pod is there, or gone.
  public var state: State
  /// For whom.
  public var identity: PodIdentity
  /// On which class of nodes.
  public var nodeClass: NodeClass
  /// The incarnation that has it, or had it last.
  public var uid: PodUID
  /// All its addresses.
  public var addresses: [Address]
  /// For how many hours it is kept after the pod's deletion.
  public var hours: Int
  /// When the deletion was asked for, where it was.
  public var since: Instant?
  /// From when on it is free; absent while it is bound, or where nothing bounds the deletion.
  public var deadline: Instant?
}

extension LedgerView {
  /// What is kept for whom at an instant, soonest deadline first; what has no deadline comes last.
  ///
  /// It is what the ledger knows now of that instant, which may be in the past (R22).
  public func reservations(at instant: Instant) throws -> [ReservationStatus] {
    var found: [ReservationStatus] = []
    func take(_ key: [UInt8]) throws {
      if let status = try status(ofReservation: key, at: instant) { found.append(status) }
    }
    if try isPresent(instant), try !hasEnds(after: instant) {
      // Nothing is known after it: the deadlines in force tell, and those that have passed are left
      // out.
      try tables.scan(.deadlines, .from(Keys.instant(instant)), in: txn) { key, _ in
        try take(Array(key.dropFirst(8)))
        return .next
      }
    } else {
      try tables.scan(.reservations, .all, in: txn) { key, _ in
        try take(key)
        return .next
      }
    }
    return found.sorted { left, right in
      switch (left.deadline, right.deadline) {
      case (let one?, let other?) where one != other: one < other
      case (.some, nil): true
      case (nil, .some): false
      default:
        left.identity != right.identity
          ? left.identity < right.identity : left.nodeClass < right.nodeClass
      }
    }
  }

  /// Whether an event ended a reservation after an instant, so that its deadline is no longer listed.
  private func hasEnds(after instant: Instant) throws -> Bool {
    guard let row = try tables.row(.counts, Counter.latestEnd, in: txn) else { return false }
    var reader = ByteReader(row)
    return Instant(microseconds: try reader.int64()) > instant
  }

  /// Whether an instant is not before anything that the ledger knows.
  private func isPresent(_ instant: Instant) throws -> Bool {
    if let row = try tables.row(.counts, Counter.latestDecision, in: txn) {
      var reader = ByteReader(row)
      if Instant(microseconds: try reader.int64()) > instant { return false }
    }
    for cluster in try clusters() {
      if let last = try staircases.last(of: cluster, in: txn), last.earliest > instant {
        return false
      }
    }
    return true
  }

  /// One reservation as it stands at an instant; `nil` where there is none, or it has ended.
  func status(
    ofReservation key: [UInt8], at instant: Instant
  ) throws -> ReservationStatus? {
    let (identity, nodeClass) = try Keys.reservation(decoding: key)
    var status: ReservationStatus?
    var successor: Incarnation?
    try pods.forEachIncarnation(of: identity, newestFirst: true, in: txn) { incarnation in
      defer { successor = incarnation }
      guard let final = incarnation.reservation(on: nodeClass, before: successor) else {
        return .next
      }
      let begun = try incarnation.tenures(before: successor).filter { tenure in
        try !bounds(of: tenure.start, of: identity).bounds.isSurelyAfter(instant)
      }
      guard let last = begun.last else { return .next }
      var row = final
      if last.isAssigned {
        let stage = incarnation.stage(of: last).incarnation
        row = stage.reservation(on: nodeClass, before: successor) ?? final
      } else {
        row.addresses = try addresses(of: begun, of: identity, at: instant) ?? final.addresses
      }
      status = try self.status(of: row, identity, nodeClass, at: instant, begun)
      return .stop
    }
    return status
  }

  /// The addresses of tenures of an incarnation that it had not given up for others by an instant; `nil`
  /// where it had given up all.
  private func addresses(
    of begun: [Tenure], of identity: PodIdentity, at instant: Instant
  ) throws -> [Address]? {
    let kept = try begun.filter { tenure in
      guard let end = tenure.end, end.cause == .moved || end.cause == .dropped else { return true }
      return try !bounds(of: end, of: identity).bounds.isSurelyBy(instant)
    }
    return kept.isEmpty ? nil : Set(kept.map(\.address)).sorted()
  }

  private func status(
    of row: ReservationRow, _ identity: PodIdentity, _ nodeClass: NodeClass, at instant: Instant,
    _ begun: [Tenure]
  ) throws -> ReservationStatus? {
    var status = ReservationStatus(
      state: .bound, identity: identity, nodeClass: nodeClass, uid: row.uid,
      addresses: row.addresses, hours: row.hours,
      since: row.requestedAt.flatMap { $0 <= instant ? $0 : nil }, deadline: nil)
    guard let kept = try retention(ofReservation: row, identity, nodeClass, after: begun),
      kept.from.earliest.map({ $0 <= instant }) ?? true
    else { return status }
    guard !(kept.to.map { $0.isSurelyBy(instant) } ?? false) else { return nil }
    status.state = .retained
    status.since = kept.since
    status.deadline = kept.deadline
    return status
  }

  /// What became of the reservation that an identity has now on a class of nodes; `nil` while the
  /// incarnation is there.
  ///
  /// Of a decided one its own incarnation tells all, however many there were before: only decisions
  /// end it (R17), and the pod's return would have made it another one.
  func retention(
    ofCurrent row: ReservationRow, _ incarnation: Incarnation, _ nodeClass: NodeClass
  ) throws -> Retention? {
    guard incarnation.isAssigned else {
      return try retention(ofReservation: row, incarnation.identity, nodeClass)
    }
    guard let stage = incarnation.stages.last, let ended = stage.tenures.last?.end else {
      return nil
    }
    var retention = Retention(
      identity: incarnation.identity, nodeClass: nodeClass, uid: row.uid,
      addresses: row.addresses, from: ended.moment.change, since: nil, deadline: nil, to: nil,
      ended: nil, taker: nil)
    guard let removal = stage.removal else { return retention }
    retention.since = row.requestedAt ?? removal.moment.change.latest
    retention.deadline = row.ownDeadline
    retention.to = row.ownDeadline.map { Bounds(exactly: $0) }
    retention.ended = .expired
    let key = Keys.reservation(incarnation.identity, nodeClass)
    if let released = try ReleaseRows(tables).released(row, key, in: txn),
      retention.deadline.map({ released < $0 }) ?? true
    {
      retention.to = Bounds(exactly: released)
      retention.ended = .released
    }
    return retention
  }

  /// What became of the reservation that an incarnation left, with the last of some tenures or of all;
  /// `nil` while its object is there.
  func retention(
    ofReservation row: ReservationRow, _ identity: PodIdentity, _ nodeClass: NodeClass,
    after tenures: [Tenure]? = nil
  ) throws -> Retention? {
    let succession = try succession(of: identity)
    guard let place = succession.place(of: row.uid) else { return nil }
    let incarnation = succession.incarnations[place]
    let successor = succession.successor(of: place)
    let tenure = (tenures ?? incarnation.tenures(before: successor))
      .last { row.addresses.contains($0.address) }
    guard let tenure else { return nil }
    let tenureRow = TenureRow(tenure: tenure, incarnation: incarnation)
    let holding = try holding(tenureRow)
    guard holding.to != nil else { return nil }
    let kept = try retention(after: tenureRow, holding)
    let isGone = try kept?.deadline != nil || removal(of: incarnation, before: successor) != nil
    return isGone ? kept : nil
  }

  /// The reservations whose deadline has passed at an instant and that no event has ended yet: what
  /// a sweep expires (R18).
  func due(at instant: Instant) throws -> [ReservationExpired] {
    var due: [ReservationExpired] = []
    try tables.scan(.deadlines, .all, in: txn) { key, _ in
      if let end = try end(ofReservation: Array(key.dropFirst(8)), dueAt: instant) {
        due.append(end)
      }
      return .next
    }
    return due
  }

  /// Those of ``due(at:)`` whose own evidence gives their deadline, soonest first, without looking at
  /// any that is not due: for an observed one, what others say may bring it forward.
  ///
  /// - Parameters:
  ///   - instant: The instant.
  ///   - previous: The key after which to go on; `nil` for the beginning.
  ///   - limit: How many keys are looked at.
  /// - Returns: The ends, and the key to go on after; `nil` where no more are due.
  /// - Throws: ``LedgerError`` where a row is damaged.
  func due(
    at instant: Instant, after previous: [UInt8]?, limit: Int
  ) throws -> (ends: [ReservationExpired], last: [UInt8]?) {
    let end = Keys.instant(instant.adding(microseconds: 1))
    var keys: [[UInt8]] = []
    let range = previous.map { KeyRange.from($0 + [0]) } ?? .all
    try tables.scan(.deadlines, range, in: txn) { key, _ in
      guard key.prefix(8).lexicographicallyPrecedes(end) else { return .stop }
      keys.append(key)
      return keys.count < limit ? .next : .stop
    }
    let ends = try keys.compactMap {
      try self.end(ofReservation: Array($0.dropFirst(8)), dueAt: instant)
    }
    return (ends, keys.count < limit ? nil : keys.last)
  }

  /// The first deadline after an instant; `nil` where none is known.
  func nextDeadline(after instant: Instant) throws -> Instant? {
    let key = Keys.instant(instant.adding(microseconds: 1))
    guard let found = try tables.ceiling(.deadlines, key, in: txn) else { return nil }
    var reader = ByteReader(Array(found.key.prefix(8)))
    let deadline = Instant(microseconds: try reader.orderedInt64())
    return deadline == .latest ? nil : deadline
  }

  private func end(
    ofReservation key: [UInt8], dueAt instant: Instant
  ) throws -> ReservationExpired? {
    let row = try tables.row(.reservations, key, in: txn).map(ReservationRow.init(decoding:))
    let (identity, nodeClass) = try Keys.reservation(decoding: key)
    guard let row,
      let incarnation = try pods.incarnation(row.uid, of: identity.cluster, in: txn),
      let kept = try retention(ofCurrent: row, incarnation, nodeClass),
      kept.ended == .expired, let deadline = kept.deadline, deadline <= instant,
      let network = row.addresses.first?.network
    else { return nil }
    return ReservationExpired(
      identity: identity, nodeClass: nodeClass, network: network,
      addresses: row.addresses.map(\.ip), deadline: deadline, endedAt: deadline, cause: .deadline)
  }
}
