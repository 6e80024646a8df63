import LMDB

// What an observation of a pod changes: the incarnation, its place among its identity's, the
// tenures.

extension Projector {
  /// Takes in what was observed of a pod.
  ///
  /// - Returns: Whether that was new, and the incarnation that it was observed of.
  func foldObservation(
    _ event: Event, in txn: borrowing WriteTransaction
  ) throws -> (isNew: Bool, entry: Unsettled.Entry?) {
    guard let identity = event.identity, let uid = event.uid, let evidence = event.evidence else {
      return (false, nil)
    }
    let entry = try pods.entry(uid, of: identity.cluster, in: unsettled, txn.reading)
    let before = entry?.incarnation
    var after = before ?? Incarnation(identity: identity, uid: uid)
    guard after.identity == identity else {
      throw LedgerError.identityChanged(uid: uid, known: after.identity, found: identity)
    }
    guard after.merge(event) else {
      // A step of a staircase may be new where the fact is not: one observation that contradicts
      // itself hides another in the fact, but not here.
      return (try foldTime(of: evidence, identity.cluster, false, in: txn), entry)
    }
    _ = try foldTime(of: evidence, identity.cluster, true, in: txn)
    let changed = unsettled.change(entry, to: after)
    if after.contradictions.count > before?.contradictions.count ?? 0 {
      count(Counter.contradiction)
    }
    if case .created(let created) = event { foldUse(created) }
    return (true, changed)
  }

  /// Brings the tables up to date with the incarnations that have changed, and with the reservations of
  /// which something was recorded.
  func settlePods(in txn: borrowing WriteTransaction) throws {
    let changes = unsettled.takeChanges()
    guard !changes.isEmpty || !unsettled.ended.isEmpty else { return }
    for (key, change) in changes {
      try tables.put(.incarnations, key, change.after.encoded, in: txn)
    }
    try settlePlaces(of: changes.map(\.change), in: txn)
    let affected = try affected(by: changes.map(\.change), in: txn.reading)
    try projectTenures(of: affected, instead: changes.map(\.change), in: txn)
    let formerly = changes.compactMap(\.change.before)
    let kept = try projectReservations(
      Set((affected + formerly).compactMap(\.reserved)), in: txn)
    try projectVacancies(ofPods: affected + formerly, kept, in: txn)
  }

  /// The incarnations that have changed, and those of which they tell something else than before.
  private func affected(
    by changes: [Unsettled.Change], in txn: borrowing ReadTransaction
  ) throws -> [Incarnation] {
    var affected: [Unsettled.Pod: Incarnation] = [:]
    var followed: Set<Unsettled.Pod> = []
    for change in changes {
      let after = change.after
      affected[Unsettled.Pod(after)] = after
      let isSame = change.before.map { after.tellsTheSameOfOthers(as: $0) } ?? false
      if !isSame {
        // Whom it follows has another successor now.
        for earlier in try earlier(than: change, in: txn) {
          affected[Unsettled.Pod(earlier)] = earlier
        }
      }
      // Whom it followed before has another one, too, and comes after its new place, which can only be an
      // earlier one. A request counts for those that came later where a clock stepped back (R15).
      if !isSame || change.before?.deletionRequestedAt != after.deletionRequestedAt {
        var reached = after
        // Of whom this was done already, whoever comes later is looked at, too.
        while followed.insert(Unsettled.Pod(reached)).inserted,
          let later = try pods.successor(of: reached, in: txn)
        {
          affected[Unsettled.Pod(later)] = later
          reached = later
        }
      }
    }
    return Array(affected.values)
  }

