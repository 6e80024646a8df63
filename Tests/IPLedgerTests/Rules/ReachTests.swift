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
        let isNear = !stampsLie || flip(0.5)
        evidence.fieldStamp =
          isNear ? bound(truth, isUpper: !stampsLie || flip(0.5), mayLie: false) : instant()
      }
      return evidence
    }

    /// What a source says that it watched: a span of changes, and perhaps a full list.
    mutating func watched() throws -> Event {
      let epoch: UInt32 = flip(0.3) ? 1 : 0
      let first = UInt64.random(in: 1...150, using: &random)
      let last = UInt64.random(in: first...200, using: &random)
      var event = SourceWatched(
        cluster: cluster, network: try NetworkName("net"), source: .watch, scope: .cluster,
        phase: .advanced)
      func point(_ version: UInt64, _ world: inout Self) -> SourceWatched.Point {
        let truth = world.time(of: version, epoch)
        return SourceWatched.Point(
          resourceVersion: ResourceVersion(epoch: epoch, version),
          notBefore: world.bound(truth, isUpper: false, mayLie: true),
          notAfter: world.bound(truth, isUpper: true, mayLie: true))
      }
      event.from = point(first, &self)
      event.through = point(last, &self)
      if flip(0.5) {
        let uids = try (0..<4).flatMap { pod in
          try (0..<3).map { try PodUID("\(cluster.rawValue)-\(pod)-\($0)") }
        }
        event.presence = SourceWatched.Presence(
          resourceVersion: ResourceVersion(epoch: epoch, first), isComplete: true,
          uids: uids.filter { _ in flip(0.4) })
        event.presence?.isVersionAtLeast = flip(0.2)
      }
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        let version = UInt64.random(in: first...last, using: &random)
        let mark = point(version, &self)
        event.marks.append(
          SourceWatched.Mark(
            resourceVersion: ResourceVersion(epoch: epoch, version), notBefore: mark.notBefore,
            notAfter: mark.notAfter))
      }
      return .watched(event)
    }

    mutating func event() throws -> Event {
      if flip(0.15) { return try watched() }
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

  /// All instants that the rows of tenures name.
  private static func edges(_ tenures: [Tenure]) -> [Instant] {
    let moments = tenures.flatMap { [$0.start, $0.end?.moment] }.compactMap(\.self)
    return moments.flatMap { moment in
      [moment.change.earliest, moment.change.latest, moment.notBefore, moment.notAfter]
    }.compactMap(\.self)
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
        let edges = Self.edges(all.near.map(\.row.tenure))
        for _ in 0..<80 {
          // Some further away than clocks may be off.
          let range =
            seed % 2 == 0 ? -Self.length / 4...2 * Self.length : -5 * Self.length...6 * Self.length
          let offset = Int64.random(in: range, using: &random)
          var instant = Self.beginning.adding(microseconds: offset)
          if Bool.random(using: &random), let edge = edges.randomElement(using: &random) {
            instant = edge.adding(microseconds: .random(in: -1...1, using: &random))
          }
          let answer = try view.audit(address, at: instant)
          #expect(try view.audit(address, at: instant, all) == answer, "\(ip) at \(instant)")
          let short = try attributor.value(for: address.ip, at: instant, in: view)
          #expect(short == Attribution(answer), "\(ip) at \(instant)")
        }
      }
    }
  }
}

/// R20: when a cluster was watched is what all spans of its coverage say together.
@Suite struct `spans that were watched` {
  @Test(arguments: 0..<20 as Range<UInt64>)
  func `R20: between two ends of spans the answer is one`(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    func instant() -> Instant? {
      let number = Int64.random(in: -2...20, using: &random)
      return number < 0 ? nil : Instant(microseconds: 10 * number)
    }
    let times = (0..<Int.random(in: 0...6, using: &random)).map { _ in
      LedgerView.WatchedTime(
        sureFrom: instant(), sureThrough: instant(), perhapsFrom: instant(),
        perhapsThrough: instant(), versions: nil)
    }
    let periods = WatchedPeriods(times)
    let edges = Set(times.flatMap(\.boundaries))
    for microseconds in (-15...220 as ClosedRange<Int64>).shuffled(using: &random) {
      let instant = Instant(microseconds: microseconds)
      let period = periods.period(at: instant)
      #expect(period.watching == times.map { $0.watches(instant) }.max() ?? .no)
      let watches = times.map { $0.watches(instant) }.filter { $0 > .no }
      #expect(period.times.map(\.watching) == watches)
      #expect(period.edges.earliest == edges.filter { $0 < instant }.max())
      #expect(period.edges.latest == edges.filter { $0 >= instant }.min())
    }
  }
}
