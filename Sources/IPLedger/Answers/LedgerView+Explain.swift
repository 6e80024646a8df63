/// What became of one incarnation's addresses, and why (R12–R17).
public struct IncarnationStory: Hashable, Sendable {
  /// How an incarnation's addresses compare with those of the one before it.
  public enum Outcome: Hashable, Sendable {
    /// Nothing came before it in what the ledger knows.
    case first
    /// It has the addresses that were retained for it.
    case kept
    /// It has the same addresses, but no rule gave them back: see the reason.
    case sameByChance(Reason)
    /// It has other addresses.
    case lost(Reason)
    /// It has, or had, no address that the ledger knows of.
    case noAddress
  }

  /// Why an address was not given back, in this order of precedence.
  public enum Reason: Hashable, Sendable {
    /// The incarnation before did not ask for retention, or could not have it.
    case notRetained(RetentionGrounds.Eligibility)
    /// This incarnation does not ask for retention, or cannot have it.
    case notEnabledNow(RetentionGrounds.Eligibility)
    /// The incarnation before ran on the other class of nodes.
    case nodeClassChanged(from: NodeClass, to: NodeClass)
    /// It came back after the deadline.
    case tooLate(deadline: Instant)
    /// Another pod had been given the address.
    case taken(by: PodReference)
    /// An operator had freed the address.
    case released(by: String, reason: String)
    /// The rules would have given it back; the cluster gave it another one.
    case givenAnother
    /// This ledger gave it another one, for this reason.
    case decided(PodCreated.NoReuse)
  }

  /// The incarnation.
  public var pod: PodReference
  /// The class of its node.
  public var nodeClass: NodeClass
  /// What its create event said of it.
  public var description: PodDescription?
  /// Whether observations of it differ in anything but evidence (R6).
  public var hasDifferingDescriptions: Bool
  /// Its addresses, with their times.
  public var holdings: [Holding]
  /// When its deletion was asked for.
  public var deletionRequestedAt: Instant?
  /// What became of its addresses after it; absent where it retained none.
  public var retention: Retention?
  /// How the ledger came to give it its addresses; absent for a pod that was only observed.
  public var assignment: PodCreated.Assignment?
  /// The addresses that it was seen with beside those that the ledger gave it (R10).
  public var contradictions: [Address]
  /// How its addresses compare with those before.
  public var outcome: Outcome
  /// The positions of all events about it, ascending.
  public var evidence: [Position]
}

extension LedgerView {
  /// For each incarnation of a pod, oldest first: whether it kept its addresses, and why.
  public func explain(_ identity: PodIdentity) throws -> [IncarnationStory] {
    let incarnations = try self.incarnations(of: identity)
    var stories: [IncarnationStory] = []
    for (index, incarnation) in incarnations.enumerated() {
      let successor = incarnations[(index + 1)...].first
      let rows = incarnation.tenures(before: successor)
        .map { TenureRow(tenure: $0, incarnation: incarnation) }
      let holdings = try rows.map { try holding($0) }
      let last = Array(zip(rows, holdings)).last { $0.1.to != nil && $0.1.ended != .moved }
      stories.append(
        IncarnationStory(
          pod: PodReference(
            identity: identity, uid: incarnation.uid, node: incarnation.description?.node),
          nodeClass: incarnation.nodeClass, description: incarnation.description,
          hasDifferingDescriptions: incarnation.hasDifferingDescriptions, holdings: holdings,
          deletionRequestedAt: incarnation.deletionRequestedAt,
          retention: try last.flatMap { try retention(after: $0.0, $0.1) },
          assignment: try assignment(of: incarnation)?.assignment,
          contradictions: incarnation.contradictions,
          outcome: try outcome(of: index, in: incarnations),
          evidence: try statements.positions(of: incarnation.uid, identity.cluster, in: txn))
      )
    }
    return stories
  }

  /// Compares an incarnation with the last one before it that held an address.
  private func outcome(
    of index: Int, in incarnations: [Incarnation]
  ) throws -> IncarnationStory.Outcome {
    let own = incarnations[index]
    let mine =
      own.stages.first?.tenures ?? own.tenures(before: incarnations[(index + 1)...].first)
    guard let first = mine.first else { return .noAddress }
    let initial = Set(mine.filter { $0.start.at == first.start.at }.map(\.address))
    let earlier = incarnations[..<index].indices.reversed().lazy.filter { candidate in
      !incarnations[candidate].finalAddresses(before: incarnations[candidate + 1]).isEmpty
    }
    guard let nearest = earlier.first else { return .first }
    // A reservation belongs to one class of nodes: an incarnation on the other class in between
    // does not end it.
    let sameClass = earlier.first {
      incarnations[$0].nodeClass == own.nodeClass && incarnations[$0].retainedHours != nil
    }
    let previous = sameClass ?? nearest
    let before = Set(incarnations[previous].finalAddresses(before: incarnations[previous + 1]))
    let reason = try reason(own, first, after: incarnations[previous], incarnations[previous + 1])
    if initial == before { return reason.map { .sameByChance($0) } ?? .kept }
    if reason == nil, case .fresh(let why)? = try assignment(of: own)?.assignment.ground {
      return .lost(.decided(why))
    }
    return .lost(reason ?? .givenAnother)
  }

  private func reason(
    _ own: Incarnation, _ first: Tenure, after previous: Incarnation, _ successor: Incarnation
  ) throws -> IncarnationStory.Reason? {
    guard previous.retainedHours != nil else {
      return .notRetained(previous.description?.grounds.eligibility ?? .notRequested)
    }
    guard own.retainedHours != nil else {
      return .notEnabledNow(own.description?.grounds.eligibility ?? .notRequested)
    }
    guard previous.nodeClass == own.nodeClass else {
      return .nodeClassChanged(from: previous.nodeClass, to: own.nodeClass)
    }
    let tenure = previous.tenures(before: successor).last { tenure in
      previous.finalAddresses(before: successor).contains(tenure.address)
    }
    guard let tenure else { return nil }
    let row = TenureRow(tenure: tenure, incarnation: previous)
    guard let kept = try retention(after: row, try holding(row)) else { return nil }
    switch kept.ended {
    case .taken: return kept.taker.map { .taken(by: $0) }
    case .expired: return kept.deadline.map { .tooLate(deadline: $0) }
    case .released: return try releaseReason(of: kept)
    case .returned, .returnedElsewhere, nil: return nil
    }
  }

  private func releaseReason(of kept: Retention) throws -> IncarnationStory.Reason? {
    let key = Keys.reservation(kept.identity, kept.nodeClass)
    for end in try ReleaseRows(tables).ends(of: key, in: txn) {
      if case .released(let by, let reason) = end.cause, Bounds(exactly: end.endedAt) == kept.to {
        return .released(by: by, reason: reason)
      }
    }
    return nil
  }
}
