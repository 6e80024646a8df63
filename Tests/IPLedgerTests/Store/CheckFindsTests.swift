import Foundation
import LMDB
import Testing

@testable import IPLedger

/// What a check, a replay and the verification of evidence have to find: R4, R5, R21, R23.
@Suite(.serialized) struct `what a check finds` {
  private static let options = Ledger.Options(clock: { Instant.seconds(1_800_000_000) })

  private func withDirectory(_ body: (String) async throws -> Void) async throws {
    let path = NSTemporaryDirectory() + "ipledger-finds-\(UInt64.random(in: 0 ... .max))"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await body(path)
  }

  private func recorded(_ text: String, at path: String) async throws -> Ledger {
    let ledger = try Ledger.open(at: path, options: Self.options)
    try await ledger.record(contentsOf: Timeline(text).events)
    return ledger
  }

  @Test func `R5: a replay names the last row of a table where it is missing`() async throws {
    try await withDirectory { path in
      let ledger = try await recorded(
        "10:00 web-0#a gets 10.0.0.1\n10:01 web-1#b gets 10.0.0.2", at: path)
      defer { ledger.close() }
      let last = try #require(
        try ledger.storedRows(.tenures).keys.max { $0.lexicographicallyPrecedes($1) })
      try await ledger.environment.write { txn in
        _ = try txn.delete(txn.createTable(Tables.name(.tenures, 0)), last)
      }
      let report = try ledger.replay(scratch: NSTemporaryDirectory())
      let tenures = try #require(report.tables.first { $0.name == "tenures" })
      #expect(tenures.differences == 1)
      #expect(tenures.rows == 2)
      #expect(!report.isEqual)
    }
  }

  @Test func `R4: a check names an event that was recorded before the one before it`() async throws
  {
    try await withDirectory { path in
      let ledger = try await recorded(
        "10:00 web-0#a gets 10.0.0.1\n10:01 web-1#b gets 10.0.0.2", at: path)
      let second = try ledger.events(after: Position(1), limit: 1)[0]
      let early = RecordedEvent(
        position: second.position, recordedAt: .seconds(1_799_999_999), event: second.event)
      try await ledger.environment.write { [log = ledger.log] txn in
        try txn.put(log, Keys.position(early.position), EventFrame.encode(early))
      }
      ledger.close()
      let report = try Ledger.check(at: path, scratch: NSTemporaryDirectory())
      #expect(report.firstBadPosition == Position(2))
      #expect(report.findings.contains { $0.description.contains("(R4)") })
    }
  }

  @Test func `R23: a check names two decided tenures of one address that overlap`() async throws {
    try await withDirectory { path in
      var events: [RecordedEvent] = []
      for line in ["10:01 a#1 asks", "10:02 b#1 asks"] {
        let diary = try Diary()
        _ = try await diary.tell("10:00 pool 10.0.0.0/32\n\(line)")
        let log = try diary.ledger.events(after: .origin, limit: 2)
        if events.isEmpty { events = [log[0]] }
        events.append(
          RecordedEvent(
            position: Position(UInt64(events.count + 1)), recordedAt: log[1].recordedAt,
            event: log[1].event))
      }
      let ledger = try Ledger.open(at: path, options: Self.options)
      try ledger.append(events)
      ledger.close()
      let report = try Ledger.check(at: path, scratch: NSTemporaryDirectory())
      #expect(report.isFolded)
      #expect(report.findings.contains { $0.description.contains("(R23)") })
    }
  }

  @Test func `R21: a reservation whose event is damaged does not pass the verification`()
    async throws
  {
    try await withDirectory { path in
      let ledger = try await recorded(
        """
        10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
        10:30  web-0#a  goes
        """, at: path)
      defer { ledger.close() }
      try await ledger.environment.write { [log = ledger.log] txn in
        guard var frame = try txn.reading.get(log, Keys.position(Position(1))) else { return }
        frame[frame.count - 1] ^= 1
        try txn.put(log, Keys.position(Position(1)), frame)
      }
      try ledger.read { view in
        let kept = try #require(try view.reservations(at: Instant(story: "10:40")).first)
        #expect(throws: LedgerError.self) { try view.verify(kept) }
      }
    }
  }
}
