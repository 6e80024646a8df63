import IPLedgerArchive
import Testing

@testable import IPLedger
@testable import IPLedgerCLI

/// The first sentence of the answer for one address.
@Suite(.serialized) struct SentenceTests {
  private let instant = Instant.seconds(100)

  private func answer(
    _ verdict: Verdict, _ certainty: Certainty, _ holders: [Holding] = []
  ) throws -> PointAnswer {
    PointAnswer(
      address: try address(), instant: instant, asOf: Position(3), verdict: verdict,
      certainty: certainty, holders: holders, retention: nil, evidence: [Position(1)])
  }

  private func address() throws -> Address {
    Address(network: try NetworkName("vpc"), ip: try IPAddress(parsing: "10.0.4.17"))
  }

  private func holding(_ name: String, from: Bounds, cluster: String = "c") throws -> Holding {
    let identity = try PodIdentity(cluster: ClusterName(cluster), namespace: "n", name: name)
    return Holding(
      address: try address(),
      pod: PodReference(identity: identity, uid: try PodUID(name), node: nil),
      from: from, to: nil, ended: nil, knownUntil: .seconds(200), clocksDisagree: false)
  }

  @Test func `an exact holder`() throws {
    let held = try holding("a", from: Bounds(exactly: .seconds(1)))
    #expect(
      try answer(.held, .exact, [held]).sentence
        == "10.0.4.17 was held by n/a (uid a) at 1970-01-01T00:01:40.000000Z: exact.")
  }

  @Test func `those who may hold it, and nobody`() throws {
    let one = try holding("a", from: Bounds(earliest: .seconds(90), latest: .seconds(110)))
    #expect(
      try answer(.held, .bounded, [one]).sentence.hasSuffix(
        ", or by nobody that was seen: bounded."))
    let sure = try holding("b", from: Bounds(exactly: .seconds(1)))
    let both = try answer(.held, .bounded, [one, sure]).sentence
    #expect(both.contains("n/a (uid a) or n/b (uid b)"))
    #expect(!both.contains("nobody"))
  }

  @Test func `pods of several clusters are named with them`() throws {
    let holders = [
      try holding("a", from: Bounds(exactly: .epoch)),
      try holding("a", from: Bounds(exactly: .epoch), cluster: "d"),
    ]
    #expect(
      try answer(.conflicted, .exact, holders).sentence
        .contains("held at once by c/n/a (uid a) and by d/n/a (uid a)"))
  }

  @Test func `free and unknown`() throws {
    #expect(try answer(.free, .exact).sentence.contains("was free at"))
    #expect(try answer(.unknown, .exact).sentence.contains("no pod was ever seen with it before"))
    let last = try holding("a", from: Bounds(exactly: .epoch))
    #expect(
      try answer(.unknown, .exact, [last]).sentence
        .hasSuffix("; the last known holder is n/a (uid a)."))
  }

  @Test func `what is bounded or unknown says what would make it exact`() throws {
    let one = try holding("a", from: Bounds(earliest: .seconds(90), latest: .seconds(110)))
    #expect(try answer(.held, .bounded, [one]).story(.plain).last?.contains("--stamp") == true)
    #expect(try answer(.unknown, .exact).story(.plain).last?.contains("full list") == true)
    #expect(try answer(.free, .exact).story(.plain).last?.contains("as of") == true)
  }
}
