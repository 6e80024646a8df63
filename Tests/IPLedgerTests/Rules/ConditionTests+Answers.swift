import Foundation
import IPLedger
import Testing

// What is answered, and on what.

extension `single conditions` {
  @Test func `R20: a network is watched as surely as the least watched of its clusters`()
    async throws
  {
    let story = try await told(
      """
      09:00         watch
      10:00..10:05  web-0#a  gets 10.0.0.1
      11:00         watch
      """)
    #expect(try story.audit("10.0.0.1", at: "10:02") == "held? web-0#a")
    try await story.record("09:30  db-0#x  gets 10.0.0.9", of: "other")
    #expect(try story.audit("10.0.0.1", at: "10:02").hasPrefix("unknown"))
  }

  @Test func `R17: in another cluster who had it before takes nothing`() async throws {
    let story = try await told(
      """
      08:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:30  web-0#a  is asked to go, grace 0
      10:31  web-0#a  goes
      12:00  watch
      """)
    try await story.record(
      """
      08:00  watch
      09:00  db-0#x  gets 10.0.0.1
      09:30  db-0#x  goes
      12:00  watch
      """, of: "other")
    #expect(try story.audit("10.0.0.1", at: "11:00") == "retained web-0 until 11:30")
  }

  @Test func `R8b: where clocks disagree, a tenure ends no earlier than it began`() async throws {
    let story = try await told(
      """
      ?  web-0#a  gets 10.0.0.1 [stamped 10:05]
      ?  db-0#x   gets 10.9.9.9 [received 10:00]
      ?  web-0#a  shows none [received 10:20]
      """)
    #expect(try story.tenures("web-0") == ["10.0.0.1 10:05..10:20 to 10:05..10:20 dropped"])
  }

  @Test func `R8b: where it ends before it began by the clocks, nothing of it is sure`()
    async throws
  {
    let story = try await told(
      """
      ?  web-0#a  gets 10.0.0.1 [stamped 10:05, received 10:06]
      ?  web-0#a  goes [stamped 09:55, received 10:00]
      """)
    let tenures = try story.tenures("web-0")
    #expect(tenures == ["10.0.0.1 d-5 10:05..10:06 to 09:55..d8 10:00 deleted"])
    #expect(try story.audit("10.0.0.1", at: "10:03").hasPrefix("unknown"))
  }

  @Test func `R8a: a field that was set before all else says so may be as old as its pod`()
    async throws
  {
    let story = try await told(
      """
      ?  db-0#x   gets 10.9.9.9 [stamped 10:30]
      ?  web-0#a  gets 10.0.0.1 [created 10:00, stamped 10:10, field 10:20]
      """)
    #expect(try story.audit("10.0.0.1", at: "10:05") == "unknown, last web-0#a")
    #expect(try story.audit("10.0.0.1", at: "09:59") == "unknown")
  }

  @Test func `R8a: what is known of one epoch bounds nothing of another`() async throws {
    let story = try await told(
      """
      09:00       watch
      ?  db-0#x   gets 10.9.9.9 [stamped 10:30]
      ?  web-0#a  gets 10.0.0.1
      11:30       watch
      ?  web-0#a  gets 10.0.0.2 [at 1:7, received 10:20]
      """)
    #expect(try story.audit("10.0.0.1", at: "11:00") == "held? web-0#a")
  }

  @Test
  func `R10: an open tenure that a list of another epoch ends early may be as old as its pod`()
    async throws
  {
    let story = try await told(
      """
      08:00       watch
      ?  web-0#a  gets 10.0.0.1 [created 10:00, stamped 12:00]
      13:00       watch
      """)
    func list(_ version: UInt64, _ uids: [String], notAfter: Instant?) throws -> Event {
      var event = SourceWatched(
        cluster: story.cluster, network: NetworkName(of: story.cluster), source: .list,
        scope: .cluster, phase: .synced)
      event.presence = SourceWatched.Presence(
        resourceVersion: ResourceVersion(epoch: 1, version), isComplete: true,
        uids: try uids.map { try PodUID($0) })
      event.marks = [
        SourceWatched.Mark(
          resourceVersion: ResourceVersion(epoch: 1, version), notBefore: nil, notAfter: notAfter)
      ]
      return .watched(event)
    }
    try await story.ledger.record(list(5, ["web-0#a"], notAfter: nil))
    try await story.ledger.record(list(20, [], notAfter: Instant(story: "11:30")))
    #expect(try story.audit("10.0.0.1", at: "11:00") == "held? web-0#a")
  }

