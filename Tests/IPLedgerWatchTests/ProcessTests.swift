import Foundation
import IPLedger
import RecordedClusters
import TestSupport
import Testing

@testable import IPLedgerWatch

/// The program itself, as it is run and as it is killed.
@Suite(.serialized) struct `ipledger watch` {
  /// Whether the ledger in a folder has come to a version.
  private static func reaches(_ version: UInt64, in folder: Folder, _ process: WatchProcess)
    async throws
  {
    for _ in 0..<3_000 {
      let ledger = try? Ledger.open(
        at: folder.file("ledger"), options: Ledger.Options(readOnly: true, create: false) { .epoch }
      )
      if let ledger {
        defer { ledger.close() }
        let position = try ledger.read { view in
          try view.resumption(of: ClusterName("lab"), .cluster)?.value
        }
        if let position, position >= version { return }
      }
      try #require(process.isRunning, "\(process.log)")
      try await Task.sleep(for: .milliseconds(20))
    }
    throw NotReached(version: version, position: 0)
  }

  /// How often a page of a list was asked for.
  private func lists(_ server: PlayedServer) -> Int {
    server.requests.count {
      $0.query["watch"] == nil && $0.path == "/api/v1/pods" && $0.query["limit"] != "50"
    }
  }

  @Test func `loses nothing and doubles nothing however often it is killed`() async throws {
    let recording = RecordedCluster.resumedWatch
    let part = try PlayedCluster.parts(of: recording)[0]
    // The clock stands still, later than all that happens.
    let played = try PlayedWatch(at: try recording.end.adding(microseconds: 3_600_000_000))
    await played.cluster.list(part)
    let server = try await PlayedServer(played.cluster, played.clock)
    let folder = try Folder(["none": ""])
    var random = SplitMix64(seed: 1)
    let kills = Seeds.isDeep ? 100 : 20
    let first = try WatchProcess(["--cluster", "lab"], in: folder, server: server)
    try await Self.reaches(part.version, in: folder, first)
    first.kill()
    let listed = lists(server)
    var logs: [String] = []
    for kill in 0..<kills {
      let process = try WatchProcess(["--cluster", "lab"], in: folder, server: server)
      let (from, through) = (kill, kill + 1)
      let count = part.changes.count
      for (pod, type, change) in part.changes[(count * from / kills)..<(count * through / kills)] {
        await played.cluster.change(pod, type, change)
        try await Task.sleep(for: .milliseconds(Int.random(in: 0...8, using: &random)))
      }
      try await Task.sleep(for: .milliseconds(Int.random(in: 0...300, using: &random)))
      process.kill()
      logs.append(process.log)
    }
    let last = try WatchProcess(["--cluster", "lab"], in: folder, server: server)
    try await Self.reaches(part.changes.last?.change.version ?? 0, in: folder, last)
    #expect(last.end() == 0, "\(last.log)")
    #expect(last.log.contains("the watch goes on there"))
    // Nobody listed again: only the version was asked for.
    let lists = lists(server)
    #expect(lists == listed, "\(server.requests.map(\.query)) \(logs.joined())")
    let ledger = try Ledger.open(
      at: folder.file("ledger"), options: Ledger.Options(readOnly: true, create: false) { .latest })
    defer { ledger.close() }
    #expect(try Said(ledger) == (try await Said.file(of: recording)))
    let report = try ledger.replay(scratch: NSTemporaryDirectory())
    #expect(report.isEqual)
    #expect(report.redundant == [])
    await server.stop()
  }

  @Test func `tells what it did, and no secret`() async throws {
    let recording = RecordedCluster.rollingRestart
    let part = try PlayedCluster.parts(of: recording)[0]
    let played = try PlayedWatch(at: part.receivedAt)
    await played.cluster.list(part)
    let server = try await PlayedServer(played.cluster, played.clock)
    let folder = try Folder(["none": ""])
    let process = try WatchProcess(
      ["--metrics-port", "0", "--record", folder.file("stream.jsonl"), "-o", "json"], in: folder,
      server: server, token: "hush-hush")
    let port = try await process.metricsPort()
    while try await WatchProcess.get("readyz", port) != "ok\n" {
      try #require(process.isRunning, "\(process.log)")
      try await Task.sleep(for: .milliseconds(10))
    }
    for (pod, type, change) in part.changes { await played.cluster.change(pod, type, change) }
    var metrics = ""
    for _ in 0..<500 {
      metrics = try await WatchProcess.get("metrics", port)
      if metrics.contains("ipledger_watch_lines_total{cluster=\"\(PlayedServer.uid)\"} 42") {
        break
      }
      try await Task.sleep(for: .milliseconds(20))
    }
    #expect(
      metrics.contains("ipledger_watch_connected{cluster=\"\(PlayedServer.uid)\"} 1"), "\(metrics)")
    #expect(metrics.contains("# TYPE ipledger_ledger_used_bytes gauge"))
    #expect(metrics.contains("ipledger_ledger_readers "))
    #expect(try await WatchProcess.get("healthz", port) == "ok\n")
    #expect(try await WatchProcess.get("readyz", port) == "ok\n")
    #expect(process.end() == 0, "\(process.log)")
    #expect(process.answer.contains(#""cluster":"\#(PlayedServer.uid)""#), "\(process.answer)")
    #expect(process.answer.contains(#""gaps":0"#))
    let stream = try String(contentsOfFile: folder.file("stream.jsonl"), encoding: .utf8)
    // The lines, and one before them that says how they came.
    #expect(stream.split(separator: "\n").count == 43, "\(stream)")
    for line in process.log.split(separator: "\n") {
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
    }
    for text in [process.log, process.answer, stream, metrics] { #expect(!text.contains("hush")) }
    await server.stop()
  }

  @Test func `lists once and ends`() async throws {
    let part = try PlayedCluster.parts(of: .apiEdges)[0]
    let played = try PlayedWatch(at: part.receivedAt)
    await played.cluster.list(part)
    let server = try await PlayedServer(played.cluster, played.clock)
    let folder = try Folder(["none": ""])
    let process = try WatchProcess(["--once", "--cluster", "lab"], in: folder, server: server)
    #expect(process.wait() == 0, "\(process.log)")
    #expect(process.answer.contains("listed 1 time"), "\(process.answer)")
    #expect(server.requests.contains { $0.query["continue"] != nil })
    #expect(!server.requests.contains { $0.query["watch"] != nil })
    await server.stop()
  }

  @Test func `says what is missing and ends with a code`() async throws {
    let played = try PlayedWatch()
    let server = try await PlayedServer(played.cluster, played.clock) { _ in
      .refuses(status: 403, retryAfter: nil)
    }
    let folder = try Folder(["none": ""])
    let process = try WatchProcess([], in: folder, server: server)
    #expect(process.wait() == 1)
    #expect(process.log.contains("--cluster"), "\(process.log)")
    let unknown = try WatchProcess(["--context", "nowhere"], in: folder, server: server)
    #expect(unknown.wait() == 64)
    #expect(unknown.log.contains("no context nowhere"), "\(unknown.log)")
    await server.stop()
  }
}
