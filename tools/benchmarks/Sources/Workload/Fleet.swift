public import IPLedger

/// What a fleet is like.
public struct FleetShape: Sendable {
  /// How many pods live at once.
  public var pods: Int
  /// How long a pod lives, on average, in microseconds.
  public var meanLife: Int64
  /// The share of pods that belong to StatefulSets with fixed addresses.
  public var fixedShare: Double
  /// The share of recreations of a fixed pod that come within the retention of 48 hours: 94 % in the
  /// DLRM trace of Alibaba's.
  public var promptShare: Double
  /// How many changes lie between two statements of what was watched.
  public var changesPerStatement: Int

  /// A fleet of so many pods, with the churn of the DLRM trace unless told otherwise.
  public init(pods: Int) {
    self.pods = pods
    meanLife = 2 * 86_400_000_000
    fixedShare = 0.4
    promptShare = 0.94
    changesPerStatement = 500
  }
}

/// What a watch of a made-up fleet tells, one event after another, without end: the same for a seed.
///
/// Pods of Deployments get new names, those of StatefulSets come back under theirs, most of them soon.
/// Three events a life: it has an address, its deletion was asked for, it is gone.
public struct Fleet: Sequence, IteratorProtocol {
  /// The cluster.
  public let cluster: ClusterName
  /// Its network.
  public let network: NetworkName
  /// When it all begins: 2026-01-01T00:00:00Z.
  public static let beginning: Int64 = 1_767_225_600_000_000
  /// Where time has come to, in microseconds since 1970.
  public private(set) var now = beginning

  private let shape: FleetShape
  private var randomness: Randomness
  private var agenda = Agenda()
  private var slots: [Slot]
  private var version: UInt64 = 1_000
  private var freed = Addresses()
  private var stated: (version: UInt64, time: Int64)
  private var changes = 0

  /// One place for a pod, which pods take one after another.
  private struct Slot {
    var isFixed: Bool
    var uid = ""
    var name = ""
    var address: UInt32 = 0
    var createdAt: Int64 = 0
    var lastVersion: UInt64 = 0
    var lastStamp: Int64 = 0
    var stage = Stage.absent
  }

  private enum Stage { case absent, running, deleting }

  /// A fleet of a seed.
  public init(_ shape: FleetShape, seed: UInt64) throws {
    cluster = try ClusterName("bench")
    network = try NetworkName("bench")
    self.shape = shape
    randomness = Randomness(seed: seed)
    slots = []
    stated = (version, now)
    for index in 0..<shape.pods {
      slots.append(Slot(isFixed: randomness.happens(shape.fixedShare)))
      agenda.insert(at: now + randomness.span(mean: shape.meanLife), index)
    }
  }

  /// The next event.
  public mutating func next() -> Event? {
    changes += 1
    if changes % shape.changesPerStatement == 0 { return statement() }
    guard let (time, index) = agenda.removeFirst() else { return nil }
    now = Swift.max(now + 1, time)
    version += 1 + randomness.below(12)
    switch slots[index].stage {
    case .absent: return appear(index)
    case .running: return askToGo(index)
    case .deleting: return go(index)
    }
  }

  private mutating func appear(_ index: Int) -> Event {
    var slot = slots[index]
    slot.uid = uid()
    slot.createdAt = now - 1_500_000
    // A fixed pod has its address back; whoever comes too late gets another one.
    if !slot.isFixed || slot.name.isEmpty || !isPrompt(slot) {
      if slot.address != 0 { freed.put(slot.address) }
      slot.address = freed.take()
    }
    if !slot.isFixed || slot.name.isEmpty { slot.name = name(index, isFixed: slot.isFixed) }
    slot.stage = .running
    slot.lastStamp = stamp(slot.createdAt)
    let evidence = evidence(&slot)
    var description = PodDescription(
      describedAt: ResourceVersion(version),
      policy: slot.isFixed ? .retain(hours: 48) : .release,
      grounds: RetentionGrounds(eligibility: slot.isFixed ? .eligible : .notRequested))
    description.node = "node-\(slot.address % 512)"
    description.nodeClass = .ecs
    description.nodeClassGround = .name
    description.workload = Workload(
      kind: slot.isFixed ? "StatefulSet" : "ReplicaSet", name: "app-\(index / 20)")
    slots[index] = slot
    agenda.insert(at: now + randomness.span(mean: shape.meanLife), index)
    return .created(
      PodCreated(
        identity: identity(slot, index), uid: podUID(slot), network: network,
        addresses: [address(slot.address)], description: description, evidence: evidence))
  }

  private mutating func askToGo(_ index: Int) -> Event {
    var slot = slots[index]
    let evidence = evidence(&slot)
    slot.stage = .deleting
    slots[index] = slot
    agenda.insert(at: now + 1_000_000 + Int64(randomness.below(30_000_000)), index)
    return .deleting(
      PodDeleting(
        identity: identity(slot, index), uid: podUID(slot),
        request: DeletionRequest(
          deletionTimestamp: Instant(microseconds: stamp(now) + 30_000_000), gracePeriodSeconds: 30),
        evidence: evidence))
  }

