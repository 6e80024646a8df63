import Foundation
import IPLedger
import TestSupport
import Testing

@testable import IPLedgerWatch

/// A day of a cluster in fast motion: what it takes, and how far the ledger is behind.
@Suite(.serialized) struct `a day of a cluster` {
  @Test(.timeLimit(.minutes(30)))
  func `takes memory that does not grow and is recorded at once`() async throws {
    let pods = Seeds.isDeep ? 5_000 : 300
    let changes = Seeds.isDeep ? 400_000 : 4_000
    var motion = FastMotion(pods: pods, changesInADay: changes, seed: 1)
    let played = try PlayedWatch(at: motion.now)
    await played.cluster.list(motion.list())
    let server = try await PlayedServer(played.cluster, played.clock)
    let folder = try Folder(["none": ""])
    let process = try WatchProcess(
      ["--cluster", "lab", "--metrics-port", "0"], in: folder, server: server)
    let port = try await process.metricsPort()
    var memory: [Int] = []
    var lags: [Double] = []
    var heads: [(events: Double, bytes: Double)] = []
    while try await WatchProcess.get("readyz", port) != "ok\n" {
      try #require(process.isRunning, "\(process.log)")
      try await Task.sleep(for: .milliseconds(10))
    }
    for part in 0..<20 {
      for _ in 0..<(changes / 20) {
        let (pod, type, change) = motion.next()
        await played.cluster.change(pod, type, change)
        // No server sends without end what nobody reads.
        if change.version % 500 == 0 { try await Task.sleep(for: .milliseconds(1)) }
      }
      var metrics = try await WatchProcess.metrics(port)
      for _ in 0..<30_000 {
        if let lines = metrics["ipledger_watch_lines_total"],
          lines >= Double(pods + 1 + changes / 20 * (part + 1))
        {
          break
        }
        try await Task.sleep(for: .milliseconds(10))
        metrics = try await WatchProcess.metrics(port)
      }
      await played.cluster.compact(through: motion.version)
      memory.append(process.anonymousMemory)
      lags.append(metrics["ipledger_watch_lag_seconds"] ?? .infinity)
      heads.append(
        (metrics["ipledger_ledger_head"] ?? 0, metrics["ipledger_ledger_used_bytes"] ?? 0))
      #expect((metrics["ipledger_ledger_readers"] ?? 9) <= 4)
    }
    #expect(process.end() == 0, "\(process.log)")
    #expect(process.answer.contains("0 gaps"), "\(process.answer)")
    let (early, late) = (memory[4...8].max() ?? 0, memory[15...19].max() ?? 0)
    #expect(late < early * 5 / 4 + 10_000, "RssAnon in kB: \(memory)")
    #expect(lags.max() ?? .infinity < 1, "lags in seconds: \(lags)")
    let (first, last) = (heads[4], heads[19])
    let bytes = (last.bytes - first.bytes) / (last.events - first.events)
    #expect(bytes < 1_500, "bytes an event: \(bytes)")
    Report.line(
      "a day of \(pods) pods in fast motion",
      "\(changes) changes, \(Int(last.events)) events, RssAnon \(early / 1024) MB early and "
        + "\(late / 1024) MB late, greatest lag \((lags.max() ?? 0) * 1000) ms, \(Int(bytes)) bytes an event"
    )
    await server.stop()
  }
}

extension WatchProcess {
  /// The port of the metrics, as the log tells it.
  func metricsPort() async throws -> Int {
    for _ in 0..<1_000 {
      for line in log.split(separator: "\n") where line.contains(#""message":"metrics""#) {
        let digits = line.split(separator: #""port":""#).last?.prefix(while: \.isNumber)
        if let port = digits.flatMap({ Int($0) }) { return port }
      }
      try #require(isRunning, "\(log)")
      try await Task.sleep(for: .milliseconds(10))
    }
    throw NotReached(version: 0, position: 0)
  }

  /// What is answered at a path.
  static func get(_ path: String, _ port: Int) async throws -> String {
    let played = try PlayedWatch()
    let api = try played.api(
      ClusterAccess(name: "metrics", server: "http://127.0.0.1:\(port)"))
    let answer: [UInt8]
    do {
      answer = try await api.server.body("/\(path)").bytes
      await api.shutdown()
    } catch let error as WatchError where error.code == .busy {
      await api.shutdown()
      return "not yet\n"
    } catch {
      await api.shutdown()
      throw error
    }
    return String(decoding: answer, as: UTF8.self)
  }

  /// The metrics by name, without their labels.
  static func metrics(_ port: Int) async throws -> [String: Double] {
    var metrics: [String: Double] = [:]
    for line in try await get("metrics", port).split(separator: "\n") where line.first != "#" {
      guard let value = line.split(separator: " ").last.flatMap({ Double($0) }) else { continue }
      metrics[String(line.prefix { $0 != "{" && $0 != " " })] = value
    }
    return metrics
  }
}