  @Test func `R8b: where clocks disagree, a tenure begins no later than it ended`() async throws {
    let story = try await told(
      """
      ?  web-0#a  gets 10.0.0.1
      ?  db-0#x   gets 10.9.9.9 [stamped 10:30]
      ?  web-0#a  goes [received 10:20]
      """)
    #expect(try story.tenures("web-0") == ["10.0.0.1 -..10:20 to -..10:20 deleted"])
  }

  @Test func `R22: as of a position what others saw bounds the times of a pod`() async throws {
    let story = try await told(
      """
      10:00..11:00  web-0#a  gets 10.0.0.1
      10:05         db-0#x   gets 10.0.0.2
      """)
    let address = try story.address("10.0.0.1")
    let (head, pods) = try story.ledger.read { view in
      (try view.head, try view.identitiesConcerned(by: [address]))
    }
    let spans = try story.ledger.read(asOf: head, scratch: story.scratch, concerning: pods) {
      view in try view.history(of: address)
    }
    #expect(spans.first?.from?.story == "10:00..10:05")
  }

  @Test func `R2, R22: as of a position who took the other address of a reservation is known`()
    async throws
  {
    let story = try await told(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 2001:db8::1 on node-1 retain 1
      10:30  web-0#a  goes
      10:40  db-0#x   gets 2001:db8::1
      12:00  watch
      """)
    let address = try story.address("10.0.0.1")
    let (now, pods) = try story.ledger.read { view in
      (
        try view.audit(address, at: Instant(story: "11:00")),
        try view.identitiesConcerned(by: [address])
      )
    }
    #expect(now.verdict == .free)
    let then = try story.ledger.read(asOf: now.asOf, scratch: story.scratch, concerning: pods) {
      view in try view.audit(address, at: Instant(story: "11:00"))
    }
    #expect(then == now)
  }

  @Test func `R3, R19: the peak of a what-if ends with a release`() async throws {
    let story = try await told(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:00  web-1#a  gets 10.0.0.2 on node-1 retain 1
      10:30  web-0#a  goes
      11:00  web-1#a  goes
      14:00  watch
      """)
    _ = try await story.ledger.release(
      story.identity("web-0"), at: Instant(story: "10:40"), by: "ops", reason: "a test")
    let answer = try story.ledger.read { view in try view.whatIf(retainHours: 2) }
    #expect(answer.recordedPeak.addresses == 1)
    #expect(answer.hypotheticalPeak.addresses == 1)
  }