  /// The incarnation before one that has changed, and those before it whose addresses its return may have
  /// freed (R16): up to one with whose return the pod had come back already.
  private func earlier(
    than change: Unsettled.Change, in txn: borrowing ReadTransaction
  ) throws -> [Incarnation] {
    guard let place = change.after.firstVersion else { return [] }
    let returns = [change.before, change.after].compactMap(\.self)
      .filter { $0.retainedHours != nil }
    var open = Set(returns.map(\.nodeClass))
    let isDecided = returns.contains(where: \.isAssigned)
    var earlier: [Incarnation] = []
    var reached = place
    var uid = change.after.uid
    while let previous = try pods.neighbour(
      of: reached, uid, change.after.identity, forward: false, in: txn)
    {
      earlier.append(previous)
      if previous.retainedHours != nil, previous.isAssigned || !isDecided,
        !previous.tenures(before: nil).isEmpty
      {
        open.remove(previous.nodeClass)
      }
      guard !open.isEmpty, let first = previous.firstVersion else { break }
      (reached, uid) = (first, previous.uid)
    }
    return earlier
  }

  // MARK: The incarnations of an identity, in the order of their first changes

  private func settlePlaces(
    of changes: [Unsettled.Change], in txn: borrowing WriteTransaction
  ) throws {
    var moves: [(key: [UInt8], uid: PodUID, isNew: Bool)] = []
    for change in changes {
      let (before, after) = (change.before?.firstVersion, change.after.firstVersion)
      guard before != after else { continue }
      let (identity, uid) = (change.after.identity, change.after.uid)
      if let before { moves.append((Keys.pod(identity, before), uid, isNew: false)) }
      if let after { moves.append((Keys.pod(identity, after), uid, isNew: true)) }
    }
    moves.sort { $0.key.lexicographicallyPrecedes($1.key) }
    var rest = moves[...]
    while let key = rest.first?.key {
      let own = rest.prefix { $0.key == key }
      rest = rest[own.endIndex...]
      let known = try tables.row(.pods, key, in: txn.reading).map(PodRows.decode)
      var uids = known ?? []
      for move in own {
        uids.removeAll { $0 == move.uid }
        if move.isNew { uids.append(move.uid) }
      }
      if !uids.isEmpty {
        try tables.put(.pods, key, PodRows.encode(uids), in: txn)
      } else if known != nil {
        try txn.delete(tables[.pods], key)
      }
    }
  }

  // MARK: Tenures

  /// Where a tenure stands, or stood; what is put into order is a reference.
  private final class Place {
    let key: [UInt8]
    /// What the keys of all tenures of its address in its cluster begin with.
    let prefix: [UInt8]
    /// The tenure that stands there.
    let row: TenureRow?

    init(_ tenure: Tenure, of incarnation: Incarnation, isGone: Bool = false) {
      let cluster = incarnation.identity.cluster
      key = Keys.tenure(tenure, cluster, incarnation.uid)
      prefix = Keys.tenures(tenure.address, cluster)
      row = isGone ? nil : TenureRow(tenure: tenure, incarnation: incarnation)
    }
  }

  /// Writes the tenures of incarnations, and removes those that they had by what was known before and
  /// have no more.
  private func projectTenures(
    of affected: [Incarnation], instead changes: [Unsettled.Change],
    in txn: borrowing WriteTransaction
  ) throws {
    var places: [Place] = []
    for change in changes {
      guard let before = change.before else { continue }
      let kept = change.after.tenures(before: nil)
      for tenure in before.tenures(before: nil)
      where !kept.contains(where: { $0.isUnderSameKey(as: tenure) }) {
        let place = Place(tenure, of: before, isGone: true)
        places.append(place)
        for kind in [Tables.Kind.tenures, .holders, .contested] {
          try txn.delete(tables[kind], place.key)
        }
      }
    }
    var tenures: [Place] = []
    for incarnation in affected {
      let successor = try pods.successor(of: incarnation, in: txn.reading)
      for tenure in incarnation.tenures(before: successor) {
        tenures.append(Place(tenure, of: incarnation))
      }
    }
    tenures.sort { $0.key.lexicographicallyPrecedes($1.key) }
    for place in tenures {
      guard let row = place.row else { continue }
      let encoded = row.encoded
      let known = try tables.row(.tenures, place.key, in: txn.reading)
      if known == encoded { continue }
      places.append(place)
      try tables.put(.tenures, place.key, encoded, in: txn)
      if row.tenure.end == nil {
        try tables.put(.holders, place.key, [], in: txn)
      } else if known != nil {
        try txn.delete(tables[.holders], place.key)
      }
    }
    try contest(around: places, in: txn)
  }

