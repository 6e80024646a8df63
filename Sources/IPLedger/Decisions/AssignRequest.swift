/// A new pod asks for its addresses (R23).
public struct AssignRequest: Hashable, Sendable {
  /// The pod.
  public var identity: PodIdentity
  /// The incarnation.
  public var uid: PodUID
  /// When it asks; everything is decided as of then.
  public var instant: Instant
  /// The address space; absent means that of the cluster.
  public var network: NetworkName?
  /// The zone; absent means the only one of the network.
  public var zone: ZoneName?
  /// The families, one address each; absent or empty means those that are kept for it, else those
  /// that the zone's pools have.
  public var families: Set<IPAddress.Family>?
  /// The node's name.
  public var node: String?
  /// The node's class (R17); absent means what the node's name suggests, else ECS.
  public var nodeClass: NodeClass?
  /// The compute class; absent means `general-purpose` (R13).
  public var computeClass: String?
  /// The workload that controls the pod.
  public var workload: Workload?
  /// For how many hours its addresses are to be kept when it is gone, 1 to 8760; absent means that
  /// they are not (R12).
  public var retainHours: Int?

  /// A request of a pod at an instant.
  public init(
    identity: PodIdentity, uid: PodUID, at instant: Instant, network: NetworkName? = nil,
    zone: ZoneName? = nil, families: Set<IPAddress.Family>? = nil, node: String? = nil,
    nodeClass: NodeClass? = nil, computeClass: String? = nil, workload: Workload? = nil,
    retainHours: Int? = nil
  ) {
    self.identity = identity
    self.uid = uid
    self.instant = instant
    self.network = network
    self.zone = zone
    self.families = families.flatMap { $0.isEmpty ? nil : $0 }
    self.node = node
    self.nodeClass = nodeClass
    self.computeClass = computeClass
    self.workload = workload
    self.retainHours = retainHours
  }

  /// The address space that is meant.
  var addressSpace: NetworkName { network ?? NetworkName(of: identity.cluster) }

  /// The class of nodes that is meant.
  var effectiveNodeClass: NodeClass {
    nodeClass ?? node.map(NodeClass.init(nodeName:)) ?? .ecs
  }

  /// Whether the feature is asked for, and may be had (R13).
  var eligibility: RetentionGrounds.Eligibility {
    guard retainHours != nil else { return .notRequested }
    let isEligible = computeClass.map(RetentionPolicy.eligibleComputeClasses.contains) ?? true
    return isEligible ? .eligible : .ineligibleComputeClass
  }

  /// The request of an incarnation that is known: policy, compute class and node were frozen when it
  /// was made (R14).
  func frozen(by known: PodDescription) -> AssignRequest {
    // Hours that cannot be are refused, also where they would not count.
    if let retainHours, !RetentionPolicy.allowedHours.contains(retainHours) { return self }
    var request = self
    request.node = known.node ?? node
    request.nodeClass = known.nodeClass ?? nodeClass
    request.computeClass = known.computeClass
    request.workload = known.workload ?? workload
    // Hours that its class could not have had it would not get now either.
    request.retainHours = known.policy.hours
    if request.retainHours == nil, known.grounds.eligibility == .ineligibleComputeClass {
      request.retainHours = RetentionPolicy.defaultHours
    }
    return request
  }

  /// What is frozen into the create event (R14).
  func description(at version: ResourceVersion) -> PodDescription {
    var description = PodDescription(
      describedAt: version, grounds: RetentionGrounds(eligibility: eligibility))
    if let retainHours, eligibility == .eligible {
      description.policy = .retain(hours: retainHours)
    }
    description.node = node
    description.nodeClass = effectiveNodeClass
    description.nodeClassGround = nodeClass == nil ? .name : .label
    description.computeClass = computeClass
    description.workload = workload
    return description
  }
}
