import LMDB

/// A reservation as it stands now (R15–R19).
public struct ReservationStatus: Hashable, Sendable {
  /// Whether the pod is there, or gone.
  public enum State: String, Hashable, Sendable, CaseIterable {
    /// The incarnation with ``ReservationStatus/uid`` has it.
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
    for cluster in try clusters() {
      let prefix = Keys.cluster(cluster)
      let last = try txn.lower(
        tables[.earliest], prefix + [UInt8](repeating: 0xFF, count: 13))
      guard let last, last.key.starts(with: prefix) else { continue }
      var reader = ByteReader(
        try Row.open(last.value, under: last.key, of: Tables.Kind.earliest.rawValue))
      if Instant(microseconds: try reader.int64()) > instant { return false }
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
      guard let row = incarnation.reservation(on: nodeClass, before: successor),
        let first = incarnation.tenures(before: successor).first,
        try !bounds(of: first.start, of: identity).bounds.isSurelyAfter(instant)
      else { return .next }
      status = try self.status(of: row, identity, nodeClass, at: instant)
      return .stop
    }
    return status
  }

  private func status(
    of row: ReservationRow, _ identity: PodIdentity, _ nodeClass: NodeClass, at instant: Instant
  ) throws -> ReservationStatus? {
    var status = ReservationStatus(
      state: .bound, identity: identity, nodeClass: nodeClass, uid: row.uid,
      addresses: row.addresses, hours: row.hours,
      since: row.requestedAt.flatMap { $0 <= instant ? $0 : nil }, deadline: nil)
    guard let kept = try retention(ofReservation: row, identity, nodeClass),
      kept.from.earliest.map({ $0 <= instant }) ?? true
    else { return status }
    guard !(kept.to.map { $0.isSurelyBy(instant) } ?? false) else { return nil }
    status.state = .retained
    status.since = kept.since
    status.deadline = kept.deadline
    return status
  }

  /// What became of the reservation that an incarnation left; `nil` while its object is there.
  func retention(
    ofReservation row: ReservationRow, _ identity: PodIdentity, _ nodeClass: NodeClass
  ) throws -> Retention? {
    let succession = try succession(of: identity)
    guard let place = succession.place(of: row.uid) else { return nil }
    let incarnation = succession.incarnations[place]
    let successor = succession.successor(of: place)
    let tenure = incarnation.tenures(before: successor)
      .last { row.addresses.contains($0.address) }
    guard let tenure else { return nil }
    let tenureRow = TenureRow(tenure: tenure, incarnation: incarnation)
    let holding = try holding(tenureRow)
    guard holding.to != nil else { return nil }
    guard let kept = try retention(after: tenureRow, holding), kept.deadline != nil else {
      return try isGone(incarnation, before: successor)
        ? retention(after: tenureRow, holding) : nil
    }
    return kept
  }

  private func isGone(
    _ incarnation: Incarnation, before successor: Incarnation?
  ) throws -> Bool {
    if incarnation.removal(before: successor) != nil { return true }
    guard let seen = incarnation.lastVersionSeen else { return false }
    return try missing(
      incarnation.uid, of: incarnation.identity, lastSeen: seen,
      notBefore: incarnation.creationStamp) != nil
  }

  /// The reservations whose deadline has passed at an instant and that no event has ended yet: what
  /// a sweep expires (R18).
  func due(at instant: Instant) throws -> [ReservationExpired] {
    var due: [ReservationExpired] = []
    try tables.scan(.deadlines, .all, in: txn) { key, _ in
      let reservation = Array(key.dropFirst(8))
      guard
        let row = try tables.row(.reservations, reservation, in: txn)
          .map(ReservationRow.init(decoding:))
      else { return .next }
      let (identity, nodeClass) = try Keys.reservation(decoding: reservation)
      guard let kept = try retention(ofReservation: row, identity, nodeClass),
        kept.ended == .expired, let deadline = kept.deadline, deadline <= instant,
        let network = row.addresses.first?.network
      else { return .next }
      due.append(
        ReservationExpired(
          identity: identity, nodeClass: nodeClass, network: network,
          addresses: row.addresses.map(\.ip), deadline: deadline, endedAt: deadline,
          cause: .deadline))
      return .next
    }
    return due
  }
}
