import Foundation
import IPLedger
import LMDB
import Testing

/// Each limit at its border: what is just within is taken, what is beyond is refused by name, and
/// nothing is appended.
@Suite(.serialized) struct `each limit` {
  private static let now = Instant.seconds(1_800_000_000)
  private let story: Story

  init() throws { story = try Story(cluster: ClusterName("lab"), clock: { Self.now }) }

  private func created(
    addresses: Int = 1, _ change: (inout Evidence) -> Void = { _ in }
  ) throws -> Event {
    var evidence = Evidence(source: .watch, resourceVersion: ResourceVersion(7))
    change(&evidence)
    return .created(
      PodCreated(
        identity: try PodIdentity(cluster: story.cluster, namespace: "default", name: "web-0"),
        uid: try PodUID("a"), network: NetworkName(of: story.cluster),
        addresses: try (0..<addresses).map {
          try IPAddress(parsing: "10.0.\($0 / 250).\($0 % 250)")
        },
        description: PodDescription(describedAt: ResourceVersion(7)), evidence: evidence))
  }

  /// The refusal in words, or `nil` where it was taken.
  private func refusal(_ events: [Event]) async throws -> String? {
    let before = try story.ledger.read { view in try view.head }
    do {
      try await story.ledger.record(contentsOf: events)
      return nil
    } catch let error as LedgerError {
      #expect(try story.ledger.read { view in try view.head } == before)
      return "\(error)"
    }
  }

  @Test(arguments: [-1, 0, 8761, 100_000])
  func `R12: hours of retention that no event has`(_ hours: Int) async throws {
    guard case .created(var created) = try created() else { return }
    created.description.policy = .retain(hours: hours)
    let refused = try await refusal([.created(created)])
    #expect(refused?.contains("for \(hours) hours, expected 1 to 8760") == true)
  }

  @Test func `an observation at the version of a decision`() async throws {
    let decided = ResourceVersion(epoch: ResourceVersion.decidedEpoch, 7)
    guard case .created(var created) = try created() else { return }
    created.evidence = Evidence(source: .audit, resourceVersion: decided)
    let refused = try await refusal([.created(created)])
    #expect(refused?.contains("half a decision and half an observation") == true)
  }

  @Test(arguments: [
    ("", false), ("a", true), (String(repeating: "m", count: 64), false), ("a\0", false),
  ])
  func `the namespace that a source showed`(_ name: String, _ isTaken: Bool) async throws {
    let refused = try await refusal([watched(.namespace(name))])
    #expect((refused == nil) == isTaken)
  }

  @Test func `the selector of a source`() async throws {
    let most = LedgerLimits.maximumSelectorLength
    let beyond = try await refusal([watched(.selection(String(repeating: "s", count: most + 1)))])
    #expect(beyond?.contains("4097 bytes, expected at most 4096") == true)
    let within = try await refusal([watched(.selection(String(repeating: "s", count: most)))])
    #expect(within == nil)
  }

  private func watched(_ scope: SourceWatched.Scope) -> Event {
    .watched(
      SourceWatched(
        cluster: story.cluster, network: NetworkName(of: story.cluster), source: .watch,
        scope: scope, phase: .advanced,
        from: SourceWatched.Point(resourceVersion: ResourceVersion(1)),
        through: SourceWatched.Point(resourceVersion: ResourceVersion(2))))
  }

  @Test func `a position that no log gets to`() async throws {
    _ = try await refusal([created()])
    #expect(try story.ledger.events(after: Position(.max), limit: 1).isEmpty)
  }

  @Test func `addresses of a pod`() async throws {
    let most = LedgerLimits.maximumAddressesPerPod
    let beyond = try await refusal([created(addresses: most + 1)])
    #expect(beyond?.contains("has 65 addresses, the most is 64") == true)
    let within = try await refusal([created(addresses: most)])
    #expect(within == nil)
  }