  /// What tells whether a tenure overlaps the next one of its address.
  private struct Turn {
    let key: [UInt8]
    let start: ResourceVersion
    let end: ResourceVersion?
    /// Where the uid begins in the key.
    let uid: Int

    /// Reads no more of a row than that.
    init(_ key: Span<UInt8>, _ content: Span<UInt8>, behind prefix: [UInt8]) throws {
      start = try Keys.version(in: key, at: prefix.count)
      end = try TenureOutline(decoding: content, near: start).end?.at
      uid = prefix.count + Keys.versionLength
      self.key = [UInt8](copying: key)
    }

    init(_ row: TenureRow, at place: Place) {
      key = place.key
      start = row.tenure.start.at
      end = row.tenure.end?.moment.at
      uid = place.prefix.count + Keys.versionLength
    }

    /// Against decisions no order of changes tells, only times do.
    func overlaps(_ next: Turn) -> Bool {
      guard key[uid...] != next.key[next.uid...] else { return false }
      guard start.isDecided == next.start.isDecided else { return true }
      return end.map { next.start < $0 } ?? true
    }
  }

  /// Notes of the tenures at some places, and of those before them, whether they may overlap the next
  /// one of their address: then, and only then, some overlap exists.
  private func contest(around places: [Place], in txn: borrowing WriteTransaction) throws {
    var judged: [UInt8] = []
    for place in places.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      var (previous, next): (Turn?, Turn?)
      let prefix = place.prefix
      try tables.visitSides(of: .tenures, .without, place.key, in: txn.reading) {
        side, key, content in
        guard KeyOrder.begins(key, with: prefix.span) else { return }
        let turn = try Turn(key, content, behind: prefix)
        if side == .below { previous = turn } else { next = turn }
      }
      let own = place.row.map { Turn($0, at: place) }
      if let previous, previous.key != judged {
        try contest(previous, before: own ?? next, in: txn)
      }
      if let own {
        try contest(own, before: next, in: txn)
        judged = own.key
      }
    }
  }

  /// Notes whether a tenure may overlap the next one of its address.
  private func contest(
    _ own: Turn, before next: Turn?, in txn: borrowing WriteTransaction
  ) throws {
    if let next, own.overlaps(next) {
      try tables.put(.contested, own.key, [], in: txn)
    } else if try txn.reading.count(tables[.contested]) > 0 {
      try txn.delete(tables[.contested], own.key)
    }
  }
}

extension Tenure {
  /// Whether two tenures of one incarnation have one row.
  fileprivate func isUnderSameKey(as other: Tenure) -> Bool {
    start.at == other.start.at && address == other.address
  }
}

extension Incarnation {
  /// The reservation that it may hold, or leave behind.
  fileprivate var reserved: Unsettled.Reserved? {
    guard retainedHours != nil else { return nil }
    return Unsettled.Reserved(identity: identity, nodeClass: nodeClass)
  }

  /// Whether all that others of its identity are judged by is as it was: its place among them, its
  /// creation, and when it came back with which policy.
  fileprivate func tellsTheSameOfOthers(as before: Incarnation) -> Bool {
    firstVersion == before.firstVersion && creationStamp == before.creationStamp
      && observations.first == before.observations.first && isAssigned == before.isAssigned
      && retainedHours == before.retainedHours && nodeClass == before.nodeClass
      && tenures(before: nil).first?.start == before.tenures(before: nil).first?.start
  }
}
