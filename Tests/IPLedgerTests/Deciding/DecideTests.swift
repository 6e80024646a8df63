import IPLedger
import Testing

/// Several requests in one transaction.
@Suite(.serialized) struct `deciding requests together` {
  private let web0: PodIdentity
  private let pool: Pool

  init() throws {
    web0 = try PodIdentity(cluster: ClusterName("lab"), namespace: "default", name: "web-0")
    pool = try Pool(
      network: NetworkName("lab"), zone: .default, prefix: AddressPrefix(parsing: "10.0.0.0/30"))
  }

  private func assign(_ uid: String, at time: String) throws -> DecisionRequest {
    .assign(
      AssignRequest(
        identity: web0, uid: try PodUID(uid), at: try Instant(story: time), retainHours: 1))
  }

  private func notice(_ uid: String, at time: String) throws -> PodNotice {
    PodNotice(identity: web0, uid: try PodUID(uid), at: try Instant(story: time))
  }

  /// A pool, a restart and an early end.
  private func requests() throws -> [DecisionRequest] {
    let network = pool.network
    return [
      .define(pool, at: try Instant(story: "10:01")), try assign("a", at: "10:02"),
      .terminate(try notice("a", at: "10:03")), try assign("b", at: "10:04"),
      .release(web0, at: try Instant(story: "10:05"), by: "alice", reason: "too early"),
      .complete(try notice("a", at: "10:06")), .delete(try notice("a", at: "10:07")),
      try assign("b", at: "10:08"),
      .delete(try notice("b", at: "10:09")),
      .release(web0, at: try Instant(story: "10:10"), by: "alice", reason: "a test"),
      try assign("c", at: "10:11"),
      .withdraw(pool.prefix, of: network, at: try Instant(story: "10:12")),
      .define(pool, at: try Instant(story: "10:13")),
    ]
  }

  @Test func `each is decided on what those before it left`() async throws {
    let diary = try Diary()
    let answers = try await diary.ledger.decide(requests())
    let words = answers.map { answer in
      switch answer {
      case .assignment(let decision): decision.words
      case .disposition(let disposition): disposition.words
      case .pool(let outcome): "\(outcome)"
      case .released(let ends): "released \(ends.count)"
      case .notReleased(let why): "not released: \(why)"
      }
    }
    #expect(
      words == [
        "defined(1)", "fresh 10.0.0.0", "unchanged", "waiting for a",
        "not released: the pod holds it (uid a); it can be freed once the pod is gone",
        "retained until -", "retained until 11:03", "reused 10.0.0.0",
        "retained until 11:09", "released 1", "fresh 10.0.0.1 (released)", "withdrawn(10)",
        "defined(11)",
      ])
    withExtendedLifetime(diary) {}
  }

  @Test func `together or one by one, the log is the same`() async throws {
    let diaries = (try Diary(), try Diary())
    let (together, apart) = (diaries.0.ledger, diaries.1.ledger)
    let answers = try await together.decide(requests())
    for (request, answer) in zip(try requests(), answers) {
      #expect(try await apart.decide([request]) == [answer])
    }
    #expect(try events(of: together) == events(of: apart))
    #expect(try await together.decide([]) == [])
    withExtendedLifetime(diaries) {}
  }

  private func events(of ledger: Ledger) throws -> [Event] {
    try ledger.read { view in
      var events: [Event] = []
      try view.forEachEvent(after: .origin) { recorded in
        events.append(recorded.event)
        return true
      }
      return events
    }
  }
}
