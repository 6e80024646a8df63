// From facts to tenures: R8 (when one begins), R9 (when one ends), R10 (what a newer incarnation
// says).

extension Incarnation {
  /// All tenures of this incarnation, in the order of their beginnings.
  ///
  /// - Parameter successor: The next incarnation of the same identity, if one is known.
  /// - Returns: One tenure for each time that it took an address up.
  package func tenures(before successor: Incarnation?) -> [Tenure] {
    guard isAssigned else { return observedTenures(without: [], before: successor) }
    let stages = self.stages
    let observed = observedTenures(
      without: Set(stages.flatMap(\.addresses)), before: successor)
    return (observed + stages.flatMap(\.tenures)).sorted { left, right in
      left.start.at != right.start.at
        ? left.start.at < right.start.at : left.address < right.address
    }
  }

  /// The tenures of what it was seen with beside the addresses that it was given.
  private func observedTenures(
    without given: Set<Address>, before successor: Incarnation?
  ) -> [Tenure] {
    let ending = self.ending
    var folding = TenureFolding(creationStamp: creationStamp)
    for fact in observations {
      guard case .addresses(let network, let addresses) = fact.content else { continue }
      let state = addresses.map { Address(network: network, ip: $0) }.filter { !given.contains($0) }
      if let ending, ending.moment.at <= fact.resourceVersion {
        folding.showAfterwards(state, fact, ending)
      } else {
        folding.advance(to: state, fact)
      }
    }
    let lastHolding = observations.last { fact in
      fact.content.isPresence && (ending.map { fact.resourceVersion < $0.moment.at } ?? true)
    }
    let lastKnown = lastHolding?.resourceVersion
    if let ending {
      folding.close(ending, lastKnown: lastKnown)
    } else if let successor, let inferred = supersession(by: successor) {
      folding.close(inferred, lastKnown: lastKnown)
    } else {
      folding.leaveOpen(lastKnown: lastKnown)
    }
    return folding.finished()
  }

  /// When and why this incarnation gave up whatever it held, where a fact of its own says so (R9).
  package var ending: Tenure.End? {
    let completed = releasesAtCompletion ? completed : nil
    let first = [gone, completed].compactMap(\.self).min { $0.precedes($1) }
    guard let first else { return nil }
    return Tenure.End(moment: moment(of: first), cause: first.content.tenureEnd)
  }

  /// When its object was removed, by fact or because a newer incarnation is there (R10).
  package func removal(before successor: Incarnation?) -> Tenure.End? {
    if isAssigned { return stages.last?.removal }
    if let gone { return Tenure.End(moment: moment(of: gone), cause: gone.content.tenureEnd) }
    return successor.flatMap(supersession(by:))
  }

  /// The end that a newer incarnation of the same identity implies: names are unique, so this one
  /// was gone when the newer one was created (R10).
  private func supersession(by successor: Incarnation) -> Tenure.End? {
    guard let first = successor.observations.first else { return nil }
    let created = successor.creationStamp?.adding(microseconds: StampRule.reach)
    return Tenure.End(
      moment: Moment(
        at: first.resourceVersion, isExactChange: false, after: lastVersionSeen,
        change: first.change, notBefore: creationStamp, notAfter: created),
      cause: .superseded)
  }

  private func moment(of fact: Fact) -> Moment {
    let previous = facts.last { $0.precedes(fact) && $0.resourceVersion < fact.resourceVersion }
    return Moment(
      at: fact.resourceVersion, isExactChange: fact.isExactChange,
      after: greater(previous?.resourceVersion, fact.knownWithout), change: fact.change,
      notBefore: creationStamp, notAfter: fact.fieldBound)
  }
}

extension Fact.Content {
  fileprivate var tenureEnd: TenureEnd {
    switch self {
    case .gone(.deleted, _), .gone(.withdrawn, _): .deleted
    case .gone(.forced, _): .forced
    case .completed: .completed
    case .addresses, .deleting: .moved
    }
  }
}

