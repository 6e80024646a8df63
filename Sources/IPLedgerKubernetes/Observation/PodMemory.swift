import IPLedger

/// What an observer remembers of a living pod, to tell what its next change changes.
struct PodMemory {
  /// The last version at which it was seen.
  var version: UInt64
  var addresses: [IPAddress]
  var hasCompleted: Bool
  var requestedAt: Instant?
  /// Whether its deletion was ever seen with a grace period.
  var hadGrace = false
  var newestStamp: Instant?
  /// Whether it was seen from its creation on.
  var isSeenWhole: Bool
  /// Whether it ever had an address.
  var hadAddress: Bool
  /// The grace of a deletion that asks for none, in seconds; absent where no sighting told it.
  var ownGrace: Int?
  /// An instant at or after which it was as it is known, by the server's clock: an answer showed it
  /// whose request was received then.
  var shownAt: Instant?
  /// What was frozen at its first sighting; the node comes when it is scheduled.
  var description: PodDescription
  var identity: PodIdentity
}

/// How one sighting is to be taken.
struct SightingContext {
  var source: Evidence.Source
  /// Whether the change before this one was seen in the same unbroken source, or this one is the
  /// pod's creation.
  var isExactChange: Bool
  /// The last version that the unbroken source had come to before this one.
  var knownWithout: UInt64?
  var receivedAt: Instant?
  var requestReceivedAt: Instant?
  var stageAt: Instant?
}

extension PodMemory {
  /// A pod that is seen for the first time.
  init(_ sighting: PodSighting, epoch: UInt32, isSeenWhole: Bool) {
    version = sighting.version
    addresses = []
    hasCompleted = false
    requestedAt = nil
    newestStamp = nil
    self.isSeenWhole = isSeenWhole
    hadAddress = false
    description = PodDescription(
      describedAt: ResourceVersion(epoch: epoch, sighting.version), policy: sighting.policy,
      grounds: sighting.grounds)
    description.computeClass = sighting.computeClass
    description.workload = sighting.workload
    identity = sighting.identity
  }

  /// The facts that a sighting adds to what is remembered, which it brings up to date.
  mutating func take(
    _ sighting: PodSighting, _ context: SightingContext, options: ObservationOptions
  ) -> [Event] {
    var events: [Event] = []
    let evidence = evidence(of: sighting, context)
    if let node = sighting.node {
      description.node = node
      let labelled = options.nodeClasses[node]
      description.nodeClass = labelled ?? NodeClass(nodeName: node)
      description.nodeClassGround = labelled == nil ? .name : .label
    }
    // First what ends: whoever records no more than the first of these facts has recorded nothing that
    // says of a completed pod that it was there with its address.
    if let phase = sighting.phase, !hasCompleted {
      var evidence = evidence
      evidence.fieldStamp = sighting.phaseStamp
      events.append(
        .completed(
          PodCompleted(
            identity: sighting.identity, uid: sighting.uid, phase: phase, evidence: evidence)))
      hasCompleted = true
    }
    if sighting.addresses != addresses {
      var evidence = evidence
      evidence.fieldStamp = sighting.addressStamp
      events.append(
        .created(
          PodCreated(
            identity: sighting.identity, uid: sighting.uid, network: options.network,
            addresses: sighting.addresses, description: description, evidence: evidence)))
    }
    if let request = sighting.request, requestedAt.map({ request.requestedAt < $0 }) ?? true {
      events.append(
        .deleting(
          PodDeleting(
            identity: sighting.identity, uid: sighting.uid, request: request, evidence: evidence)))
      requestedAt = request.requestedAt
    }
    hadGrace = hadGrace || (sighting.request?.gracePeriodSeconds ?? 0) > 0
    addresses = sighting.addresses
    ownGrace = sighting.ownGrace ?? ownGrace
    hadAddress = hadAddress || !addresses.isEmpty
    version = sighting.version
    newestStamp = greater(newestStamp, sighting.newestStamp)
    return events
  }

  /// Whether a sighting shows other addresses than are known, or an end that is not.
  func holdsOtherwise(than sighting: PodSighting) -> Bool {
    sighting.addresses != addresses || (sighting.phase != nil && !hasCompleted)
  }

  /// The fact that its object is gone.
  func removal(_ sighting: PodSighting, _ context: SightingContext, at version: UInt64) -> Event {
    var evidence = evidence(of: sighting, context)
    evidence.resourceVersion = ResourceVersion(
      epoch: description.describedAt.epoch, version)
    // Grace 0 while something ran is what kubectl calls force.
    let isForced =
      sighting.request?.gracePeriodSeconds == 0 && sighting.phase == nil && sighting.node != nil
      && !hadGrace && isSeenWhole
    return .deleted(
      PodDeleted(
        identity: sighting.identity, uid: sighting.uid, request: sighting.request,
        cause: isForced ? .forced : .deleted, evidence: evidence))
  }

  /// The fact that it was there without an address, for the end of a source.
  func presenceWithoutAddress(
    _ uid: PodUID, _ options: ObservationOptions, _ source: Evidence.Source
  ) -> Event {
    var evidence = Evidence(
      source: source,
      resourceVersion: ResourceVersion(epoch: description.describedAt.epoch, version))
    evidence.newestStamp = newestStamp
    return .created(
      PodCreated(
        identity: identity, uid: uid, network: options.network, addresses: [],
        description: description, evidence: evidence))
  }

  private func evidence(of sighting: PodSighting, _ context: SightingContext) -> Evidence {
    let epoch = description.describedAt.epoch
    var evidence = Evidence(
      source: context.source,
      resourceVersion: ResourceVersion(epoch: epoch, sighting.version),
      isExactChange: context.isExactChange)
    evidence.knownWithout = context.knownWithout
      .map { ResourceVersion(epoch: epoch, $0) }
    evidence.receivedAt = context.receivedAt
    evidence.creationStamp = sighting.creationStamp
    evidence.newestStamp = sighting.newestStamp
    evidence.precedingStamp = context.isExactChange ? newestStamp : nil
    evidence.requestReceivedAt = context.requestReceivedAt
    evidence.stageAt = context.stageAt
    return evidence
  }
}
