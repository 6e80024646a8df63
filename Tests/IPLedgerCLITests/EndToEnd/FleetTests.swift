import Foundation
import IPLedger
import LMDB
import TestSupport
import Testing

/// Four processes on one ledger, killed, stopped and started again at random; its map has to grow and
/// its readers' slots run out.
///
/// Until so many kills and stops by default, for ten minutes with `IPLEDGER_DEEP`.
@Suite(.serialized) struct `a fleet of processes` {
  private static let isDeep = Seeds.isDeep
  private static let seconds = 600.0
  private static let rounds = 60
  private static let processes = 4
  private static let program = Program.path.deletingLastPathComponent()
    .appending(path: "FleetWorker")

  private struct Member {
    let process: Process
    let output: URL
  }

  @Test(.timeLimit(.minutes(30)))
  func `kills and stops lose nothing, double nothing and leave nobody waiting`() async throws {
    let directory = try Directory()
    let path = directory.url.appending(path: "ledger").path
    let acknowledged = directory.url.appending(path: "acknowledged")
    try FileManager.default.createDirectory(at: acknowledged, withIntermediateDirectories: true)
    try await prepare(path)
    var random = SystemRandomNumberGenerator()
    var members: [Member] = []
    var (kills, stops, faults) = (0, 0, [String]())
    let began = Date.now
    let end = began.addingTimeInterval(Self.seconds)
    while Self.isDeep ? Date.now < end : kills + stops < Self.rounds {
      while members.count < Self.processes {
        members.append(try start(path, members.count, acknowledged, in: directory))
      }
      // The thread is kept, as other tests keep theirs: a task that sleeps might not wake for long.
      usleep(.random(in: 5_000...120_000, using: &random))
      let index = Int.random(in: 0..<members.count, using: &random)
      let process = members[index].process
      if !process.isRunning {
        faults.append(try String(contentsOf: members[index].output, encoding: .utf8))
        members.remove(at: index)
      } else if Bool.random(using: &random) {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        members.remove(at: index)
        kills += 1
      } else {
        kill(process.processIdentifier, SIGSTOP)
        usleep(.random(in: 1_000...60_000, using: &random))
        kill(process.processIdentifier, SIGCONT)
        stops += 1
      }
    }
    for member in members {
      kill(member.process.processIdentifier, SIGKILL)
      member.process.waitUntilExit()
    }
    #expect(faults == [])
    let events = try await look(path, acknowledged)
    #expect(kills > 5)
    Report.line(
      "kills survived",
      "\(kills) kills and \(stops) stops of \(Self.processes) processes in \(Int(Date.now.timeIntervalSince(began))) s, "
        + "\(events) events: nothing lost, nothing double, no address with two holders")
  }

  private func prepare(_ path: String) async throws {
    var options = Ledger.Options(clock: { Instant.seconds(1_795_000_000) })
    options.storage = Environment.Options(mapSize: 1 << 20, maxReaders: 8)
    let ledger = try Ledger.open(at: path, options: options)
    defer { ledger.close() }
    _ = try await ledger.define(
      Pool(
        network: NetworkName("vpc-1"), zone: .default, prefix: AddressPrefix(parsing: "10.1.0.0/24")
      ),
      at: Instant.seconds(1_795_000_000))
  }

  private func start(
    _ path: String, _ number: Int, _ acknowledged: URL, in directory: Directory
  ) throws -> Member {
    let (process, output, _) = try Program.process(
      [path, "\(number)", acknowledged.appending(path: UUID().uuidString).path], in: directory,
      executable: Self.program)
    try process.run()
    return Member(process: process, output: output)
  }

  /// What is left after the last one was killed: how many events there are.
  private func look(_ path: String, _ acknowledged: URL) async throws -> Int {
    let ledger = try Ledger.open(
      at: path, options: Ledger.Options(clock: { Instant.seconds(1_795_000_000) }))
    // Whoever was killed while it wrote has not left the others waiting.
    let zone = try await ledger.define(
      Pool(
        network: NetworkName("vpc-1"), zone: .default, prefix: AddressPrefix(parsing: "10.9.0.0/24")
      ),
      at: Instant.seconds(Int64(Date.now.timeIntervalSince1970)))
    #expect(zone != .unchanged)
    #expect(try ledger.storage().readers == 0)
    var seen: [String: Int] = [:]
    let events = try ledger.events(after: .origin, limit: .max)
    for case .created(let created) in events.map(\.event) {
      seen[created.uid.rawValue, default: 0] += 1
    }
    ledger.close()
    let files = try FileManager.default.contentsOfDirectory(
      at: acknowledged, includingPropertiesForKeys: nil)
    // A line that was being written when its process was killed has no end.
    let lines = try files.flatMap { file in
      try String(contentsOf: file, encoding: .utf8).split(
        separator: "\n", omittingEmptySubsequences: false
      ).dropLast()
    }
    #expect(lines.count > 50)
    let lost = lines.filter { seen[String($0.split(separator: " ")[1])] == nil }
    #expect(lost == [])
    #expect(seen.values.allSatisfy { $0 == 1 })
    let report = try Ledger.check(at: path, scratch: NSTemporaryDirectory())
    #expect(report.findings == [])
    return events.count
  }
}
