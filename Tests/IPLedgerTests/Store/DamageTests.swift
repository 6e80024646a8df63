import Foundation
import IPLedger
import LMDB
import Testing

/// R5: the log is the truth, so a projection that was changed behind its back is found and mended.
@Suite(.serialized) struct `damaged projections` {
  private static let text = """
    09:00     watch
    10:00     web-0#a  gets 10.0.0.1 fd00::1 on node-1 retain 1
    10:10     job-1#a  gets 10.0.0.2 on node-1
    10:30     web-0#a  is asked to go, grace 30
    10:30:20  web-0#a  goes
    10:40     other#a  gets 10.0.0.1 on node-1
    11:00     watch
    """

  @Test(arguments: Tables.Kind.allCases)
  func `R5: a changed row is named by replay, refused by reads and mended by a rebuild`(
    _ kind: Tables.Kind
  ) async throws {
    let directory = NSTemporaryDirectory() + "ipledger-damage-\(UInt64.random(in: 0 ... .max))"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let options = Ledger.Options(clock: { Instant.seconds(1_800_000_000) })
    do {
      let ledger = try Ledger.open(at: directory, options: options)
      try await ledger.record(contentsOf: Timeline(Self.text).events)
      #expect(try ledger.replay(scratch: NSTemporaryDirectory()).isEqual)
      ledger.close()
    }
    let wasThere = try await Self.flipBit(in: kind, directory)
    let ledger = try Ledger.open(at: directory, options: options)
    defer { ledger.close() }
    let report = try ledger.replay(scratch: NSTemporaryDirectory())
    let differing = report.tables.filter { $0.differences > 0 }.map(\.name)
    #expect(differing == (wasThere ? [kind.rawValue] : []))
    #expect(report.isEqual == !wasThere)
    try await ledger.rebuild()
    #expect(try ledger.replay(scratch: NSTemporaryDirectory()).isEqual)
    let answer = try ledger.read { view in
      try view.audit(
        Address(
          network: NetworkName(of: try ClusterName("lab")), ip: IPAddress(parsing: "10.0.0.2")),
        at: Instant(story: "10:20"))
    }
    #expect(answer.verdict == .held)
  }

  @Test func `R5: a missing and an added row are both found`() async throws {
    let directory = NSTemporaryDirectory() + "ipledger-damage-\(UInt64.random(in: 0 ... .max))"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let options = Ledger.Options(clock: { Instant.seconds(1_800_000_000) })
    do {
      let ledger = try Ledger.open(at: directory, options: options)
      try await ledger.record(contentsOf: Timeline(Self.text).events)
      ledger.close()
    }
    do {
      let environment = try Environment.open(at: directory)
      try await environment.write { txn in
        let tenures = try txn.createTable(Tables.name(.tenures, 0))
        guard let first = try txn.reading.first(tenures) else { return }
        try txn.delete(tenures, first.key)
        let holders = try txn.createTable(Tables.name(.holders, 0))
        try txn.put(holders, [0xFF], [1, 2, 3, 4])
      }
      environment.close()
    }
    let ledger = try Ledger.open(at: directory, options: options)
    defer { ledger.close() }
    let report = try ledger.replay(scratch: NSTemporaryDirectory())
    #expect(report.tables.filter { $0.differences == 1 }.map(\.name) == ["tenures", "holders"])
    #expect(report.tables.first { $0.name == "holders" }?.firstDifference == "ff")
  }

  @Test func `a flipped bit in a row is refused where it is read`() async throws {
    let directory = NSTemporaryDirectory() + "ipledger-damage-\(UInt64.random(in: 0 ... .max))"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let options = Ledger.Options(clock: { Instant.seconds(1_800_000_000) })
    do {
      let ledger = try Ledger.open(at: directory, options: options)
      try await ledger.record(contentsOf: Timeline(Self.text).events)
      ledger.close()
    }
    _ = try await Self.flipBit(in: .tenures, directory)
    let ledger = try Ledger.open(at: directory, options: options)
    defer { ledger.close() }
    let error = #expect(throws: LedgerError.self) {
      let answer = try ledger.read { view in
        try view.audit(
          Address(
            network: NetworkName(of: try ClusterName("lab")), ip: IPAddress(parsing: "10.0.0.1")),
          at: Instant(story: "10:20"))
      }
      Issue.record("answered \(answer.verdict)")
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains("replay --rebuild"))
  }

  /// Flips a bit in the first row of a table; `false` where the table is empty.
  private static func flipBit(in kind: Tables.Kind, _ directory: String) async throws -> Bool {
    let environment = try Environment.open(at: directory)
    defer { environment.close() }
    return try await environment.write { txn in
      let table = try txn.createTable(Tables.name(kind, 0))
      guard let first = try txn.reading.first(table) else { return false }
      var value = first.value
      value[0] ^= 1
      try txn.put(table, first.key, value)
      return true
    }
  }
}
