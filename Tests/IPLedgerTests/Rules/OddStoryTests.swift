import Foundation
import IPLedger
import Testing

/// Stories in which evidence is odd: clocks that fall, lists without a version, pods of two clusters, news
/// that come late.
@Suite(.serialized) struct `odd stories` {
  @Test func `R10, R8a: a later full list does not widen what a list without a version says`()
    async throws
  {
    let first = try Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:10  break
      """)
    let story = try await first.told()
    var list = SourceWatched(
      cluster: story.cluster, network: NetworkName(of: story.cluster), source: .list,
      scope: .cluster, phase: .synced)
    list.through = SourceWatched.Point(
      resourceVersion: ResourceVersion(25), notAfter: try Instant(story: "11:00"))
    list.presence = SourceWatched.Presence(
      resourceVersion: ResourceVersion(25), isComplete: true, uids: [])
    list.presence?.isVersionAtLeast = true
    try await story.ledger.record(.watched(list))
    let before = try story.tenures("web-0")
    let kept = try story.reservations(at: "11:30")
    // The second list has a version.
    try await story.record("20:00 watch with [at 500]\n20:30 mark")
    #expect(try story.tenures("web-0") == before)
    #expect(try story.reservations(at: "11:30") == kept)
  }

  /// A pod that leaves its address retained from 11:00 to 12:00.
  private static let keptAtHome = """
    09:00  watch
    10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
    11:00  web-0#a  is asked to go, grace 0
    11:01  web-0#a  goes
    14:00  watch
    """

  @Test func `R11, R17: in another cluster who held it while its pod was there takes nothing`()
    async throws
  {
    let story = try await Timeline(Self.keptAtHome).told()
    try await story.record(
      """
      09:00  watch
      10:10  db-0#x  gets 10.0.0.1 on node-1
      10:20  db-0#x  goes
      14:00  watch
      """, of: "other")
    #expect(try story.audit("10.0.0.1", at: "10:15") == "conflicted db-0#x web-0#a")
    #expect(try story.audit("10.0.0.1", at: "11:30") == "retained web-0 until 12:00")
    #expect(try story.reservations(at: "11:30") == ["web-0 10.0.0.1 retained until 12:00"])
  }

  @Test func `R17: in another cluster who had it before its pod did takes nothing`() async throws {
    let story = try await Timeline(Self.keptAtHome).told()
    try await story.record(
      """
      09:00  watch
      09:30  db-0#x  gets 10.0.0.1 on node-1
      11:20  db-0#x  goes
      14:00  watch
      """, of: "other")
    #expect(try story.audit("10.0.0.1", at: "11:30") == "retained web-0 until 12:00")
    #expect(try story.reservations(at: "11:30") == ["web-0 10.0.0.1 retained until 12:00"])
  }

  @Test func `R20, R22: as of a position another cluster of the network is asked about, too`()
    async throws
  {
    let story = try await Timeline("09:00  watch\n14:00  watch").told()
    try await story.record("10:10  db-0#x  gets 10.0.0.7 on node-1", of: "other")
    let address = try story.address("10.0.0.1")
    let instant = try Instant(story: "11:00")
    let now = try story.ledger.read { view in try view.audit(address, at: instant) }
    let pods = try story.ledger.read { view in try view.identitiesConcerned(by: [address]) }
    let then = try story.ledger.read(
      asOf: now.asOf, scratch: story.scratch, concerning: pods
    ) { view in try view.audit(address, at: instant) }
    #expect(now.verdict == .unknown)
    #expect(then == now)
  }

  @Test func `R10, R23: an incarnation that a newer one superseded has its address no more`()
    async throws
  {
    let diary = try Diary()
    try await diary.story.record(
      """
      09:00  watch
      09:10  web-0#a gets 10.0.0.1 on node-1
      09:20  web-0#b gets 10.0.0.2 on node-1
      09:30  db-0#x  gets 10.0.0.1 on node-1
      09:40  mark
      """)
    #expect(try diary.story.audit("10.0.0.1", at: "09:35") == "held db-0#x")
    let answer = try await diary.answer("10:00 web-0#a asks")
    #expect(answer == "refused incarnation-over")
  }

  @Test func `R16, R24: an address is not given away while the greatest deletion keeps it`()
    async throws
  {
    let diary = try Diary()
    try await diary.story.record(
      """
      08:00     watch
      08:01     web-0#a  gets 10.0.0.0 on node-1 retain 1
      08:30     web-0#a  is asked to go, grace 30
      08:30:20  web-0#a  goes
      08:40     web-0#b  gets 10.0.0.0 on node-1 retain 1
      08:20     web-0#b  is asked to go, grace 30
      08:41     web-0#b  goes
      09:50     watch
      """)
    #expect(try await diary.answer("09:00 pool 10.0.0.0/32") == "defined")
    #expect(try await diary.answer("09:25 audit 10.0.0.0") == "retained web-0 until 09:30")
    #expect(try await diary.answer("09:25 y#y asks") == "refused pool-exhausted")
  }

  @Test func `R10: a deletion that is told later does not bring back whom a full list lacks`()
    async throws
  {
    let diary = try Diary(clock: "d1 16:00")
    try await diary.story.record(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1
      10:10  break
      11:00  watch with
      14:00  watch with
      """)
    #expect(try diary.story.audit("10.0.0.1", at: "12:00") == "free")
    _ = try await diary.answer("15:00 web-0#a goes")
    #expect(try diary.story.audit("10.0.0.1", at: "12:00") == "free")
  }

  @Test func `R8a: what a namespace's watch and then the cluster's saw is known through both`() {
    func span(_ scope: SourceWatched.Scope, _ from: UInt64, _ through: UInt64) -> VersionSpan {
      VersionSpan(
        scope: scope, from: ResourceVersion(from), through: ResourceVersion(through),
        watchedUntil: nil, seenUntil: nil)
    }
    var coverage = Coverage()
    coverage.versions = [span(.cluster, 20, 40), span(.namespace("shop"), 1, 20)]
    #expect(coverage.knownThrough(ResourceVersion(5), namespace: "shop").value == 40)
  }

  @Test func `R22: what was bound at a past instant has the addresses of then, decided`()
    async throws
  {
    let diary = try Diary()
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/24 cool 36000 -> defined
      10:01 web-0#a asks keep 1   -> fresh 10.0.0.0
      10:10 web-0#a goes          -> retained until 11:10
      12:00 web-0#a asks keep 1   -> fresh 10.0.0.1 (tooLate)
      10:05 audit 10.0.0.0        -> held web-0#a
      10:30 audit 10.0.0.0        -> retained web-0 until 11:10
      12:05 reservations          -> web-0 10.0.0.1 bound
      10:05 reservations          -> web-0 10.0.0.0 bound
      10:30 reservations          -> web-0 10.0.0.0 retained until 11:10
      """)
    #expect(wrong == [])
  }

  @Test func `R22: what was bound at a past instant has the addresses of then, observed`()
    async throws
  {
    let story = try await Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:20  web-0#a  gets 10.0.0.2 on node-1 retain 1
      11:00  watch
      """
    ).told()
    #expect(try story.reservations(at: "10:30") == ["web-0 10.0.0.2 bound"])
    #expect(try story.reservations(at: "10:10") == ["web-0 10.0.0.1 bound"])
  }

  @Test func `R16, R22: what is listed as kept now is what the address says, where a clock fell`()
    async throws
  {
    let story = try await Timeline(
      """
      08:00     watch
      08:01     web-0#a  gets 10.0.0.0 on node-1 retain 1
      08:30     web-0#a  is asked to go, grace 30
      08:30:20  web-0#a  goes
      08:40     web-0#b  gets 10.0.0.0 on node-1 retain 1
      08:20     web-0#b  is asked to go, grace 30
      08:41     web-0#b  goes
      09:24     watch
      09:24:50  mark
      """
    ).told()
    #expect(try story.audit("10.0.0.0", at: "09:24:30") == "retained web-0 until 09:30")
    #expect(try story.reservations(at: "09:24:30") == ["web-0 10.0.0.0 retained until 09:30"])
    #expect(try story.reservations(at: "09:25") == ["web-0 10.0.0.0 retained until 09:30"])
  }

  @Test func `R17, R20: what an observed pod left is kept though a decided one had it meanwhile`()
    async throws
  {
    let diary = try Diary(clock: "d1 16:00")
    let before = try await diary.tell(
      """
      10:00 pool 10.0.0.0/24        -> defined
      10:01 web-0#a asks            -> fresh 10.0.0.0
      10:30 web-0#a goes            -> released
      """)
    #expect(before == [])
    try await diary.story.record(
      """
      09:00  watch
      10:05  db-0#x   gets 10.0.0.0 on node-1 retain 9
      12:00  db-0#x   is asked to go, grace 0
      12:01  db-0#x   goes
      14:00  watch
      """)
    let after = try await diary.tell(
      """
      10:10 audit 10.0.0.0  -> conflicted db-0#x web-0#a
      11:00 audit 10.0.0.0  -> held db-0#x
      12:30 reservations    -> db-0 10.0.0.0 retained until 21:00
      12:30 audit 10.0.0.0  -> retained db-0 until 21:00
      """)
    #expect(after == [])
  }
}
