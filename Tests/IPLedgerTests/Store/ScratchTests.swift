import Foundation
import Testing

@testable import IPLedger

/// Throw-away copies of the projections, which nobody would come to remove.
@Suite(.serialized) struct `throw-away copies` {
  private func story() async throws -> Story {
    try await Timeline("10:00  web-0#a  gets 10.0.0.1").told()
  }

  @Test func `they have no names while they are in use, so a kill leaves nothing`() async throws {
    let story = try await story()
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "ipledger-scratch-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let names = try story.ledger.read(asOf: Position(1), scratch: folder) { view in
      #expect(try view.head == Position(1))
      return try FileManager.default.contentsOfDirectory(atPath: folder)
    }
    #expect(names == [])
    var whileReplaying: [String]?
    let report = try story.ledger.replay(scratch: folder) { _ in
      whileReplaying = try? FileManager.default.contentsOfDirectory(atPath: folder)
    }
    #expect(report.isEqual)
    #expect(whileReplaying == [])
  }

  @Test func `where there is no folder for them, no ledger is said to be touched`() async throws {
    let story = try await story()
    let error = #expect(throws: LedgerError.self) {
      try story.ledger.replay(scratch: "/none/there")
    }
    let words = error.map { "\($0)" } ?? ""
    for expected in ["/none/there", "no ledger was touched", "TMPDIR"] {
      #expect(words.contains(expected), "\(words)")
    }
    #expect(!words.contains("writes are refused"))
  }
}
