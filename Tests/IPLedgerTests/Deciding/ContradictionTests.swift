import Foundation
import IPLedger
import TestSupport
import Testing

/// R10, R11, R17: what was decided beside what is observed.
@Suite(.serialized) struct `decided and observed` {
  @Test func `R10: observations corroborate an assigned tenure, and do not end it`() async throws {
    let diary = try Diary()
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/24
      10:01 web-0#a asks keep 48 -> fresh 10.0.0.0
      """)
    #expect(wrong == [])
    try await diary.story.record(
      """
      10:00:30 watch
      10:01:05 web-0#a shows 10.0.0.0 on node-1
      10:09    web-0#a is asked to go, grace 30
      10:10    web-0#a goes
      10:20    list
      10:30    mark
      """)
    let after = try await diary.tell(
      """
      10:15 audit 10.0.0.0       -> held web-0#a
      10:25 audit 10.0.0.0       -> held web-0#a
      10:26 web-0#b asks keep 48 -> waiting for web-0#a
      10:27 web-0#a goes         -> retained until d3 10:27
      10:28 web-0#b asks keep 48 -> reused 10.0.0.0
      """)
    #expect(after == [])
    #expect(
      try diary.story.tenures("web-0") == ["10.0.0.0 10:01 to 10:27 deleted", "10.0.0.0 10:28"])
  }

  @Test func `R19: what is released at the very instant of its deletion can be given away`()
    async throws
  {
    let diary = try Diary()
    try await diary.story.record(
      """
      09:00    watch
      09:10    web-0#a gets 10.0.0.0 on node-1 retain 1
      10:00    web-0#a is asked to go, grace 0
      10:00    web-0#a goes
      10:10    mark
      """)
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/32
      10:00 release web-0 by alice -> released 1
      10:30 y#y asks               -> fresh 10.0.0.0
      """)
    #expect(wrong == [])
  }

  @Test func `R24: of two that had an address at once the later end counts`() async throws {
    let diary = try Diary()
    try await diary.story.record(
      """
      09:00    watch
      09:10    web-0#a gets 10.0.0.0 on node-1 retain 1
      09:20    x#x     gets 10.0.0.0 on node-1
      09:30    x#x     goes
      10:00    web-0#a is asked to go, grace 0
      10:00    web-0#a goes
      10:10    mark
      """)
    let wrong = try await diary.tell(
      """
      10:10 pool 10.0.0.0/32
      10:30 y#y asks -> refused pool-exhausted
      10:59 y#y asks -> refused pool-exhausted
      11:00 y#y asks -> fresh 10.0.0.0
      """)
    #expect(wrong == [])
  }

  @Test func `R10: an object that shows another address is a contradiction`() async throws {
    let diary = try Diary()
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/24
      10:01 web-0#a asks keep 48 -> fresh 10.0.0.0
      """)
    #expect(wrong == [])
    try await diary.story.record(
      """
      10:00:30 watch
      10:02    web-0#a gets 10.0.0.1 on node-1
      10:30    mark
      """)
    let after = try await diary.tell(
      """
      10:05 audit 10.0.0.0 -> held web-0#a
      10:05 audit 10.0.0.1 -> held web-0#a
      10:06 web-1#a asks   -> fresh 10.0.0.2
      10:07 web-0#a goes   -> retained until d3 10:07
      10:07:30 audit 10.0.0.0 -> retained web-0 until d3 10:07
      10:07:30 audit 10.0.0.1 -> free
      10:08 web-0#b asks keep 48 -> reused 10.0.0.0
      """)
    #expect(after == [])
    let status = try diary.ledger.read { view in try view.status(at: Instant(story: "10:09")) }
    #expect(status.contradictions == 1)
    let stories = try diary.ledger.read { view in
      try view.explain(diary.story.identity("web-0")).map(\.contradictions.description)
    }
    #expect(stories == ["[lab/10.0.0.1]", "[]"])
  }

  @Test func `R17: an observed holder does not end a decided reservation: it is a conflict`()
    async throws
  {
    let diary = try Diary()
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/31
      10:01 web-0#a asks keep 1 -> fresh 10.0.0.0
      10:02 web-0#a goes        -> retained until 11:02
      """)
    #expect(wrong == [])
    try await diary.story.record(
      """
      10:00:30 watch
      10:10    thief#t gets 10.0.0.0 on node-1
      10:50    thief#t goes
      12:30    mark
      """)
    let after = try await diary.tell(
      """
      10:05 audit 10.0.0.0      -> retained web-0 until 11:02
      10:20 audit 10.0.0.0      -> conflicted thief#t, retained web-0
      10:55 audit 10.0.0.0      -> retained web-0 until 11:02
      11:02 audit 10.0.0.0      -> free
      10:56 web-0#b asks keep 1 -> reused 10.0.0.0
      """)
    #expect(after == [])
    let status = try diary.ledger.read { view in try view.status(at: Instant(story: "11:00")) }
    #expect(status.conflicts.map(\.ip.description) == ["10.0.0.0"])
    let spans = try diary.ledger.read { view in
      try view.history(of: diary.story.address("10.0.0.0")).filter { $0.kind == .conflicted }
    }
    #expect(spans.map { "\($0.from?.story ?? "") \($0.to?.story ?? "")" } == ["10:10 10:50"])
    #expect(spans.first?.retention?.identity.name == "web-0")
  }

  @Test func `R17: while another pod has a reserved address, its own pod is refused`() async throws
  {
    let diary = try Diary()
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/31
      10:01 web-0#a asks keep 1 -> fresh 10.0.0.0
      10:02 web-0#a goes        -> retained until 11:02
      """)
    #expect(wrong == [])
    try await diary.story.record("10:10 thief#t gets 10.0.0.0 on node-1")
    let after = try await diary.tell(
      """
      10:20 web-0#b asks keep 1 -> refused address-held
      10:21 thief#t goes        -> released
      10:22 web-0#b asks keep 1 -> reused 10.0.0.0
      """)
    #expect(after == [])
  }

  @Test func `R17: a deletion that is learned after the address went to another is a conflict`()
    async throws
  {
    let diary = try Diary()
    // web-0 was observed and gone; a later life of it is learned only after its address was given away.
    try await diary.story.record(
      """
      09:00 watch
      09:01 web-0#a gets 10.0.0.0 on node-1 retain 1
      09:10 web-0#a is asked to go
      09:10 web-0#a goes
      """)
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/32   -> defined
      10:09 web-1#a asks       -> refused pool-exhausted
      10:30 web-1#a asks       -> fresh 10.0.0.0
      """)
    #expect(wrong == [])
    try await diary.story.record(
      """
      09:40 web-0#b gets 10.0.0.0 on node-1 retain 1 [at 100]
      09:50 web-0#b is asked to go [at 110]
      09:50 web-0#b goes [at 120]
      """)
    let after = try await diary.tell(
      """
      10:20 audit 10.0.0.0     -> retained web-0 until 10:50
      10:40 audit 10.0.0.0     -> conflicted web-1#a, retained web-0
      10:50 audit 10.0.0.0     -> held web-1#a
      """)
    #expect(after == [])
    let status = try diary.ledger.read { view in try view.status(at: Instant(story: "11:00")) }
    #expect(status.conflicts.map(\.ip.description) == ["10.0.0.0"])
  }

  @Test func `R11: an assigned and an observed holder at once are a conflict of both`() async throws
  {
    let diary = try Diary()
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/32
      10:01 web-0#a asks -> fresh 10.0.0.0
      """)
    #expect(wrong == [])
    try await diary.story.record(
      """
      09:00 watch
      10:10 thief#t gets 10.0.0.0 on node-1
      10:30 thief#t goes
      11:00 mark
      """)
    let after = try await diary.tell(
      """
      10:05 audit 10.0.0.0 -> held web-0#a
      10:20 audit 10.0.0.0 -> conflicted thief#t web-0#a
      10:40 audit 10.0.0.0 -> held web-0#a
      """)
    #expect(after == [])
    let status = try diary.ledger.read { view in try view.status(at: Instant(story: "11:00")) }
    #expect(status.conflicts.map(\.ip.description) == ["10.0.0.0"])
  }

  @Test func `R16: an older deletion that arrives late moves nothing`() async throws {
    let diary = try Diary()
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/24
      10:01 web-0#a asks keep 1  -> fresh 10.0.0.0
      10:10 web-0#a goes         -> retained until 11:10
      10:11 web-0#b asks keep 1  -> reused 10.0.0.0
      10:05 web-0#a goes         -> unchanged
      10:12 audit 10.0.0.0       -> held web-0#b
      10:20 web-0#b goes         -> retained until 11:20
      10:06 web-0#a goes         -> unchanged
      10:21 reservations         -> web-0 10.0.0.0 retained until 11:20
      10:22 nobody#z goes        -> unchanged
      """)
    #expect(wrong == [])
  }

  @Test func `times that go back: nothing is given before it is free`() async throws {
    let wrong = try await Diary().tell(
      """
      10:00    pool 10.0.0.0/31
      10:01    web-0#a asks keep 1  -> fresh 10.0.0.0
      10:01    tmp#a asks           -> fresh 10.0.0.1
      10:20    web-0#a goes         -> retained until 11:20
      10:19:59 web-0#b asks keep 1  -> waiting for web-0#a
      10:20    web-0#b asks keep 1  -> reused 10.0.0.0
      10:30    tmp#a goes           -> released
      10:29    new#a asks           -> refused pool-exhausted
      10:30    new#a asks           -> fresh 10.0.0.1
      10:29    new#a goes           -> released
      10:29:30 old#a asks           -> refused pool-exhausted
      10:30    old#a asks           -> fresh 10.0.0.1
      """)
    #expect(wrong == [])
  }

  @Test func `record takes what was observed, and no decision`() async throws {
    let diary = try Diary()
    _ = try await diary.tell(
      "10:00 pool 10.0.0.0/31\n10:01 a#1 asks keep 1\n10:02 a#1 goes\n12:00 expire")
    let events = try diary.ledger.events(after: .origin, limit: 10)
    #expect(events.map(\.event.kind) == [.pool, .created, .deleted, .expired])
    for event in events {
      await #expect(throws: LedgerError.self) { try await diary.ledger.record(event.event) }
    }
  }

  @Test func `R5: replay gives decided projections back byte for byte`() async throws {
    let diary = try Diary()
    var generator = SplitMix64(seed: 7)
    _ = try await diary.tell("10:00 pool 10.0.0.0/28 in a cool 60\n10:00 pool fd00::/64 in a")
    try await diary.story.record("09:00 watch\n09:30 seen#a gets 10.0.0.3 on node-1\n12:00 mark")
    for step in 0..<300 {
      let pod = "web-\(generator.next() % 12)#\(generator.next() % 4)"
      let minute = String(format: "%02d:%02d", 10 + step / 60, step % 60)
      let verbs = [
        "asks keep 1 in a", "asks in a", "asks keep 2 in a for 4", "goes", "is asked to go",
        "completes",
      ]
      _ = try await diary.answer("\(minute) \(pod) \(verbs[Int(generator.next() % 6)])")
      if step % 50 == 0 { _ = try await diary.answer("\(minute) expire") }
    }
    #expect(try diary.ledger.replay(scratch: diary.story.scratch).isEqual)
    try await diary.ledger.rebuild()
    #expect(try diary.ledger.replay(scratch: diary.story.scratch).isEqual)
  }
}
