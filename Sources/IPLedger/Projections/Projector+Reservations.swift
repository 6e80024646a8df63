import LMDB

// What an observation, or the end of a reservation, changes in what is kept for whom (R14–R19).

extension Projector {
  /// Brings reservations up to date.
  ///
  /// - Parameters:
  ///   - reserved: Those that may have changed.
  ///   - txn: The transaction.
  /// - Returns: The addresses that were kept by those that have changed, or are now.
  /// - Throws: ``LedgerError`` where a row is damaged.
  func projectReservations(
    _ reserved: Set<Unsettled.Reserved>, in txn: borrowing WriteTransaction
  ) throws -> Set<Address> {
    var addresses: Set<Address> = []
    let ended = unsettled.ended
    let keys = reserved.union(ended).map { (Keys.reservation($0.identity, $0.nodeClass), $0) }
    for (key, own) in keys.sorted(by: { $0.0.lexicographicallyPrecedes($1.0) }) {
      let known = try tables.row(.reservations, key, in: txn.reading)
        .map(ReservationRow.init(decoding:))
      let row =
        reserved.contains(own)
        ? try currentReservation(of: own.identity, own.nodeClass, in: txn.reading) : known
      guard row != known || ended.contains(own) else { continue }
      addresses.formUnion((known?.addresses ?? []) + (row?.addresses ?? []))
      try unindex(known, key, in: txn)
      if let row {
        if row != known { try tables.put(.reservations, key, row.encoded, in: txn) }
        try index(row, key, in: txn)
      } else if known != nil {
        try txn.delete(tables[.reservations], key)
      }
    }
    addresses.formUnion(unsettled.freed)
    unsettled.ended = []
    unsettled.freed = []
    return addresses
  }

  /// Takes in the end of a reservation.
  func foldEnd(of event: ReservationExpired, in txn: borrowing WriteTransaction) throws -> Bool {
    let content = Event.expired(event).payload
    let key =
      Keys.reservation(event.identity, event.nodeClass) + Keys.instant(event.endedAt)
      + CoverageRows.digest(of: content)
    guard try tables.row(.releases, key, in: txn.reading) != content else { return false }
    try tables.put(.releases, key, content, in: txn)
    try note(event.endedAt, as: Counter.latestEnd, in: txn)
    unsettled.ended.insert(
      Unsettled.Reserved(identity: event.identity, nodeClass: event.nodeClass))
    unsettled.freed.formUnion(
      event.addresses.map { Address(network: event.network, ip: $0) })
    return true
  }

  /// The reservation of the last incarnation on this class of nodes that could hold one.
  private func currentReservation(
    of identity: PodIdentity, _ nodeClass: NodeClass, in txn: borrowing ReadTransaction
  ) throws -> ReservationRow? {
    var successor: Incarnation?
    var found: ReservationRow?
    let rows = pods
    try rows.forEachIncarnation(of: identity, newestFirst: true, in: txn) { incarnation in
      found = try rows.reservation(
        of: incarnation, on: nodeClass, before: successor, in: txn)
      successor = incarnation
      return found == nil ? .next : .stop
    }
    return found
  }

  private func index(
    _ row: ReservationRow, _ key: [UInt8], in txn: borrowing WriteTransaction
  ) throws {
    let since = row.deletionInstant ?? .earliest
    let ends = try ReleaseRows(tables).ends(of: key, since: since, in: txn.reading)
    guard !ends.contains(where: { $0.covers(row) }) else { return }
    try tables.put(.deadlines, Keys.deadline(row.ownDeadline, key), [], in: txn)
  }

  private func unindex(
    _ row: ReservationRow?, _ key: [UInt8], in txn: borrowing WriteTransaction
  ) throws {
    guard let row else { return }
    try txn.delete(tables[.deadlines], Keys.deadline(row.ownDeadline, key))
  }
}

extension Incarnation {
  /// Whether it has the policy and the node class of a reservation.
  fileprivate func mayReserve(on nodeClass: NodeClass) -> Bool {
    retainedHours != nil && self.nodeClass == nodeClass
  }

  /// The reservation that it holds, or left behind.
  package func reservation(
    on nodeClass: NodeClass, before successor: Incarnation?
  ) -> ReservationRow? {
    guard mayReserve(on: nodeClass), let hours = retainedHours else { return nil }
    let addresses = finalAddresses(before: successor)
    guard !addresses.isEmpty else { return nil }
    return ReservationRow(
      uid: uid, addresses: addresses, hours: hours, requestedAt: deletionRequestedAt,
      removal: removal(before: successor))
  }
}

/// How the reservations of an identity on a class of nodes were ended, by event.
package struct ReleaseRows {
  private let tables: Tables

  package init(_ tables: Tables) {
    self.tables = tables
  }

  /// The recorded ends, by instant.
  ///
  /// - Parameters:
  ///   - reservation: The key of the reservation.
  ///   - instant: From when on; earlier ones end what was kept before.
  ///   - txn: The transaction.
  /// - Returns: The events.
  /// - Throws: ``LedgerError`` where a row is damaged.
  func ends(
    of reservation: [UInt8], since instant: Instant = .earliest, in txn: borrowing ReadTransaction
  ) throws -> [ReservationExpired] {
    var ends: [ReservationExpired] = []
    let first = reservation + Keys.instant(instant)
    try tables.scan(.releases, .from(first), in: txn) { key, content in
      guard key.starts(with: reservation) else { return .stop }
      if case .expired(let event) = try Event(kind: .expired, payload: content[...]) {
        ends.append(event)
      }
      return .next
    }
    return ends
  }

  /// When an operator freed a reservation; `nil` where nobody did (R19).
  func released(
    _ row: ReservationRow, _ reservation: [UInt8], in txn: borrowing ReadTransaction
  ) throws -> Instant? {
    try ends(of: reservation, since: row.deletionInstant ?? .earliest, in: txn)
      .filter { if case .released = $0.cause { $0.covers(row) } else { false } }
      .map(\.endedAt).min()
  }
}

extension ReservationExpired {
  /// Whether it ends this reservation as it is known now: a release covers the deletions up to its
  /// instant (R19), an expiry only a deadline that is not later than the one that it enforced
  /// (R18).
  package func covers(_ row: ReservationRow) -> Bool {
    guard row.removal != nil else { return false }
    switch cause {
    case .released:
      guard let deleted = row.deletionInstant else { return false }
      return deleted <= endedAt
    case .deadline:
      guard let own = row.ownDeadline, let deadline else { return false }
      return own <= deadline
    }
  }
}

extension ReservationRow {
  /// When it was deleted, by its own evidence: what a release has to be later than.
  package var deletionInstant: Instant? {
    guard let moment = removal?.moment else { return nil }
    return requestedAt ?? lesser(moment.change.latest, moment.notAfter)
  }
}
