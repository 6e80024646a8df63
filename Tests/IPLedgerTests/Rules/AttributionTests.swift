import IPLedger
import LMDB
import TestSupport
import Testing

@testable import IPLedger

/// Answers that look at a few of the tenures of an address only, against answers that look at all.
@Suite(.serialized) struct AttributionTests {
  private static let day: Int64 = 86_400_000_000
  private static let beginning = Instant.seconds(1_770_000_000)

  private static func version(_ instant: Instant) -> ResourceVersion {
    ResourceVersion(UInt64(instant.microseconds - beginning.microseconds) / 1_000_000 + 10)
  }

  private static func evidence(_ instant: Instant, _ random: inout SplitMix64) -> Evidence {
    let isSeen = Int.random(in: 0..<4, using: &random) > 0
    var evidence = Evidence(
      source: isSeen ? .watch : .list, resourceVersion: version(instant), isExactChange: isSeen)
    if Bool.random(using: &random) { evidence.receivedAt = instant.adding(microseconds: 300_000) }
    if Bool.random(using: &random) { evidence.newestStamp = instant }
    return evidence
  }

  /// Pods of half a year with three addresses between them, some of which they have at once.
  private static func events(_ random: inout SplitMix64) throws -> [Event] {
    var events: [Event] = []
    for number in 0..<160 {
      let cluster = try ClusterName(number % 5 == 0 ? "north" : "south")
      let identity = try PodIdentity(
        cluster: cluster, namespace: "shop", name: "web-\(number % 6)")
      let uid = try PodUID("uid-\(number)")
      let from = beginning.adding(microseconds: .random(in: 0..<180 * day, using: &random))
      let until = from.adding(microseconds: .random(in: 1_000_000..<4 * day, using: &random))
      var description = PodDescription(describedAt: version(from))
      if number % 3 > 0 {
        description.policy = .retain(hours: 24 * (1 + number % 9))
        description.grounds = RetentionGrounds(eligibility: .eligible)
      }
      var evidence = evidence(from, &random)
      evidence.creationStamp = from.adding(microseconds: -2_000_000)
      events.append(
        .created(
          PodCreated(
            identity: identity, uid: uid, network: try NetworkName("vpc"),
            addresses: [try IPAddress(parsing: "10.0.0.\(number % 3)")], description: description,
            evidence: evidence)))
      guard number % 11 > 0 else { continue }
      let request = DeletionRequest(deletionTimestamp: until, gracePeriodSeconds: 0)
      events.append(
        .deleted(
          PodDeleted(
            identity: identity, uid: uid, request: request, cause: .deleted,
            evidence: Self.evidence(until, &random))))
    }
    for number in 0..<6 {
      let from = beginning.adding(microseconds: Int64(number) * 30 * day)
      let through = from.adding(microseconds: .random(in: day..<40 * day, using: &random))
      events.append(
        .watched(
          SourceWatched(
            cluster: try ClusterName(number % 2 == 0 ? "north" : "south"),
            network: try NetworkName("vpc"), source: .watch, scope: .cluster, phase: .advanced,
            from: .init(resourceVersion: version(from), notAfter: from),
            through: .init(resourceVersion: version(through), notBefore: through))))
    }
    return events.shuffled(using: &random)
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func `R20, R21: the tenures near an instant tell what all of them tell`(_ seed: UInt64)
    async throws
  {
    var random = SplitMix64(seed: seed)
    let story = try Story(cluster: ClusterName("south"))
    try await story.ledger.record(contentsOf: Self.events(&random))
    var verdicts: Set<String> = []
    var edges: [Instant] = []
    var asked: [(question: AddressQuestion, answer: Attribution)] = []
    try story.ledger.read { view in
      for last in 0..<3 {
        let address = Address(
          network: try NetworkName("vpc"), ip: try IPAddress(parsing: "10.0.0.\(last)"))
        let tenures = try AddressTenures(of: address, in: view)
        let all = try tenures.all(in: view)
        #expect(all.count > 40)
        edges = all.flatMap { tenure in
          let holding = tenure.holding
          return [
            holding.from.earliest, holding.from.latest, holding.to?.earliest, holding.to?.latest,
          ].compactMap(\.self)
        }
        let attributor = Attributor(of: address.network, capacity: 60) { $0 }
        for _ in 0..<120 {
          let edge = edges[Int.random(in: 0..<edges.count, using: &random)]
          let reaches: [Int64] = [1, 1_000_000, 10 * Self.day]
          let reach = reaches.randomElement(using: &random) ?? 1
          let instant = edge.adding(microseconds: .random(in: -reach...reach, using: &random))
          let whole = try view.finding(address, at: instant, Surroundings(all))
          let near = try view.finding(
            address, at: instant, tenures.surroundings(at: instant, in: view))
          #expect(near.verdict == whole.verdict && near.certainty == whole.certainty)
          #expect(near.holders == whole.holders && near.retention == whole.retention)
          let short = try attributor.value(for: address.ip, at: instant, in: view)
          #expect(short == Attribution(whole), "\(address) at \(instant)")
          asked.append((AddressQuestion(ip: address.ip, instant: instant), short))
          verdicts.insert("\(whole.verdict) \(whole.certainty)")
        }
      }
    }
    #expect(verdicts.count > 3, "\(verdicts)")
    asked.shuffle(using: &random)
    try story.ledger.read { view in
      let attributor = Attributor(of: try NetworkName("vpc"), verifies: true, capacity: 60) { $0 }
      let answers = try attributor.values(for: asked.map(\.question), in: view)
      #expect(answers == asked.map(\.answer))
      #expect(try attributor.values(for: [], in: view).isEmpty)
    }
  }

  @Test func `an extent ends beside what the answer was compared with`() {
    func instant(_ number: Int64) -> Instant { Instant(microseconds: number) }
    var extent = Extent(around: instant(10))
    #expect(extent.range == .earliest ... .latest)
    extent.note(instant(3))
    extent.note(instant(20))
    extent.note(Bounds(earliest: instant(1), latest: nil))
    #expect(extent.range == instant(4)...instant(19))
    extent.note(instant(10))
    #expect(extent.range == instant(10)...instant(10))
  }

  @Test func `an attributor sees what was recorded since it was asked last`() async throws {
    let story = try Story(cluster: ClusterName("prod"))
    let attributor = Attributor(of: try NetworkName("prod")) { $0.verdict }
    func ask() throws -> Verdict {
      try story.ledger.read { view in
        try attributor.value(
          for: IPAddress(parsing: "10.0.0.1"), at: Self.beginning.adding(microseconds: 5), in: view)
      }
    }
    #expect(try ask() == .unknown)
    var evidence = Evidence(
      source: .watch, resourceVersion: ResourceVersion(9), isExactChange: true)
    evidence.receivedAt = Self.beginning
    let identity = try story.identity("shop/web-0")
    let watched = SourceWatched(
      cluster: story.cluster, network: try NetworkName("prod"), source: .watch, scope: .cluster,
      phase: .advanced, from: .init(resourceVersion: ResourceVersion(9)),
      through: .init(
        resourceVersion: ResourceVersion(9), notBefore: Self.beginning.adding(microseconds: 9)))
    try await story.ledger.record(contentsOf: [
      .created(
        PodCreated(
          identity: identity, uid: try PodUID("a"), network: try NetworkName("prod"),
          addresses: [try IPAddress(parsing: "10.0.0.1")],
          description: PodDescription(describedAt: ResourceVersion(9)), evidence: evidence)),
      .watched(watched),
    ])
    #expect(try ask() == .held)
  }
}
