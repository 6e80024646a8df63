import LMDB
import Testing

@testable import IPLedger

/// A row that damage hides must not make an address seem unused.
@Suite struct `hidden rows` {
  /// A ledger that gave one address away, without the row that says so.
  private func diary() async throws -> Diary {
    let diary = try Diary()
    _ = try await diary.tell("10:00 pool 10.0.0.0/30\n10:01 web-0#a asks")
    let rows = try diary.ledger.storedRows(.used)
    try await diary.ledger.environment.write { [ledger = diary.ledger] txn in
      let tables = try ledger.tables(in: txn.reading)
      for key in rows.keys { try txn.delete(tables[.used], key) }
    }
    return diary
  }

  @Test func `R23: what a pod has is not given away as never used`() async throws {
    let diary = try await diary()
    await #expect(throws: LedgerError.self) {
      try await diary.tell("10:02 web-1#b asks")
    }
  }

  @Test func `counts of a pool that cannot be are an error`() async throws {
    let diary = try await diary()
    _ = try await diary.tell("10:02 web-0#a goes")
    #expect(throws: LedgerError.self) {
      try diary.ledger.read { view in try view.poolStatuses(at: Instant(story: "10:03")) }
    }
  }
}
