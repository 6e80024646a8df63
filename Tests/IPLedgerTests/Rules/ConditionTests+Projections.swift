import Foundation
import IPLedger
import Testing

// What the projections keep, and what ends a reservation.

extension `single conditions` {
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

  @Test func `R11: who turns out to have gone before the next one came is contested no more`()
    async throws
  {
    let story = try await Timeline(
      """
      10:00  web-0#a  gets 10.0.0.1 [at 10]
      10:20  db-0#x   gets 10.0.0.1 [at 20]
      10:30  web-0#a  goes [at 30]
      """
    ).told()
    #expect(try story.ledger.storedRows(.contested).count == 1)
    try await story.record("10:10  web-0#a  goes [at 15]")
    #expect(try story.ledger.storedRows(.contested).isEmpty)
  }

  @Test func `R7: when a pod was made bounds the end of the one before, whenever it is told`()
    async throws
  {
    let story = try await Timeline(
      """
      10:00  web-0#a  gets 10.0.0.1 [at 10]
      10:30  web-0#b  shows none [at 30]
      """
    ).told()
    let before = try story.tenures("web-0")
    try await story.record("10:40  web-0#b  shows none [at 40, created 10:10]")
    #expect(try story.tenures("web-0") != before)
    #expect(try story.ledger.replay(scratch: story.scratch).isEqual)
  }

  @Test func `R7: of a list that was received twice the first time counts`() async throws {
    var rows: [[[UInt8]: [UInt8]]] = []
    for order in [["10:00", "10:05"], ["10:05", "10:00"]] {
      let story = try Story(cluster: ClusterName("lab"))
      for time in order {
        try await story.ledger.record(
          .watched(
            SourceWatched(
              cluster: story.cluster, network: NetworkName(of: story.cluster), source: .list,
              scope: .cluster, phase: .synced, from: nil,
              through: SourceWatched.Point(
                resourceVersion: ResourceVersion(9), notAfter: Instant(story: time)),
              presence: .init(resourceVersion: ResourceVersion(9), isComplete: true, uids: []),
              marks: [])))
      }
      rows.append(try story.ledger.storedRows(.presences))
    }
    #expect(rows[0] == rows[1])
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

  /// Who a pod's return is found to have freed, where the policy with which it came back is learned late and
  /// a newer one has the reservation.
  @Test(arguments: [
    "", "11:00  web-0#n  gets 10.0.0.7\n11:05  web-0#n  goes\n",
    """
    11:00  web-0#n  shows none
    11:05  web-0#n  goes
    11:06  web-0#m  shows none
    11:07  web-0#m  goes

    """,
  ])
  func `R16, R24: a policy that is learned late frees what was kept before`(
    _ between: String
  ) async throws {
    let diary = try Diary(clock: "d1 16:00")
    #expect(try await diary.answer("09:00 pool 10.0.0.0/24") == "defined")
    try await diary.story.record(
      """
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 48 [at 10]
      10:30  web-0#a  goes [at 20]
      \(between)12:00  web-0#b  gets 10.0.0.2 on node-1 [at 200]
      12:30  web-0#b  goes [at 210]
      14:00  web-0#c  gets 10.0.0.3 on node-1 retain 48 [at 300]
      """)
    try await diary.story.record(
      "12:00  web-0#b  gets 10.0.0.2 on node-1 retain 48 described 195 [at 200]")
    let report = try diary.ledger.replay(scratch: diary.story.scratch)
    #expect(report.tables.filter { $0.differences > 0 }.map(\.name) == [])
  }

  @Test func `R15, R24: a request that is learned late keeps what a later incarnation left, too`()
    async throws
  {
    let diary = try Diary(clock: "d9 16:00")
    #expect(try await diary.answer("09:00 pool 10.0.0.0/24") == "defined")
    try await diary.story.record(
      """
      10:00     web-0#a  gets 10.0.0.1 on node-1 retain 48 [at 10]
      10:30     web-0#a  goes [at 20]
      12:00     web-0#b  gets 10.0.0.2 on node-1 retain 48 [at 200, created 12:00]
      12:05     web-0#b  is asked to go, grace 0 [at 205]
      12:06     web-0#b  goes [at 210]
      d5 14:00  web-0#c  gets 10.0.0.3 on node-1 retain 48 [at 300]
      """)
    // By a clock that was set back after that.
    try await diary.story.record("13:00  web-0#a  is asked to go, grace 0 [at 15]")
    let report = try diary.ledger.replay(scratch: diary.story.scratch)
    #expect(report.tables.filter { $0.differences > 0 }.map(\.name) == [])
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
}
