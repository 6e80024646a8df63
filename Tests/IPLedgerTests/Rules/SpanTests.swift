import IPLedger
import Testing

@Suite struct `spans of coverage` {
  @Test func `R7: spans that touch become one and others stay apart, whatever came first`()
    async throws
  {
    let parts: [(UInt64, UInt64)] = [
      (10, 20), (30, 40), (50, 60), (20, 25), (39, 55), (1, 2), (70, 80), (65, 90), (24, 24),
    ]
    // 1…2, 10…25, 30…60, 65…90; and one row for each statement, one for the network.
    let rows = 4 + parts.count + 1
    var first: [[UInt8]: [UInt8]]?
    for order in [
      parts, parts.reversed(), parts.sorted { $0.1 > $1.1 }, parts.sorted { $0.0 < $1.0 },
    ] {
      let story = try Story(cluster: ClusterName("c"))
      for (from, through) in order {
        _ = try await story.ledger.record(.watched(watched(story.cluster, from, through)))
      }
      let found = try story.ledger.storedRows(.coverage)
      #expect(found.count == rows)
      #expect(found == first ?? found)
      first = found
    }
  }

  private func watched(
    _ cluster: ClusterName, _ from: UInt64, _ through: UInt64
  ) -> SourceWatched {
    SourceWatched(
      cluster: cluster, network: NetworkName(of: cluster), source: .watch, scope: .cluster,
      phase: .advanced, from: SourceWatched.Point(resourceVersion: ResourceVersion(from)),
      through: SourceWatched.Point(resourceVersion: ResourceVersion(through)))
  }
}
