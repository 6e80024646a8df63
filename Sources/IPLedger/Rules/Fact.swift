/// One thing that was observed of an incarnation at one change, with the tightest evidence of all
/// who saw it.
package struct Fact: Hashable, Sendable {
  /// What was observed.
  package enum Content: Hashable, Sendable {
    /// It had these addresses, and no others.
    case addresses(NetworkName, [IPAddress])
    /// Its deletion had been asked for.
    case deleting(DeletionRequest)
    /// It had reached a terminal phase.
    case completed(PodCompleted.Phase)
    /// Its object was removed.
    case gone(PodDeleted.Cause, DeletionRequest?)
  }

  /// What was observed.
  package let content: Content
  /// The change at which it was observed.
  package let resourceVersion: ResourceVersion
  /// The time of that change, by what was seen of this change alone; not yet uncrossed.
  package var change: Bounds
  /// Whether this very change made it so.
  package var isExactChange: Bool
  /// The last change at which it was known not to be so.
  package var knownWithout: ResourceVersion?
  /// An upper bound of when it became so, where that is not an exact change.
  package var fieldBound: Instant?

  package init(
    content: Content, resourceVersion: ResourceVersion, change: Bounds, isExactChange: Bool,
    knownWithout: ResourceVersion?, fieldBound: Instant?
  ) {
    self.content = content
    self.resourceVersion = resourceVersion
    self.change = change
    self.isExactChange = isExactChange
    self.knownWithout = knownWithout
    self.fieldBound = fieldBound
  }

  /// What an observation says.
  package init(_ content: Content, _ evidence: Evidence) {
    self.init(
      content: content, resourceVersion: evidence.resourceVersion, change: evidence.changeBounds,
      isExactChange: evidence.isExactChange, knownWithout: evidence.knownWithout,
      fieldBound: evidence.fieldBound)
  }

  /// Whether two observations are of the same thing at the same change.
  package func isSame(as other: Fact) -> Bool {
    resourceVersion == other.resourceVersion && content == other.content
  }

  /// Both observations at once.
  package func merged(with other: Fact) -> Fact {
    var merged = self
    merged.change = change.intersection(other.change)
    merged.isExactChange = isExactChange || other.isExactChange
    merged.knownWithout = greater(knownWithout, other.knownWithout)
    merged.fieldBound = lesser(fieldBound, other.fieldBound)
    return merged
  }

  /// A fixed order: by change, then kind, then content.
  package func precedes(_ other: Fact) -> Bool {
    if resourceVersion != other.resourceVersion { return resourceVersion < other.resourceVersion }
    if content.kind != other.content.kind {
      return content.kind.rawValue < other.content.kind.rawValue
    }
    return content.encoded.lexicographicallyPrecedes(other.content.encoded)
  }
}

extension Fact.Content {
  /// What an event about a pod observed; `nil` for an event about something else.
  package init?(_ event: Event) {
    switch event {
    case .created(let event): self = .addresses(event.network, event.addresses)
    case .deleting(let event): self = .deleting(event.request)
    case .completed(let event): self = .completed(event.phase)
    case .deleted(let event): self = .gone(event.cause, event.request)
    case .expired, .watched, .pool: return nil
    }
  }

  /// The kind of event that says this.
  package var kind: Event.Kind {
    switch self {
    case .addresses: .created
    case .deleting: .deleting
    case .completed: .completed
    case .gone: .deleted
    }
  }

  /// Whether it shows that the object was there.
  package var isPresence: Bool { kind != .deleted }

  /// The deletion request that it shows.
  package var request: DeletionRequest? {
    switch self {
    case .deleting(let request): request
    case .gone(_, let request): request
    case .addresses, .completed: nil
    }
  }
}