  @Test func `the instant of a decision ahead of the ledger's clock`() async throws {
    let pool = try Pool(
      network: NetworkName("lab"), zone: .default, prefix: AddressPrefix(parsing: "10.0.0.0/30"))
    let latest = Self.now.adding(microseconds: LedgerLimits.maximumDecisionLead.count)
    let error = await #expect(throws: LedgerError.self) {
      try await self.story.ledger.define(pool, at: latest.adding(microseconds: 1))
    }
    #expect("\(error, default: "")".contains("has instant 2027-01-15T08:05:00.000001Z"))
    #expect(try story.ledger.read { view in try view.head } == .origin)
    let outcome = try await story.ledger.define(pool, at: latest)
    #expect(outcome == .defined(Position(1)))
  }

  @Test(arguments: [
    "receivedAt", "newestStamp", "creationTimestamp", "fieldStamp", "requestReceivedTimestamp",
    "stageTimestamp",
  ])
  func `times ahead of the ledger's clock`(_ field: String) async throws {
    func evidence(_ time: Instant) throws -> Event {
      try created { evidence in
        switch field {
        case "receivedAt": evidence.receivedAt = time
        case "newestStamp": evidence.newestStamp = time
        case "creationTimestamp": evidence.creationStamp = time
        case "fieldStamp": evidence.fieldStamp = time
        case "requestReceivedTimestamp": evidence.requestReceivedAt = time
        default: evidence.stageAt = time
        }
      }
    }
    let latest = Self.now.adding(microseconds: LedgerLimits.maximumClockLead.count)
    let beyond = try await refusal([evidence(latest.adding(microseconds: 1))])
    #expect(beyond?.contains("has \(field) 2027-01-16T08:00:00.000001Z") == true)
    #expect(beyond?.contains("set the clock") == true)
    let within = try await refusal([evidence(latest)])
    #expect(within == nil)
  }

  @Test func `a deletion may be asked for the future`() async throws {
    let deleting = PodDeleting(
      identity: try PodIdentity(cluster: story.cluster, namespace: "default", name: "web-0"),
      uid: try PodUID("a"),
      request: DeletionRequest(
        deletionTimestamp: Self.now.adding(microseconds: 48 * 3_600_000_000),
        gracePeriodSeconds: 48 * 3600),
      evidence: Evidence(source: .watch, resourceVersion: ResourceVersion(8)))
    let taken = try await refusal([.deleting(deleting)])
    #expect(taken == nil)
  }

  @Test func `decisions for the future`() async throws {
    let latest = Self.now.adding(microseconds: LedgerLimits.maximumClockLead.count)
    let pool = try Pool(
      network: NetworkName("lab"), zone: .default, prefix: AddressPrefix(parsing: "10.9.0.0/24"))
    await #expect(throws: LedgerError.self) {
      try await story.ledger.define(pool, at: latest.adding(microseconds: 1))
    }
    _ = try await story.ledger.define(pool, at: Self.now)
    let request = AssignRequest(
      identity: try PodIdentity(cluster: story.cluster, namespace: "default", name: "web-0"),
      uid: try PodUID("a"), at: latest.adding(microseconds: 1))
    await #expect(throws: LedgerError.self) { try await story.ledger.assign(request) }
    #expect(try story.ledger.read { view in try view.head } == Position(1))
  }

  @Test func `the size of an event`() async throws {
    // A list of pods with long uids, each with a byte for its length and one for its form.
    func list(_ bytes: Int) throws -> Event {
      var uids: [PodUID] = []
      var left = bytes
      while left > 0 {
        let size = left > 200 ? 100 : left > 100 ? left / 2 : left
        let padding = String(repeating: "x", count: size - 9)
        uids.append(try PodUID(padding + String(1_000_000 + uids.count)))
        left -= size
      }
      return .watched(
        SourceWatched(
          cluster: story.cluster, network: NetworkName(of: story.cluster), source: .watch,
          scope: .cluster, phase: .began,
          presence: SourceWatched.Presence(
            resourceVersion: ResourceVersion(1), isComplete: false, uids: uids)))
    }
    let frame = try list(1 << 24).payload.count - (1 << 24)
    let beyond = try await refusal([list(LedgerLimits.maximumEventBytes - frame + 1)])
    #expect(beyond?.contains("has 16777217 bytes, the most is 16777216") == true)
    let within = try await refusal([list(LedgerLimits.maximumEventBytes - frame)])
    #expect(within == nil)
  }

  @Test func `the events of a batch`() async throws {
    let event = try created()
    let beyond = try await refusal(
      Array(repeating: event, count: LedgerLimits.maximumEventsPerBatch + 1))
    #expect(beyond?.contains("a batch of 100001 events, the most is 100000") == true)
    let within = try await refusal(
      Array(repeating: event, count: LedgerLimits.maximumEventsPerBatch))
    #expect(within == nil)
    #expect(try story.ledger.read { view in try view.head } == Position(1))
  }

  /// The longest names that there can be make keys that fit.
  @Test func `the longest names fit the longest key`() async throws {
    let long = String(repeating: "n", count: 63)
    let cluster = try ClusterName(long)
    let story = try Story(cluster: cluster, clock: { Self.now })
    let network = try NetworkName(String(repeating: "v", count: 63))
    let identity = try PodIdentity(
      cluster: cluster, namespace: long, name: String(repeating: "p", count: 253))
    let uid = try PodUID(String(repeating: "u", count: 128))
    _ = try await story.ledger.define(
      Pool(network: network, zone: .default, prefix: AddressPrefix(parsing: "fd00::/64")),
      at: Self.now)
    let decision = try await story.ledger.assign(
      AssignRequest(
        identity: identity, uid: uid, at: Self.now, network: network, nodeClass: .virtual,
        retainHours: 8760))
    #expect(decision.assignment != nil)
    _ = try await story.ledger.delete(PodNotice(identity: identity, uid: uid, at: Self.now))
    _ = try await story.ledger.release(identity, at: Self.now, by: "a", reason: "b")
    #expect(try story.ledger.replay(scratch: story.scratch).isEqual)
    for kind in Tables.Kind.allCases {
      for key in try story.ledger.storedRows(kind).keys {
        #expect(key.count <= Environment.maximumKeySize)
      }
    }
  }
}
