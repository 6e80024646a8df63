import IPLedger
import Testing

/// How a reservation ends by event: R18 and R19.
@Suite(.serialized) struct `the end of a reservation` {
  private static let gone = """
    09:00     watch
    10:00     web-0#a  gets 10.0.0.1 2001:db8::1 on node-1 retain 1
    10:30     web-0#a  is asked to go, grace 30
    10:30:20  web-0#a  goes
    14:00     watch
    """

  @Test func `R18: from its deadline on it is free, whether or not an event says so`()
    async throws
  {
    let story = try await Timeline(Self.gone).told()
    func ask() throws -> [String] {
      try ["11:29:59.999999", "11:30", "13:00"].map { try story.audit("10.0.0.1", at: $0) }
    }
    let before = try ask()
    #expect(before == ["retained web-0 until 11:30", "free", "free"])
    #expect(try await story.ledger.expire(at: Instant(story: "12:00")).count == 1)
    #expect(try ask() == before)
  }

  @Test func `R18: a sweep writes down each end once, with the deadline that it enforces`()
    async throws
  {
    let story = try await Timeline(Self.gone).told()
    let head = try story.ledger.read { try $0.head }
    #expect(try await story.ledger.expire(at: Instant(story: "11:29:59.999999")).isEmpty)
    let planned = try await story.ledger.expire(at: Instant(story: "12:00"), dryRun: true)
    #expect(try story.ledger.read { try $0.head } == head)
    let done = try await story.ledger.expire(at: Instant(story: "12:00"))
    #expect(done == planned)
    #expect(done.map(\.deadline) == [try Instant(story: "11:30")])
    #expect(done.map(\.endedAt) == [try Instant(story: "11:30")])
    #expect(done.map(\.cause) == [.deadline])
    #expect(done.first?.addresses.map(\.description) == ["10.0.0.1", "2001:db8::1"])
    #expect(try story.ledger.read { try $0.head } == head.next)
    #expect(try await story.ledger.expire(at: Instant(story: "12:00")).isEmpty)
    #expect(try await story.ledger.expire(at: Instant(story: "13:00")).isEmpty)
    #expect(try story.ledger.replay(scratch: story.scratch).isEqual)
  }

