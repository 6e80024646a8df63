import IPLedger
import Synchronization
import Testing

/// What the log keeps, and what it does not keep twice: R4–R6.
@Suite(.serialized) struct `the log's rules` {
  private static let restart = """
    09:00     watch
    10:00     web-0#a  gets 10.0.0.1 on node-1 retain 1
    10:30     web-0#a  is asked to go, grace 30
    10:30:20  web-0#a  goes
    10:40     web-0#b  gets 10.0.0.1 on node-1 retain 1
    11:00     job-1#x  gets 10.0.0.9
    11:10     job-1#x  completes
    12:00     watch
    """

  @Test func `R4: positions are dense and in the order of learning, also of late facts`()
    async throws
  {
    let timeline = try Timeline(Self.restart)
    let story = try await timeline.told { $0.reversed() }
    let log = try story.ledger.events(after: .origin, limit: 100)
    #expect(log.map(\.position.rawValue) == Array(1...UInt64(timeline.events.count)))
    #expect(log.map(\.event) == timeline.events.reversed())
  }

  private static let start = Instant.seconds(1_800_000_000)

  @Test func `R4: recordedAt never decreases, also when the clock steps back`() async throws {
    let readings = Mutex<[Int64]>([100, 200, 150, 50, 200, 300])
    let clock: @Sendable () -> Instant = {
      Self.start.adding(
        microseconds: 1_000_000 * readings.withLock { $0.isEmpty ? 300 : $0.removeFirst() })
    }
    let story = try Story(cluster: ClusterName("lab"), clock: clock)
    for event in try Timeline(Self.restart).events.prefix(6) {
      try await story.ledger.record(event)
    }
    let times = try story.ledger.events(after: .origin, limit: 10).map(\.recordedAt)
    #expect(
      times
        == [100, 200, 200, 200, 200, 300].map { Self.start.adding(microseconds: 1_000_000 * $0) })
    #expect(
      try story.ledger.position(recordedBy: Self.start.adding(microseconds: 199_000_000))
        == Position(1))
    #expect(
      try story.ledger.position(recordedBy: Self.start.adding(microseconds: 200_000_000))
        == Position(5))
    #expect(
      try story.ledger.position(recordedBy: Self.start.adding(microseconds: 99_000_000)) == .origin)
  }

  @Test func `R4: when the ledger learned a fact says nothing of when it happened`()
    async throws
  {
    let timeline = try Timeline(Self.restart)
    let early = try Story(cluster: ClusterName("lab"), clock: { Self.start })
    let late = try Story(cluster: ClusterName("lab"), clock: { .seconds(4_000_000_000) })
    for event in timeline.events {
      try await early.ledger.record(event)
      try await late.ledger.record(event)
    }
    #expect(try early.projections() == late.projections())
  }

  @Test func `R5: dropping the projections and folding the log again gives the same bytes`()
    async throws
  {
    let story = try await Timeline(Self.restart).told()
    _ = try await story.ledger.expire(at: Instant(story: "d2 00:00"))
    let report = try story.ledger.replay(scratch: story.scratch)
    #expect(report.isEqual)
    #expect(report.tables.map(\.name) == Tables.Kind.allCases.map(\.rawValue))
    var before: [Tables.Kind: [[UInt8]: [UInt8]]] = [:]
    for kind in Tables.Kind.allCases { before[kind] = try story.ledger.storedRows(kind) }
    #expect(try await story.ledger.rebuild() == report.head)
    for kind in Tables.Kind.allCases {
      #expect(try story.ledger.storedRows(kind) == before[kind], "\(kind)")
    }
  }

  @Test func `R6: the same fact with the same evidence appends nothing, of every kind`()
    async throws
  {
    let timeline = try Timeline(Self.restart)
    let story = try await timeline.told()
    for (index, event) in timeline.events.enumerated() {
      let again = try await story.ledger.record(event)
      #expect(again.position == Position(UInt64(index + 1)))
      #expect(again.isNew == false)
    }
    #expect(try story.ledger.read { try $0.head.rawValue } == UInt64(timeline.events.count))
  }

  @Test func `R6: a narrower bound is appended, a wider one is not`() async throws {
    let story = try await Timeline("10:00..10:10  web-0#a  gets 10.0.0.1").told()
    let known = try story.ledger.events(after: .origin, limit: 1)[0].event
    let narrower = known.with { $0.stageAt = try? Instant(story: "10:02") }
    let wider = known.with { $0.stageAt = try? Instant(story: "10:30") }
    #expect(try await story.ledger.record(wider).isNew == false)
    let second = try await story.ledger.record(narrower)
    #expect(second.position == Position(2))
    #expect(second.isNew == true)
    #expect(try story.tenures("web-0") == ["10.0.0.1 10:00..10:02"])
    #expect(try await story.ledger.record(known).position == Position(1))
  }

  @Test func `R6: what was appended because it was narrower is found at its own position again`()
    async throws
  {
    let story = try await Timeline("10:00..10:10  web-0#a  gets 10.0.0.1").told()
    let known = try story.ledger.events(after: .origin, limit: 1)[0].event
    let narrower = known.with { $0.stageAt = try? Instant(story: "10:02") }
    try await story.ledger.record(narrower)
    let again = try await story.ledger.record(narrower)
    #expect(again.position == Position(2))
    #expect(again.isNew == false)
  }

  @Test func `R6: what was seen at the lowest version counts, whatever arrived first`()
    async throws
  {
    let text = """
      09:00     watch
      10:00     web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:10     web-0#a  shows 10.0.0.1 on node-1 retain 100
      10:30     web-0#a  is asked to go, grace 30
      10:30:20  web-0#a  goes
      12:00     watch
      """
    for order in [false, true] {
      let story = try await Timeline(text).told { order ? $0.reversed() : $0 }
      #expect(try story.audit("10.0.0.1", at: "11:00") == "retained web-0 until 11:30")
      let differs = try story.ledger.read { view in
        try view.explain(story.identity("web-0")).map(\.hasDifferingDescriptions)
      }
      #expect(differs == [true])
    }
    try await expectAnyOrder(text)
  }

  @Test func `R6: between equals a node class from a label beats one from a name`() async throws {
    let text = """
      10:00  web-0#a  gets 10.0.0.1 on odd-name described 10
      10:01  web-0#a  shows 10.0.0.1 on odd-name labelled virtual described 10
      10:02  web-0#a  shows 10.0.0.1 on odd-name described 10
      """
    for order in [false, true] {
      let story = try await Timeline(text).told { order ? $0.reversed() : $0 }
      let told = try story.ledger.read { try $0.explain(story.identity("web-0")) }
      #expect(told.map(\.nodeClass) == [.virtual])
      #expect(told.map(\.hasDifferingDescriptions) == [true])
    }
    try await expectAnyOrder(text)
  }
}
