import IPLedger
import Testing

/// What others say of an incarnation: R10 and R11.
@Suite(.serialized) struct `succession and conflict` {
  @Test func `R10: a new uid closes the older one, between its last sight and the new one`()
    async throws
  {
    let text = """
      10:00  web-0#a  gets 10.0.0.1
      10:10  web-0#a  shows 10.0.0.1
      10:30  web-0#b  gets 10.0.0.2
      """
    let story = try await Timeline(text).told()
    #expect(try story.tenures("web-0")[0] == "10.0.0.1 10:00 to 10:10..10:30 superseded")
    #expect(try story.audit("10.0.0.1", at: "10:05") == "held web-0#a")
    try await expectAnyOrder(text)
  }

  @Test func `R10: a later fact about the older one replaces the inference`() async throws {
    let timeline = try Timeline(
      """
      10:00  web-0#a  gets 10.0.0.1
      10:20  web-0#a  goes
      10:30  web-0#b  gets 10.0.0.2
      """)
    let story = try Story(cluster: ClusterName("lab"))
    for index in [0, 2] { try await story.ledger.record(timeline.events[index]) }
    #expect(try story.tenures("web-0")[0] == "10.0.0.1 10:00 to 10:00..10:30 superseded")
    try await story.ledger.record(timeline.events[1])
    #expect(try story.tenures("web-0")[0] == "10.0.0.1 10:00 to 10:20 deleted")
  }

  @Test func `R10: a pod that a full list lacks is gone, between its last sight and the list`()
    async throws
  {
    let text = """
      10:00  web-0#a  gets 10.0.0.1
      10:05  web-1#b  gets 10.0.0.2
      10:30  list web-0#a web-1#b
      11:00  list web-1#b
      11:30  list web-1#b
      """
    let story = try await Timeline(text).told()
    #expect(try story.tenures("web-0") == ["10.0.0.1 10:00 to 10:30..11:00 missing"])
    #expect(try story.tenures("web-1") == ["10.0.0.2 10:05"])
    try await expectAnyOrder(text)
  }

  @Test func `R10: a list that contradicts an unbroken watch says no more than who is missing`()
    async throws
  {
    let text = """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1
      10:30  mark
      11:00  list
      12:00  mark
      """
    let story = try await Timeline(text).told()
    #expect(try story.tenures("web-0") == ["10.0.0.1 10:00 to 10:00..11:00 missing"])
    try await expectAnyOrder(text)
  }

  @Test(arguments: ["partial list web-1#b", "watch namespace default", "watch selection app=web"])
  func `R10: a list that is not known to be full closes nothing`(_ list: String) async throws {
    let story = try await Timeline(
      """
      10:00  web-0#a  gets 10.0.0.1
      11:00  \(list)
      """
    ).told()
    #expect(try story.tenures("web-0") == ["10.0.0.1 10:00"])
  }

  @Test func `R10: a list judges only pods last seen before it`() async throws {
    let text = """
      10:00  web-0#a  gets 10.0.0.1
      10:30  list
      11:00  web-1#b  gets 10.0.0.2
      """
    let story = try await Timeline(text).told()
    #expect(try story.tenures("web-1") == ["10.0.0.2 11:00"])
    #expect(try story.tenures("web-0") == ["10.0.0.1 10:00 to 10:00..10:30 missing"])
    try await expectAnyOrder(text)
  }

  @Test func `R10: a late fact about an older pod is judged by an earlier list`() async throws {
    let timeline = try Timeline(
      """
      10:00  web-0#a  gets 10.0.0.1
      10:30  list
      """)
    let story = try await timeline.told { $0.reversed() }
    #expect(try story.tenures("web-0") == ["10.0.0.1 10:00 to 10:00..10:30 missing"])
  }

  @Test func `R11: two who surely hold one address at once are a conflict, with both named`()
    async throws
  {
    let text = """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1
      10:30  web-1#b  gets 10.0.0.1
      11:00  web-0#a  goes
      12:00  watch
      """
    let story = try await Timeline(text).told()
    #expect(try story.audit("10.0.0.1", at: "10:15") == "held web-0#a")
    #expect(try story.audit("10.0.0.1", at: "10:30") == "conflicted web-0#a web-1#b")
    #expect(try story.audit("10.0.0.1", at: "10:59:59") == "conflicted web-0#a web-1#b")
    #expect(try story.audit("10.0.0.1", at: "11:00") == "held web-1#b")
    let (spans, status) = try story.ledger.read { view in
      (
        try view.history(of: story.address("10.0.0.1")),
        try view.status(at: Instant(story: "12:00"))
      )
    }
    let conflict = spans.filter { $0.kind == .conflicted }
    #expect(conflict.map { $0.from?.story } == ["10:30"])
    #expect(conflict.map { $0.to?.story } == ["11:00"])
    #expect(
      conflict.map { $0.holders.map(\.pod.uid.rawValue).sorted() } == [["web-0#a", "web-1#b"]])
    #expect(status.conflicts == [try story.address("10.0.0.1")])
    try await expectAnyOrder(text)
  }

  @Test func `R11: three claimants are all named, also where the first holds on for long`()
    async throws
  {
    let text = """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1
      10:10  web-1#b  gets 10.0.0.1
      10:20  web-1#b  goes
      10:30  web-2#c  gets 10.0.0.1
      10:40  web-3#d  gets 10.0.0.1
      12:00  watch
      """
    let story = try await Timeline(text).told()
    #expect(try story.audit("10.0.0.1", at: "10:25") == "held web-0#a")
    #expect(try story.audit("10.0.0.1", at: "10:35") == "conflicted web-0#a web-2#c")
    #expect(try story.audit("10.0.0.1", at: "10:45") == "conflicted web-0#a web-2#c web-3#d")
    try await expectAnyOrder(text)
  }

  @Test func `R11: the status finds a conflict with a holder of long ago`() async throws {
    // Between the two lies a tenure that conflicts with neither in the order of changes.
    let story = try await Timeline(
      """
      09:00         watch
      10:00         web-0#a  gets 10.0.0.1
      10:10..10:50  web-1#b  gets 10.0.0.1
      10:10..10:50  web-1#b  goes
      10:50         web-2#c  gets 10.0.0.1
      12:00         watch
      """
    ).told()
    #expect(try story.audit("10.0.0.1", at: "11:00") == "conflicted web-0#a web-2#c")
    let status = try story.ledger.read { try $0.status(at: Instant(story: "12:00")) }
    #expect(status.conflicts == [try story.address("10.0.0.1")])
  }

  @Test func `R11: a mere possibility of an overlap is bounded, not a conflict`() async throws {
    let story = try await Timeline(
      """
      09:00         watch
      10:00         web-0#a  gets 10.0.0.1
      10:30..10:40  web-0#a  goes
      10:30..10:40  web-1#b  gets 10.0.0.1
      12:00         watch
      """
    ).told()
    #expect(try story.audit("10.0.0.1", at: "10:35") == "held? web-0#a web-1#b")
    #expect(try story.ledger.read { try $0.status(at: Instant(story: "12:00")).conflicts } == [])
  }
}
