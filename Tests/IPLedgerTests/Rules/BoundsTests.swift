import IPLedger
import Testing

/// Between which instants a change lies, and what that makes of an answer: R8a and R8b.
@Suite(.serialized) struct `bounds` {
  @Test func `R8a: a receive time is an upper bound, never a lower one`() async throws {
    let story = try await Timeline("?  web-0#a  gets 10.0.0.1 [received 10:00:01]").told()
    #expect(try story.tenures("web-0") == ["10.0.0.1 -..10:00:01"])
  }

  @Test func `R8a: the server's stamps are lower bounds of the change that shows them`()
    async throws
  {
    let story = try await Timeline(
      "?  web-0#a  gets 10.0.0.1 [created 09:50, stamped 10:00, received 10:00:03]"
    ).told()
    #expect(try story.tenures("web-0") == ["10.0.0.1 10:00..10:00:03"])
  }

  @Test func `R8a: a stamp that is newer than in the preceding change was made by this change`()
    async throws
  {
    let story = try await Timeline(
      """
      ?  web-0#a  gets none        [stamped 09:59, received 10:00:59]
      ?  web-0#a  gets 10.0.0.1    [stamped 10:00, preceding 09:59, received 10:01]
      """
    ).told()
    #expect(try story.tenures("web-0") == ["10.0.0.1 10:00..10:00:02"])
  }

  @Test func `R8a: a stamp that is as old as in the preceding change says nothing more`()
    async throws
  {
    let story = try await Timeline(
      "?  web-0#a  gets 10.0.0.1 [stamped 10:00, preceding 10:00, received 10:01]"
    ).told()
    #expect(try story.tenures("web-0") == ["10.0.0.1 10:00..10:01"])
  }

  @Test func `R8a: a stamp of a listed item is never taken for fresh`() async throws {
    let story = try await Timeline(
      "?  web-0#a  shows 10.0.0.1 [listed, stamped 10:00, preceding 09:59, received 10:01]"
    ).told()
    #expect(try story.tenures("web-0") == ["10.0.0.1 -..10:01"])
  }

  @Test func `R8a: the stamp of the field's own manager bounds it, for listed items too`()
    async throws
  {
    let story = try await Timeline(
      """
      ?  web-0#a  shows 10.0.0.1 [listed, created 09:50, stamped 10:30, field 10:00, received 11:00]
      """
    ).told()
    #expect(try story.tenures("web-0") == ["10.0.0.1 09:50..10:00:02"])
  }