  @Test func `R15: a deletion that was asked for before the assignment counts from there on`()
    async throws
  {
    let wrong = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/31
      10:30 a#1 asks keep 1       -> fresh 10.0.0.0
      10:40 a#1 goes asked 10:10  -> retained until 11:30
      """)
    #expect(wrong == [])
  }

  @Test func `R17, R18: a sweep that leaves what was taken does not wake for it`() async throws {
    let diary = try Diary()
    try await diary.story.record(
      """
      09:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
      09:30  web-0#a  is asked to go, grace 0
      09:31  web-0#a  goes
      09:40  db-0#x   gets 10.0.0.1
      """)
    let deadline = try Instant(story: "10:30")
    #expect(try await diary.ledger.sweep(at: deadline) == [])
    let slept = Slept()
    let clock = Sweeper.Clock(
      now: { deadline },
      sleep: { length in
        await slept.add(length)
        throw CancellationError()
      })
    try await Sweeper(diary.ledger, clock: clock).run()
    #expect(await slept.lengths == [.seconds(30)])
  }

  private actor Slept {
    var lengths: [Duration] = []
    func add(_ length: Duration) { lengths.append(length) }
  }

  @Test func `R4: an import takes no event that was recorded before the one before it`()
    async throws
  {
    let source = try await told("10:00 web-0#a gets 10.0.0.1\n10:01 web-1#b gets 10.0.0.2")
    let events = try source.ledger.events(after: .origin, limit: 2)
    func recorded(after microseconds: Int64) -> [RecordedEvent] {
      let time = events[0].recordedAt.adding(microseconds: microseconds)
      return [
        events[0], RecordedEvent(position: Position(2), recordedAt: time, event: events[1].event),
      ]
    }
    let copy = try Story(cluster: source.cluster)
    #expect(throws: LedgerError.self) { try copy.ledger.append(recorded(after: -1)) }
    try copy.ledger.append(recorded(after: 0))
    #expect(try copy.ledger.read { view in try view.head } == Position(2))
  }

  @Test func `R20: an end that a watch from the middle only met is no release that it saw`()
    async throws
  {
    let story = try await told(
      """
      09:00         web-0#a  gets 10.0.0.1
      09:30         watch from the middle
      09:40         db-0#x   gets 10.0.0.9
      09:50         web-0#a  shows none
      10:00         mark
      """)
    #expect(try story.audit("10.0.0.1", at: "09:55") == "unknown, last web-0#a")
  }

  @Test func `R20: only the newest watch may have gone on unseen after its last change`()
    async throws
  {
    let story = try await told(
      """
      09:00  watch
      09:30  db-1#y  gets 10.0.0.7
      ?      break
      10:01  db-0#x  gets 10.9.9.8
      10:30  watch with db-0#x
      10:40  mark
      """)
    #expect(try story.audit("10.0.0.7", at: "10:00:30") == "held? db-1#y")
    #expect(try story.audit("10.0.0.7", at: "10:03") == "unknown, last db-1#y")
  }

  @Test func `R17, R23: what was given away before a later deletion was learned is not given back`()
    async throws
  {
    let diary = try Diary()
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
      10:30 web-1#a asks       -> fresh 10.0.0.0
      10:35 web-1#a goes       -> released
      """)
    #expect(wrong == [])
    try await diary.story.record(
      """
      09:40 web-0#b gets 10.0.0.0 on node-1 retain 1 [at 100]
      09:50 web-0#b is asked to go [at 110]
      09:50 web-0#b goes [at 120]
      """)
    #expect(try await diary.answer("10:40 web-0#c asks keep 1") == "refused address-held")
  }

  @Test func `R7, R10: who came before an incarnation that turns out to be older is open again`()
    async throws
  {
    let text = """
      10:00  web-0#a  gets 10.0.0.1 [at 10]
      10:20  web-0#b  gets 10.0.0.2 [at 20]
      10:40  web-0#c  gets 10.0.0.3 described 5 [at 30]
      09:50  web-0#c  gets 10.0.0.3 described 5 [at 5]
      """
    #expect(try await told(text).tenures("web-0").contains("10.0.0.2 10:20"))
    try await expectAnyOrder(text, rounds: 20)
  }

  @Test func `R8b, R17: a retention that may have been taken at an unknown time ends unknown`()
    async throws
  {
    let story = try await told(
      """
      09:00  web-0#a  gets 10.0.0.1 on node-1 retain 9
      09:30  web-0#a  is asked to go, grace 0
      09:31  web-0#a  goes
      ?      db-0#x   gets 10.0.0.1 [at 1:5, received 12:00]
      """)
    let spans = try story.ledger.read { view in try view.history(of: story.address("10.0.0.1")) }
    let kept = try #require(spans.first { $0.kind == .retained })
    #expect(kept.to?.story == "-..12:00")
  }

  @Test func `R23: decisions about an address at one instant stand one after another`() async throws
  {
    let diary = try Diary()
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/32
      10:00 a#1 asks           -> fresh 10.0.0.0
      10:00 a#1 is asked to go -> unchanged
      10:00 a#1 goes           -> released
      10:00 b#1 asks           -> fresh 10.0.0.0
      """)
    #expect(wrong == [])
    #expect(try diary.ledger.storedRows(.contested).isEmpty)
  }

  @Test func `R23: who asks after another incarnation is the newer one, whatever its clock says`()
    async throws
  {
    let wrong = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/30
      10:05 a#1 asks  -> fresh 10.0.0.0
      10:06 a#1 goes  -> released
      10:01 a#2 asks  -> fresh 10.0.0.1
      10:07 a#1 asks  -> refused incarnation-over
      """)
    #expect(wrong == [])
  }

  @Test func `R17: who overlapped the last one long ago may have left what is kept still`()
    async throws
  {
    let diary = try Diary(clock: "d40 00:00")
    try await diary.story.record(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1000
      10:30  db-0#x   gets 10.0.0.1 on node-1
      10:45  db-0#x   goes
      11:00  web-0#a  goes
      d30 10:00 mark
      """)
    let wrong = try await diary.tell("d20 10:00 audit 10.0.0.1 -> retained web-0 until d43 03:00")
    #expect(wrong == [])
  }
}
