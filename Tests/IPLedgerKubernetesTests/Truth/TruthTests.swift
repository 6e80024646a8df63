import IPLedger
import Testing

@testable import IPLedgerKubernetes

@Suite struct TruthTests {
  @Test(arguments: Recording.all, ["watch.jsonl.gz"])
  func `score`(_ recording: Recording, _ file: String) async throws {
    let place = try TemporaryLedger()
    let (events, summary) = try facts(in: [recording.file(file)])
    let recordings = try await place.ledger.record(contentsOf: events)
    let steps = try recording.lines("steps.txt").last { $0.hasSuffix(" end") }
    let end = try Instant(rfc3339: String(steps!.prefix { $0 != " " }))
    let truth = try Truth(recording, end: end)
    let score = try place.ledger.read { view in
      try Score(truth, view, network: NetworkName("lab"))
    }
    print(recording, file, "events", recordings.count, "new", recordings.count { $0.isNew }, score)
    print(summary.skipped, summary.warnings)
    for w in score.wrong { print("   WRONG", w) }
    #expect(score.wrong.isEmpty)
  }
}