  @Test func `R18: a sweep ends nothing that a pod holds or that was taken`() async throws {
    let story = try await Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:05  web-1#b  gets 10.0.0.2 on node-1 retain 1
      10:30  web-0#a  is asked to go, grace 9000
      10:30  web-1#b  goes
      10:40  db-0#x   gets 10.0.0.2 on node-1
      14:00  watch
      """
    ).told()
    #expect(try await story.ledger.expire(at: Instant(story: "14:00")).isEmpty)
  }

  @Test func `R18: an expiry is void when an earlier return is learned`() async throws {
    let story = try await Timeline(Self.gone).told()
    _ = try await story.ledger.expire(at: Instant(story: "12:00"))
    let late = try Timeline(
      Self.gone + "\n"
        + """
        11:00  web-0#b  gets 10.0.0.1 2001:db8::1 on node-1 retain 1 [at 41]
        11:40  web-0#b  is asked to go, grace 0 [at 42]
        11:41  web-0#b  goes [at 43]
        """)
    for event in late.events where event.uid?.rawValue == "web-0#b" {
      try await story.ledger.record(event)
    }
    #expect(try story.audit("10.0.0.1", at: "11:35") == "held web-0#b")
    #expect(try story.audit("10.0.0.1", at: "12:10") == "retained web-0 until 12:40")
    #expect(
      try story.reservations(at: "12:10") == [
        "web-0 10.0.0.1 2001:db8::1 retained until 12:40"
      ])
    #expect(try story.explain("web-0") == ["a first", "b kept"])
    #expect(try await story.ledger.expire(at: Instant(story: "13:00")).count == 1)
  }

  @Test func `R18: an expiry does not end what a deletion before it left until later`() async throws
  {
    let story = try await Timeline(Self.gone).told()
    _ = try await story.ledger.expire(at: Instant(story: "12:00"))
    let late = try Timeline(
      """
      11:10  web-0#b  gets 10.0.0.1 2001:db8::1 on node-1 retain 1 [at 41]
      11:20  web-0#b  is asked to go, grace 0 [at 42]
      11:21  web-0#b  goes [at 43]
      """)
    for event in late.events { try await story.ledger.record(event) }
    #expect(try story.audit("10.0.0.1", at: "12:10") == "retained web-0 until 12:20")
    let swept = try await story.ledger.expire(at: Instant(story: "12:30"))
    #expect(swept.map(\.deadline) == [try Instant(story: "12:20")])
  }

  @Test func `R18: an expiry is void when a later deletion is learned`() async throws {
    // First only the newer one elsewhere is known, which says that a was gone by 10:20; then a was
    // seen until 10:50.
    let known = try Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:50  web-0#a  goes [received 10:55]
      10:20..10:58  web-0#b  gets 10.0.0.2 on virtual-kubelet-1
      14:00  watch
      """)
    let story = try await known.told { $0.filter { $0.kind != .deleted } }
    let swept = try await story.ledger.expire(at: Instant(story: "13:00"))
    #expect(swept.map(\.deadline) == [try Instant(story: "11:58")])
    let longer = try Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
      12:30  web-0#a  is asked to go, grace 0
      """)
    try await story.ledger.record(longer.events[2])
    #expect(try story.audit("10.0.0.1", at: "13:10") == "retained web-0 until 13:30")
    #expect(try story.reservations(at: "13:10") == ["web-0 10.0.0.1 retained until 13:30"])
  }

  @Test func `R19: an operator frees it early, and both name and reason are kept`() async throws {
    let story = try await Timeline(Self.gone).told()
    let pod = try story.identity("web-0")
    let freed = try await story.ledger.release(
      pod, at: Instant(story: "10:45"), by: "ops", reason: "moving out")
    #expect(freed.map(\.cause) == [.released(by: "ops", reason: "moving out")])
    for ip in ["10.0.0.1", "2001:db8::1"] {
      #expect(try story.audit(ip, at: "10:44:59") == "retained web-0 until 11:30")
      #expect(try story.audit(ip, at: "10:45") == "free")
    }
    #expect(try story.reservations(at: "10:45") == [])
    let last = try #require(try story.ledger.events(after: .origin, limit: 99).last)
    #expect(last.event == .expired(freed[0]))
    #expect(try story.ledger.replay(scratch: story.scratch).isEqual)
  }

  @Test func `R19: a release covers a deletion at its very instant`() async throws {
    let story = try await Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:30  web-0#a  is asked to go, grace 0
      10:30  web-0#a  goes
      14:00  watch
      """
    ).told()
    try await release("web-0", "10:30", in: story)
    #expect(try story.audit("10.0.0.1", at: "10:31") == "free")
    #expect(try await story.ledger.expire(at: Instant(story: "12:00")).isEmpty)
  }

  @Test func `R19: a release without a name or a reason is refused`() async throws {
    let story = try await Timeline(Self.gone).told()
    for (by, reason) in [("", "why"), ("ops", "")] {
      await #expect(throws: LedgerError.self, "by '\(by)', reason '\(reason)'") {
        try await story.ledger.release(
          story.identity("web-0"), at: Instant(story: "10:45"), by: by, reason: reason)
      }
    }
    #expect(try story.audit("10.0.0.1", at: "10:50") == "retained web-0 until 11:30")
  }

  @Test func `R19: a blank name or reason is none`() async throws {
    let story = try await Timeline(Self.gone).told()
    for (by, reason) in [("  ", "why"), ("ops", " ")] {
      await #expect(throws: LedgerError.self, "by '\(by)', reason '\(reason)'") {
        try await story.ledger.release(
          story.identity("web-0"), at: Instant(story: "10:45"), by: by, reason: reason)
      }
    }
  }

  /// Tries to free what is kept for a pod.
  private func release(_ pod: String, _ instant: String, in story: Story) async throws {
    _ = try await story.ledger.release(
      story.identity(pod), at: Instant(story: instant), by: "ops", reason: "why")
  }

  @Test func `R19: a release is refused while a pod holds it, and where nothing is kept`()
    async throws
  {
    let story = try await Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:30  web-0#a  is asked to go, grace 30
      11:00  watch
      """
    ).told()
    await #expect(throws: LedgerError.self) { try await release("web-0", "10:50", in: story) }
    await #expect(throws: LedgerError.self) { try await release("web-9", "10:50", in: story) }
  }

  @Test func `R19: a release is refused at an instant at which the pod still held it`()
    async throws
  {
    let story = try await Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:30  web-0#a  is asked to go, grace 9000
      10:55  web-0#a  goes
      12:00  watch
      """
    ).told()
    await #expect(throws: LedgerError.self) { try await release("web-0", "10:50", in: story) }
    #expect(try story.audit("10.0.0.1", at: "11:00") == "retained web-0 until 11:30")
  }

  @Test func `R19: a second release is refused, and one after the deadline`() async throws {
    let story = try await Timeline(Self.gone).told()
    await #expect(throws: LedgerError.self) { try await release("web-0", "11:30", in: story) }
    try await release("web-0", "10:58", in: story)
    let head = try story.ledger.read { try $0.head }
    for instant in ["10:58", "10:59"] {
      await #expect(throws: LedgerError.self, "\(instant)") {
        try await release("web-0", instant, in: story)
      }
    }
    #expect(try story.ledger.read { try $0.head } == head)
  }

  @Test func `R19: a release covers deletions up to its instant, whenever they are learned`()
    async throws
  {
    let story = try await Timeline(Self.gone).told()
    _ = try await story.ledger.release(
      story.identity("web-0"), at: Instant(story: "11:00"), by: "ops", reason: "why")
    let late = try Timeline(
      """
      10:40  web-0#b  gets 10.0.0.1 2001:db8::1 on node-1 retain 1 [at 41]
      10:50  web-0#b  is asked to go, grace 0 [at 42]
      10:51  web-0#b  goes [at 43]
      11:10  web-0#c  gets 10.0.0.1 2001:db8::1 on node-1 retain 1 [at 44]
      11:20  web-0#c  is asked to go, grace 0 [at 45]
      11:21  web-0#c  goes [at 46]
      """)
    for event in late.events.prefix(3) { try await story.ledger.record(event) }
    #expect(try story.audit("10.0.0.1", at: "10:55") == "retained web-0 until 11:50")
    #expect(try story.audit("10.0.0.1", at: "11:00") == "free")
    #expect(try story.reservations(at: "11:05") == [])
    for event in late.events.suffix(3) { try await story.ledger.record(event) }
    #expect(try story.audit("10.0.0.1", at: "11:05") == "free")
    #expect(try story.audit("10.0.0.1", at: "11:30") == "retained web-0 until 12:20")
    #expect(
      try story.reservations(at: "11:30") == ["web-0 10.0.0.1 2001:db8::1 retained until 12:20"])
  }
}
