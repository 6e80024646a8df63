import IPLedger
import TestSupport
import Testing

/// R7 for one story: told in any order, with any duplicates, the projections are the same, byte for
/// byte.
func expectAnyOrder(
  _ text: String, rounds: Int = 8, seed: UInt64 = 7,
  sourceLocation: SourceLocation = #_sourceLocation
) async throws {
  let timeline = try Timeline(text)
  let expected = try await timeline.told().projections()
  var generator = SplitMix64(seed: seed)
  for round in 0..<rounds {
    var order = timeline.events + timeline.events.filter { _ in Bool.random(using: &generator) }
    order.shuffle(using: &generator)
    if round == 0 { order = timeline.events.reversed() }
    let found = try await timeline.toldAtOnce(order).projections()
    for kind in Tables.Kind.allCases where !kind.dependsOnOrder {
      #expect(
        found[kind] == expected[kind], "\(kind) in round \(round)", sourceLocation: sourceLocation)
    }
  }
}

extension Timeline {
  /// A ledger that was told these events in one transaction.
  func toldAtOnce(_ events: [Event]) async throws -> Story {
    let story = try Story(cluster: ClusterName("lab"))
    try await story.ledger.record(contentsOf: events)
    return story
  }
}
