import IPLedger
import Testing

/// Whether an address is given back, and why not: R17.
@Suite(.serialized) struct `coming back` {
  /// What was kept for web-0, on a machine, until 11:30.
  private static let gone = """
    09:00     watch
    10:00     web-0#a  gets 10.0.0.1 on node-1 retain 1
    10:30     web-0#a  is asked to go, grace 30
    10:30:20  web-0#a  goes
    """

  private func told(_ rest: String, before: String = gone) async throws -> Story {
    let text = "\(before)\n\(rest)\n23:00  watch"
    try await expectAnyOrder(text, rounds: 3)
    return try await Timeline(text).told()
  }

  @Test func `R17: kept, where all four conditions hold`() async throws {
    let story = try await told("10:40  web-0#b  gets 10.0.0.1 on node-2 retain 5")
    #expect(try story.explain("web-0") == ["a first", "b kept"])
    #expect(try story.audit("10.0.0.1", at: "10:50") == "held web-0#b")
    #expect(try story.reservations(at: "10:50") == ["web-0 10.0.0.1 bound"])
  }

  @Test func `R17: not given back where the one before did not ask`() async throws {
    let story = try await told(
      "10:40  web-0#b  gets 10.0.0.2 on node-1 retain 1",
      before: """
        09:00     watch
        10:00     web-0#a  gets 10.0.0.1 on node-1
        10:30     web-0#a  goes
        """)
    #expect(try story.outcomes("web-0") == [.first, .lost(.notRetained(.notRequested))])
  }

  @Test(arguments: [("10.0.0.1", Retention.End.returned), ("10.0.0.2", .returnedElsewhere)])
  func `R17: whether it came back to its own address or to another one is told`(
    _ ip: String, _ end: Retention.End
  ) async throws {
    let story = try await told("10:40  web-0#b  gets \(ip) on node-1 retain 1")
    let answer = try story.ledger.read { view in
      try view.audit(story.address("10.0.0.1"), at: Instant(story: "10:35"))
    }
    #expect(answer.verdict == .retained)
    #expect(answer.retention?.ended == end)
    #expect(answer.retention?.to == Bounds(exactly: try Instant(story: "10:40")))
  }

  @Test func `R17: the same address without a reservation is chance`() async throws {
    let story = try await told(
      "10:40  web-0#b  gets 10.0.0.1 on node-1 retain 1",
      before: """
        09:00     watch
        10:00     web-0#a  gets 10.0.0.1 on node-1
        10:30     web-0#a  goes
        """)
    #expect(try story.outcomes("web-0") == [.first, .sameByChance(.notRetained(.notRequested))])
  }

  @Test func `R17: one without the annotation neither takes nor restarts the reservation`()
    async throws
  {
    let story = try await told(
      """
      10:40  web-0#b  gets 10.0.0.2 on node-1
      10:50  web-0#b  is asked to go, grace 0
      10:51  web-0#b  goes
      """)
    #expect(try story.outcomes("web-0") == [.first, .lost(.notEnabledNow(.notRequested))])
    #expect(try story.audit("10.0.0.1", at: "10:45") == "retained web-0 until 11:30")
    #expect(try story.audit("10.0.0.1", at: "11:00") == "retained web-0 until 11:30")
    #expect(try story.audit("10.0.0.2", at: "11:00") == "free")
    #expect(try story.audit("10.0.0.1", at: "11:30") == "free")
    #expect(try story.reservations(at: "11:00") == ["web-0 10.0.0.1 retained until 11:30"])
  }

  @Test func `R17: one without the annotation that was seen with it ends the reservation`()
    async throws
  {
    let story = try await told(
      """
      10:40  web-0#b  gets 10.0.0.1 on node-1
      10:50  web-0#b  goes
      """)
    #expect(try story.outcomes("web-0") == [.first, .sameByChance(.notEnabledNow(.notRequested))])
    #expect(try story.audit("10.0.0.1", at: "10:35") == "retained web-0 until 11:30")
    #expect(try story.audit("10.0.0.1", at: "10:45") == "held web-0#b")
    #expect(try story.audit("10.0.0.1", at: "11:00") == "free")
    #expect(try story.reservations(at: "11:00") == [])
  }