  @Test func `R8a: in the audit log a change lies between request and response`() async throws {
    let story = try await Timeline(
      """
      10:00:00.010..10:00:00.017  web-0#a  gets 10.0.0.1
      10:30:00.020..10:30:00.029  web-0#a  goes
      """
    ).told()
    #expect(
      try story.tenures("web-0") == [
        "10.0.0.1 10:00:00.010000..10:00:00.017000 to 10:30:00.020000..10:30:00.029000 deleted"
      ])
  }

  @Test func `R8a: what is known of one change bounds all before and all after it`() async throws {
    let text = """
      10:00         db-0#x   gets 10.9.9.9
      ?             web-0#a  gets 10.0.0.1
      10:02..10:03  db-0#x   goes
      ?             web-0#a  goes
      10:10         mark
      """
    let story = try await Timeline(text).told()
    #expect(try story.tenures("web-0") == ["10.0.0.1 10:00..10:03 to 10:02..10:10 deleted"])
    try await expectAnyOrder(text)
  }

  @Test func `R8a: a late mark on one change narrows others`() async throws {
    let timeline = try Timeline(
      """
      10:00..11:00  web-0#a  gets 10.0.0.1
      10:05         mark
      """)
    let story = try Story(cluster: ClusterName("lab"))
    try await story.ledger.record(timeline.events[0])
    #expect(try story.tenures("web-0") == ["10.0.0.1 10:00..11:00"])
    try await story.ledger.record(timeline.events[1])
    #expect(try story.tenures("web-0") == ["10.0.0.1 10:00..10:05"])
  }

  @Test func `R8a: crossed clocks give bounds that hold both, and say so`() async throws {
    let text = "?  web-0#a  gets 10.0.0.1 [stamped 10:00:05, received 10:00:00]"
    let holding = try await Self.holding(text)
    #expect(holding.clocksDisagree)
    // An absent bound bounds nothing.
    #expect(try holding.from.earliest ?? .earliest <= Instant(story: "10:00"))
    #expect(try holding.from.latest ?? .latest >= Instant(story: "10:00:05"))
    try await expectAnyOrder(text)
  }

  @Test func `R8a: where clocks cross, the greatest upper bound counts, whoever came first`()
    async throws
  {
    let text = """
      ?  web-0#a  gets 10.0.0.1 described 10 [at 10, stamped 10:00:05, received 10:00:00]
      ?  web-0#a  gets 10.0.0.1 described 10 [at 10, stamped 10:00:04, received 10:00:30]
      """
    let holding = try await Self.holding(text)
    #expect(holding.clocksDisagree)
    #expect(try holding.from.latest ?? .latest >= Instant(story: "10:00:30"))
    try await expectAnyOrder(text)
  }

  @Test func `R8a: crossed evidence is not passed on to other changes`() async throws {
    let text = """
      ?             db-0#x   gets 10.9.9.9 [stamped 10:05, received 10:00]
      09:00..11:00  web-0#a  gets 10.0.0.1
      """
    let story = try await Timeline(text).told()
    #expect(try story.tenures("web-0") == ["10.0.0.1 09:00..11:00"])
    try await expectAnyOrder(text)
  }

  @Test func `R8a: nor does it hide what another change tells`() async throws {
    let text = """
      ?             db-0#x   gets 10.9.9.9 [stamped 10:05, received 10:00]
      10:03         db-0#x   goes
      09:00..11:00  web-0#a  gets 10.0.0.1
      """
    let story = try await Timeline(text).told()
    #expect(try story.tenures("web-0") == ["10.0.0.1 10:03..11:00"])
    try await expectAnyOrder(text)
  }

  @Test func `R8a: nor is evidence that crosses only once two observations meet`() async throws {
    let text = """
      ?             db-0#x   gets 10.9.9.9 described 10 [at 10, received 10:00]
      ?             db-0#x   gets 10.9.9.9 described 10 [at 10, stamped 10:05]
      09:00..11:00  web-0#a  gets 10.0.0.1
      """
    let story = try await Timeline(text).told()
    #expect(try story.tenures("web-0") == ["10.0.0.1 09:00..11:00"])
    try await expectAnyOrder(text)
  }

  @Test func `R8a: all of a later epoch comes after all of an earlier one`() async throws {
    let text = """
      10:00         web-0#a  gets 10.0.0.1 described 900 [at 0:900]
      11:00         web-0#a  goes [at 1:20]
      11:30         web-0#b  gets 10.0.0.1 described 30 [at 1:30]
      """
    let story = try await Timeline(text).told()
    #expect(
      try story.tenures("web-0") == ["10.0.0.1 10:00 to 11:00 deleted", "10.0.0.1 11:30"])
    try await expectAnyOrder(text)
  }

  @Test func `R8b: between the bounds an answer is bounded, outside them it is exact`()
    async throws
  {
    let story = try await Timeline(
      """
      09:00         watch
      10:00..10:02  web-0#a  gets 10.0.0.1
      11:00..11:02  web-0#a  goes
      11:01..11:03  web-1#b  gets 10.0.0.1
      12:00         watch
      """
    ).told()
    #expect(try story.audit("10.0.0.1", at: "09:59:59") == "free")
    #expect(try story.audit("10.0.0.1", at: "10:01") == "held? web-0#a")
    #expect(try story.audit("10.0.0.1", at: "10:02") == "held web-0#a")
    #expect(try story.audit("10.0.0.1", at: "10:59:59.999999") == "held web-0#a")
    #expect(try story.audit("10.0.0.1", at: "11:00:30") == "held? web-0#a")
    #expect(try story.audit("10.0.0.1", at: "11:01:30") == "held? web-0#a web-1#b")
    #expect(try story.audit("10.0.0.1", at: "11:02:30") == "held? web-1#b")
    #expect(try story.audit("10.0.0.1", at: "11:03") == "held web-1#b")
  }

  private static func holding(_ text: String) async throws -> Holding {
    let story = try await Timeline(text).told()
    let spans = try story.ledger.read { try $0.history(of: story.identity("web-0")) }
    return try #require(spans.first?.holders.first)
  }
}
