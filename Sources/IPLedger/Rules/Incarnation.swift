/// All that was ever observed of one incarnation, merged: a set of facts, so the order of learning
/// cannot matter (R7).
///
/// Two observations of the same change meet in one ``Fact``, which keeps the tightest evidence of
/// both. All else, from tenures to deadlines, is derived from this by pure functions.
package struct Incarnation: Hashable, Sendable {
  /// The pod.
  package let identity: PodIdentity
  /// The incarnation.
  package let uid: PodUID
  /// The object's `creationTimestamp`.
  package private(set) var creationStamp: Instant?
  /// What was said of the pod besides its addresses: each different content with the lowest version
  /// at which it was seen, in the order in which they count (R6).
  package private(set) var descriptions: [PodDescription] = [] {
    didSet { description = Self.description(of: descriptions) }
  }
  /// The facts, in the order of ``Fact/precedes(_:)``.
  package private(set) var facts: [Fact] = []

  package init(identity: PodIdentity, uid: PodUID) {
    self.identity = identity
    self.uid = uid
  }

  package init(
    identity: PodIdentity, uid: PodUID, creationStamp: Instant?, descriptions: [PodDescription],
    facts: [Fact]
  ) {
    self.identity = identity
    self.uid = uid
    self.creationStamp = creationStamp
    self.descriptions = descriptions
    self.facts = facts
    description = Self.description(of: descriptions)
  }

  /// The description that counts: the one seen at the lowest resource version (R6, R14).
  ///
  /// A pod that was first seen before it was scheduled has no node there; since a node is set once,
  /// the lowest version that knows it tells it.
  ///
  /// What the ledger decided on counts before anything that was observed.
  package private(set) var description: PodDescription?

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
    if let stamp = evidence.creationStamp, creationStamp.map({ stamp < $0 }) ?? true {
      creationStamp = stamp
      isNew = true
    }
    if case .created(let created) = event { isNew = merge(created.description) || isNew }
    return merge(Fact(content, evidence)) || isNew
  }

  private mutating func merge(_ fact: Fact) -> Bool {
    if let index = facts.firstIndex(where: { $0.isSame(as: fact) }) {
      let merged = facts[index].merged(with: fact)
      defer { facts[index] = merged }
      return merged != facts[index]
    }
    let index = facts.firstIndex { fact.precedes($0) } ?? facts.endIndex
    facts.insert(fact, at: index)
    return true
  }

  private mutating func merge(_ description: PodDescription) -> Bool {
    if let index = descriptions.firstIndex(where: { $0.hasSameContent(as: description) }) {
      guard description.describedAt < descriptions[index].describedAt else { return false }
      descriptions.remove(at: index)
    }
    let index = descriptions.firstIndex { description.counts(before: $0) }
    descriptions.insert(description, at: index ?? descriptions.endIndex)
    return true
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
