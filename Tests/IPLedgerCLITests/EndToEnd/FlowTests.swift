import Foundation
import Testing

/// What people do one after another, with the program as it is built.
@Suite(.serialized) struct FlowTests {
  @Test func `ingesting again appends nothing`() throws {
    let directory = try Recordings.ledger()
    let again = try Program.run(
      "ingest", "--ledger", "ledger", Recordings.rollingRestart, "-o", "json", in: directory)
    #expect(again.status == 0)
    #expect(
      again.output.contains(
        #""appended":{"created":0,"deleting":0,"completed":0,"deleted":0,"watched":0}"#))
  }

  @Test func `what was read before an error stays recorded, and the whole adds the rest`() throws {
    let lines = try Recordings.lines()
    let directory = try Directory()
    let cut = Recordings.data(lines).prefix(40_000)
    let broken = try Program.run(
      "ingest", "--ledger", "ledger", "--cluster", "prod", "-", in: directory, input: Data(cut))
    #expect(broken.status == 65)
    #expect(broken.errors.contains("events appended"))
    try Recordings.ingest([Recordings.rollingRestart], in: directory)
    let part = try Program.run(
      "audit", "192.168.4.11", "--ledger", "ledger", "-o", "csv", in: directory)
    let whole = try Program.run(
      "audit", "192.168.4.11", "--ledger", "ledger", "-o", "csv", in: Recordings.ledger())
    #expect(withoutEvidence(part.output) == withoutEvidence(whole.output))
  }

  @Test func `resource versions that fell back begin a new epoch, with a warning`() throws {
    let directory = try Recordings.ledger()
    let restored = try Recordings.lines().map { line in
      line.replacing("2026-11-23T", with: "2026-11-25T")
        .replacing(#/"uid":"./#, with: #""uid":"f"#)
    }
    let outcome = try Program.run(
      "ingest", "--ledger", "ledger", "-", "-o", "json", in: directory,
      input: Recordings.data(restored))
    #expect(outcome.output.contains(#""warnings":{"versions-fell-back":1}"#))
    #expect(outcome.output.contains(#""versions":[{"from":"1:276","through":"1:392"}]"#))
    let again = try Program.run(
      "ingest", "--ledger", "ledger", "-", "-o", "json", in: directory,
      input: Recordings.data(restored))
    #expect(again.output.contains(#""head":null"#))
    let status = try Program.run("status", "--ledger", "ledger", in: directory)
    #expect(status.output.contains("resource versions fell back 1 time"))
  }

  @Test func `an input after one that fails is not read`() throws {
    let directory = try Directory()
    try directory.write("kind: Pod\n", to: "bad")
    let outcome = try Program.run(
      "ingest", "--ledger", "ledger", "--cluster", "prod", "bad", Recordings.rollingRestart,
      in: directory)
    #expect(outcome.status == 65)
    let status = try Program.run("status", "--ledger", "ledger", "-o", "json", in: directory)
    #expect(status.output.contains(#""head":0"#))
  }

  @Test func `a live stream is durable while it is quiet, and others can ask meanwhile`() throws {
    let directory = try Directory()
    let (process, output, _) = try Program.process(
      ["ingest", "--stamp", "--ledger", "ledger", "--cluster", "prod", "-"], in: directory)
    let pipe = Pipe()
    process.standardInput = pipe
    try process.run()
    let lines = try Recordings.lines()
    try pipe.fileHandleForWriting.write(contentsOf: Recordings.data(Array(lines.prefix(8))))
    var held = ""
    for _ in 0..<100 where !held.contains("web-0") {
      usleep(50_000)
      held = try Program.run(
        "audit", "default/web-0", "--ledger", "ledger", in: directory
      ).output
    }
    #expect(held.contains("192.168.4.11"))
    #expect(process.isRunning)
    try pipe.fileHandleForWriting.close()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(try String(contentsOf: output, encoding: .utf8).contains("events appended"))
  }

  @Test func `the first interrupt is left to the program that sends`() throws {
    let directory = try Directory()
    let (process, output, _) = try Program.process(
      ["ingest", "--stamp", "--ledger", "ledger", "--cluster", "prod", "-"], in: directory)
    let pipe = Pipe()
    process.standardInput = pipe
    try process.run()
    try pipe.fileHandleForWriting.write(contentsOf: Recordings.data(Recordings.lines()))
    var known = ""
    for _ in 0..<100 where !known.contains(#""created":6"#) {
      usleep(50_000)
      known = try Program.run("status", "--ledger", "ledger", "-o", "json", in: directory).output
    }
    process.interrupt()
    try pipe.fileHandleForWriting.close()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == 0)
    #expect(try String(contentsOf: output, encoding: .utf8).contains("events appended"))
  }

  @Test func `--exit-code tells held from all else`() throws {
    let directory = try Recordings.ledger()
    let expected: [(arguments: [String], status: Int32)] = [
      (["--at", "2026-11-23T05:39:48Z"], 0), (["--at", "2026-11-24"], 1), ([], 0),
      (["--to", "2026-11-23T05:00:00Z"], 1),
    ]
    for (arguments, status) in expected {
      let outcome = try Program.run(
        ["audit", "192.168.4.11", "--ledger", "ledger", "--exit-code"] + arguments, in: directory)
      #expect(outcome.status == status)
    }
  }

  @Test func `the log is the same forwards and backwards`() throws {
    let directory = try Recordings.ledger()
    let forwards = try Program.run("history", "--ledger", "ledger", "-o", "json", in: directory)
    let backwards = try Program.run(
      "history", "--reverse", "--ledger", "ledger", "-o", "json", in: directory)
    let lines = forwards.output.split(separator: "\n")
    #expect(lines.count == 20)
    #expect(backwards.output.split(separator: "\n") == lines.reversed())
  }

  @Test func `a released address is free from then on, and the log says who and why`() throws {
    let directory = try Recordings.scaledDown()
    let release = try Program.run(
      "release", "192.168.4.11", "--by", "alice", "--reason", "line one\nline two", "--ledger",
      "ledger", "--now", "2026-11-23T06:00:00Z", in: directory)
    #expect(release.status == 0)
    #expect(release.output.contains("by alice: line one\\nline two"))
    let again = try Program.run(
      "release", "default/web-0", "--by", "alice", "--reason", "again", "--ledger", "ledger",
      "--now", "2026-11-23T06:00:01Z", in: directory)
    #expect(again.status == 1)
    let log = try Program.run(
      "history", "--reverse", "--limit", "1", "--ledger", "ledger", "-o", "json", in: directory)
    #expect(log.output.contains(#""by":"alice","reason":"line one\nline two""#))
    let explained = try Program.run("explain", "default/web-0", "--ledger", "ledger", in: directory)
    #expect(explained.output.contains("freed by an operator at 2026-11-23T06:00:00.000000Z (R19)"))
  }

  @Test func `a sweep writes each expiry once`() throws {
    let directory = try Recordings.scaledDown()
    let arguments = ["expire", "--ledger", "ledger", "--now", "2026-11-26T00:00:00Z"]
    let first = try Program.run(arguments, in: directory)
    #expect(first.output.contains("expired: 192.168.4.11 of prod/default/web-0"))
    let second = try Program.run(arguments, in: directory)
    #expect(second.status == 0)
    #expect(second.output == "")
    #expect(second.errors.contains("nothing is due"))
  }

  @Test func `relative times and dates count from now, in UTC`() throws {
    let directory = try Recordings.ledger()
    let now = ["--now", "2026-11-23T05:44:48Z", "--ledger", "ledger", "-o", "json"]
    for time in ["5m ago", "-5m", "2026-11-23 05:39:48", "2026-11-23T13:39:48+08:00"] {
      let outcome = try Program.run(["audit", "192.168.4.11", "--at", time] + now, in: directory)
      #expect(outcome.output.contains(#""at":"2026-11-23T05:39:48.000000Z","#))
    }
  }

  @Test func `the state as of a recording time is that of its position`() throws {
    let directory = try Recordings.ledger()
    for asOf in ["2026-11-23T05:59:59Z", "0"] {
      let outcome = try Program.run(
        "audit", "192.168.4.11", "--at", "2026-11-23T05:39:48Z", "--as-of", asOf, "--ledger",
        "ledger", "-o", "json", in: directory)
      #expect(outcome.output.contains(#""asOf":0,"verdict":"unknown""#))
    }
  }

  @Test func `the ledger is where the environment says`() throws {
    let directory = try Directory()
    let state = directory.url.appending(path: "state").path
    let places = [
      ["IPLEDGER_PATH": directory.url.appending(path: "own").path], ["XDG_STATE_HOME": state], [:],
    ]
    let expected = ["own", "state/ipledger", ".local/state/ipledger"]
    for (environment, path) in zip(places, expected) {
      let outcome = try Program.run(
        "ingest", "--cluster", "prod", Recordings.rollingRestart, in: directory,
        environment: environment)
      #expect(outcome.status == 0)
      let file = directory.url.appending(path: path).appending(path: "data.mdb").path
      #expect(FileManager.default.fileExists(atPath: file))
    }
  }

  private func withoutEvidence(_ csv: String) -> [Substring] {
    csv.split(separator: "\r\n").map { line in
      line.lastIndex(of: ",").map { line[..<$0] } ?? line
    }
  }
}
