import Foundation
import IPLedger
import Testing

/// One condition of a rule each: what a small change of it would make of a story.
@Suite(.serialized) struct `single conditions` {
  private func told(_ text: String) async throws -> Story { try await Timeline(text).told() }

  // MARK: Evidence and coverage

  @Test func `R8a: where clocks cross, no change within the two claims bounds it`() async throws {
    let text = """
      ?         web-0#a  gets 10.0.0.1 [stamped 10:00:05, received 10:00:00]
      10:00:02  mark
      10:00:09  mark
      """
    let story = try await told(text)
    let spans = try story.ledger.read { view in try view.history(of: story.identity("web-0")) }
    let latest = try #require(spans.first).from?.latest ?? .latest
    #expect(try latest >= Instant(story: "10:00:05"))
    try await expectAnyOrder(text)
  }

  @Test func `R8a: a watch goes on that was resumed as many revisions on as is allowed, no more`() {
    func version(_ value: UInt64) -> ResourceVersion { ResourceVersion(value) }
    func leads(resumedAt first: UInt64) -> Bool {
      var coverage = Coverage()
      coverage.versions = [(1, 10), (first, 40)].map { from, through in
        VersionSpan(
          scope: .cluster, from: version(from), through: version(through), watchedUntil: nil,
          seenUntil: nil)
      }
      coverage.resumptions = [version(first)]
      return coverage.leads(from: version(5), to: version(30), namespace: "shop")
    }
    #expect(leads(resumedAt: 10 + Coverage.resumptionReach))
    #expect(!leads(resumedAt: 11 + Coverage.resumptionReach))
  }

  @Test func `R20, R7: of spans with one end what says the most counts, in either order`() {
    func span(_ until: Int64?, _ seen: Int64?) -> VersionSpan {
      VersionSpan(
        scope: .cluster, from: ResourceVersion(1), through: ResourceVersion(9),
        watchedUntil: until.map { Instant.seconds($0) }, seenUntil: seen.map { Instant.seconds($0) }
      )
    }
    let both = span(7, 9)
    #expect(span(7, 8).union(span(5, 9)) == both)
    #expect(span(5, 9).union(span(7, 8)) == both)
    func times(_ from: Int64, _ through: Int64, _ seen: Int64) -> TimeSpan {
      TimeSpan(
        scope: .cluster, from: .seconds(from), through: .seconds(through), seenUntil: .seconds(seen)
      )
    }
    #expect(times(1, 5, 9).union(times(2, 6, 8)) == times(1, 6, 9))
    #expect(times(2, 6, 8).union(times(1, 5, 9)) == times(1, 6, 9))
  }

  @Test func `R8a: the stamp of a field does not bound when its address was dropped`() async throws
  {
    let text = """
      10:00  web-0#a  gets 10.0.0.1
      ?      web-0#a  shows none [listed, field 10:10, received 11:00]
      """
    #expect(try await told(text).tenures("web-0") == ["10.0.0.1 10:00 to 10:00..11:00 dropped"])
  }

