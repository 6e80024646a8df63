import IPLedger
import Testing

/// What the ledger dares to say: R20.
@Suite(.serialized) struct `verdicts` {
  @Test func `R20: held, retained, free and unknown, each in its time`() async throws {
    let text = """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:30  web-0#a  is asked to go, grace 0
      10:31  web-0#a  goes
      12:00  break
      """
    let story = try await Timeline(text).told()
    #expect(try story.audit("10.0.0.1", at: "08:59:59") == "unknown")
    #expect(try story.audit("10.0.0.1", at: "09:30") == "free")
    #expect(try story.audit("10.0.0.1", at: "10:15") == "held web-0#a")
    #expect(try story.audit("10.0.0.1", at: "11:00") == "retained web-0 until 11:30")
    #expect(try story.audit("10.0.0.1", at: "11:30") == "free")
    #expect(try story.audit("10.0.0.1", at: "12:00:01") == "unknown, last web-0#a")
    try await expectAnyOrder(text)
  }

  @Test func `R20: with a full list, an address that was never shown is free`() async throws {
    let story = try await Timeline("09:00  watch\n10:00  watch").told()
    #expect(try story.audit("10.9.9.9", at: "09:30") == "free")
    #expect(try story.audit("10.9.9.9", at: "08:30") == "unknown")
    #expect(try story.audit("10.9.9.9", at: "10:30") != "free")
  }

  @Test func `R20: a watch from the middle knows nothing of an address that it never showed`()
    async throws
  {
    let text = """
      09:00  watch from the middle
      10:00  web-0#a  gets 10.0.0.1
      10:30  web-0#a  goes
      11:00  mark
      """
    let story = try await Timeline(text).told()
    #expect(try story.audit("10.9.9.9", at: "10:15") == "unknown")
    #expect(try story.audit("10.0.0.1", at: "09:30") == "unknown")
    #expect(try story.audit("10.0.0.1", at: "10:15") == "held web-0#a")
    // A release was seen since.
    #expect(try story.audit("10.0.0.1", at: "10:45") == "free")
    try await expectAnyOrder(text)
  }

  @Test func `R20: a full list during a watch from the middle completes it`() async throws {
    let story = try await Timeline(
      """
      09:00  watch from the middle
      10:00  list
      11:00  mark
      """
    ).told()
    #expect(try story.audit("10.9.9.9", at: "09:30") == "unknown")
    #expect(try story.audit("10.9.9.9", at: "10:30") == "free")
  }

  @Test(arguments: ["watch namespace other", "watch selection app=web"])
  func `R20: what covers a part of the cluster never gives free`(_ watch: String) async throws {
    let story = try await Timeline(
      """
      09:00  \(watch)
      10:00  other/web-0#a  gets 10.0.0.1
      10:30  other/web-0#a  goes
      11:00  \(watch)
      """
    ).told()
    #expect(try story.audit("10.9.9.9", at: "10:15") == "unknown")
    #expect(try story.audit("10.0.0.1", at: "09:30") == "unknown")
    #expect(try story.audit("10.0.0.1", at: "10:15") == "held other/web-0#a")
    #expect(try story.audit("10.0.0.1", at: "10:45") == "unknown, last other/web-0#a")
  }

  @Test func `R20: nobody watched is never told as nobody held`() async throws {
    let story = try await Timeline(
      """
      10:00  web-0#a  gets 10.0.0.1
      10:30  web-0#a  goes
      """
    ).told()
    #expect(try story.audit("10.0.0.1", at: "09:30") == "unknown")
    #expect(try story.audit("10.0.0.1", at: "10:15") == "held web-0#a")
    #expect(try story.audit("10.0.0.1", at: "10:45") == "unknown, last web-0#a")
  }

  @Test func `R20: in a gap the answer is unknown, with the last known holder`() async throws {
    let text = """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1
      11:00  break
      13:00  watch with
      14:00  watch with
      """
    let story = try await Timeline(text).told()
    #expect(try story.audit("10.0.0.1", at: "10:59") == "held web-0#a")
    #expect(try story.audit("10.0.0.1", at: "12:00") == "unknown, last web-0#a")
    #expect(try story.audit("10.9.9.9", at: "12:00") == "unknown")
    #expect(try story.audit("10.0.0.1", at: "13:30") == "free")
    try await expectAnyOrder(text)
  }

