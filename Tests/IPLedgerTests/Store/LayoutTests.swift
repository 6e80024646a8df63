import Foundation
import LMDB
import Testing

@testable import IPLedger

/// A ledger whose projections an older program made.
@Suite(.serialized) struct `older layouts` {
  /// A ledger with a story in it, closed, with the tables and the layout of version 1.
  private func oldLedger(at path: String) async throws {
    let ledger = try Ledger.open(
      at: path, options: Ledger.Options(clock: { .seconds(1_800_000_000) }))
    for event in try Timeline("09:00 watch\n09:01 web-0#a gets 10.0.0.1\n09:30 mark").events {
      try await ledger.record(event)
    }
    try await ledger.environment.write { [meta = ledger.meta] txn in
      for kind in [Tables.Kind.pools, .used, .vacancies] { try txn.drop(Tables.name(kind, 0)) }
      let key = Array("layout".utf8)
      var writer = ByteWriter()
      writer.uint64(1)
      try txn.put(meta, key, Row.seal(writer.bytes, under: key, of: MetaTable.seed))
    }
    ledger.close()
  }

  private func withDirectory(_ body: (String) async throws -> Void) async throws {
    let directory = FileManager.default.temporaryDirectory
      .appending(path: "ipledger-layout-\(UInt64.random(in: 0 ... .max))")
    defer { try? FileManager.default.removeItem(at: directory) }
    try await body(directory.path)
  }

  @Test func `an older layout is folded again when it is opened to write`() async throws {
    try await withDirectory { path in
      try await oldLedger(at: path)
      let ledger = try Ledger.open(
        at: path, options: Ledger.Options(clock: { .seconds(1_800_000_000) }))
      #expect(try ledger.replay(scratch: path).isEqual)
      let names = try ledger.read { view in try view.networks().map(\.rawValue) }
      #expect(names == ["lab"])
      ledger.close()
      // It is of the present layout now, for those, too, who only read.
      let reader = try Ledger.open(
        at: path, options: Ledger.Options(readOnly: true, clock: { .seconds(1_800_000_000) }))
      #expect(try reader.read { view in try view.networks().map(\.rawValue) } == names)
      reader.close()
    }
  }

  @Test func `an older layout that is only read says what to do`() async throws {
    try await withDirectory { path in
      try await oldLedger(at: path)
      let error = #expect(throws: LedgerError.self) {
        try Ledger.open(
          at: path, options: Ledger.Options(readOnly: true, clock: { .seconds(1_800_000_000) }))
      }
      #expect("\(error, default: "")".contains("ipledger replay --rebuild"))
    }
  }

  @Test func `an upgrade that another program has begun goes on where that one came to`()
    async throws
  {
    try await withDirectory { path in
      try await oldLedger(at: path)
      let clock: @Sendable () -> Instant = { .seconds(1_800_000_000) }
      try await begunUpgrade(at: path)
      let ledger = try Ledger.open(at: path, options: Ledger.Options(clock: clock))
      let report = try ledger.replay(scratch: path)
      // A new beginning would have made the tables anew, without the row that marks them.
      #expect(report.tables.filter { $0.differences > 0 }.map(\.name) == ["counts"])
      ledger.close()
    }
  }

  /// Folds the first event into the next generation, as an upgrade does, and stops.
  private func begunUpgrade(at path: String) async throws {
    let environment = try Environment.open(at: path, create: false)
    defer { environment.close() }
    try await environment.write { txn in
      guard let meta = try txn.reading.table(MetaTable.name),
        let log = try txn.reading.table(MetaTable.logName)
      else { return }
      let tables = try Tables(creating: 1, in: txn)
      let projector = Projector(tables)
      for recorded in try LogReader(log, in: txn.reading).page(after: .origin, limit: 1) {
        _ = try projector.fold(recorded.event, at: recorded.position, in: txn)
      }
      try projector.settle(in: txn)
      try tables.put(.counts, Array("mark".utf8), [], in: txn)
      try MetaTable.setRebuild(meta, MetaTable.upgradeToken, in: txn)
      try MetaTable.setUpgraded(meta, Position(1), in: txn)
    }
  }

  @Test func `a newer layout that is put in place of an open one is noticed`() async throws {
    try await withDirectory { path in
      let ledger = try Ledger.open(
        at: path, options: Ledger.Options(clock: { .seconds(1_800_000_000) }))
      let events = try Timeline("09:00 watch\n09:01 web-0#a gets 10.0.0.1").events
      try await ledger.record(events[0])
      try await ledger.environment.write { [meta = ledger.meta] txn in
        var writer = ByteWriter()
        writer.uint64(MetaTable.currentLayout + 1)
        let key = MetaTable.layoutKey
        try txn.put(meta, key, Row.seal(writer.bytes, under: key, of: MetaTable.seed))
      }
      await #expect(throws: LedgerError.self) { try await ledger.record(events[1]) }
      #expect(throws: LedgerError.self) { try ledger.read { view in try view.head } }
      ledger.close()
    }
  }

  @Test func `of two rebuilds at once the later one counts`() async throws {
    try await withDirectory { path in
      let ledger = try Ledger.open(
        at: path, options: Ledger.Options(clock: { .seconds(1_800_000_000) }))
      for event in try Timeline("09:00 watch\n09:01 web-0#a gets 10.0.0.1").events {
        try await ledger.record(event)
      }
      async let first = Result { try await ledger.rebuild() }
      async let second = Result { try await ledger.rebuild() }
      let outcomes = await [first, second]
      #expect(outcomes.contains { if case .success = $0 { true } else { false } })
      #expect(try ledger.replay(scratch: path).isEqual)
      ledger.close()
    }
  }
}

extension Result where Failure == any Error {
  /// What an asynchronous body returns or throws.
  fileprivate init(_ body: () async throws -> Success) async {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}
