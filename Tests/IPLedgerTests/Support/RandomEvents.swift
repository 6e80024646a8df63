import IPLedger
import TestSupport

/// Events with every optional part present or absent, by a seeded generator.
struct RandomEvents {
  private var generator: SplitMix64

  init(seed: UInt64) {
    generator = SplitMix64(seed: seed)
  }

  mutating func next(_ kind: Event.Kind) throws -> Event {
    let (identity, uid) = try (identity(), uid())
    let evidence = evidence()
    switch kind {
    case .created:
      var created = PodCreated(
        identity: identity, uid: uid, network: try NetworkName("vpc-1"),
        addresses: try addresses(), description: description(), evidence: evidence)
      if evidence.source == .decision { created.assignment = try assignment() }
      return .created(created)
    case .deleting:
      return .deleting(
        PodDeleting(identity: identity, uid: uid, request: request(), evidence: evidence))
    case .completed:
      return .completed(
        PodCompleted(
          identity: identity, uid: uid, phase: flip() ? .succeeded : .failed, evidence: evidence))
    case .deleted:
      return .deleted(
        PodDeleted(
          identity: identity, uid: uid, request: maybe { $0.request() },
          cause: evidence.source == .decision ? .withdrawn : flip() ? .deleted : .forced,
          evidence: evidence))
    case .expired:
      return .expired(
        ReservationExpired(
          identity: identity, nodeClass: flip() ? .ecs : .virtual,
          network: try NetworkName("vpc-1"), addresses: try addresses(),
          deadline: maybe { $0.instant() }, endedAt: instant(),
          cause: flip() ? .deadline : .released(by: text(), reason: text())))
    case .watched: return .watched(try watched())
    case .pool:
      return .pool(
        PoolChanged(
          pool: try pool(), change: flip() ? .defined : .withdrawn, instant: instant()))
    }
  }

  private mutating func pool() throws -> Pool {
    let prefix = try AddressPrefix(parsing: flip() ? "10.0.4.0/24" : "fd00::/64")
    let first = prefix.firstAddress
    return try Pool(
      network: NetworkName("vpc-1"), zone: flip() ? .default : ZoneName("cn-a"), prefix: prefix,
      exclusions: flip() ? [AddressRange(first), AddressRange(prefix.lastAddress)] : [],
      coolDown: .seconds(Int64(number(below: 10_000))))
  }

  private mutating func assignment() throws -> PodCreated.Assignment {
    let reasons: [PodCreated.NoReuse] = [
      .nothingKept, .notRequested, .ineligibleComputeClass, .otherNodeClass,
      .tooLate(deadline: instant()), .released, .taken, .otherNetwork, .otherZone, .otherFamilies,
    ]
    let reason = reasons[Int(number(below: UInt64(reasons.count)))]
    let from = try uid()
    return PodCreated.Assignment(
      zone: flip() ? .default : nil,
      ground: flip() ? .fresh(reason) : .reused(from: from, keptSince: maybe { $0.instant() }))
  }

  mutating func instant() -> Instant {
    Instant(microseconds: Int64(bitPattern: generator.skewed()))
  }

  mutating func number(below limit: UInt64) -> UInt64 { generator.next() % limit }

  private mutating func flip() -> Bool { generator.next() % 2 == 0 }

  private mutating func maybe<Value>(_ make: (inout Self) -> Value) -> Value? {
    flip() ? make(&self) : nil
  }

  private mutating func text() -> String {
    let texts = ["", "ops", "Zoë Ünïcode 名前", "a\nb\u{0}c", String(repeating: "x", count: 300)]
    return texts[Int(number(below: UInt64(texts.count)))]
  }

  private mutating func version() -> ResourceVersion {
    ResourceVersion(
      epoch: UInt32(truncatingIfNeeded: generator.skewed()) & 0x7FFF_FFFF, generator.skewed())
  }

  private mutating func identity() throws -> PodIdentity {
    try PodIdentity(
      cluster: ClusterName("prod"), namespace: "default", name: "web-\(number(below: 100))")
  }

  private mutating func uid() throws -> PodUID {
    try PodUID(
      flip()
        ? "0f8b6b1c-1111-2222-3333-\(100_000_000_000 + number(below: 899_999_999_999))"
        : "static-\(number(below: 1000))")
  }

  private mutating func addresses() throws -> [IPAddress] {
    try (0..<number(below: 4)).map { _ in
      try IPAddress(octets: (0..<(flip() ? 4 : 16)).map { _ in UInt8(number(below: 256)) })
    }
  }

  private mutating func request() -> DeletionRequest {
    DeletionRequest(
      deletionTimestamp: instant(), gracePeriodSeconds: Int64(bitPattern: generator.skewed()))
  }

  private mutating func evidence() -> Evidence {
    if number(below: 4) == 0 {
      let instant = instant()
      return .decision(ResourceVersion.decision(at: instant, after: nil), at: instant)
    }
    let sources: [Evidence.Source] = [.watch, .list, .audit]
    var evidence = Evidence(
      source: sources[Int(number(below: UInt64(sources.count)))], resourceVersion: version(),
      isExactChange: flip())
    evidence.knownWithout = maybe { $0.version() }
    evidence.receivedAt = maybe { $0.instant() }
    evidence.creationStamp = maybe { $0.instant() }
    evidence.newestStamp = maybe { $0.instant() }
    evidence.precedingStamp = maybe { $0.instant() }
    evidence.fieldStamp = maybe { $0.instant() }
    evidence.requestReceivedAt = maybe { $0.instant() }
    evidence.stageAt = maybe { $0.instant() }
    return evidence
  }

  private mutating func description() -> PodDescription {
    var description = PodDescription(describedAt: version())
    description.node = maybe { $0.text() }
    description.nodeClass = maybe { $0.flip() ? .ecs : .virtual }
    description.nodeClassGround = maybe { $0.flip() ? .label : .name }
    description.computeClass = maybe { $0.text() }
    description.workload = maybe { Workload(kind: "StatefulSet", name: $0.text()) }
    if flip() { description.policy = .retain(hours: 1 + Int(number(below: 8760))) }
    let grounds: [RetentionGrounds.Eligibility] = [
      .eligible, .notRequested, .ineligibleComputeClass,
    ]
    description.grounds = RetentionGrounds(
      eligibility: grounds[Int(number(below: 3))], hoursDefaulted: flip(),
      rejectedHours: maybe { $0.text() })
    return description
  }

  private mutating func watched() throws -> SourceWatched {
    let scopes: [SourceWatched.Scope] = [.cluster, .namespace("default"), .selection("app=web")]
    let phases = SourceWatched.Phase.allCases
    var watched = SourceWatched(
      cluster: try ClusterName("prod"), network: try NetworkName("vpc-1"), source: .watch,
      scope: scopes[Int(number(below: 3))], phase: phases[Int(number(below: UInt64(phases.count)))])
    watched.from = maybe { $0.point() }
    watched.through = maybe { $0.point() }
    if flip() {
      let uids = try (0..<number(below: 4)).map { _ in try uid() }
      watched.presence = SourceWatched.Presence(
        resourceVersion: version(), isComplete: flip(), uids: uids)
    }
    watched.marks = (0..<number(below: 4)).map { _ in
      SourceWatched.Mark(
        resourceVersion: version(), notBefore: maybe { $0.instant() },
        notAfter: maybe { $0.instant() })
    }
    return watched
  }

  private mutating func point() -> SourceWatched.Point {
    SourceWatched.Point(
      resourceVersion: maybe { $0.version() }, notBefore: maybe { $0.instant() },
      notAfter: maybe { $0.instant() })
  }
}
