/// An incarnation uses these addresses: all of them, and again when they change (R2, R8).
///
/// An empty list says that at this change the pod was known to have none.
public struct PodCreated: Hashable, Sendable {
  /// The pod.
  public var identity: PodIdentity
  /// The incarnation.
  public var uid: PodUID
  /// The address space of the addresses.
  public var network: NetworkName
  /// All its addresses, sorted, each once.
  public let addresses: [IPAddress]
  /// What was frozen when the pod was made.
  public var description: PodDescription
  /// What is known of the time.
  public var evidence: Evidence
  /// How the ledger came to give it these addresses; absent for an observed pod (R23).
  public package(set) var assignment: Assignment?

  /// An incarnation with these addresses, in any order.
  public init(
    identity: PodIdentity, uid: PodUID, network: NetworkName, addresses: some Sequence<IPAddress>,
    description: PodDescription, evidence: Evidence
  ) {
    self.identity = identity
    self.uid = uid
    self.network = network
    self.addresses = Set(addresses).sorted()
    self.description = description
    self.evidence = evidence
  }
}

/// What a create event says of a pod besides its addresses; it is frozen at create (R14).
public struct PodDescription: Hashable, Sendable {
  /// The resource version at which the pod looked like this: where observations differ, the lowest
  /// counts (R6).
  public var describedAt: ResourceVersion
  /// The node's name.
  public var node: String?
  /// The node's class, where the node is known (R17).
  public var nodeClass: NodeClass?
  /// Whether a label says the class, or only the node's name.
  public var nodeClassGround: NodeClass.Ground?
  /// The label `alibabacloud.com/compute-class`; absent means `general-purpose` (R13).
  public var computeClass: String?
  /// The workload that controls the pod.
  public var workload: Workload?
  /// What becomes of the addresses when the pod is gone.
  public var policy: RetentionPolicy
  /// Why the policy is what it is.
  public var grounds: RetentionGrounds

  /// A pod as it looked at this resource version, with nothing known but its policy.
  public init(
    describedAt: ResourceVersion, policy: RetentionPolicy = .release,
    grounds: RetentionGrounds = RetentionGrounds(eligibility: .notRequested)
  ) {
    self.describedAt = describedAt
    self.policy = policy
    self.grounds = grounds
  }
}

/// The request to delete a pod, as the object shows it.
public struct DeletionRequest: Hashable, Sendable {
  /// `deletionTimestamp`: the request plus the grace period, so usually in the future.
  public var deletionTimestamp: Instant
  /// `deletionGracePeriodSeconds`; it shrinks when the deletion is hastened.
  public var gracePeriodSeconds: Int64

  /// A request with this stamp and grace.
  public init(deletionTimestamp: Instant, gracePeriodSeconds: Int64) {
    self.deletionTimestamp = deletionTimestamp
    self.gracePeriodSeconds = gracePeriodSeconds
  }

  /// When the deletion was asked for, by this observation: the smallest that was ever seen counts
  /// (R15).
  public var requestedAt: Instant {
    deletionTimestamp - .seconds(gracePeriodSeconds)
  }
}

/// The deletion of an incarnation was asked for; it still holds its addresses (R9).
public struct PodDeleting: Hashable, Sendable {
  /// The pod.
  public var identity: PodIdentity
  /// The incarnation.
  public var uid: PodUID
  /// The request.
  public var request: DeletionRequest
  /// What is known of the time.
  public var evidence: Evidence

  /// The deletion of this incarnation was asked for.
  public init(
    identity: PodIdentity, uid: PodUID, request: DeletionRequest, evidence: Evidence
  ) {
    self.identity = identity
    self.uid = uid
    self.request = request
    self.evidence = evidence
  }
}

/// An incarnation ended but its object remains (R9).
public struct PodCompleted: Hashable, Sendable {
  /// How it ended.
  public enum Phase: UInt8, Hashable, Sendable {
    /// All containers ended well.
    case succeeded = 1
    /// A container failed, or the pod was evicted or lost.
    case failed = 2
  }

  /// The pod.
  public var identity: PodIdentity
  /// The incarnation.
  public var uid: PodUID
  /// How it ended.
  public var phase: Phase
  /// What is known of the time.
  public var evidence: Evidence

  /// This incarnation ended so.
  public init(identity: PodIdentity, uid: PodUID, phase: Phase, evidence: Evidence) {
    self.identity = identity
    self.uid = uid
    self.phase = phase
    self.evidence = evidence
  }
}

/// An incarnation is completely gone.
public struct PodDeleted: Hashable, Sendable {
  /// How it went.
  public enum Cause: UInt8, Hashable, Sendable {
    /// Its object was removed after its grace period, or at once because nothing ran.
    case deleted = 1
    /// Its object was removed by force: grace 0 while it ran.
    case forced = 2
    /// It was not gone after all: its deletion, which the ledger had recorded, is withdrawn (R23).
    case withdrawn = 3
  }

  /// The pod.
  public var identity: PodIdentity
  /// The incarnation.
  public var uid: PodUID
  /// The request to delete it, where one was seen.
  public var request: DeletionRequest?
  /// How it went.
  public var cause: Cause
  /// What is known of the time.
  public var evidence: Evidence

  /// This incarnation is gone.
  public init(
    identity: PodIdentity, uid: PodUID, request: DeletionRequest?, cause: Cause, evidence: Evidence
  ) {
    self.identity = identity
    self.uid = uid
    self.request = request
    self.cause = cause
    self.evidence = evidence
  }
}
