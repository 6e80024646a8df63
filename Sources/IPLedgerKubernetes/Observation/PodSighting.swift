import IPLedger

/// One pod object as far as the ledger cares, its texts parsed.
struct PodSighting {
  let identity: PodIdentity
  let uid: PodUID
  let version: UInt64
  let isHostNetwork: Bool
  let addresses: [IPAddress]
  /// Texts in `podIPs` that are no addresses.
  let badAddresses: Int
  let phase: PodCompleted.Phase?
  let request: DeletionRequest?
  let hasFinalizers: Bool
  let creationStamp: Instant?
  /// The newest of the server's stamps.
  let newestStamp: Instant?
  /// The stamp of the manager that owns the addresses.
  let addressStamp: Instant?
  /// The stamp of the manager that owns the phase.
  let phaseStamp: Instant?
  let node: String?
  /// The grace of a deletion that asks for none, in seconds; absent where the object does not say.
  let ownGrace: Int?
  /// Whether its kubelet made it, so that it is on its node from the beginning.
  let isMirror: Bool
  /// Whether its status, or another part that nobody can write at its creation, was written.
  let hasSubresourceWrites: Bool
  let computeClass: String?
  let workload: Workload?
  let policy: RetentionPolicy
  let grounds: RetentionGrounds

  init(_ pod: PodObject, _ options: ObservationOptions) throws(ObservationError) {
    let metadata = pod.metadata
    do {
      identity = try PodIdentity(
        cluster: options.cluster, namespace: metadata.namespace, name: metadata.name)
      uid = try PodUID(metadata.uid)
    } catch {
      throw ObservationError(message: error.description)
    }
    guard let version = UInt64(metadata.resourceVersion) else {
      throw ObservationError(
        message: """
          the resourceVersion \(quoted(metadata.resourceVersion)) of \(identity) is not a decimal number; \
          expected the API server's own
          """)
    }
    self.version = version
    isHostNetwork = pod.spec.hostNetwork
    creationStamp = try instant(metadata.creationTimestamp, "creationTimestamp")
    let managed = try metadata.managedFields.map { field throws(ObservationError) in
      (field, try instant(field.time, "managedFields[].time"))
    }
    request = try Self.request(metadata)
    hasFinalizers = !metadata.finalizers.isEmpty
    newestStamp = ([creationStamp, request?.requestedAt] + managed.map(\.1))
      .compactMap(\.self).max()
    addressStamp = managed.filter { $0.0.ownsPodIP }.compactMap(\.1).max()
    phaseStamp = managed.filter { $0.0.ownsPhase }.compactMap(\.1).max()
    let texts = Set([pod.status.podIP].compactMap(\.self) + pod.status.podIPs)
    let parsed = texts.filter { !$0.isEmpty }.map { try? IPAddress(parsing: $0) }
    addresses = Set(parsed.compactMap(\.self)).sorted()
    badAddresses = parsed.count { $0 == nil }
    phase =
      switch pod.status.phase {
      case "Succeeded": .succeeded
      case "Failed": .failed
      default: nil
      }
    node = pod.spec.nodeName.flatMap { $0.isEmpty ? nil : $0 }
    ownGrace = pod.spec.terminationGracePeriodSeconds
    isMirror = metadata.annotations[Self.mirror] != nil
    hasSubresourceWrites = metadata.managedFields.contains { $0.subresource != nil }
    computeClass = metadata.labels[options.dialect.computeClassLabel]
    workload = metadata.ownerReferences.first { $0.controller == true }
      .map { Workload(kind: $0.kind, name: $0.name) }
    (policy, grounds) = options.dialect.policy(
      annotations: metadata.annotations, labels: metadata.labels)
  }

  /// Whether it shows nothing but what a pod has at its creation.
  var isFresh: Bool {
    guard addresses.isEmpty, phase == nil, request == nil, node == nil || isMirror,
      !hasSubresourceWrites
    else { return false }
    guard let creationStamp, let newestStamp else { return true }
    return newestStamp <= creationStamp.adding(microseconds: StampRule.step)
  }

  /// The annotation of a pod that its kubelet made.
  private static let mirror = "kubernetes.io/config.mirror"

  /// The longest grace period that is believed, in seconds: a hundred years.
  private static let greatestGrace: Int64 = 3_155_760_000

  private static func request(
    _ metadata: PodMetadata
  ) throws(ObservationError) -> DeletionRequest? {
    guard let stamp = try instant(metadata.deletionTimestamp, "deletionTimestamp") else {
      return nil
    }
    let grace = Int64(metadata.deletionGracePeriodSeconds ?? 0)
    guard (0...greatestGrace).contains(grace) else {
      throw ObservationError(
        message: """
          deletionGracePeriodSeconds is \(grace), expected 0 to \(greatestGrace): \
          no API server wrote that
          """)
    }
    return DeletionRequest(deletionTimestamp: stamp, gracePeriodSeconds: grace)
  }
}

/// A timestamp of the API; absent where there is none.
func instant(_ text: String?, _ field: String) throws(ObservationError) -> Instant? {
  guard let text else { return nil }
  do {
    return try Instant(rfc3339: text)
  } catch {
    throw ObservationError(message: "\(field): \(error)")
  }
}
