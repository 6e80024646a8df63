import IPLedger
import Testing

/// Where two rules meet.
@Suite(.serialized) struct `rules that meet` {
  @Test
  func `R11, R17: who held it while its pod was still there takes nothing that is kept later`()
    async throws
  {
    let text = """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:10  db-0#x   gets 10.0.0.1 on node-1
      10:20  db-0#x   goes
      11:00  web-0#a  is asked to go, grace 0
      11:01  web-0#a  goes
      14:00  watch
      """
    let story = try await Timeline(text).told()
    #expect(try story.audit("10.0.0.1", at: "10:15") == "conflicted db-0#x web-0#a")
    #expect(try story.audit("10.0.0.1", at: "10:30") == "held web-0#a")
    #expect(try story.audit("10.0.0.1", at: "11:30") == "retained web-0 until 12:00")
    #expect(try story.reservations(at: "11:30") == ["web-0 10.0.0.1 retained until 12:00"])
    try await expectAnyOrder(text)
  }

  @Test func `R11: two clusters of one network can be in conflict, and the status lists it`()
    async throws
  {
    let text = """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1
      12:00  watch
      """
    let story = try await Timeline(text).told()
    try await story.record(
      text.replacing("10:00  web-0#a", with: "10:30  db-0#x"), of: "other")
    #expect(try story.audit("10.0.0.1", at: "10:15") == "held web-0#a")
    #expect(try story.audit("10.0.0.1", at: "11:00") == "conflicted db-0#x web-0#a")
    let (spans, status) = try story.ledger.read { view in
      (
        try view.history(of: story.address("10.0.0.1")),
        try view.status(at: Instant(story: "12:00"))
      )
    }
    #expect(spans.contains { $0.kind == .conflicted })
    #expect(status.conflicts == [try story.address("10.0.0.1")])
  }

  @Test func `R2, R8: one of two addresses changes, the other tenure goes on, both are kept`()
    async throws
  {
    let text = """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 2001:db8::1 on node-1 retain 1
      10:20  web-0#a  gets 10.0.0.1 2001:db8::2 on node-1 retain 1
      10:30  web-0#a  is asked to go, grace 0
      10:31  web-0#a  goes
      12:00  watch
      """
    let story = try await Timeline(text).told()
    #expect(
      Set(try story.tenures("web-0")) == [
        "10.0.0.1 10:00 to 10:31 deleted", "2001:db8::1 10:00 to 10:20 moved",
        "2001:db8::2 10:20 to 10:31 deleted",
      ])
    #expect(
      try story.reservations(at: "11:00") == ["web-0 10.0.0.1 2001:db8::2 retained until 11:30"])
    #expect(try story.audit("2001:db8::1", at: "11:00") == "free")
    #expect(try story.audit("2001:db8::2", at: "11:00") == "retained web-0 until 11:30")
    try await expectAnyOrder(text)
  }

  @Test func `R10, R15: of a pod that a full list lacks, the list is the latest deletion`()
    async throws
  {
    let text = """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:10  break
      11:00  watch with
      14:00  watch with
      """
    let story = try await Timeline(text).told()
    #expect(try story.audit("10.0.0.1", at: "11:30") == "retained web-0 until 12:00")
    #expect(try story.reservations(at: "11:30") == ["web-0 10.0.0.1 retained until 12:00"])
    #expect(try story.audit("10.0.0.1", at: "12:00") == "free")
    #expect(try await story.ledger.expire(at: Instant(story: "13:00")).count == 1)
    try await expectAnyOrder(text)
  }

  @Test func `R9, R15: a completed pod keeps its reservation, and another may hold meanwhile`()
    async throws
  {
    let text = """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:30  web-0#a  completes
      10:40  db-0#x   gets 10.0.0.1 on node-1
      10:50  db-0#x   goes
      11:00  web-0#a  is asked to go, grace 0
      11:01  web-0#a  goes
      14:00  watch
      """
    let story = try await Timeline(text).told()
    #expect(try story.audit("10.0.0.1", at: "10:35").hasPrefix("retained web-0"))
    #expect(try story.audit("10.0.0.1", at: "10:45") == "held db-0#x")
    // An observed holder of a retained address ends the reservation.
    #expect(try story.audit("10.0.0.1", at: "11:30") == "free")
    #expect(try story.reservations(at: "11:30") == [])
    try await expectAnyOrder(text)
  }

  @Test func `R15: a request that only the deletion shows counts too`() async throws {
    let timeline = try Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:40  web-0#a  goes
      14:00  watch
      """)
    let asked = DeletionRequest(
      deletionTimestamp: try Instant(story: "10:40"), gracePeriodSeconds: 600)
    let story = try await timeline.told { events in
      events.map { event in
        guard case .deleted(var deleted) = event else { return event }
        deleted.request = asked
        return .deleted(deleted)
      }
    }
    #expect(try story.audit("10.0.0.1", at: "11:00") == "retained web-0 until 11:30")
  }

  @Test func `R17, R20: what the taker left behind is kept for the taker`() async throws {
    let text = """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 9
      10:30  web-0#a  is asked to go, grace 0
      10:31  web-0#a  goes
      10:40  db-0#x   gets 10.0.0.1 on node-1 retain 1
      10:50  db-0#x   is asked to go, grace 0
      10:51  db-0#x   goes
      14:00  watch
      """
    let story = try await Timeline(text).told()
    #expect(try story.audit("10.0.0.1", at: "11:00") == "retained db-0 until 11:50")
    #expect(try story.audit("10.0.0.1", at: "11:50") == "free")
    #expect(try story.reservations(at: "11:00") == ["db-0 10.0.0.1 retained until 11:50"])
    try await expectAnyOrder(text)
  }

  @Test func `R7, R10: a late create tells which of two incarnations is the older one`()
    async throws
  {
    let text = """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1
      10:20  web-0#b  gets 10.0.0.2
      10:30  web-0#b  goes
      10:40  web-0#c  gets 10.0.0.1
      12:00  watch
      """
    try await expectAnyOrder(text, rounds: 20)
    let story = try await Timeline(text).told { $0.reversed() }
    #expect(try story.explain("web-0").map { $0.prefix(1) } == ["a", "b", "c"])
    #expect(try story.audit("10.0.0.1", at: "10:30") == "free")
    #expect(try story.audit("10.0.0.1", at: "11:00") == "held web-0#c")
  }
}
