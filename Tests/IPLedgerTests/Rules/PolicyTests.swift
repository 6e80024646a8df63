import IPLedger
import Testing

/// What a pod asked for, and what it gets: R12–R14.
@Suite(.serialized) struct `policies` {
  @Test(arguments: [(1, "11:30"), (48, "d3 10:30"), (8760, "d366 10:30")])
  func `R12: an address is kept for the hours that were asked for`(
    _ hours: Int, _ deadline: String
  ) async throws {
    let text = """
      09:00     watch
      10:00     web-0#a  gets 10.0.0.1 on node-1 retain \(hours)
      10:30     web-0#a  is asked to go, grace 30
      10:30:20  web-0#a  goes
      d367 00:00  watch
      """
    let story = try await Timeline(text).told()
    let last = try Instant(story: deadline).adding(microseconds: -1).story
    #expect(try story.audit("10.0.0.1", at: last) == "retained web-0 until \(deadline)")
    #expect(try story.audit("10.0.0.1", at: deadline) == "free")
    try await expectAnyOrder(text, rounds: 3)
  }

  @Test func `R12: bad hours are the default, and the event says so`() async throws {
    let story = try await Timeline(
      """
      09:00     watch
      10:00     web-0#a  gets 10.0.0.1 on node-1 bad hours forever
      10:30     web-0#a  is asked to go, grace 30
      10:30:20  web-0#a  goes
      d2 00:00  watch
      """
    ).told()
    #expect(try story.audit("10.0.0.1", at: "11:00") == "retained web-0 until d3 10:30")
    let (grounds, status) = try story.ledger.read { view in
      (
        try view.explain(story.identity("web-0")).first?.description?.grounds,
        try view.status(at: Instant(story: "11:00"))
      )
    }
    #expect(grounds?.rejectedHours == "forever")
    #expect(grounds?.hoursDefaulted == true)
    #expect(status.rejectedHours == 1)
  }

  @Test func `R12: a pod that does not ask keeps nothing`() async throws {
    let story = try await Timeline(
      """
      09:00     watch
      10:00     web-0#a  gets 10.0.0.1 on node-1
      10:30     web-0#a  is asked to go, grace 30
      10:30:20  web-0#a  goes
      12:00     watch
      """
    ).told()
    #expect(try story.audit("10.0.0.1", at: "10:30:20") == "free")
    #expect(try story.reservations(at: "10:15") == [])
  }

  @Test func `R13: another compute class is release, with the reason in the event`() async throws {
    let story = try await Timeline(
      """
      09:00     watch
      10:00     web-0#a  gets 10.0.0.1 on node-1 ineligible gpu
      10:30     web-0#a  is asked to go, grace 30
      10:30:20  web-0#a  goes
      10:40     web-0#b  gets 10.0.0.2 on node-1 retain 1
      12:00     watch
      """
    ).told()
    #expect(try story.audit("10.0.0.1", at: "10:35") == "free")
    let told = try story.ledger.read { try $0.explain(story.identity("web-0")) }
    #expect(told[0].description?.grounds.eligibility == .ineligibleComputeClass)
    #expect(told[0].description?.computeClass == "gpu")
    #expect(told[1].outcome == .lost(.notRetained(.ineligibleComputeClass)))
  }

  @Test func `R14: an edit on a living pod changes nothing`() async throws {
    let text = """
      09:00     watch
      10:00     web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:10     web-0#a  shows 10.0.0.1 on node-1 retain 100
      10:20     web-0#a  shows 10.0.0.1 on node-1
      10:30     web-0#a  is asked to go, grace 30
      10:30:20  web-0#a  goes
      12:00     watch
      """
    let story = try await Timeline(text).told()
    #expect(try story.audit("10.0.0.1", at: "11:00") == "retained web-0 until 11:30")
    try await expectAnyOrder(text)
  }

  @Test func `R14: the incarnation that is deleted decides with its own hours`() async throws {
    let text = """
      09:00     watch
      10:00     web-0#a  gets 10.0.0.1 on node-1 retain 8
      10:30     web-0#a  is asked to go, grace 30
      10:30:20  web-0#a  goes
      10:40     web-0#b  gets 10.0.0.1 on node-1 retain 1
      10:50     web-0#b  is asked to go, grace 30
      10:50:20  web-0#b  goes
      20:00     watch
      """
    let story = try await Timeline(text).told()
    #expect(try story.audit("10.0.0.1", at: "10:35") == "retained web-0 until 18:30")
    #expect(try story.audit("10.0.0.1", at: "11:00") == "retained web-0 until 11:50")
    #expect(try story.audit("10.0.0.1", at: "11:50") == "free")
    try await expectAnyOrder(text)
  }
}