  private mutating func go(_ index: Int) -> Event {
    var slot = slots[index]
    let request = DeletionRequest(
      deletionTimestamp: Instant(microseconds: slot.lastStamp + 30_000_000), gracePeriodSeconds: 30)
    let evidence = evidence(&slot)
    slot.stage = .absent
    slots[index] = slot
    agenda.insert(at: now + gap(isFixed: slot.isFixed), index)
    return .deleted(
      PodDeleted(
        identity: identity(slot, index), uid: podUID(slot), request: request, cause: .deleted,
        evidence: evidence))
  }

  /// How long it takes until the next pod comes.
  private mutating func gap(isFixed: Bool) -> Int64 {
    guard isFixed else { return randomness.span(mean: 60_000_000) }
    return randomness.happens(shape.promptShare)
      ? randomness.span(mean: 120_000_000) : 172_900_000_000 + randomness.span(mean: 86_400_000_000)
  }

  private func isPrompt(_ slot: Slot) -> Bool {
    now - slot.lastStamp < 48 * 3_600_000_000
  }

  private mutating func statement() -> Event {
    let marks = [
      SourceWatched.Mark(
        resourceVersion: ResourceVersion(version), notBefore: Instant(microseconds: stamp(now)),
        notAfter: Instant(microseconds: now + 40_000))
    ]
    let from = SourceWatched.Point(
      resourceVersion: ResourceVersion(stated.version),
      notAfter: Instant(microseconds: stated.time + 40_000))
    let through = SourceWatched.Point(
      resourceVersion: ResourceVersion(version), notBefore: Instant(microseconds: now - 3_000_000),
      notAfter: Instant(microseconds: now + 40_000))
    let isFirst = stated.version == 1_000
    stated = (version, now)
    return .watched(
      SourceWatched(
        cluster: cluster, network: network, source: .watch, scope: .cluster,
        phase: isFirst ? .synced : .advanced, from: from, through: through,
        presence: isFirst
          ? .init(resourceVersion: ResourceVersion(1_000), isComplete: true, uids: []) : nil,
        marks: marks))
  }

  private mutating func evidence(_ slot: inout Slot) -> Evidence {
    var evidence = Evidence(
      source: .watch, resourceVersion: ResourceVersion(version), isExactChange: true)
    if slot.lastVersion != 0, slot.stage != .absent {
      evidence.knownWithout = ResourceVersion(slot.lastVersion)
    }
    evidence.receivedAt = Instant(microseconds: now + 5_000 + Int64(randomness.below(60_000)))
    evidence.creationStamp = Instant(microseconds: stamp(slot.createdAt))
    evidence.precedingStamp = Instant(microseconds: slot.lastStamp)
    slot.lastStamp = Swift.max(stamp(now), slot.lastStamp)
    evidence.newestStamp = Instant(microseconds: slot.lastStamp)
    slot.lastVersion = version
    return evidence
  }

  // MARK: Names

  private func stamp(_ time: Int64) -> Int64 { time / 1_000_000 * 1_000_000 }

  private func identity(_ slot: Slot, _ index: Int) -> PodIdentity {
    do {
      return try PodIdentity(
        cluster: cluster, namespace: "team-\(index % 40)", name: slot.name)
    } catch {
      preconditionFailure("the names of the fleet are within Kubernetes' limits: \(error)")
    }
  }

  private func podUID(_ slot: Slot) -> PodUID {
    do { return try PodUID(slot.uid) } catch {
      preconditionFailure("a UUID is a uid: \(error)")
    }
  }

  private func address(_ number: UInt32) -> IPAddress {
    let bits = 0x0A00_0000 + number
    do {
      return try IPAddress(
        octets: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: bits >> UInt32($0)) })
    } catch {
      preconditionFailure("four bytes are an address: \(error)")
    }
  }

  private mutating func name(_ index: Int, isFixed: Bool) -> String {
    let app = "app-\(index / 20)"
    if isFixed { return "\(app)-\(index % 20)" }
    let letters = Array("bcdfghjklmnpqrstvwxz2456789")
    var suffix = ""
    for _ in 0..<5 { suffix.append(letters[Int(randomness.below(UInt64(letters.count)))]) }
    let revision = 0x5A5A_5A5A ^ UInt32(index / 20) &* 2_654_435_761
    return "\(app)-\(hexadecimal(UInt64(revision), 8))-\(suffix)"
  }

  private mutating func uid() -> String {
    let (high, low) = (randomness.next(), randomness.next())
    return
      "\(hexadecimal(high >> 32, 8))-\(hexadecimal(high >> 16 & 0xFFFF, 4))-4\(hexadecimal(high & 0xFFF, 3))"
      + "-8\(hexadecimal(low >> 52, 3))-\(hexadecimal(low & 0xFFFF_FFFF_FFFF, 12))"
  }

  private func hexadecimal(_ value: UInt64, _ digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: Swift.max(0, digits - text.count)) + text
  }
}
