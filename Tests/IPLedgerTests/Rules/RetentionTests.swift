import IPLedger
import Testing

/// Who keeps what, and until when: R12–R19.
@Suite struct `retention` {
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

  @Test func `R16: coming back before the deadline cancels it`() async throws {
    let story = try await Timeline(
      """
      09:00        watch
      10:00        web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:30        web-0#a  is asked to go, grace 30
      10:30:20     web-0#a  goes
      11:00        web-0#b  gets 10.0.0.1 on node-1 retain 1
      12:00        web-0#b  is asked to go, grace 30
      12:00:10     web-0#b  goes
      14:00        watch
      """
    ).told()
    #expect(try story.audit("10.0.0.1", at: "10:45") == "retained web-0 until 11:30")
    #expect(try story.audit("10.0.0.1", at: "11:45") == "held web-0#b")
    #expect(try story.audit("10.0.0.1", at: "12:30") == "retained web-0 until 13:00")
    #expect(try story.explain("web-0") == ["a first", "b kept"])
  }
}