/// The fold of an incarnation's address facts, in the order of its changes.
///
/// A pod has one address or two, so lists serve better than dictionaries.
private struct TenureFolding {
  let creationStamp: Instant?
  var open: [(address: Address, start: Moment)] = []
  var closed: [Tenure] = []
  var previous: ResourceVersion?
  /// The addresses seen in an object that had already ended, with the evidence of when they were
  /// set.
  var afterwards: [(address: Address, bound: Instant?)] = []

  init(creationStamp: Instant?) {
    self.creationStamp = creationStamp
  }

  private func isOpen(_ address: Address) -> Bool { open.contains { $0.address == address } }

  /// The incarnation was seen with these addresses while it could hold them.
  mutating func advance(to state: [Address], _ fact: Fact) {
    let moment = Moment(
      at: fact.resourceVersion, isExactChange: fact.isExactChange,
      after: greater(previous, fact.knownWithout), change: fact.change, notBefore: creationStamp,
      notAfter: state.isEmpty ? nil : fact.fieldBound)
    let cause: TenureEnd = state.isEmpty ? .dropped : .moved
    close(allBut: state, Tenure.End(moment: moment, cause: cause))
    for address in state where !isOpen(address) { open.append((address, moment)) }
    previous = fact.resourceVersion
  }

  /// The incarnation had already ended when these addresses stood in its object: it held them some
  /// time before.
  mutating func showAfterwards(_ state: [Address], _ fact: Fact, _ ending: Tenure.End) {
    for address in state {
      if let index = afterwards.firstIndex(where: { $0.address == address }) {
        afterwards[index].bound = lesser(afterwards[index].bound, fact.fieldBound)
      } else {
        afterwards.append((address, fact.fieldBound))
      }
    }
    guard !state.isEmpty else { return }
    // What it had before, it gave up some time until then, at a change that nobody showed.
    let moment = Moment(
      at: ending.moment.at, isExactChange: false, after: previous,
      change: ending.moment.change, notBefore: creationStamp, notAfter: fact.fieldBound)
    close(allBut: state, Tenure.End(moment: moment, cause: .moved))
  }

  private mutating func close(allBut state: [Address], _ ending: Tenure.End) {
    guard open.contains(where: { !state.contains($0.address) }) else { return }
    for (address, start) in open where !state.contains(address) {
      close(address, from: start, ending, lastKnown: previous)
    }
    open.removeAll { !state.contains($0.address) }
  }

  mutating func close(_ ending: Tenure.End, lastKnown: ResourceVersion?) {
    for (address, bound) in afterwards where !isOpen(address) {
      let start = Moment(
        at: ending.moment.at, isExactChange: false, after: previous, change: ending.moment.change,
        notBefore: creationStamp, notAfter: bound)
      close(address, from: start, ending, lastKnown: nil)
    }
    for (address, start) in open {
      close(address, from: start, ending, lastKnown: lastKnown)
    }
  }

  mutating func leaveOpen(lastKnown: ResourceVersion?) {
    for (address, start) in open {
      closed.append(
        Tenure(
          address: address, start: start, end: nil,
          lastKnown: greater(start.at, lastKnown) ?? start.at))
    }
  }

  private mutating func close(
    _ address: Address, from start: Moment, _ ending: Tenure.End, lastKnown: ResourceVersion?
  ) {
    var ending = ending
    // An address that was only seen afterwards was not known before the end.
    ending.moment.after = greater(ending.moment.after, lastKnown)
    closed.append(
      Tenure(
        address: address, start: start, end: ending,
        lastKnown: greater(start.at, greater(ending.moment.after, lastKnown)) ?? start.at))
  }

  func finished() -> [Tenure] {
    guard closed.count > 1 else { return closed }
    return closed.sorted { left, right in
      left.start.at != right.start.at
        ? left.start.at < right.start.at : left.address < right.address
    }
  }
}
