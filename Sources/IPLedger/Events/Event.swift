/// A fact, as the log keeps it.
public enum Event: Hashable, Sendable {
  /// An incarnation uses these addresses.
  case created(PodCreated)
  /// Its deletion was asked for; it still holds.
  case deleting(PodDeleting)
  /// It ended, but its object remains.
  case completed(PodCompleted)
  /// It is completely gone.
  case deleted(PodDeleted)
  /// A reservation ended.
  case expired(ReservationExpired)
  /// What a source covered.
  case watched(SourceWatched)
  /// Addresses that the ledger may hand out, or may no longer.
  case pool(PoolChanged)

  /// The kind of a fact, as stored.
  public enum Kind: UInt8, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// See ``Event/created(_:)``.
    case created = 1
    /// See ``Event/deleting(_:)``.
    case deleting = 2
    /// See ``Event/completed(_:)``.
    case completed = 3
    /// See ``Event/deleted(_:)``.
    case deleted = 4
    /// See ``Event/expired(_:)``.
    case expired = 5
    /// See ``Event/watched(_:)``.
    case watched = 6
    /// See ``Event/pool(_:)``.
    case pool = 7

    /// The kind's name, as the command line prints it.
    public var description: String {
      switch self {
      case .created: "created"
      case .deleting: "deleting"
      case .completed: "completed"
      case .deleted: "deleted"
      case .expired: "expired"
      case .watched: "watched"
      case .pool: "pool"
      }
    }
  }

  /// The kind of this fact.
  public var kind: Kind {
    switch self {
    case .created: .created
    case .deleting: .deleting
    case .completed: .completed
    case .deleted: .deleted
    case .expired: .expired
    case .watched: .watched
    case .pool: .pool
    }
  }

  /// The cluster that the fact is about; a pool belongs to none.
  public var cluster: ClusterName? {
    switch self {
    case .created(let event): event.identity.cluster
    case .deleting(let event): event.identity.cluster
    case .completed(let event): event.identity.cluster
    case .deleted(let event): event.identity.cluster
    case .expired(let event): event.identity.cluster
    case .watched(let event): event.cluster
    case .pool: nil
    }
  }

  /// The pod that the fact is about, where it is about one.
  public var identity: PodIdentity? {
    switch self {
    case .created(let event): event.identity
    case .deleting(let event): event.identity
    case .completed(let event): event.identity
    case .deleted(let event): event.identity
    case .expired(let event): event.identity
    case .watched, .pool: nil
    }
  }

  /// The incarnation that the fact is about, where it is about one.
  public var uid: PodUID? {
    switch self {
    case .created(let event): event.uid
    case .deleting(let event): event.uid
    case .completed(let event): event.uid
    case .deleted(let event): event.uid
    case .expired, .watched, .pool: nil
    }
  }

  /// What is known of the time of an observed change of a pod.
  public var evidence: Evidence? {
    switch self {
    case .created(let event): event.evidence
    case .deleting(let event): event.evidence
    case .completed(let event): event.evidence
    case .deleted(let event): event.evidence
    case .expired, .watched, .pool: nil
    }
  }

  /// When it happened, where that is decided and not observed: an observed fact has only bounds,
  /// derived from its evidence.
  public var occurredAt: Instant? {
    switch self {
    case .expired(let event): event.endedAt
    case .pool(let event): event.instant
    case .created, .deleting, .completed, .deleted: evidence?.decidedAt
    case .watched: nil
    }
  }
}

extension Event {
  /// Whether the ledger decided it, rather than observe it: such events come of ``Ledger/assign(_:)``,
  /// ``Ledger/expire(at:dryRun:)`` and their kin only.
  public var isDecided: Bool {
    switch self {
    case .expired, .pool: true
    case .watched: false
    case .created, .deleting, .completed, .deleted: evidence?.source == .decision
    }
  }
}

/// A fact with its place in the log and the time of its writing.
public struct RecordedEvent: Hashable, Sendable {
  /// Its place.
  public let position: Position
  /// When the ledger wrote it down; never less than the one before, and never evidence of when
  /// something happened (R4).
  public let recordedAt: Instant
  /// The fact.
  public let event: Event

  /// A fact at a position.
  public init(position: Position, recordedAt: Instant, event: Event) {
    self.position = position
    self.recordedAt = recordedAt
    self.event = event
  }
}
