/// All that was ever observed of one incarnation, merged: a set of facts, so the order of learning
/// cannot matter (R7).
///
/// Two observations of the same change meet in one ``Fact``, which keeps the tightest evidence of
/// both. All else, from tenures to deadlines, is derived from this by pure functions.
///
/// It is passed about and put into order a lot, so a copy of it is a reference: what never changes is
/// in its storage, and ``merge(_:)`` makes a new one.
package struct Incarnation: Sendable {
  private var storage: Storage

  /// What is known of it, and what is asked of that again and again.
  private final class Storage: Sendable {
    let identity: PodIdentity
    let uid: PodUID
    let creationStamp: Instant?
    let descriptions: [PodDescription]
    let facts: [Fact]
    let description: PodDescription?
    /// How many of the facts were observed; those behind them were decided.
    let observed: Int

    init(
      _ identity: PodIdentity, _ uid: PodUID, _ creationStamp: Instant?,
      _ descriptions: [PodDescription], _ facts: [Fact]
    ) {
      self.identity = identity
      self.uid = uid
      self.creationStamp = creationStamp
      self.descriptions = descriptions
      self.facts = facts
      description = Incarnation.description(of: descriptions)
      observed = facts.firstIndex { $0.resourceVersion.isDecided } ?? facts.endIndex
    }
  }

  package init(
    identity: PodIdentity, uid: PodUID, creationStamp: Instant? = nil,
    descriptions: [PodDescription] = [], facts: [Fact] = []
  ) {
    storage = Storage(identity, uid, creationStamp, descriptions, facts)
  }

  /// The pod.
  package var identity: PodIdentity { storage.identity }
  /// The incarnation.
  package var uid: PodUID { storage.uid }
  /// The object's `creationTimestamp`.
  package var creationStamp: Instant? { storage.creationStamp }
  /// What was said of the pod besides its addresses: each different content with the lowest version
  /// at which it was seen, in the order in which they count (R6).
  package var descriptions: [PodDescription] { storage.descriptions }
  /// The facts, in the order of ``Fact/precedes(_:)``.
  package var facts: [Fact] { storage.facts }
  /// The facts that were observed, in the order of their changes.
  package var observations: ArraySlice<Fact> { storage.facts[..<storage.observed] }
  /// The facts that the ledger decided, in the order of its decisions.
  package var decisions: ArraySlice<Fact> { storage.facts[storage.observed...] }

  /// The description that counts: the one seen at the lowest resource version (R6, R14).
  ///
  /// A pod that was first seen before it was scheduled has no node there; since a node is set once,
  /// the lowest version that knows it tells it.
  ///
  /// What the ledger decided on counts before anything that was observed.
  package var description: PodDescription? { storage.description }

  private static func description(of descriptions: [PodDescription]) -> PodDescription? {
    (descriptions.first { $0.describedAt.isDecided } ?? descriptions.first)
      .map { placed($0, among: descriptions) }
  }

  /// Whether observations of it differ in anything but evidence (R6).
  package var hasDifferingDescriptions: Bool {
    let observed = descriptions.filter { !$0.describedAt.isDecided }
    return observed.dropFirst().contains { description in
      !description.hasSameContent(as: observed[0]) { Self.placed($0, among: descriptions) }
    }
  }

  /// A description with the node that the incarnation is known to run on, where it has none.
  private static func placed(
    _ description: PodDescription, among descriptions: [PodDescription]
  ) -> PodDescription {
    guard description.nodeClass == nil,
      let known = descriptions.first(where: { $0.nodeClass != nil })
    else { return description }
    var placed = description
    placed.node = known.node
    placed.nodeClass = known.nodeClass
    placed.nodeClassGround = known.nodeClassGround
    return placed
  }

  /// The first resource version at which anything is known of it, by which the incarnations of an
  /// identity are ordered; for an assigned one its assignment, which comes after all observations.
  package var firstVersion: ResourceVersion? {
    (decisions.first { $0.content.kind == .created } ?? facts.first)?.resourceVersion
  }

  /// The last resource version at which its object is known to have been there.
  package var lastVersionSeen: ResourceVersion? {
    observations.last { $0.content.isPresence }?.resourceVersion
  }

  /// Whether its tenures end at its terminal phase: it runs on a real machine (R9).
  package var releasesAtCompletion: Bool { description?.nodeClass != .virtual }

  /// When its deletion was first asked for: the smallest value that any observation showed (R15).
  package var deletionRequestedAt: Instant? {
    if isAssigned { return stages.last?.requestedAt }
    return facts.compactMap { $0.content.request?.requestedAt }.min()
  }

  /// The fact that its object was removed, at the lowest resource version where several say so.
  package var gone: Fact? {
    facts.first { fact in
      guard case .gone(let cause, _) = fact.content else { return false }
      return cause != .withdrawn
    }
  }

  /// The fact that it reached a terminal phase.
  package var completed: Fact? {
    facts.first { if case .completed = $0.content { true } else { false } }
  }

  /// Takes in an observation of it.
  ///
  /// - Returns: Whether it added anything (R6).
  package mutating func merge(_ event: Event) -> Bool {
    guard let evidence = event.evidence, let content = Fact.Content(event) else { return false }
    var isNew = false
    var (stamp, descriptions, facts) = (creationStamp, self.descriptions, self.facts)
    if let own = evidence.creationStamp, stamp.map({ own < $0 }) ?? true {
      stamp = own
      isNew = true
    }
    if case .created(let created) = event {
      isNew = Self.merge(created.description, into: &descriptions) || isNew
    }
    isNew = Self.merge(Fact(content, evidence), into: &facts) || isNew
    if isNew { storage = Storage(identity, uid, stamp, descriptions, facts) }
    return isNew
  }

  private static func merge(_ fact: Fact, into facts: inout [Fact]) -> Bool {
    if let index = facts.firstIndex(where: { $0.isSame(as: fact) }) {
      let merged = facts[index].merged(with: fact)
      guard merged != facts[index] else { return false }
      facts[index] = merged
      return true
    }
    let index = facts.firstIndex { fact.precedes($0) } ?? facts.endIndex
    facts.insert(fact, at: index)
    return true
  }

  private static func merge(
    _ description: PodDescription, into descriptions: inout [PodDescription]
  ) -> Bool {
    if let index = descriptions.firstIndex(where: { $0.hasSameContent(as: description) }) {
      guard description.describedAt < descriptions[index].describedAt else { return false }
      descriptions.remove(at: index)
    }
    let index = descriptions.firstIndex { description.counts(before: $0) }
    descriptions.insert(description, at: index ?? descriptions.endIndex)
    return true
  }
}

