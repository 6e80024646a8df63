import Foundation
import LMDB
import Testing

@testable import IPLedger

/// R5: folding the log again, in more than one transaction, and beside what others left.
@Suite(.serialized) struct `folding again` {
  /// So many events that one transaction does not hold them, with a pod in the last of them.
  private func long() async throws -> Story {
    let story = try Story(cluster: ClusterName("lab"))
    let marks = (1...LogReader.pageEvents * Ledger.pagesPerTransaction).map { number in
      Event.watched(
        SourceWatched(
          cluster: story.cluster, network: NetworkName(of: story.cluster), source: .watch,
          scope: .cluster, phase: .advanced,
          through: SourceWatched.Point(resourceVersion: ResourceVersion(UInt64(number)))))
    }
    try await story.ledger.record(contentsOf: marks)
    let text = "10:00 web-0#a gets 10.0.0.1 described 9000 [at 9000]"
    try await story.ledger.record(contentsOf: Timeline(text).events)
    return story
  }

  private func tableNames(_ ledger: Ledger) throws -> [String] {
    try ledger.environment.read { txn in try txn.tableNames() }
  }

  @Test func `R5: a rebuild of more events than one transaction takes misses none`() async throws {
    let story = try await long()
    let head = try story.ledger.read { view in try view.head }
    #expect(try await story.ledger.rebuild() == head)
    #expect(try story.tenures("web-0") == ["10.0.0.1 10:00"])
    #expect(try story.ledger.replay(scratch: story.scratch).isEqual)
  }

  @Test func `R5: a rebuild that another one overtook gives up, and nothing is lost`() async throws
  {
    let story = try await long()
    let ledger = story.ledger
    await #expect(throws: LedgerError.self) {
      try await ledger.rebuild { _ in
        // Another process begins one after the first transaction of this one.
        try? ledger.environment.write { [meta = ledger.meta] txn in
          try MetaTable.setRebuild(meta, 1, in: txn)
        }
      }
    }
    #expect(try ledger.replay(scratch: story.scratch).isEqual)
    let generation = try ledger.environment.read { [meta = ledger.meta] txn in
      try MetaTable.generation(meta, in: txn)
    }
    #expect(generation == 0)
  }

  @Test func `R5: what a rebuild that was cut short left behind is not folded into`() async throws {
    let story = try await Timeline("09:00 watch\n10:00 web-0#a gets 10.0.0.1\n11:00 mark").told()
    try await story.ledger.environment.write { txn in
      let left = try Tables(creating: 1, in: txn)
      try left.put(.holders, [1, 2, 3], [], in: txn)
    }
    try await story.ledger.rebuild()
    #expect(try story.ledger.replay(scratch: story.scratch).isEqual)
  }

  @Test func `R5: the projections that a rebuild replaced are gone from the file`() async throws {
    let story = try await Timeline("09:00 watch\n10:00 web-0#a gets 10.0.0.1\n11:00 mark").told()
    let before = try tableNames(story.ledger)
    try await story.ledger.rebuild()
    let after = try tableNames(story.ledger)
    #expect(after.count == before.count)
    #expect(!after.contains { $0.hasSuffix(".0") })
  }

  @Test func `R5: an older layout is folded again once, not at each opening`() async throws {
    let path = NSTemporaryDirectory() + "ipledger-again-\(UInt64.random(in: 0 ... .max))"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let options = Ledger.Options(clock: { .seconds(1_800_000_000) })
    var generations: [UInt64] = []
    for round in 0..<3 {
      let ledger = try Ledger.open(at: path, options: options)
      let generation = try ledger.environment.read { [meta = ledger.meta] txn in
        try MetaTable.generation(meta, in: txn)
      }
      generations.append(generation)
      if round == 0 {
        try await ledger.environment.write { [meta = ledger.meta] txn in
          let key = MetaTable.layoutKey
          var writer = ByteWriter()
          writer.uint64(MetaTable.currentLayout - 1)
          try txn.put(meta, key, Row.seal(writer.bytes, under: key, of: MetaTable.seed))
        }
      }
      ledger.close()
    }
    #expect(generations == [0, 1, 1])
  }

  @Test func `a ledger of a newer layout is refused, however it is opened`() async throws {
    let path = NSTemporaryDirectory() + "ipledger-newer-\(UInt64.random(in: 0 ... .max))"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let clock: @Sendable () -> Instant = { .seconds(1_800_000_000) }
    let ledger = try Ledger.open(at: path, options: Ledger.Options(clock: clock))
    try await ledger.environment.write { [meta = ledger.meta] txn in
      let key = MetaTable.layoutKey
      var writer = ByteWriter()
      writer.uint64(MetaTable.currentLayout + 1)
      try txn.put(meta, key, Row.seal(writer.bytes, under: key, of: MetaTable.seed))
    }
    ledger.close()
    for readOnly in [false, true] {
      let error = #expect(throws: LedgerError.self) {
        try Ledger.open(at: path, options: Ledger.Options(readOnly: readOnly, clock: clock))
      }
      guard case .newerLayout = error else {
        Issue.record("expected a newer layout, found \(String(describing: error))")
        continue
      }
    }
  }
}
