import TestSupport
import Testing

@testable import IPLedger

/// Which tenures an answer is about is told by their rows alone where clocks agree; whatever the evidence
/// says, who works out the times of all of them finds the same (R8a, R20).
@Suite(.serialized) struct `tenures that are told by their rows alone` {
  /// Two days, less than any clock may be off.
  private static let length: Int64 = 2 * 86_400_000_000
  private static let beginning = Instant.seconds(1_700_000_000)

  /// Made-up changes of few pods on few addresses.
  private struct World {
    var random: SplitMix64
    let cluster: ClusterName
    /// How often a bound is not the truth.
    let lies: Double
    /// Whether stamps that are no changes' bounds lie, too.
    let stampsLie: Bool

    /// When the change with a version was made: as versions rise, so do instants, in each epoch.
    func time(of version: UInt64, _ epoch: UInt32) -> Instant {
      let part = Int64(version) * (length / 400)
      return beginning.adding(microseconds: part + (epoch == 1 ? length / 2 : 0))
    }

    mutating func flip(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &random) < share }

    mutating func instant() -> Instant {
      beginning.adding(microseconds: .random(in: 0...length, using: &random))
    }

    /// An instant near another one: the truth is not passed, unless this is a lie.
    mutating func bound(_ truth: Instant, isUpper: Bool, mayLie: Bool) -> Instant? {
      guard flip(0.8) else { return nil }
      if mayLie, flip(lies) { return instant() }
      let scale: Int64 =
        [0, 1_000_000, 600_000_000, 40_000_000_000].randomElement(using: &random) ?? 0
      let distance = Int64.random(in: 0...scale, using: &random)
      return truth.adding(microseconds: isUpper ? distance : -distance)
    }

    mutating func evidence() -> Evidence {
      let epoch: UInt32 = flip(0.2) ? 1 : 0
      let version = UInt64.random(in: 1...200, using: &random)
      let truth = time(of: version, epoch)
      var evidence = Evidence(
        source: flip(0.2) ? .list : .watch,
        resourceVersion: ResourceVersion(epoch: epoch, version), isExactChange: flip(0.5))
      if flip(0.4) {
        evidence.knownWithout = ResourceVersion(
          epoch: flip(0.8) ? epoch : 0, .random(in: 1...version, using: &random))
      }
      evidence.receivedAt = bound(truth, isUpper: true, mayLie: true)
      evidence.newestStamp = bound(truth, isUpper: false, mayLie: true)
      if flip(0.7) {
        evidence.creationStamp = bound(truth, isUpper: false, mayLie: stampsLie || lies > 0)
      }
      if flip(0.3) {
        evidence.fieldStamp = stampsLie ? instant() : bound(truth, isUpper: true, mayLie: false)
      }
      return evidence
    }

    mutating func event() throws -> Event {
      let pod = Int.random(in: 0..<4, using: &random)
      let life = Int.random(in: 0..<3, using: &random)
      let identity = try PodIdentity(cluster: cluster, namespace: "default", name: "web-\(pod)")
      let uid = try PodUID("\(cluster.rawValue)-\(pod)-\(life)")
      let evidence = evidence()
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<6:
        let ips = try ["10.0.0.1", "10.0.0.2"].map { try IPAddress(parsing: $0) }
        var description = PodDescription(describedAt: evidence.resourceVersion)
        description.node = "node-\(pod)"
        let held = flip(0.15) ? [] : [ips.randomElement(using: &random) ?? ips[0]]
        return .created(
          PodCreated(
            identity: identity, uid: uid, network: try NetworkName("net"), addresses: held,
            description: description, evidence: evidence))
      case 6:
        return .completed(
          PodCompleted(identity: identity, uid: uid, phase: .succeeded, evidence: evidence))
      default:
        return .deleted(
          PodDeleted(
            identity: identity, uid: uid, request: nil, cause: .deleted, evidence: evidence))
      }
    }
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `R8a: what is left out would not have counted`(_ seed: UInt64) async throws {
    var random = SplitMix64(seed: seed)
    let shares = [0, 0, 0.02, 0.3]
    let clusters = try ["a", "b"].prefix(seed % 3 == 0 ? 2 : 1).map { try ClusterName($0) }
    let story = try Story(cluster: clusters[0])
    for cluster in clusters {
      var world = World(
        random: SplitMix64(seed: random.next()), cluster: cluster,
        lies: shares[Int(seed % 4)], stampsLie: seed % 8 >= 4)
      for _ in 0..<30 { try await story.ledger.record(world.event()) }
    }
    let network = try NetworkName("net")
    try story.ledger.read { view in
      for ip in ["10.0.0.1", "10.0.0.2"] {
        let address = Address(network: network, ip: try IPAddress(parsing: ip))
        let all = Surroundings(try view.tenures(of: address))
        let attributor = Attributor(of: network) { $0 }
        for _ in 0..<60 {
          let offset = Int64.random(in: -Self.length / 4...2 * Self.length, using: &random)
          let instant = Self.beginning.adding(microseconds: offset)
          let answer = try view.audit(address, at: instant)
          #expect(try view.audit(address, at: instant, all) == answer, "\(ip) at \(instant)")
          let short = try attributor.value(for: address.ip, at: instant, in: view)
          #expect(short == Attribution(answer), "\(ip) at \(instant)")
        }
      }
    }
  }
}
