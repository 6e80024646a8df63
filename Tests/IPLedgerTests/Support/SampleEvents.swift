import IPLedger

/// One event of each kind with all its fields, fixed for ever: what the golden file of version 1
/// holds.
enum SampleEvents {
  /// The events, with the positions and times of the golden file.
  static func recorded() throws -> [RecordedEvent] {
    let decided = try [
      pool(.defined), assigned(.fresh(.tooLate(deadline: at(2)))),
      assigned(.reused(from: PodUID("mirror-of-a-static-pod"), keptSince: at(2))), withdrawn(),
      pool(.withdrawn),
    ]
    return try
      ([created(), deleting(), completed(), deleted(), expired(), released(), watched()] + decided)
      .enumerated().map { index, event in
        RecordedEvent(
          position: Position(UInt64(index + 1)),
          recordedAt: Instant(microseconds: 1_767_261_600_123_456 + Int64(index)), event: event)
      }
  }

  private static func at(_ second: Int64) -> Instant { .seconds(1_767_261_600 + second) }

  private static func identity() throws -> PodIdentity {
    try PodIdentity(cluster: ClusterName("prod"), namespace: "shop", name: "web-0")
  }

  private static func uid() throws -> PodUID {
    try PodUID("3f2c8a4e-0b1d-4c5e-8f60-718293a4b5c6")
  }

  private static func addresses() throws -> [IPAddress] {
    try [IPAddress(parsing: "10.0.4.17"), IPAddress(parsing: "2001:db8::17")]
  }

  private static func evidence() -> Evidence {
    var evidence = Evidence(
      source: .watch, resourceVersion: ResourceVersion(epoch: 2, 123_456), isExactChange: true)
    evidence.knownWithout = ResourceVersion(epoch: 2, 123_400)
    evidence.receivedAt = at(7).adding(microseconds: 250_000)
    evidence.creationStamp = at(1)
    evidence.newestStamp = at(6)
    evidence.precedingStamp = at(5)
    evidence.fieldStamp = at(4)
    evidence.requestReceivedAt = at(6).adding(microseconds: 100_000)
    evidence.stageAt = at(6).adding(microseconds: 107_000)
    return evidence
  }

  private static func request() -> DeletionRequest {
    DeletionRequest(deletionTimestamp: at(40), gracePeriodSeconds: 30)
  }

  private static func created() throws -> Event {
    var description = PodDescription(
      describedAt: ResourceVersion(epoch: 2, 123_300), policy: .retain(hours: 48),
      grounds: RetentionGrounds(
        eligibility: .eligible, hoursDefaulted: true, rejectedHours: "for ever"))
    description.node = "virtual-kubelet-cn-hangzhou"
    description.nodeClass = .virtual
    description.nodeClassGround = .label
    description.computeClass = "performance"
    description.workload = Workload(kind: "StatefulSet", name: "web")
    return .created(
      PodCreated(
        identity: try identity(), uid: try uid(), network: try NetworkName("vpc-1"),
        addresses: try addresses(), description: description, evidence: evidence()))
  }

  private static func assigned(_ ground: PodCreated.Assignment.Ground) throws -> Event {
    guard case .created(var event) = try created() else { throw StoryError("no create event") }
    event.evidence = decision()
    event.assignment = PodCreated.Assignment(zone: try ZoneName("cn-a"), ground: ground)
    return .created(event)
  }

  private static func withdrawn() throws -> Event {
    .deleted(
      PodDeleted(
        identity: try identity(), uid: try uid(), request: nil, cause: .withdrawn,
        evidence: decision()))
  }

  private static func decision() -> Evidence {
    .decision(ResourceVersion.decision(at: at(4), after: nil), at: at(4))
  }

  private static func pool(_ change: PoolChanged.Change) throws -> Event {
    let prefix = try AddressPrefix(parsing: "10.0.4.0/24")
    return .pool(
      PoolChanged(
        pool: try Pool(
          network: NetworkName("vpc-1"), zone: ZoneName("cn-a"), prefix: prefix,
          exclusions: [
            AddressRange(prefix.firstAddress), AddressRange(parsing: "10.0.4.250-10.0.4.255"),
          ], coolDown: .seconds(60)), change: change, instant: at(3)))
  }

  private static func deleting() throws -> Event {
    .deleting(
      PodDeleting(
        identity: try identity(), uid: try uid(), request: request(), evidence: evidence()))
  }

  private static func completed() throws -> Event {
    .completed(
      PodCompleted(identity: try identity(), uid: try uid(), phase: .failed, evidence: evidence()))
  }

  private static func deleted() throws -> Event {
    .deleted(
      PodDeleted(
        identity: try identity(), uid: try PodUID("mirror-of-a-static-pod"), request: request(),
        cause: .forced, evidence: evidence()))
  }

  private static func expired() throws -> Event {
    .expired(
      ReservationExpired(
        identity: try identity(), nodeClass: .virtual, network: try NetworkName("vpc-1"),
        addresses: try addresses(), deadline: at(172_800), endedAt: at(172_800), cause: .deadline))
  }

  private static func released() throws -> Event {
    .expired(
      ReservationExpired(
        identity: try identity(), nodeClass: .ecs, network: try NetworkName("vpc-1"),
        addresses: try addresses(), deadline: at(172_800), endedAt: at(3600),
        cause: .released(by: "Zoë", reason: "the shop moved out")))
  }

  private static func watched() throws -> Event {
    let point = SourceWatched.Point(
      resourceVersion: ResourceVersion(epoch: 2, 123_000), notBefore: at(0), notAfter: at(2))
    return .watched(
      SourceWatched(
        cluster: try ClusterName("prod"), network: try NetworkName("vpc-1"), source: .list,
        scope: .selection("app=web"), phase: .synced, from: point,
        through: SourceWatched.Point(
          resourceVersion: ResourceVersion(epoch: 2, 123_456), notBefore: at(8), notAfter: at(9)),
        presence: SourceWatched.Presence(
          resourceVersion: ResourceVersion(epoch: 2, 123_456), isComplete: true,
          uids: [try uid(), try PodUID("mirror-of-a-static-pod")]),
        marks: [
          SourceWatched.Mark(
            resourceVersion: ResourceVersion(epoch: 2, 123_100), notBefore: at(1),
            notAfter: at(2)),
          SourceWatched.Mark(
            resourceVersion: ResourceVersion(epoch: 2, 123_200), notBefore: nil, notAfter: nil),
        ]))
  }
}
