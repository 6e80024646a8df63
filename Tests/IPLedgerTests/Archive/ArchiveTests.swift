import Foundation
import IPLedger
import Testing

@testable import IPLedgerArchive

/// The portable form of a log, and a ledger made of it.
@Suite(.serialized) struct `export and import` {
  private static let story = """
    09:00     watch
    10:00     web-0#a  gets 10.0.0.1 fd00::1 on node-1 retain 1
    10:10     job-1#a  gets 10.0.0.2 on node-1
    10:30     web-0#a  is asked to go, grace 30
    10:30:20  web-0#a  goes
    10:40     other#a  gets 10.0.0.1 on node-1
    11:00     watch
    """

  /// A directory with a ledger, and the lines of its export.
  private func exported() async throws -> (directory: URL, lines: [Data]) {
    let directory = FileManager.default.temporaryDirectory
      .appending(path: "ipledger-export-\(UInt64.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let ledger = try Ledger.open(
      at: directory.appending(path: "ledger").path,
      options: Ledger.Options(clock: { Instant.seconds(1_800_000_000) }))
    defer { ledger.close() }
    try await ledger.record(contentsOf: Timeline(Self.story).events)
    _ = try await ledger.define(
      Pool(
        network: NetworkName("vpc-1"), zone: .default,
        prefix: AddressPrefix(parsing: "10.1.0.0/24"),
        exclusions: [AddressRange(parsing: "10.1.0.1-10.1.0.9")], coolDown: .minutes(1)),
      at: Instant(story: "11:10"))
    var text = Data()
    let export = try LogExport(of: ledger) { text += $0 }
    let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    #expect(lines.last == Data())
    #expect(export.events == lines.count - 3)
    return (directory, lines.dropLast().map { Data($0) })
  }

  private func importing(_ lines: [Data], to path: URL) throws -> CheckReport {
    var rest = lines[...]
    return try LogImport.makeLedger(
      at: path.path, scratch: NSTemporaryDirectory(), clock: { Instant.seconds(1_800_000_000) },
      from: { rest.popFirst() })
  }

  @Test(arguments: Event.Kind.allCases)
  func `every event comes back as it was, whatever it says`(_ kind: Event.Kind) throws {
    var random = RandomEvents(seed: UInt64(kind.rawValue) + 77)
    for _ in 0..<400 {
      let recorded = RecordedEvent(
        position: Position(1 + random.number(below: 1 << 60)), recordedAt: random.instant(),
        event: try random.next(kind))
      let line = try PortableLine.event(recorded)
      let back = try PortableLine.event(line, position: recorded.position)
      try #require(EventFrame.encode(back) == EventFrame.encode(recorded))
    }
  }

