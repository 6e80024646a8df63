import Foundation
import IPLedger
import RecordedClusters
import TestSupport
import Testing

@testable import IPLedgerKubernetes

/// Random true histories, shown to observers and asked about.
@Suite(.serialized) struct `a simulated cluster` {
  private static let isDeep = Seeds.isDeep

  /// R7, R8a, R8b, R15, R20: each seed is a history, and is shown in two of the ways.
  ///
  /// 70 seeds, with `IPLEDGER_DEEP` 2,000.
  @Test(arguments: 1...(isDeep ? 2_000 : 70) as ClosedRange<UInt64>)
  func `no exact answer is wrong and every bounded one contains the truth`(
    _ seed: UInt64
  ) async throws {
    let cluster = SimulatedHistory.make(seed: seed)
    guard cluster.changes.count > 3 else { return }
    let ways = Observers.Way.allCases
    for way in [ways[Int(seed) % ways.count], ways[Int(seed * 5 + 3) % ways.count]] {
      var observers = Observers(cluster, seed: seed)
      let inputs = observers.inputs(way)
      let place = try TemporaryLedger()
      var shown: Set<String> = []
      for lines in inputs.shuffled(using: &observers.generator) + inputs {
        let (events, _) = try facts(in: lines) { $0.isFullList = true }
        try await place.ledger.record(contentsOf: events)
        for case .created(let created) in events {
          shown.formUnion(created.addresses.map { "\(created.uid.rawValue) \($0)" })
        }
      }
      var check = Check(
        [cluster], in: try NetworkName("lab"), shown: shown,
        isWhole: [.whole, .bareWhole].contains(way), seed: seed)
      try place.ledger.read { view in try check.ask(view) }
      #expect(check.wrong == [], "\(way)")
      let scratch = FileManager.default.temporaryDirectory.path
      #expect(try place.ledger.replay(scratch: scratch).isEqual)
    }
  }
}
