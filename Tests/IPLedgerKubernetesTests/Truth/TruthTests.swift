import Foundation
import IPLedger
import RecordedClusters
import Testing

@testable import IPLedgerKubernetes

/// What the recordings' truth says of the answers (R8a, R8b, R20): issue of every release.
@Suite(.serialized) struct `answers against the truth` {
  /// A kind of input, and how many of its answers have to be exact, for each recording.
  struct Input: Sendable, CustomStringConvertible {
    let file: String
    let exactShares: [String: Double]
    var description: String { file }

    static let all = [
      Input(
        file: "watch.jsonl.gz",
        exactShares: ["rolling-restart": 0.70, "api-edges": 0.87, "resumed-watch": 0.96]),
      Input(
        file: "watch-bare.jsonl.gz",
        exactShares: ["rolling-restart": 0.30, "api-edges": 0.50, "resumed-watch": 0.52]),
      Input(
        file: "kubectl-watch.json.gz",
        exactShares: ["rolling-restart": 0.30, "api-edges": 0.50, "resumed-watch": 0.52]),
      Input(
        file: "audit.jsonl.gz",
        exactShares: ["rolling-restart": 0.90, "api-edges": 0.90, "resumed-watch": 0.90]),
    ]
  }

  @Test(arguments: RecordedCluster.all, Input.all)
  func `no exact answer is wrong and every bounded one contains the truth`(
    _ recording: RecordedCluster, _ input: Input
  ) async throws {
    let place = try TemporaryLedger()
    let (events, _) = try facts(in: [recording.file(input.file)])
    try await place.ledger.record(contentsOf: events)
    let truth = try Truth(recording, end: try recording.end)
    let score = try place.ledger.read { view in
      try Score(truth, view, network: NetworkName("lab"))
    }
    #expect(try place.ledger.replay(scratch: NSTemporaryDirectory()).isEqual)
    #expect(score.wrong == [])
    #expect(score.asked > 0)
    let share = try #require(input.exactShares[recording.story])
    #expect(score.exactShare >= share, "\(recording) from \(input): \(score)")
    // Nobody could answer only where the input never showed the pod, or nobody was watching.
    let shown = Set(events.compactMap(\.uid?.rawValue))
    // Every recording of a story was begun with the watch that has receive times.
    let watched =
      try facts(in: [recording.file("watch.jsonl.gz")]).events
      .compactMap(\.evidence?.receivedAt).min() ?? recording.begin
    for question in score.unanswered {
      #expect(
        shown.isDisjoint(with: question.holders) || question.instant < watched,
        "\(question.address) at \(question.instant)")
    }
  }
}