  @Test func `the log and all projections are the same, byte for byte`() async throws {
    let (directory, lines) = try await exported()
    defer { try? FileManager.default.removeItem(at: directory) }
    let report = try importing(lines, to: directory.appending(path: "new"))
    #expect(report.isSound)
    let options = Ledger.Options(readOnly: true, create: false, clock: { .epoch })
    let old = try Ledger.open(at: directory.appending(path: "ledger").path, options: options)
    let new = try Ledger.open(at: directory.appending(path: "new").path, options: options)
    defer {
      old.close()
      new.close()
    }
    #expect(
      try old.events(after: .origin, limit: .max) == new.events(after: .origin, limit: .max))
    for kind in Tables.Kind.allCases {
      #expect(try old.storedRows(kind) == new.storedRows(kind), "\(kind)")
    }
  }

  @Test func `what is missing, doubled or elsewhere is named by its line, and leaves nothing`()
    async throws
  {
    let (directory, lines) = try await exported()
    defer { try? FileManager.default.removeItem(at: directory) }
    var damaged: [(what: String, lines: [Data], at: Int)] = []
    for index in lines.indices {
      damaged.append(("cut before \(index)", Array(lines[..<index]), index + 1))
      var without = lines
      without.remove(at: index)
      // Without its last line the file ends where that should be.
      damaged.append(("without \(index)", without, index + 1))
      var doubled = lines
      doubled.insert(lines[index], at: index)
      damaged.append(("doubled \(index)", doubled, index + 2))
      let half = lines[..<index] + [lines[index].prefix(lines[index].count / 2)]
      damaged.append(("cut in \(index)", Array(half), index + 1))
    }
    for (what, lines, line) in damaged {
      let error = #expect(throws: ImportError.self, "\(what)") {
        try importing(lines, to: directory.appending(path: "new"))
      }
      #expect(error?.line == line, "\(what): \(error.map { "\($0)" } ?? "")")
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
    #expect(names == ["ledger"])
  }

  @Test func `a changed byte anywhere is noticed`() async throws {
    let (directory, lines) = try await exported()
    defer { try? FileManager.default.removeItem(at: directory) }
    for index in lines.indices {
      for place in stride(from: 0, to: lines[index].count, by: 23) {
        var changed = lines
        changed[index][place] ^= 1
        #expect(throws: (any Error).self, "byte \(place) of line \(index + 1)") {
          try importing(changed, to: directory.appending(path: "new"))
        }
      }
    }
  }

  @Test(arguments: [
    (
      0, #"{"format":"ipledger-log","version":2,"head":8}"#,
      "expected version 1 of the format, found 2, which a newer version wrote: upgrade ipledger"
    ),
    (
      0, #"{"format":"ipledger-log","version":0,"head":8}"#,
      "expected version 1 of the format, found 0;"
    ),
    (0, #"{"hello":1}"#, "the header of an export"),
    (0, "", "an empty line"),
    (0, String(repeating: "[", count: 100_000), "a JSON object"),
    (1, #"{"position":1,"recordedAt":"2027","kind":"created"}"#, "recordedAt"),
    (
      1, #"{"position":1,"recordedAt":"2027-01-15T08:00:00.000000Z","kind":"eaten"}"#,
      "a kind of event"
    ),
    (1, #"{"position":9}"#, "the event at position 1"),
  ])
  func `a line that says something else is refused with what was expected`(
    _ index: Int, _ text: String, _ expected: String
  ) async throws {
    let (directory, lines) = try await exported()
    defer { try? FileManager.default.removeItem(at: directory) }
    var changed = lines
    changed[index] = Data(text.utf8)
    let error = #expect(throws: ImportError.self) {
      try importing(changed, to: directory.appending(path: "new"))
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains(expected))
  }

  @Test func `a log that no ledger would have written is refused`() async throws {
    let (directory, _) = try await exported()
    defer { try? FileManager.default.removeItem(at: directory) }
    let source = try Ledger.open(
      at: directory.appending(path: "ledger").path,
      options: Ledger.Options(readOnly: true, create: false, clock: { .epoch }))
    let first = try source.events(after: .origin, limit: 1)
    source.close()
    let ledger = try Ledger.open(
      at: directory.appending(path: "new").path,
      options: Ledger.Options(clock: { Instant.seconds(1_800_000_000) }))
    defer { ledger.close() }
    let again = first.map {
      RecordedEvent(position: Position(2), recordedAt: $0.recordedAt, event: $0.event)
    }
    #expect(throws: LedgerError.self) { try ledger.append(first + again) }
    #expect(throws: LedgerError.self) { try ledger.append(again) }
    let created = PodCreated(
      identity: try PodIdentity(cluster: ClusterName("c"), namespace: "default", name: "web-0"),
      uid: try PodUID("a"), network: try NetworkName("c"),
      addresses: try (0...LedgerLimits.maximumAddressesPerPod).map { index in
        try IPAddress(parsing: "10.9.0.\(index)")
      },
      description: PodDescription(describedAt: ResourceVersion(7)),
      evidence: Evidence(source: .watch, resourceVersion: ResourceVersion(7)))
    let wide = first.map { event in
      RecordedEvent(
        position: event.position, recordedAt: event.recordedAt, event: .created(created))
    }
    #expect(throws: LedgerError.self) { try ledger.append(wide) }
    #expect(try ledger.read { view in try view.head } == .origin)
    // The clock of the other ledger may have been set wrong once: its log is one all the same.
    let late = first.map { event in
      RecordedEvent(
        position: event.position,
        recordedAt: Instant.seconds(1_800_000_000 + 2 * 86_400), event: event.event)
    }
    try ledger.append(late)
    #expect(try ledger.read { view in try view.head } == Position(1))
  }
}