  @Test func `R20: an incarnation that is seen on both sides of a gap held through it`()
    async throws
  {
    let text = """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1
      11:00  break
      13:00  watch
      14:00  watch
      """
    let story = try await Timeline(text).told()
    #expect(try story.audit("10.0.0.1", at: "12:00") == "held web-0#a")
    #expect(try story.audit("10.0.0.1", at: "13:30") == "held web-0#a")
    try await expectAnyOrder(text)
  }

  @Test func `R20: what ended and what began in a gap leaves all of the gap unknown`() async throws
  {
    let story = try await Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1
      11:00  break
      ?      web-1#b  shows 10.0.0.1 [listed, created 12:50, received 13:00]
      13:00  watch with web-1#b
      14:00  watch
      """
    ).told()
    #expect(try story.audit("10.0.0.1", at: "12:00") == "unknown, last web-0#a")
    #expect(try story.audit("10.0.0.1", at: "13:30") == "held web-1#b")
  }

  @Test func `R20: a retained address stays so through a gap only as far as it was watched`()
    async throws
  {
    let story = try await Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 9
      10:30  web-0#a  goes
      11:00  break
      13:00  watch
      14:00  watch
      """
    ).told()
    #expect(try story.audit("10.0.0.1", at: "10:45") == "retained web-0 until 19:30")
    // Who might have taken it and gone again, nobody saw.
    #expect(try story.audit("10.0.0.1", at: "12:00") == "unknown, last web-0#a")
    #expect(try story.audit("10.0.0.1", at: "13:30").contains("retained"))
  }

  @Test func `R20: the history tells held, retained, free and unknown without a hole`()
    async throws
  {
    let story = try await Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:30  web-0#a  goes
      12:00  web-1#b  gets 10.0.0.1
      12:30  web-1#b  goes
      13:00  break
      14:00  watch
      15:00  watch
      """
    ).told()
    let spans = try story.ledger.read { try $0.history(of: story.address("10.0.0.1")) }
    let told = spans.map { "\($0.kind) \($0.from?.story ?? "-") \($0.to?.story ?? "-")" }
    #expect(told.contains("held 10:00 10:30"))
    #expect(told.contains("retained 10:30 11:30"))
    #expect(told.contains("free 11:30 12:00"))
    #expect(told.contains("held 12:00 12:30"))
    #expect(told.contains("free 12:30 13:00"))
    #expect(told.contains("unknown 13:00 14:00"))
    #expect(told.contains { $0.hasPrefix("free 14:00") })
  }

  /// R21: what is decided until an instant has come nobody knows yet.
  @Test func `of an instant that has not come nothing is exact`() async throws {
    let diary = try Diary(clock: "d1 12:00")
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/30               -> defined
      10:01 web-0#a asks keep 1            -> fresh 10.0.0.0
      10:01 web-1#a asks keep 1            -> fresh 10.0.0.1
      11:30 web-1#a goes                   -> retained until 12:30
      12:00 audit 10.0.0.0                 -> held web-0#a
      12:00:01 audit 10.0.0.0              -> held? web-0#a
      12:00 audit 10.0.0.1                 -> retained web-1 until 12:30
      12:00:01 audit 10.0.0.1              -> retained? web-1 until 12:30
      12:00 audit 10.0.0.2                 -> free
      12:00:01 audit 10.0.0.2              -> free?
      """)
    #expect(wrong == [])
  }

  /// R19: a release frees at once, so that no answer about now contradicts it.
  @Test func `nobody frees from an instant on that has not come`() async throws {
    let diary = try Diary(clock: "d1 12:00")
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/30               -> defined
      10:01 web-0#a asks keep 48           -> fresh 10.0.0.0
      11:30 web-0#a goes                   -> retained until d3 11:30
      12:00:01 release web-0 by alice      -> refused
      12:00 release web-0 by alice         -> released 1
      """)
    #expect(wrong == [])
  }
}
