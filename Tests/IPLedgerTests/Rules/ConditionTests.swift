import Foundation
import IPLedger
import Testing

/// One condition of a rule each: what a small change of it would make of a story.
@Suite(.serialized) struct `single conditions` {
  func told(_ text: String) async throws -> Story { try await Timeline(text).told() }

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

  func list(
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
}