extension Incarnation: Hashable {
  package static func == (left: Incarnation, right: Incarnation) -> Bool {
    left.storage === right.storage
      || left.identity == right.identity && left.uid == right.uid
        && left.creationStamp == right.creationStamp && left.descriptions == right.descriptions
        && left.facts == right.facts
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(identity)
    hasher.combine(uid)
    hasher.combine(facts)
  }
}

extension PodDescription {
  fileprivate func hasSameContent(as other: PodDescription) -> Bool {
    var same = other
    same.describedAt = describedAt
    return self == same
  }

  /// Whether two descriptions say the same, once both have the node that is known.
  fileprivate func hasSameContent(
    as other: PodDescription, _ placed: (PodDescription) -> PodDescription
  ) -> Bool {
    placed(self).hasSameContent(as: placed(other))
  }

  /// The lower resource version counts; between equals a node class from a label, then the smaller
  /// bytes (R6).
  fileprivate func counts(before other: PodDescription) -> Bool {
    if describedAt != other.describedAt { return describedAt < other.describedAt }
    if nodeClassGround != other.nodeClassGround {
      guard let nodeClassGround else { return false }
      return other.nodeClassGround.map { nodeClassGround < $0 } ?? true
    }
    return encoded.lexicographicallyPrecedes(other.encoded)
  }

  private var encoded: [UInt8] {
    var writer = FieldWriter()
    write(to: &writer)
    return writer.bytes
  }
}
