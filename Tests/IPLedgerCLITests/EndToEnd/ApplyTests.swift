import Foundation
import Testing

/// `ipledger apply`: a line for each line, in order, whatever the lines say.
@Suite(.serialized) struct ApplyTests {
  @Test func `every operation has its answer`() throws {
    let answers = try Decisions.answers(
      to: [
        Decisions.pool("10.0.0.0/30"), Decisions.pool("10.0.0.0/30"),
        Decisions.pool("10.0.0.0/24"), Decisions.pool("fd00::/126", #""coolDownSeconds":-1"#),
        Decisions.assign("05:01:00", "web-0", "a", #""families":["ipv4"],"retainHours":1"#),
        Decisions.notice("terminate", "05:02:00", "web-0", "a"),
        Decisions.assign("05:02:01", "web-0", "b"),
        Decisions.release("05:02:30", "web-0"),
        Decisions.notice("complete", "05:02:40", "web-0", "a"),
        Decisions.notice(
          "delete", "05:03:00", "web-0", "a", #""requestedAt":"2026-11-23T05:02:00Z""#),
        Decisions.notice("delete", "05:04:00", "web-0", "a"),
        Decisions.release("05:04:30", "web-0"),
        Decisions.assign("05:05:00", "web-0", "b", #""retainHours":1"#),
        Decisions.notice("delete", "05:06:00", "web-0", "b"),
        #"{"op":"expire","at":"2026-11-23T06:05:59.999999Z"}"#,
        #"{"op":"expire","at":"2026-11-23T06:06:00Z"}"#,
        Decisions.pool("10.0.0.0/30", #""withdraw":true"#),
        Decisions.pool("10.0.0.0/30", #""withdraw":true"#),
        Decisions.assign("06:07:00", "web-0", "c"),
      ], in: Directory(), now: ["--now", "2026-11-23T06:07:00Z"])
    #expect(
      answers.map(Self.words) == [
        "1 defined", "2 unchanged", "3 refused pool-overlaps", "4 refused pool-invalid",
        "5 fresh 10.0.0.0", "6 unchanged 10.0.0.0", "7 waiting old-incarnation for web-0-a",
        "8 refused not-released", "9 retained 10.0.0.0",
        "10 retained 10.0.0.0 until 2026-11-23T06:02:00.000000Z",
        "11 unchanged 10.0.0.0 until 2026-11-23T06:02:00.000000Z", "12 released 10.0.0.0",
        "13 fresh 10.0.0.1 released", "14 retained 10.0.0.1 until 2026-11-23T06:06:00.000000Z",
        "15 expired 0", "16 expired 1", "17 withdrawn", "18 unchanged",
        "19 refused network-unknown",
      ])
    for answer in answers where answer["result"] as? String != "expired" {
      #expect((answer["message"] as? String)?.isEmpty == false)
    }
  }

  @Test func `each answer has all its members, null where there is nothing`() throws {
    let outcome = try Decisions.apply(
      ["-"], in: Directory(),
      lines: [
        Decisions.pool("10.0.0.0/30"), Decisions.assign("05:01:00", "web-0", "a"),
        Decisions.notice("delete", "05:02:00", "web-0", "a"),
        #"{"op":"expire","at":"2026-11-23T05:03:00Z"}"#, Decisions.release("05:04:00", "web-0"),
        "{}",
      ])
    #expect(outcome.status == 65)
    #expect(
      outcome.output == """
        {"line":1,"result":"defined","reason":null,"position":1,"message":"the pool 10.0.0.0/30 of the network prod hands addresses out"}
        {"line":2,"result":"fresh","addresses":["10.0.0.0"],"zone":"default","reason":null,"waitingFor":null,"position":2,"message":"it has 10.0.0.0 of the zone default: nothing is kept for it"}
        {"line":3,"result":"retained","deadline":"2026-11-25T05:02:00.000000Z","addresses":["10.0.0.0"],"reason":null,"position":3,"message":"10.0.0.0 is kept for it until 2026-11-25T05:02:00.000000Z"}
        {"line":4,"result":"expired","count":0}
        {"line":5,"result":"released","addresses":["10.0.0.0"],"reason":null,"message":"10.0.0.0 is free before the deadline"}
        {"line":6,"result":"error","message":"the key \\"op\\" is missing: expected one of assign, terminate, delete, complete, pool, expire, release"}

        """)
  }

  @Test func `a line of a time that has not come is answered with an error, and the rest is done`()
    throws
  {
    let answers = try Decisions.answers(
      to: [
        Decisions.pool("10.0.0.0/30"), Decisions.assign("05:01:00", "web-0", "a"),
        // The clock says 06:00, and clocks of other machines may differ by five minutes.
        Decisions.assign("06:05:00", "web-1", "a"), Decisions.assign("06:05:01", "web-2", "a"),
        #"{"op":"expire","at":"2099-11-23T00:00:00Z"}"#,
        #"{"op":"pool","network":"prod","prefix":"10.0.1.0/30"}"#,
        Decisions.notice("delete", "05:02:00", "web-0", "a"),
        Decisions.release("06:00:01", "web-0"), Decisions.release("06:00:00", "web-0"),
      ], in: Directory(), status: 65)
    #expect(
      answers.map(Self.words) == [
        "1 defined", "2 fresh 10.0.0.0", "3 fresh 10.0.0.1", "4 error", "5 error", "6 defined",
        "7 retained 10.0.0.0 until 2026-11-25T05:02:00.000000Z", "8 refused not-released",
        "9 released 10.0.0.0",
      ])
    #expect((answers[3]["message"] as? String)?.contains("has not come yet") == true)
  }

  @Test func `times may go back, and every answer is as of its own time`() throws {
    let answers = try Decisions.answers(
      to: [
        Decisions.pool("10.0.0.0/32"), Decisions.assign("05:10:00", "web-0", "a"),
        Decisions.notice("delete", "05:20:00", "web-0", "a"),
        Decisions.assign("05:15:00", "web-0", "b"), Decisions.assign("05:20:00", "web-0", "b"),
        Decisions.notice("delete", "05:30:00", "web-0", "b"),
        Decisions.notice("delete", "05:05:00", "web-0", "a"),
      ], in: Directory())
    #expect(
      answers.map(Self.words) == [
        "1 defined", "2 fresh 10.0.0.0", "3 retained 10.0.0.0 until 2026-11-25T05:20:00.000000Z",
        "4 waiting old-incarnation for web-0-a", "5 reused 10.0.0.0",
        "6 retained 10.0.0.0 until 2026-11-25T05:30:00.000000Z", "7 unchanged 10.0.0.0",
      ])
  }

  @Test func `a pool without a time is as of the latest time so far`() throws {
    let directory = try Directory()
    _ = try Decisions.answers(
      to: [
        #"{"op":"expire","at":"2026-11-20T00:00:00Z"}"#,
        #"{"op":"expire","at":"2026-11-19T00:00:00Z"}"#,
        #"{"op":"pool","network":"prod","prefix":"10.0.0.0/24"}"#,
      ], in: directory)
    _ = try Decisions.answers(
      to: [#"{"op":"pool","network":"prod","prefix":"10.0.1.0/24","at":null}"#], in: directory)
    let log = try Program.run("history", "--ledger", "ledger", "-o", "json", in: directory)
    #expect(log.output.contains(#""change":"defined","instant":"2026-11-20T00:00:00.000000Z""#))
    #expect(log.output.contains(#""change":"defined","instant":"2026-11-23T06:00:00.000000Z""#))
  }

  @Test func `lines are decided in their order, however many share a transaction`() throws {
    let count = 3000
    var lines = [Decisions.pool("10.0.0.0/16")]
    for number in 0..<count { lines.append(Decisions.assign("05:01:00", "p-\(number)", "a")) }
    let answers = try Decisions.answers(to: lines, in: Directory())
    #expect(answers.count == count + 1)
    #expect(answers.map { $0["line"] as? Int } == Array(1...(count + 1)))
    #expect(answers.map { $0["position"] as? Int } == Array(1...(count + 1)))
    let expected = (0..<count).map { "10.0.\($0 / 256).\($0 % 256)" }
    #expect(answers.dropFirst().map { ($0["addresses"] as? [String])?.first } == expected)
  }

  @Test func `the same lines again change nothing`() throws {
    let directory = try Decisions.ledger()
    func head() throws -> String {
      try Program.run("history", "--ledger", "ledger", "--reverse", "--limit", "1", in: directory)
        .output
    }
    let before = try head()
    #expect(try Decisions.apply([Decisions.restart], in: directory).status == 0)
    #expect(try head() == before)
  }

  @Test func `an answer comes without more input, and what is answered is recorded`() throws {
    let directory = try Directory()
    let (process, output, _) = try Program.process(
      ["apply", "--ledger", "ledger", "-"], in: directory)
    let pipe = Pipe()
    process.standardInput = pipe
    try process.run()
    for (number, line) in [
      Decisions.pool("10.0.0.0/30"), Decisions.assign("05:01:00", "web-0", "a"), "oops",
    ].enumerated() {
      try pipe.fileHandleForWriting.write(contentsOf: Recordings.data([line]))
      var answers: [Substring] = []
      for _ in 0..<500 where answers.count <= number {
        usleep(20_000)
        answers = try String(contentsOf: output, encoding: .utf8).split(separator: "\n")
      }
      #expect(answers.count == number + 1)
    }
    let held = try Program.run("audit", "default/web-0", "--ledger", "ledger", in: directory)
    #expect(held.output.contains("10.0.0.0"))
    #expect(process.isRunning)
    try pipe.fileHandleForWriting.close()
    process.waitUntilExit()
    #expect(process.terminationStatus == 65)
  }

  @Test func `-o csv is refused, and a file that is not there is an I/O error`() throws {
    let directory = try Directory()
    let csv = try Decisions.apply(["-", "-o", "csv"], in: directory, lines: [])
    #expect(csv.status == 64)
    #expect(csv.errors.contains("JSON lines"))
    for path in ["nowhere.jsonl", "."] {
      let missing = try Decisions.apply([path], in: directory)
      #expect(missing.status == 74)
      #expect(missing.errors.contains("cannot be read"))
    }
  }

  /// An answer in short: line, result, addresses, reason, whom it waits for, deadline, count.
  static func words(_ answer: [String: Any]) -> String {
    var words = ["\(answer["line"] ?? "?")", "\(answer["result"] ?? "?")"]
    words += answer["addresses"] as? [String] ?? []
    if let reason = answer["reason"] as? String { words.append(reason) }
    if let uid = answer["waitingFor"] as? String { words.append("for \(uid)") }
    if let deadline = answer["deadline"] as? String { words.append("until \(deadline)") }
    if let count = answer["count"] as? Int { words.append("\(count)") }
    return words.joined(separator: " ")
  }

  @Test func `what is no text is told so once, and makes no ledger of its own`() throws {
    let directory = try Directory()
    for (name, bytes, words) in [
      ("packed", [0x1F, 0x8B, 8, 0, 0, 0], "gzip -dc"),
      ("binary", [0x7F, 0x45, 0, 1, 10], "binary"),
    ] as [(String, [UInt8], String)] {
      try Data(bytes).write(to: directory.url.appending(path: name))
      let outcome = try Decisions.apply([name], in: directory)
      #expect(outcome.status == 65)
      #expect(outcome.output == "")
      #expect(outcome.errors.contains(words), "\(outcome.errors)")
    }
    let other = try Directory()
    for arguments in [
      ["apply", "none.jsonl"], ["apply", "."], ["ingest", "--cluster", "c", "none.jsonl"],
      ["pool", "define", "10.0.0.0/24"],
    ] {
      let outcome = try Program.run(arguments + ["--ledger", "ledger"], in: other)
      #expect(outcome.status == (arguments[0] == "pool" ? 64 : 74), "\(outcome.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: other.url.appending(path: "ledger").path))
  }

  @Test func `an input with nothing in it is told`() throws {
    let outcome = try Program.run(
      "ingest", "--ledger", "ledger", "--cluster", "c", "-", in: Directory(), input: Data())
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("nothing was read"))
  }
}
