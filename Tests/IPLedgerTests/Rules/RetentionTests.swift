import IPLedger
import Testing

/// How long an address is kept: R15 and R16.
@Suite(.serialized) struct `retention` {
  @Test func `R15: the deadline is the last deletion plus the hours, to the microsecond`()
    async throws
  {
    let story = try await Timeline(
      """
      09:00             watch
      10:00             web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:30:00.000001   web-0#a  is asked to go, grace 30
      10:30:20          web-0#a  goes
      12:00             watch
      """
    ).told()
    #expect(try story.audit("10.0.0.1", at: "10:29") == "held web-0#a")
    #expect(
      try story.audit("10.0.0.1", at: "11:30:00.000000")
        == "retained web-0 until 11:30:00.000001")
    #expect(try story.audit("10.0.0.1", at: "11:30:00.000001") == "free")
  }

  @Test func `R15: the smallest request counts, though a shrinking grace moves it up`()
    async throws
  {
    let text = """
      09:00     watch
      10:00     web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:30     web-0#a  is asked to go, grace 600
      10:31     web-0#a  is asked to go, grace 0
      10:31:02  web-0#a  goes
      12:00     watch
      """
    let story = try await Timeline(text).told()
    #expect(try story.audit("10.0.0.1", at: "11:00") == "retained web-0 until 11:30")
    try await expectAnyOrder(text)
  }

  @Test func `R15: where only bounds of a deletion are known the later one counts`() async throws {
    let text = """
      09:00         watch
      10:00         web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:30..10:40  web-0#a  goes
      12:00         watch
      """
    let story = try await Timeline(text).told()
    #expect(try story.audit("10.0.0.1", at: "11:00") == "retained web-0 until 11:40")
    #expect(try story.audit("10.0.0.1", at: "11:35") == "retained web-0 until 11:40")
    #expect(try story.audit("10.0.0.1", at: "11:40") == "free")
    try await expectAnyOrder(text)
  }

  @Test func `R2: what the pod had given up before it went is not kept`() async throws {
    let text = """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 2001:db8::1 on node-1 retain 1
      10:10  web-0#a  gets 10.0.0.2 2001:db8::1
      10:30  web-0#a  goes
      10:40  web-1#b  gets 10.0.0.1 on node-1
      12:00  watch
      """
    let story = try await Timeline(text).told()
    let instant = try Instant(story: "11:00")
    let kept = try story.ledger.read { view in try view.reservations(at: instant) }
    #expect(kept.map { $0.addresses.map { "\($0.ip)" } } == [["10.0.0.2", "2001:db8::1"]])
    // So whoever has what it gave up has taken nothing of it.
    #expect(try story.audit("10.0.0.2", at: "11:00") == "retained web-0 until 11:30")
    #expect(try story.audit("10.0.0.1", at: "11:00") == "held web-1#b")
    try await expectAnyOrder(text)
  }

  @Test func `R15: a reservation never expires before its pod is gone`() async throws {
    let text = """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:30  web-0#a  is asked to go, grace 9000
      13:00  web-0#a  goes
      14:00  watch
      """
    let story = try await Timeline(text).told()
    #expect(try story.audit("10.0.0.1", at: "12:00") == "held web-0#a")
    #expect(try story.audit("10.0.0.1", at: "13:00") == "free")
    #expect(try story.reservations(at: "13:00") == [])
    try await expectAnyOrder(text)
  }

  @Test func `R15: a completed pod's clock does not start until it is deleted`() async throws {
    let text = """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:30  web-0#a  completes
      14:00  web-0#a  is asked to go, grace 0
      14:01  web-0#a  goes
      16:00  watch
      """
    let story = try await Timeline(text).told()
    #expect(try story.audit("10.0.0.1", at: "13:00").hasPrefix("retained web-0"))
    #expect(try story.audit("10.0.0.1", at: "14:30") == "retained web-0 until 15:00")
    #expect(try story.audit("10.0.0.1", at: "15:00") == "free")
    try await expectAnyOrder(text)
  }

  @Test
  func `R15: a pod that a newer one superseded was deleted when the newer one came, at the latest`()
    async throws
  {
    // The newer one runs elsewhere, so it does not cancel what is kept here.
    let text = """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:30  web-0#b  gets 10.0.0.2 on virtual-kubelet-1 retain 1
      12:00  watch
      """
    let story = try await Timeline(text).told()
    #expect(try story.audit("10.0.0.1", at: "11:00") == "retained web-0 until 11:30")
    try await expectAnyOrder(text)
  }

  @Test func `R16: coming back before the deadline cancels it`() async throws {
    let text = """
      09:00        watch
      10:00        web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:30        web-0#a  is asked to go, grace 30
      10:30:20     web-0#a  goes
      11:00        web-0#b  gets 10.0.0.1 on node-1 retain 1
      12:00        web-0#b  is asked to go, grace 30
      12:00:10     web-0#b  goes
      14:00        watch
      """
    let story = try await Timeline(text).told()
    #expect(try story.audit("10.0.0.1", at: "10:45") == "retained web-0 until 11:30")
    #expect(try story.audit("10.0.0.1", at: "11:45") == "held web-0#b")
    #expect(try story.audit("10.0.0.1", at: "12:30") == "retained web-0 until 13:00")
    #expect(try story.explain("web-0") == ["a first", "b kept"])
    try await expectAnyOrder(text)
  }

  @Test func `R16: an older deletion that arrives late never moves a deadline back`()
    async throws
  {
    let timeline = try Timeline(
      """
      09:00     watch
      10:00     web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:30     web-0#a  is asked to go, grace 30
      10:30:20  web-0#a  goes
      10:40     web-0#b  gets 10.0.0.1 on node-1 retain 1
      10:50     web-0#b  is asked to go, grace 30
      10:50:20  web-0#b  goes
      14:00     watch
      """)
    let late: (Event) -> Bool = { event in
      event.uid?.rawValue == "web-0#a" && event.kind != .created
    }
    let story = try await timeline.told { events in events.filter { !late($0) } }
    #expect(try story.audit("10.0.0.1", at: "11:30") == "retained web-0 until 11:50")
    for event in timeline.events where late(event) { try await story.ledger.record(event) }
    #expect(try story.audit("10.0.0.1", at: "11:30") == "retained web-0 until 11:50")
    #expect(try story.reservations(at: "11:30") == ["web-0 10.0.0.1 retained until 11:50"])
    #expect(try story.audit("10.0.0.1", at: "11:50") == "free")
  }

  @Test func `R16: the greatest deletion of any incarnation counts, not the last one's`()
    async throws
  {
    // The second one's request was stamped by a clock that had stepped back.
    let text = """
      09:00     watch
      10:00     web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:30     web-0#a  is asked to go, grace 30
      10:30:20  web-0#a  goes
      10:40     web-0#b  gets 10.0.0.1 on node-1 retain 1
      10:20     web-0#b  is asked to go, grace 30
      10:41     web-0#b  goes
      14:00     watch
      """
    let story = try await Timeline(text).told()
    #expect(try story.audit("10.0.0.1", at: "11:25") == "retained web-0 until 11:30")
    try await expectAnyOrder(text)
  }

  @Test func `R17: a deletion on the other class of nodes moves no deadline`() async throws {
    let story = try await Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on virtual-kubelet-1 retain 1
      10:10  web-0#b  gets 10.0.0.2 on node-1 retain 1
      10:30  web-0#b  is asked to go, grace 30
      10:31  web-0#b  goes
      11:00  web-0#a  is asked to go, grace 30
      11:01  web-0#a  goes
      12:00  watch
      """
    ).told()
    #expect(
      try story.reservations(at: "11:10") == [
        "web-0 10.0.0.2 retained until 11:30", "web-0 10.0.0.1 retained until 12:00",
      ])
  }
}
