import Foundation
import Testing

/// One process records while another asks.
@Suite(.serialized) struct `two processes at once` {
  @Test func `answers are consistent, and nothing fails`() async throws {
    let directory = try Directory()
    let fixtures = Recordings.root.appending(path: "fixtures")
    let ledger = directory.url.appending(path: "ledger").path
    let first = try Program.run(
      "ingest", "--ledger", ledger, "--cluster", "lab",
      fixtures.appending(path: "rolling-restart/watch.jsonl.gz").path, in: directory)
    #expect(first.status == 0)
    let inputs = [
      "api-edges/watch.jsonl.gz", "api-edges/audit.jsonl.gz", "resumed-watch/watch.jsonl.gz",
      "resumed-watch/audit.jsonl.gz", "api-edges/kubectl-watch.json.gz",
    ].map { fixtures.appending(path: $0).path }
    let ingest = try Program.process(
      ["ingest", "--ledger", ledger, "--cluster", "lab"] + inputs, in: directory)
    try ingest.process.run()
    var asked = 0
    var reached = 0
    repeat {
      // What the first recording settled stays settled, whatever is being recorded beside it.
      let outcome = try Program.run(
        "audit", "192.168.4.11", "--at", "2026-11-23T05:39:53Z", "-o", "json", "--ledger", ledger,
        in: directory)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let answer = try #require(
        try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
      #expect(answer["verdict"] as? String == "held")
      #expect(answer["certainty"] as? String == "exact")
      let head = try #require(answer["asOf"] as? Int)
      #expect(head >= reached)
      reached = head
      asked += 1
    } while ingest.process.isRunning
    ingest.process.waitUntilExit()
    #expect(ingest.process.terminationStatus == 0)
    #expect(asked > 1)
    let replay = try Program.run("replay", "--ledger", ledger, in: directory)
    #expect(replay.status == 0, "\(replay.output)\(replay.errors)")
  }

  /// The tables that a rebuild drops have handles in the processes that have the ledger open.
  @Test func `one that stays open outlives any number of rebuilds by others`() throws {
    let directory = try Directory()
    let (process, output, errors) = try Program.process(
      ["apply", "-", "--ledger", "ledger"] + Recordings.now, in: directory)
    let pipe = Pipe()
    process.standardInput = pipe
    try process.run()
    let input = pipe.fileHandleForWriting
    func lines() throws -> Int {
      try String(contentsOf: output, encoding: .utf8).split(separator: "\n").count
    }
    for round in 0..<6 {
      try input.write(
        contentsOf: Recordings.data([
          Decisions.pool("10.0.\(round).0/24")
        ]))
      while try lines() <= round {
        let said = try String(contentsOf: errors, encoding: .utf8)
        try #require(process.isRunning, "\(said)")
        usleep(2_000)
      }
      let rebuilt = try Program.run("replay", "--rebuild", "--ledger", "ledger", in: directory)
      #expect(rebuilt.status == 0, "\(rebuilt.errors)")
    }
    try input.close()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(try lines() == 6)
  }
}
