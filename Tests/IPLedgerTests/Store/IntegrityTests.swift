import Foundation
import LMDB
import Testing

@testable import IPLedger

/// What a row and the log prove of themselves, and of what is not there.
@Suite(.serialized) struct `integrity of what is stored` {
  private static let text = """
    09:00     watch
    10:00     web-0#a  gets 10.0.0.1 on node-1 retain 1
    10:10     job-1#a  gets 10.0.0.2 on node-1
    10:20     job-2#a  gets 10.0.0.3 on node-1
    10:30     web-0#a  is asked to go, grace 30
    10:30:20  web-0#a  goes
    11:00     watch
    """

  /// A closed ledger with a story in it that was changed behind its back, opened again.
  private func changed(
    _ change: @escaping @Sendable (borrowing WriteTransaction) throws -> Void
  ) async throws -> (ledger: Ledger, path: String) {
    let path = NSTemporaryDirectory() + "ipledger-integrity-\(UInt64.random(in: 0 ... .max))"
    let options = Ledger.Options(clock: { Instant.seconds(1_800_000_000) })
    let ledger = try Ledger.open(at: path, options: options)
    try await ledger.record(contentsOf: Timeline(Self.text).events)
    ledger.close()
    let environment = try Environment.open(at: path)
    try await environment.write(change)
    environment.close()
    return (try Ledger.open(at: path, options: options), path)
  }

  private func refusal(of path: String, _ body: () throws -> Void) -> String {
    defer { try? FileManager.default.removeItem(atPath: path) }
    do {
      try body()
      return "none"
    } catch {
      return "\(error)"
    }
  }

  private static func address(_ ip: String) throws -> Address {
    Address(network: NetworkName(of: try ClusterName("lab")), ip: try IPAddress(parsing: ip))
  }

  @Test func `a damaged key hides no row in silence`() async throws {
    let (ledger, path) = try await changed { txn in
      let table = try txn.createTable(Tables.name(.incarnations, 0))
      guard let row = try txn.reading.first(table) else { return }
      // As if a byte of the key had changed in its place.
      try txn.delete(table, row.key)
      var key = row.key
      key[key.count - 1] ^= 1
      try txn.put(table, key, row.value)
    }
    defer { ledger.close() }
    let said = refusal(of: path) {
      for ip in ["10.0.0.1", "10.0.0.2", "10.0.0.3"] {
        _ = try ledger.read { view in
          _ = try view.explain(
            PodIdentity(cluster: ClusterName("lab"), namespace: "default", name: "web-0"))
          _ = try view.audit(Self.address(ip), at: Instant(story: "10:45"))
          for name in ["job-1", "job-2"] {
            _ = try view.explain(
              PodIdentity(cluster: ClusterName("lab"), namespace: "default", name: name))
          }
        }
      }
    }
    #expect(said.contains("incarnations is damaged"))
  }

  @Test func `a row of another table is none of this one`() async throws {
    let (ledger, path) = try await changed { txn in
      let holders = try txn.createTable(Tables.name(.holders, 0))
      let contested = try txn.createTable(Tables.name(.contested, 0))
      guard let row = try txn.reading.first(holders) else { return }
      try txn.put(contested, row.key, row.value)
    }
    defer { ledger.close() }
    let said = refusal(of: path) { _ = try ledger.read { view in try view.conflicts() } }
    #expect(said.contains("contested is damaged"))
  }

