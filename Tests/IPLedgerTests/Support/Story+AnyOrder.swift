import IPLedger
import TestSupport
import Testing

/// R7 for one story: told in any order, with any duplicates, at once or one by one, the projections are the
/// same, byte for byte; those of a pool around its addresses, too.
func expectAnyOrder(
  _ text: String, rounds: Int = 8, seed: UInt64 = 7,
  sourceLocation: SourceLocation = #_sourceLocation
) async throws {
  let timeline = try Timeline(text)
  let expected = try await timeline.toldBesidePool(timeline.events, atOnce: false).projections()
  var generator = SplitMix64(seed: seed)
  for round in 0..<rounds {
    var order = timeline.events + timeline.events.filter { _ in Bool.random(using: &generator) }
    order.shuffle(using: &generator)
    if round == 0 { order = timeline.events.reversed() }
    let found = try await timeline.toldBesidePool(order, atOnce: round % 2 == 0).projections()
    for kind in Tables.Kind.allCases where !kind.dependsOnOrder {
      #expect(
        found[kind] == expected[kind], "\(kind) in round \(round)", sourceLocation: sourceLocation)
    }
  }
}

extension Timeline {
  /// A ledger with a pool that was told these events in one transaction, or in one for each.
  fileprivate func toldBesidePool(_ events: [Event], atOnce: Bool) async throws -> Story {
    let story = try Story(cluster: ClusterName("lab"))
    let pool = try Pool(
      network: NetworkName(of: story.cluster), zone: .default,
      prefix: AddressPrefix(parsing: "10.0.0.0/16"), exclusions: [], coolDown: .seconds(0))
    _ = try await story.ledger.define(pool, at: Instant(story: "00:00"))
    for part in atOnce ? [events] : events.map({ [$0] }) {
      try await story.ledger.record(contentsOf: part)
    }
    return story
  }

  /// A ledger that was told these events in one transaction.
  func toldAtOnce(_ events: [Event]) async throws -> Story {
    let story = try Story(cluster: ClusterName("lab"))
    try await story.ledger.record(contentsOf: events)
    return story
  }
}