  @Test func `R8a: of the stamps of a field that are seen after the end the least counts`()
    async throws
  {
    let text = """
      10:00  web-0#a  gets none
      10:30  web-0#a  completes
      ?      web-0#a  shows 10.0.0.1 [listed, field 10:10, received 11:00]
      ?      web-0#a  shows 10.0.0.1 [listed, received 11:10]
      """
    #expect(
      try await told(text).tenures("web-0") == ["10.0.0.1 10:00..10:10:02 to 10:30 completed"])
    try await expectAnyOrder(text)
  }

  @Test func `R8a: a step that its own change contradicts hides no later upper bound`()
    async throws
  {
    let text = """
      09:00..  web-0#a  gets 10.0.0.1
      ?        db-0#x   gets 10.9.9.9 described 20 [at 20, received 09:30]
      ?        db-0#x   gets 10.9.9.9 described 20 [at 20, stamped 10:05]
      10:30    mark
      """
    #expect(try await told(text).tenures("web-0") == ["10.0.0.1 09:00..10:30"])
    try await expectAnyOrder(text)
  }

  @Test func `R8a: of two changes with one bound the earlier one is the step`() async throws {
    try await expectAnyOrder(
      """
      10:00..11:00  web-0#a  gets 10.0.0.1
      10:00..11:00  db-0#x   gets 10.0.0.2
      10:00..11:00  db-1#x   gets 10.0.0.3
      """)
  }

  @Test func `R8a: a bound of one epoch says nothing of the next`() async throws {
    let story = try await told(
      """
      10:00  web-0#a  gets 10.0.0.1 described 900 [at 0:900]
      ?      web-1#b  gets 10.0.0.2 described 30 [at 1:30]
      """)
    #expect(try story.tenures("web-1") == ["10.0.0.2 -..-"])
  }

  // MARK: Lists

  private func list(
    _ version: UInt64, _ uids: [String], receivedAt: String, isVersionAtLeast: Bool = false,
    isComplete: Bool = true, epoch: UInt32 = 0, _ story: Story
  ) throws -> Event {
    let place = ResourceVersion(epoch: epoch, version)
    var list = SourceWatched(
      cluster: story.cluster, network: NetworkName(of: story.cluster), source: .list,
      scope: .cluster, phase: .synced)
    list.through = SourceWatched.Point(
      resourceVersion: place, notAfter: try Instant(story: receivedAt))
    list.presence = SourceWatched.Presence(
      resourceVersion: place, isComplete: isComplete, uids: try uids.map { try PodUID($0) })
    list.presence?.isVersionAtLeast = isVersionAtLeast
    return .watched(list)
  }

  @Test func `R7, R10: who is in one of two lists of a version was there, whichever came first`()
    async throws
  {
    for isFlipped in [false, true] {
      let story = try await told("10:00 web-0#a gets 10.0.0.1\n10:01 web-1#b gets 10.0.0.2")
      let lists = [
        try list(50, ["web-0#a"], receivedAt: "11:00", story),
        try list(50, ["web-1#b"], receivedAt: "11:00", story),
      ]
      for event in isFlipped ? lists.reversed() : lists { try await story.ledger.record(event) }
      #expect(try story.tenures("web-0") == ["10.0.0.1 10:00"])
      #expect(try story.tenures("web-1") == ["10.0.0.2 10:01"])
    }
  }

  @Test func `R7, R10: of two lists with one newest item the earlier receive time bounds`()
    async throws
  {
    for isFlipped in [false, true] {
      let story = try await told("10:00 web-0#a gets 10.0.0.1")
      let lists = [
        try list(50, [], receivedAt: "11:00", isVersionAtLeast: true, story),
        try list(50, [], receivedAt: "12:00", isVersionAtLeast: true, story),
      ]
      for event in isFlipped ? lists.reversed() : lists { try await story.ledger.record(event) }
      #expect(try story.tenures("web-0") == ["10.0.0.1 10:00 to 10:00..11:00 missing"])
    }
  }

  @Test func `R10: a list judges nobody who was seen at its very version`() async throws {
    let story = try await told("10:00 web-0#a gets 10.0.0.1 described 50 [at 50]")
    try await story.ledger.record(try list(50, [], receivedAt: "11:00", story))
    #expect(try story.tenures("web-0") == ["10.0.0.1 10:00"])
  }

  @Test func `R10: a part of a list of a later epoch does not vouch for who a full one lacks`()
    async throws
  {
    let story = try await told("10:00 web-0#a gets 10.0.0.1 described 50 [at 50]")
    try await story.ledger.record(try list(5, [], receivedAt: "11:00", epoch: 1, story))
    try await story.ledger.record(
      try list(9, ["web-0#a"], receivedAt: "11:10", isComplete: false, epoch: 1, story))
    #expect(try story.tenures("web-0").first?.hasSuffix("missing") == true)
  }

  // MARK: Projections

  @Test func `R7: what stood before a tenure that moved to the front is contested no more`()
    async throws
  {
    try await expectAnyOrder(
      """
      10:00  web-0#a  gets 10.0.0.1 [at 10]
      10:20  db-0#x   gets 10.0.0.1 described 5 [at 20]
      10:30  web-0#a  goes [at 30]
      09:00  db-0#x   gets 10.0.0.1 described 5 [at 5]
      """, rounds: 20)
  }

  @Test func `R6: the same coverage with fewer marks says nothing new`() async throws {
    let story = try Story(cluster: ClusterName("lab"))
    func watched(_ marks: [UInt64]) throws -> Event {
      .watched(
        SourceWatched(
          cluster: story.cluster, network: NetworkName(of: story.cluster), source: .watch,
          scope: .cluster, phase: .advanced,
          from: SourceWatched.Point(resourceVersion: ResourceVersion(1)),
          through: SourceWatched.Point(resourceVersion: ResourceVersion(9)),
          marks: try marks.map {
            SourceWatched.Mark(
              resourceVersion: ResourceVersion($0),
              notBefore: try Instant(story: "10:00").adding(microseconds: Int64($0)), notAfter: nil)
          }))
    }
    #expect(try await story.ledger.record(watched([2, 3])).isNew)
    let again = try await story.ledger.record(watched([3]))
    #expect(again.isNew == false)
    #expect(again.position == Position(1))
    #expect(try await story.ledger.record(watched([4])).isNew)
  }

  @Test func `R24: an address of another network is none of a pool's`() async throws {
    let diary = try Diary()
    #expect(try await diary.answer("09:00 pool 10.0.0.0/31 network aaa") == "defined")
    try await diary.story.record(
      "09:10 web-0#a gets 10.0.0.1\n09:20 web-0#a goes\n09:30 mark")
    let status = try diary.ledger.read { view in
      try view.poolStatuses(at: Instant(story: "10:00"))[0]
    }
    #expect(status.free == 2)
    #expect(status.neverUsed == 2)
    #expect(status.bound == 0)
  }

  @Test func `R24: a pool is as old as its first definition, whatever was changed of it`()
    async throws
  {
    let diary = try Diary()
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/31                 -> defined
      10:30 pool 10.0.0.0/31 except 10.0.0.0 -> defined
      10:10 audit 10.0.0.1                   -> free
      09:50 audit 10.0.0.1                   -> unknown
      """)
    #expect(wrong == [])
    let status = try diary.ledger.read { view in
      try view.poolStatuses(at: Instant(story: "10:40"))[0]
    }
    #expect(status.definedAt == (try Instant(story: "10:00")))
  }

  @Test func `R24: what a withdrawn pool had is offered by the next one around it`() async throws {
    let wrong = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/32                 -> defined
      10:01 a#1 asks                         -> fresh 10.0.0.0
      10:02 a#1 goes                         -> released
      10:03 withdraw 10.0.0.0/32             -> withdrawn
      10:04 pool 10.0.0.0/31 except 10.0.0.1 -> defined
      10:05 b#1 asks                         -> fresh 10.0.0.0
      """)
    #expect(wrong == [])
  }

  @Test func `R24: a pool that comes later finds its first and its last address vacant`()
    async throws
  {
    let diary = try Diary()
    try await diary.story.record(
      """
      09:00 x-0#a gets 10.0.0.0
      09:00 x-1#a gets 10.0.0.1
      09:10 x-0#a goes
      09:20 x-1#a goes
      09:30 mark
      """)
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/31 -> defined
      10:01 a#1 asks         -> fresh 10.0.0.0
      10:02 b#1 asks         -> fresh 10.0.0.1
      10:03 c#1 asks         -> refused pool-exhausted
      """)
    #expect(wrong == [])
  }

  @Test func `R19: the release of one pod frees nothing of another`() async throws {
    let wrong = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/31
      10:01 a-0#1 asks keep 1    -> fresh 10.0.0.0
      10:01 a-1#1 asks keep 1    -> fresh 10.0.0.1
      10:02 a-0#1 goes           -> retained until 11:02
      10:02 a-1#1 goes           -> retained until 11:02
      10:03 release a-1 by alice -> released 1
      10:04 audit 10.0.0.0       -> retained a-0 until 11:02
      10:04 reservations         -> a-0 10.0.0.0 retained until 11:02
      10:05 x#1 asks             -> fresh 10.0.0.1
      10:06 y#1 asks             -> refused pool-exhausted
      10:07 a-0#2 asks keep 1    -> reused 10.0.0.0
      """)
    #expect(wrong == [])
  }

  @Test func `R10, R19: a superseded pod was gone when the newer one was made, for a release too`()
    async throws
  {
    let diary = try Diary(clock: "d1 13:00")
    try await diary.story.record(
      """
      09:00  web-0#a  gets 10.0.0.0 on node-1 retain 48
      ?      web-0#b  gets 10.9.9.9 on virtual-kubelet-1 retain 1 [created 09:30, received 12:00]
      12:30  mark
      """)
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/32       -> defined
      11:00 release web-0 by alice -> released 1
      11:10 y#y asks               -> fresh 10.0.0.0
      """)
    #expect(wrong == [])
  }

  // MARK: The ends of reservations

  @Test func `R19: a release dated before a deletion that may be later is refused`() async throws {
    let story = try await told(
      """
      09:00         watch
      10:00         web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:30..10:40  web-0#a  goes
      12:00         watch
      """)
    for (instant, isTaken) in [("10:35", false), ("10:40", true)] {
      let released = try? await story.ledger.release(
        story.identity("web-0"), at: Instant(story: instant), by: "ops", reason: "a test")
      #expect((released?.count == 1) == isTaken, "\(instant)")
    }
  }

  @Test func `R19: what was freed is not freed once more as of an earlier instant`() async throws {
    let wrong = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/31
      10:01 a#1 asks keep 1    -> fresh 10.0.0.0
      10:02 a#1 goes           -> retained until 11:02
      10:40 release a by alice -> released 1
      10:35 release a by bob   -> refused
      """)
    #expect(wrong == [])
  }

  @Test func `R22: a past instant has what an event has ended since, whichever was written last`()
    async throws
  {
    let wrong = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/30
      10:01 a-0#1 asks keep 1    -> fresh 10.0.0.0
      10:01 a-1#1 asks keep 4    -> fresh 10.0.0.1
      10:30 a-0#1 goes           -> retained until 11:30
      10:30 a-1#1 goes           -> retained until 14:30
      11:00 reservations         -> a-0 10.0.0.0 retained until 11:30, a-1 10.0.0.1 retained until 14:30
      12:00 expire               -> expired 1
      10:40 release a-1 by alice -> released 1
      11:00 reservations         -> a-0 10.0.0.0 retained until 11:30
      """)
    #expect(wrong == [])
  }

  @Test func `R15: a deletion was not asked for after it happened`() async throws {
    let wrong = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/31
      10:01 a#1 asks keep 1       -> fresh 10.0.0.0
      10:05 a#1 goes asked 10:30  -> retained until 11:05
      """)
    #expect(wrong == [])
  }

  @Test func `R23, R15: a withdrawn deletion's request counts for nothing`() async throws {
    let wrong = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/31
      10:01 a#1 asks keep 1  -> fresh 10.0.0.0
      10:05 a#1 is asked to go
      10:06 a#1 goes         -> retained until 11:05
      10:07 a#1 asks keep 1  -> reused 10.0.0.0
      10:40 a#1 goes         -> retained until 11:40
      """)
    #expect(wrong == [])
  }

  @Test func `R23: given anew, it is not said to have been kept since a deletion before`()
    async throws
  {
    let diary = try Diary()
    _ = try await diary.tell(
      """
      10:00 pool 10.0.0.0/30
      10:01 a#1 asks keep 1
      10:05 a#1 goes
      10:06 a#1 asks keep 1
      10:10 a#1 goes
      12:00 a#1 asks keep 1
      """)
    let (identity, uid) = try Timeline.pod("a#1", diary.story.cluster)
    let again = try await diary.ledger.assign(
      AssignRequest(identity: identity, uid: uid, at: Instant(story: "12:01"), retainHours: 1))
    guard case .fresh(let assignment) = again, case .fresh(.tooLate) = assignment.ground else {
      Issue.record("expected it to be fresh since it came too late, found \(again)")
      return
    }
  }

  // MARK: Deciding

  @Test(.timeLimit(.minutes(1)))
  func `R23: who waits is asked again as of the time that it is by then`() async throws {
    let diary = try Diary(clock: "d1 10:10")
    _ = try await diary.tell("10:00 pool 10.0.0.0/24\n10:01 web-0#a asks keep 48")
    let (identity, uid) = try Timeline.pod("web-0#b", diary.story.cluster)
    let request = AssignRequest(
      identity: identity, uid: uid, at: try Instant(story: "10:02"), retainHours: 48)
    let waiter = Task {
      try await diary.ledger.assignWhenFree(request, polling: .milliseconds(5))
    }
    while diary.ledger.waitingRoom.count == 0 { await Task.yield() }
    // It goes after the instant of the request: only a later try can be answered.
    #expect(try await diary.answer("10:05 web-0#a goes") == "retained until d3 10:05")
    let decision = try await withThrowingTaskGroup(of: Decision?.self) { group in
      group.addTask { try await waiter.value }
      group.addTask {
        try await Task.sleep(for: .seconds(5))
        waiter.cancel()
        return nil
      }
      let first = try await group.next() ?? nil
      group.cancelAll()
      return first
    }
    #expect(decision?.words == "reused 10.0.0.0")
  }

  @Test func `R24: when the next address is free counts the cool-down`() async throws {
    let diary = try Diary()
    _ = try await diary.tell(
      "10:00 pool 10.0.0.0/32 cool 600\n10:01 a#1 asks\n10:02 a#1 goes")
    let (identity, uid) = try Timeline.pod("b#1", diary.story.cluster)
    let answer = try await diary.ledger.assign(
      AssignRequest(identity: identity, uid: uid, at: Instant(story: "10:03")))
    guard case .refused(.poolExhausted(let state)) = answer else {
      Issue.record("expected an exhausted pool, found \(answer)")
      return
    }
    #expect(state.nextAt == (try Instant(story: "10:12")))
  }

  @Test func `R24: of a withdrawn pool what another one has taken over is not counted`()
    async throws
  {
    let diary = try Diary()
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/30      -> defined
      10:01 a#1 asks              -> fresh 10.0.0.0
      10:02 withdraw 10.0.0.0/30  -> withdrawn
      10:03 pool 10.0.0.0/31      -> defined
      """)
    #expect(wrong == [])
    let statuses = try diary.ledger.read { view in
      try view.poolStatuses(at: Instant(story: "10:04"))
    }
    #expect(statuses.map(\.pool.prefix.description) == ["10.0.0.0/31"])
    #expect(statuses.map(\.bound) == [1])
  }

  // MARK: Answers

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
}
