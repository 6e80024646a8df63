import Foundation
import IPLedger
import RecordedClusters
import TestSupport
import Testing

@testable import IPLedgerKubernetes

/// R7: the order in which facts arrive, and how often, changes nothing.
@Suite(.serialized) struct `the order of arrival` {
  @Test(
    arguments: [RecordedCluster.rollingRestart, .resumedWatch],
    ["watch.jsonl.gz", "audit.jsonl.gz"])
  func `R7: a hundred permutations with duplicates give the same projections`(
    _ recording: RecordedCluster, _ file: String
  ) async throws {
    let (events, _) = try facts(in: [recording.file(file)])
    let reference = try await projections(of: events)
    var generator = SplitMix64(seed: 7)
    for round in 0..<100 {
      var shuffled = events + events.filter { _ in Bool.random(using: &generator) }
      shuffled.shuffle(using: &generator)
      let rows = try await projections(of: shuffled)
      for kind in Tables.Kind.allCases where !kind.dependsOnOrder {
        try #require(rows[kind] == reference[kind], "\(kind) in round \(round)")
      }
    }
  }

  @Test(arguments: [[1, 2, 3, 4], [4, 3, 2, 1], [2, 4, 1, 3]])
  func `R7: four parts of a watch, twice and in any order, say what the whole says`(
    _ order: [Int]
  ) async throws {
    let recording = RecordedCluster.resumedWatch
    let whole = try TemporaryLedger()
    try await whole.ledger.record(
      contentsOf: try facts(in: [recording.file("whole.jsonl.gz")]).events)
    let parts = try TemporaryLedger()
    for part in order + order {
      try await parts.ledger.record(
        contentsOf: try facts(in: [recording.file("part\(part).jsonl.gz")]).events)
    }
    let (told, inParts) = (try Self.tenures(whole.ledger), try Self.tenures(parts.ledger))
    #expect(told.count > 25)
    #expect(inParts == told)
  }

  /// All tenures with their bounds, without the coverage, which four parts prove less of.
  static func tenures(_ ledger: Ledger) throws -> [String] {
    try ledger.read { view in
      var lines: [String] = []
      for network in try view.networks() {
        for prefix in ["0.0.0.0/0", "::/0"] {
          for address in try view.addresses(in: AddressPrefix(parsing: prefix), of: network) {
            for span in try view.history(of: address)
            where span.kind != .unknown && span.kind != .free {
              let who = span.holders.map { "\($0.pod.identity) \($0.pod.uid)" }
              lines.append(
                "\(span.kind) \(address) \(who) \(String(describing: span.from)) "
                  + "\(String(describing: span.to)) \(span.ended?.description ?? "-")")
            }
          }
        }
      }
      return lines
    }
  }

  private func projections(
    of events: [Event]
  ) async throws -> [Tables.Kind: [[UInt8]: [UInt8]]] {
    let place = try TemporaryLedger()
    try await place.ledger.record(contentsOf: events)
    var rows: [Tables.Kind: [[UInt8]: [UInt8]]] = [:]
    for kind in Tables.Kind.allCases { rows[kind] = try place.ledger.storedRows(kind) }
    return rows
  }
}
