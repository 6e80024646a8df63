// What the ledger itself decided about an incarnation: an assigned tenure begins and ends by
// decisions only (R10), and those stand in the order in which they were taken.

extension Incarnation {
  /// Whether the ledger gave it its addresses.
  package var isAssigned: Bool { decisions.contains { $0.content.kind == .created } }

  /// The last decision about it.
  package var lastDecision: ResourceVersion? { decisions.last?.resourceVersion }

  /// One time for which the ledger gave it addresses: mostly there is one.
  package struct Stage: Hashable, Sendable {
    /// The tenures, one for each address.
    package var tenures: [Tenure]
    /// When it was gone; absent while it is there.
    package var removal: Tenure.End?
    /// When its deletion was first asked for; a withdrawn deletion was not.
    package var requestedAt: Instant?
    /// Whether it ended while its object remained.
    package var isCompleted = false

    /// Its addresses, ascending.
    package var addresses: [Address] { tenures.map(\.address).sorted() }
  }

  /// The times for which the ledger gave it addresses, in their order; a time begins anew where it
  /// had lost them.
  package var stages: [Stage] {
    var stages: [Stage] = []
    // A clock that steps back does not end what it began later.
    var reached = Instant.earliest
    for fact in decisions {
      reached = max(reached, fact.change.earliest ?? reached)
      let moment = Moment(
        at: fact.resourceVersion, isExactChange: true, after: nil,
        change: Bounds(exactly: reached), notBefore: nil, notAfter: nil)
      if case .addresses(let network, let addresses) = fact.content {
        stages.append(
          Stage(
            tenures: addresses.map {
              Tenure(
                address: Address(network: network, ip: $0), start: moment, end: nil,
                lastKnown: fact.resourceVersion)
            }, removal: nil, requestedAt: nil))
      } else if !stages.isEmpty {
        stages[stages.count - 1].take(fact, moment, releasesAtCompletion: releasesAtCompletion)
      }
    }
    return stages
  }

  /// Why it has its addresses, where the recorded deletion of its last time was withdrawn: they were
  /// kept for it since that (R23).
  package var withdrawnGround: PodCreated.Assignment.Ground? {
    var goneAt: Instant?
    var ground: PodCreated.Assignment.Ground?
    for fact in decisions {
      switch fact.content {
      case .addresses: (goneAt, ground) = (nil, nil)
      case .gone(.withdrawn, _): ground = .reused(from: uid, keptSince: goneAt)
      case .gone: goneAt = fact.change.latest
      case .deleting, .completed: break
      }
    }
    return ground
  }

  /// The addresses that it was seen with beside those that it was given: a contradiction (R10).
  package var contradictions: [Address] {
    guard isAssigned else { return [] }
    let given = Set(stages.flatMap(\.addresses))
    var shown: Set<Address> = []
    for fact in observations {
      guard case .addresses(let network, let addresses) = fact.content else { continue }
      shown.formUnion(addresses.map { Address(network: network, ip: $0) })
    }
    return shown.subtracting(given).sorted()
  }

  /// The incarnation as far as one of its assigned tenures and its reservation are concerned, and
  /// when it was given addresses anew after that.
  package func stage(of tenure: Tenure) -> (incarnation: Incarnation, next: Instant?) {
    guard tenure.isAssigned else { return (self, nil) }
    let stages = self.stages
    let index = stages.firstIndex { $0.tenures.contains { $0.start.at == tenure.start.at } }
    guard let index, index + 1 < stages.count else { return (self, nil) }
    return (before(stage: index + 1), stages[index + 1].tenures.first?.start.change.latest)
  }

  /// The incarnation as it was before it was given addresses the so-manieth time, counted from 0.
  private func before(stage index: Int) -> Incarnation {
    var seen = 0
    let end = facts.firstIndex { fact in
      guard fact.resourceVersion.isDecided, fact.content.kind == .created else { return false }
      seen += 1
      return seen > index
    }
    return Incarnation(
      identity: identity, uid: uid, creationStamp: creationStamp, descriptions: descriptions,
      facts: Array(facts[..<(end ?? facts.endIndex)]))
  }
}

extension Incarnation.Stage {
  /// Takes in a decision that followed.
  fileprivate mutating func take(_ fact: Fact, _ moment: Moment, releasesAtCompletion: Bool) {
    switch fact.content {
    case .addresses: return
    case .deleting(let request): ask(request)
    case .completed:
      isCompleted = true
      if releasesAtCompletion { end(moment, .completed) }
    case .gone(.withdrawn, _):
      removal = nil
      requestedAt = nil
      isCompleted = false
      for index in tenures.indices { tenures[index].end = nil }
    case .gone(let cause, let request):
      if let request { ask(request) }
      let cause: TenureEnd = cause == .forced ? .forced : .deleted
      if removal == nil { removal = Tenure.End(moment: moment, cause: cause) }
      end(moment, cause)
    }
  }

  /// Takes in a request; one that seems older than the assignment counts from there on.
  private mutating func ask(_ request: DeletionRequest) {
    let began = tenures.first?.start.change.earliest ?? request.requestedAt
    requestedAt = lesser(requestedAt, max(request.requestedAt, began))
  }

  private mutating func end(_ moment: Moment, _ cause: TenureEnd) {
    for index in tenures.indices where tenures[index].end == nil {
      tenures[index].end = Tenure.End(moment: moment, cause: cause)
    }
  }
}

extension Tenure {
  /// Whether it was decided, and not observed.
  package var isAssigned: Bool { start.at.isDecided }
}