  @Test func `R17: from ECS to virtual and back within the period, nothing crosses`()
    async throws
  {
    let story = try await told(
      """
      10:40  web-0#b  gets 10.0.0.2 on virtual-kubelet-1 retain 1
      10:50  web-0#b  is asked to go, grace 0
      10:51  web-0#b  goes
      11:00  web-0#c  gets 10.0.0.1 on node-1 retain 1
      """)
    #expect(
      try story.outcomes("web-0") == [
        .first, .lost(.nodeClassChanged(from: .ecs, to: .virtual)), .kept,
      ])
    #expect(try story.audit("10.0.0.1", at: "10:55") == "retained web-0 until 11:30")
    #expect(try story.audit("10.0.0.1", at: "11:10") == "held web-0#c")
    #expect(try story.audit("10.0.0.2", at: "11:10") == "retained web-0 until 11:50")
    #expect(
      try story.reservations(at: "11:10") == [
        "web-0 10.0.0.2 retained until 11:50", "web-0 10.0.0.1 bound",
      ])
  }

  @Test func `R17: too late, at the deadline itself`() async throws {
    let story = try await told("11:30  web-0#b  gets 10.0.0.2 on node-1 retain 1")
    let deadline = try Instant(story: "11:30")
    #expect(try story.outcomes("web-0") == [.first, .lost(.tooLate(deadline: deadline))])
  }

  @Test func `R17: another pod had been given the address`() async throws {
    let story = try await told(
      """
      10:40  db-0#x   gets 10.0.0.1 on node-1
      10:45  web-0#b  gets 10.0.0.2 on node-1 retain 1
      10:50  db-0#x   goes
      """)
    #expect(try story.audit("10.0.0.1", at: "10:42") == "held db-0#x")
    #expect(try story.audit("10.0.0.1", at: "11:00") == "free")
    guard case .lost(.taken(let taker)) = try story.outcomes("web-0")[1] else {
      Issue.record("expected it to be taken, found \(try story.explain("web-0"))")
      return
    }
    #expect(taker.uid.rawValue == "db-0#x")
  }

  @Test func `R17: an operator had freed the address`() async throws {
    let story = try await Timeline(Self.gone).told()
    _ = try await story.ledger.release(
      story.identity("web-0"), at: Instant(story: "10:35"), by: "ops", reason: "moving out")
    let back = try Timeline(
      "\(Self.gone)\n10:40  web-0#b  gets 10.0.0.2 on node-1 retain 1\n12:00  watch")
    for event in back.events { try await story.ledger.record(event) }
    #expect(
      try story.outcomes("web-0") == [.first, .lost(.released(by: "ops", reason: "moving out"))])
  }

  @Test func `R17: a return with another address ends the reservation, though no rule did`()
    async throws
  {
    let story = try await told("10:40  web-0#b  gets 10.0.0.2 on node-1 retain 1")
    #expect(try story.outcomes("web-0") == [.first, .lost(.givenAnother)])
    #expect(try story.audit("10.0.0.1", at: "10:35") == "retained web-0 until 11:30")
    #expect(try story.audit("10.0.0.1", at: "10:50") == "free")
    #expect(try story.reservations(at: "10:50") == ["web-0 10.0.0.2 bound"])
  }

  @Test func `R17: a return with one of two addresses ends the reservation of both`() async throws {
    let story = try await told(
      "10:40  web-0#b  gets 10.0.0.1 on node-1 retain 1",
      before: """
        09:00     watch
        10:00     web-0#a  gets 10.0.0.1 2001:db8::1 on node-1 retain 1
        10:30     web-0#a  is asked to go, grace 30
        10:30:20  web-0#a  goes
        """)
    #expect(try story.outcomes("web-0") == [.first, .lost(.givenAnother)])
    #expect(try story.audit("2001:db8::1", at: "10:50") == "free")
    #expect(try story.audit("10.0.0.1", at: "10:50") == "held web-0#b")
  }

  @Test func `R17: another name, namespace or cluster is another identity`() async throws {
    let story = try await told("10:40  other/web-0#b  gets 10.0.0.2 on node-1 retain 1")
    #expect(try story.outcomes("other/web-0") == [.first])
    #expect(try story.audit("10.0.0.1", at: "10:50") == "retained web-0 until 11:30")
  }
}

extension Story {
  /// What became of each incarnation's addresses.
  func outcomes(_ pod: String) throws -> [IncarnationStory.Outcome] {
    try ledger.read { view in try view.explain(self.identity(pod)).map(\.outcome) }
  }
}