  @Test func `a log that has lost an event is not written, and has no head`() async throws {
    let (ledger, path) = try await changed { txn in
      let log = try txn.createTable(MetaTable.logName)
      try txn.delete(log, Keys.position(Position(3)))
    }
    defer { ledger.close() }
    await #expect(throws: LedgerError.self) {
      try await ledger.expire(at: Instant(story: "d9 10:00"))
    }
    let said = refusal(of: path) { _ = try ledger.read { view in try view.head } }
    #expect(said.contains("ends at position"))
  }

  @Test func `R19, R24: a release frees what it names, whoever has the reservation by then`()
    async throws
  {
    let diary = try Diary(clock: "d1 16:00")
    #expect(try await diary.answer("09:00 pool 10.0.0.0/24") == "defined")
    try await diary.story.record(
      """
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 48
      10:30  web-0#a  goes
      14:00  web-0#b  gets 10.0.0.2 on node-1 retain 48
      """)
    let network = NetworkName(of: diary.story.cluster)
    let release = Event.expired(
      ReservationExpired(
        identity: try diary.story.identity("web-0"), nodeClass: .ecs, network: network,
        addresses: [try IPAddress(parsing: "10.0.0.1")], deadline: nil,
        endedAt: try Instant(story: "11:00"), cause: .released(by: "alice", reason: "moved")))
    // As an import of a log that another ledger wrote.
    _ = try await diary.ledger.commit { writer, txn in try writer.append(release, in: txn) }
    let report = try diary.ledger.replay(scratch: diary.story.scratch)
    #expect(report.tables.filter { $0.differences > 0 }.map(\.name) == [])
  }

  @Test func `check names what is wrong, and what to do`() async throws {
    let (ledger, path) = try await changed { txn in
      let log = try txn.createTable(MetaTable.logName)
      try txn.delete(log, Keys.position(Position(2)))
    }
    ledger.close()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let report = try Ledger.check(at: path, scratch: NSTemporaryDirectory())
    #expect(report.firstBadPosition == Position(2))
    #expect(report.remedy == .restore)
    #expect(report.findings.map(\.description) == ["position 2: the event is missing"])
  }

  /// What a change of the file makes of a check, and whether the log can still be exported from there.
  private func checked(
    _ change: @escaping @Sendable (borrowing WriteTransaction) throws -> Void
  ) async throws -> (report: CheckReport, path: String) {
    let (ledger, path) = try await changed(change)
    ledger.close()
    return (try Ledger.check(at: path, scratch: NSTemporaryDirectory()), path)
  }

  @Test(arguments: [1, 3, 20])
  func `a log that lost its last events is not called whole`(_ count: Int) async throws {
    let (report, path) = try await checked { txn in
      let log = try txn.createTable(MetaTable.logName)
      for _ in 0..<count {
        guard let last = try txn.reading.last(log) else { return }
        try txn.delete(log, last.key)
      }
    }
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(report.remedy == .restore)
  }

  @Test func `an event that became another one is not called whole`() async throws {
    let (report, path) = try await checked { txn in
      let log = try txn.createTable(MetaTable.logName)
      guard let frame = try txn.reading.get(log, Keys.position(Position(2))) else { return }
      let other = try EventFrame.decode(frame, at: Position(2))
      let changed = RecordedEvent(
        position: Position(4), recordedAt: other.recordedAt, event: other.event)
      try txn.put(log, Keys.position(Position(4)), EventFrame.encode(changed))
    }
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(report.remedy == .restore)
    #expect(report.firstBadPosition == Position(4))
  }

  @Test func `an event that says nothing new was not written by a ledger`() async throws {
    let (report, path) = try await checked { txn in
      let log = try txn.createTable(MetaTable.logName)
      guard let last = try txn.reading.last(log) else { return }
      let position = try Keys.position(endOf: last.key)
      let event = try EventFrame.decode(last.value, at: position)
      let again = RecordedEvent(
        position: position.next, recordedAt: event.recordedAt, event: event.event)
      try txn.put(log, Keys.position(position.next), EventFrame.encode(again))
    }
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(report.remedy == .restore)
    #expect(report.findings.first?.description.contains("says nothing") == true)
  }

  @Test(arguments: ["generation", "tables", "checksum"])
  func `where the projections cannot be found they are folded again`(_ what: String) async throws {
    let (report, path) = try await checked { txn in
      let meta = try txn.createTable(MetaTable.name)
      switch what {
      case "generation": try MetaTable.setGeneration(meta, 7, in: txn)
      case "tables": try txn.drop(Tables.name(.tenures, 0))
      default:
        try MetaTable.setGeneration(meta, 0, in: txn)
        guard var row = try txn.reading.get(meta, MetaTable.generationKey) else { return }
        row[row.count - 1] ^= 1
        try txn.put(meta, MetaTable.generationKey, row)
      }
    }
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(report.remedy == .rebuild)
    let ledger = try Ledger.open(
      at: path, options: Ledger.Options(clock: { Instant.seconds(1_800_000_000) }))
    // The log is read whatever became of them.
    #expect(try ledger.events(after: .origin, limit: .max).count == Int(ledger.head.rawValue))
    _ = try await ledger.rebuild()
    ledger.close()
    #expect(try Ledger.check(at: path, scratch: NSTemporaryDirectory()).isSound)
  }

  @Test func `a log is read backwards with no event missing, either`() async throws {
    let (ledger, path) = try await changed { txn in
      let log = try txn.createTable(MetaTable.logName)
      try txn.delete(log, Keys.position(Position(2)))
    }
    defer { ledger.close() }
    let said = refusal(of: path) {
      try ledger.readLog { log in
        try log.forEachEvent(after: Position(4), reverse: true) { _ in true }
      }
    }
    #expect(said.contains("no event at position 2"))
  }

  @Test func `a page of the log is bounded by its bytes, too`() async throws {
    let story = try Story(cluster: ClusterName("lab"))
    let uids = try (0..<60_000).map { try PodUID("pod-with-a-uid-of-its-own-\($0)") }.sorted()
    for version in 1...3 as ClosedRange<UInt64> {
      var list = SourceWatched(
        cluster: story.cluster, network: NetworkName(of: story.cluster), source: .list,
        scope: .cluster, phase: .synced)
      list.presence = SourceWatched.Presence(
        resourceVersion: ResourceVersion(version), isComplete: true, uids: uids)
      try await story.ledger.record(.watched(list))
    }
    #expect(try story.ledger.page(after: .origin, through: Position(3)).count == 2)
    #expect(try story.ledger.page(after: Position(2), through: Position(3)).count == 1)
    #expect(try story.ledger.replay(scratch: story.scratch).isEqual)
  }
}
