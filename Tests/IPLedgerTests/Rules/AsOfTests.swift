import IPLedger
import Testing

/// Any instant, and as it was known: R22.
@Suite(.serialized) struct `as of` {
  private static let text = """
    09:00  watch
    10:00  web-0#a  gets 10.0.0.1 2001:db8::1 on node-1 retain 1
    10:05  db-0#x   gets 10.0.0.2 on node-1
    10:30  web-0#a  is asked to go, grace 30
    10:31  web-0#a  goes
    10:40  db-0#x   gets 10.0.0.1 on node-1
    10:50  web-0#b  gets 10.0.0.2 on node-1 retain 1
    11:00  break
    11:30  watch with web-0#b
    12:00  watch with web-0#b
    """
  private static let addresses = ["10.0.0.1", "10.0.0.2", "2001:db8::1", "10.9.9.9"]
  private static let instants = [
    "08:00", "09:30", "10:00", "10:02", "10:20", "10:31", "10:35", "10:45", "10:55", "11:15",
    "11:29", "11:45", "12:00", "13:00",
  ]

  /// The answer to every question of this suite.
  private static func answers(
    _ view: borrowing LedgerView, _ story: Story, _ ip: String
  ) throws -> [PointAnswer] {
    var answers: [PointAnswer] = []
    for instant in instants {
      answers.append(try view.audit(story.address(ip), at: Instant(story: instant)))
    }
    return answers
  }

  @Test(arguments: [false, true])
  func `R22: as of a position the answers are those of a ledger that was told no more`(
    _ late: Bool
  ) async throws {
    let events = try Timeline(Self.text).events
    let order = late ? events.reversed() : events
    let whole = try await Timeline(Self.text).toldAtOnce(order)
    for count in 0...order.count {
      let part = try await Timeline(Self.text).toldAtOnce(Array(order.prefix(count)))
      for ip in Self.addresses {
        let expected = try part.ledger.read { try Self.answers($0, part, ip) }
        let concerning = try whole.ledger.read { view in
          try view.identitiesConcerned(by: [whole.address(ip)])
        }
        for pods in [nil, concerning] {
          let found = try whole.ledger.read(
            asOf: Position(UInt64(count)), scratch: whole.scratch, concerning: pods
          ) { try Self.answers($0, whole, ip) }
          for (answer, other) in zip(found, expected) {
            #expect(
              answer == other,
              "\(ip) at \(answer.instant.story) as of \(count), all: \(pods == nil)"
            )
          }
        }
      }
    }
  }

  @Test func `R22: as of a recording time`() async throws {
    let story = try Story(cluster: ClusterName("lab"), clock: StepClock().read)
    for event in try Timeline(Self.text).events { try await story.ledger.record(event) }
    let position = try story.ledger.position(
      recordedBy: StepClock.start.adding(microseconds: 3_000_000))
    #expect(position == Position(3))
    let answer = try story.ledger.read(asOf: position, scratch: story.scratch) { view in
      try view.audit(story.address("10.0.0.1"), at: Instant(story: "10:45"))
    }
    #expect(answer.asOf == position)
    #expect(answer.holders.map(\.pod.uid.rawValue) == ["web-0#a"])
  }

  @Test func `R22: a position beyond the head is refused`() async throws {
    let story = try await Timeline("10:00  web-0#a  gets 10.0.0.1").told()
    #expect(throws: LedgerError.self) {
      try story.ledger.read(asOf: Position(2), scratch: story.scratch) { try $0.head }
    }
  }

  @Test func `R22: reservations can be asked about any instant, also a past one`() async throws {
    let story = try await Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:30  web-0#a  is asked to go, grace 0
      10:31  web-0#a  goes
      10:50  web-0#b  gets 10.0.0.1 on node-1 retain 1
      11:00  web-0#b  is asked to go, grace 0
      11:01  web-0#b  goes
      14:00  watch
      """
    ).told()
    let asked: () throws -> [[String]] = {
      try ["09:30", "10:15", "10:40", "10:55", "11:30", "12:00"].map {
        try story.reservations(at: $0)
      }
    }
    let expected = [
      [], ["web-0 10.0.0.1 bound"], ["web-0 10.0.0.1 retained until 11:30"],
      ["web-0 10.0.0.1 bound"], ["web-0 10.0.0.1 retained until 12:00"], [],
    ]
    #expect(try asked() == expected)
    // A sweep writes down what was so; it does not change the past.
    _ = try await story.ledger.expire(at: Instant(story: "13:00"))
    #expect(try story.reservations(at: "11:30") == ["web-0 10.0.0.1 retained until 12:00"])
  }
}
