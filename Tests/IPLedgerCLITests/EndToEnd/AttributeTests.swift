import Foundation
import Testing

/// Rows with an address and a time, and whose address it was.
@Suite(.serialized) struct AttributeTests {
  private static let held = "held,exact"
  private static let web0 = "prod,default,web-0,b8c9e0a6-5217-430f-8bc3-83295bd4775f"

  private func attribute(
    _ input: String, _ arguments: String..., in directory: Directory? = nil
  ) throws -> Program.Outcome {
    try Program.run(
      ["attribute", "--ledger", "ledger"] + Recordings.now + arguments,
      in: directory ?? Recordings.ledger(), input: Data(input.utf8))
  }

  @Test func `CSV keeps its columns and its order, and has six more`() throws {
    let outcome = try attribute(
      """
      id,address,time
      1,192.168.4.11,2026-11-23T05:39:53Z
      2,"192.168.4.11", 2026-11-23T13:39:53.5+08:00
      3,10.9.9.9,2026-11-23T05:39:53Z

      """)
    #expect(outcome.status == 0)
    #expect(
      outcome.output == """
        id,address,time,cluster,namespace,pod,uid,verdict,certainty
        1,192.168.4.11,2026-11-23T05:39:53Z,\(Self.web0),held,exact
        2,"192.168.4.11", 2026-11-23T13:39:53.5+08:00,\(Self.web0),held,exact
        3,10.9.9.9,2026-11-23T05:39:53Z,,,,,free,exact

        """)
    #expect(outcome.errors == "3 rows: 2 held, 1 free\n")
  }

  @Test func `what a row says is what the audit says`() throws {
    let directory = try Recordings.ledger()
    var rows = "address,time\n"
    var expected: [String] = []
    for second in 40...59 {
      let time = "2026-11-23T05:39:\(second).3Z"
      for address in ["192.168.4.11", "192.168.4.12"] {
        rows += "\(address),\(time)\n"
        let answer = try Program.run(
          ["audit", address, "--at", time, "--ledger", "ledger", "-o", "csv"] + Recordings.now,
          in: directory)
        let line = answer.output.split(separator: "\r\n")[1].split(
          separator: ",", omittingEmptySubsequences: false)
        expected.append("\(line[4]),\(line[5])")
      }
    }
    let told = try attribute(rows, in: directory)
    let ends = told.output.split(separator: "\n").dropFirst().map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).suffix(2).joined(separator: ",")
    }
    #expect(ends == expected)
    #expect(Set(expected).count > 2)
  }

  @Test func `a retained address names whom it is kept for`() throws {
    let directory = try Directory()
    try Recordings.ingest(
      ["-", "--cluster", "prod"], in: directory, input: Recordings.withoutComeback())
    let outcome = try attribute(
      "address,time\n192.168.4.11,2026-11-23T05:40:30Z\n", in: directory)
    #expect(
      outcome.output.contains(
        ",prod,default,web-0,\(Recordings.firstUID),retained,exact\n"), "\(outcome)")
  }

  @Test func `JSON lines get members, whatever else they have`() throws {
    let outcome = try attribute(
      """
      {"flow":{"ip":{"src":"192.168.4.11"}},"at":"2026-11-23T05:39:53Z","b":[1,{"x":null}]}
      {"at":1795412393.5,"flow":{"ip":{"src":"192.168.4.11"}}}
      {}

      """, "--address-column", "flow.ip.src", "--time-column", "at", "--prefix", "src_")
    let added =
      #""src_cluster":"prod","src_namespace":"default","src_pod":"web-0","#
      + #""src_uid":"b8c9e0a6-5217-430f-8bc3-83295bd4775f","src_verdict":"held","src_certainty":"exact"}"#
    let nobody =
      #""src_cluster":null,"src_namespace":null,"src_pod":null,"src_uid":null,"#
      + #""src_verdict":"unreadable","src_certainty":null}"#
    #expect(
      outcome.output == """
        {"flow":{"ip":{"src":"192.168.4.11"}},"at":"2026-11-23T05:39:53Z","b":[1,{"x":null}],\(added)
        {"at":1795412393.5,"flow":{"ip":{"src":"192.168.4.11"}},\(nobody)
        {\(nobody)

        """)
    #expect(
      outcome.errors == """
        3 rows: 1 held, 2 unreadable
        unreadable  line 3: nothing stands in flow.ip.src
        unreadable  line 2: what stands in at is no time: expected RFC 3339 with a zone (else give --utc, or --unix with a unit for numbers)

        """)
  }

  @Test(arguments: [
    ("s", "1795412393.25"), ("ms", "1795412393250"), ("us", "1795412393250000"),
    ("ns", "1795412393250000999"),
  ])
  func `times may be numbers`(_ unit: String, _ time: String) throws {
    let csv = try attribute("address,time\n192.168.4.11,\(time)\n", "--unix", unit)
    #expect(csv.output.contains(",\(Self.web0),held,exact\n"), "\(csv)")
    let json = try attribute(
      "{\"address\":\"192.168.4.11\",\"time\":\(time)}\n", "--unix", unit)
    #expect(json.output.contains(#""verdict":"held""#), "\(json)")
  }

  @Test func `a row that cannot be read is passed through, marked and counted`() throws {
    let outcome = try attribute(
      """
      address,time,note
      300.1.1.1,2026-11-23T05:39:53Z,a
      192.168.4.11,yesterday,b
      192.168.4.11,2026-11-23T05:39:53Z
      192.168.4.11,2026-11-23T05:39:53Z,a,b
      ,2026-11-23T05:39:53Z,c
      192.168.4.11,,d
      192.168.4.11,2026-11-23T05:39:53Z,"open
      192.168.4.11,2026-11-23T05:39:53Z,"closed"

      """)
    let mark = ",,,,,unreadable,"
    #expect(
      outcome.output == """
        address,time,note,cluster,namespace,pod,uid,verdict,certainty
        300.1.1.1,2026-11-23T05:39:53Z,a\(mark)
        192.168.4.11,yesterday,b\(mark)
        192.168.4.11,2026-11-23T05:39:53Z,\(mark)
        192.168.4.11,2026-11-23T05:39:53Z,a,b\(mark)
        ,2026-11-23T05:39:53Z,c\(mark)
        192.168.4.11,,d\(mark)
        192.168.4.11,2026-11-23T05:39:53Z,"open\(mark)
        192.168.4.11,2026-11-23T05:39:53Z,"closed",\(Self.web0),held,exact

        """)
    #expect(outcome.errors.hasPrefix("8 rows: 1 held, 7 unreadable\n"))
    #expect(outcome.errors.contains("unreadable  line 8: a quote is not closed"))
    #expect(outcome.errors.contains("unreadable  2 rows, first line 4: there are more or fewer"))
    #expect(outcome.status == 0)
  }

  @Test func `a line that is no object becomes a member of one`() throws {
    let outcome = try attribute(
      "{\"address\":\"192.168.4.11\",\"time\":\"2026-11-23T05:39:53Z\",\"pod\":1}\nno \"json\"\n",
      "--format", "jsonl")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 2)
    for line in lines {
      #expect(line.hasPrefix(#"{"line":"#) && line.contains(#""verdict":"unreadable""#))
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
    }
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("give --prefix"))
  }

  @Test func `many blocks keep their order, and quotes may hold line ends`() throws {
    var rows = "n,address,time,note\n"
    for number in 0..<60_000 {
      let note = number % 7 == 0 ? "\"a\n\"\"b\"\"\"" : "plain"
      rows +=
        "\(number),192.168.4.\(10 + number % 4),2026-11-23T05:39:\(40 + number % 20)Z,\(note)\n"
    }
    let outcome = try attribute(rows)
    #expect(outcome.errors.hasPrefix("60000 rows: "), "\(outcome.errors)")
    #expect(!outcome.errors.contains("unreadable"))
    let numbers = outcome.output.split(separator: "\n").compactMap { line in
      line.firstIndex(of: ",").flatMap { Int(line[..<$0]) }
    }
    #expect(numbers == Array(0..<60_000))
  }

  @Test func `a quote within a field costs no row, and none is cut`() throws {
    var rows: [String] = []
    for number in 0..<60_000 {
      let note = number == 7 ? "5\" disk" : number % 3 == 0 ? "\"a\nb\"" : "plain"
      rows.append("\(number),192.168.4.11,2026-11-23T05:39:53Z,\(note)")
    }
    let outcome = try attribute(
      "n,address,time,note\n" + rows.joined(separator: "\n") + "\n")
    #expect(outcome.errors == "60000 rows: 60000 held\n")
    let answer = ",\(Self.web0),held,exact\n"
    #expect(
      outcome.output == "n,address,time,note,cluster,namespace,pod,uid,verdict,certainty\n"
        + rows.joined(separator: answer) + answer)
  }

  @Test func `a quote within a field keeps no row of a pipe waiting`() async throws {
    let directory = try Recordings.ledger()
    let (process, output, _) = try Program.process(
      ["attribute", "--ledger", "ledger"] + Recordings.now, in: directory)
    let input = Pipe()
    process.standardInput = input
    try process.run()
    try input.fileHandleForWriting.write(
      contentsOf: Data("address,time,note\n192.168.4.11,2026-11-23T05:39:53Z,5\" disk\n".utf8))
    var written = ""
    for _ in 0..<3000 where !written.contains("held,exact\n") {
      try await Task.sleep(for: .milliseconds(10))
      written = try String(contentsOf: output, encoding: .utf8)
    }
    #expect(written.hasSuffix(",5\" disk,\(Self.web0),held,exact\n"))
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  @Test func `a carriage return behind a quote makes one row of which nothing is read`() throws {
    let outcome = try attribute(
      "address,time\n\"192.168.4.11\",\"2026-11-23T05:39:53Z\"\rZZZ\n"
        + "192.168.4.11,2026-11-23T05:39:53Z\n")
    #expect(
      outcome.output == "address,time,cluster,namespace,pod,uid,verdict,certainty\n"
        + "\"192.168.4.11\",\"2026-11-23T05:39:53Z\"\rZZZ,,,,,unreadable,\n"
        + "192.168.4.11,2026-11-23T05:39:53Z,\(Self.web0),held,exact\n")
    #expect(outcome.errors.hasPrefix("2 rows: 1 held, 1 unreadable\n"))
  }

  @Test(arguments: [("", "\n"), ("\r", "\r"), ("\n", "\n"), ("\r\n", "\r\n")])
  func `the last record keeps its line end`(_ given: String, _ written: String) throws {
    let outcome = try attribute("address,time\r\n192.168.4.11,2026-11-23T05:39:53Z" + given)
    #expect(
      Array(outcome.output.utf8).suffix(7 + written.utf8.count)
        == Array("d,exact\(written)".utf8)[...])
  }

  private static let members =
    #""cluster":"prod","namespace":"default","pod":"web-0","#
    + #""uid":"b8c9e0a6-5217-430f-8bc3-83295bd4775f","verdict":"held","certainty":"exact""#

  @Test func `a byte order mark is kept before the rows`() throws {
    let directory = try Recordings.ledger()
    func written(_ input: String, _ arguments: String...) throws -> [UInt8] {
      let (process, output, _) = try Program.process(
        ["attribute", "--ledger", "ledger", "rows"] + Recordings.now + arguments, in: directory)
      try directory.write("\u{FEFF}" + input, to: "rows")
      try process.run()
      process.waitUntilExit()
      // Not as a String: Foundation leaves the mark away.
      return try Array(Data(contentsOf: output))
    }
    func marked(_ text: String) -> [UInt8] { Array(("\u{FEFF}" + text).utf8) }
    let object = #"{"address":"192.168.4.11","time":"2026-11-23T05:39:53Z""#
    #expect(try written("\(object)}\n") == marked("\(object),\(Self.members)}\n"))
    let row = "\"192.168.4.11\",2026-11-23T05:39:53Z"
    #expect(
      try written("\(row)\n", "--no-header", "--address-column", "1", "--time-column", "2")
        == marked("\(row),\(Self.web0),held,exact\n"))
    #expect(
      try written("\"address\",\"time\"\n\(row)\n")
        == marked(
          "\"address\",\"time\",cluster,namespace,pod,uid,verdict,certainty\n"
            + "\(row),\(Self.web0),held,exact\n"))
  }

  @Test func `what stands behind the closing brace is kept`() throws {
    let row = #"{"\u0061ddress":"192.168.4.11","time":"2026-11-23T05:39:53Z""#
    let outcome = try attribute("\(row)} \t\r\n\r\nno\r\n\(row)}\r\n\(row)}")
    let mark =
      #""cluster":null,"namespace":null,"pod":null,"uid":null,"#
      + #""verdict":"unreadable","certainty":null}"#
    #expect(
      Array(outcome.output.utf8)
        == Array(
          ("\(row),\(Self.members)} \t\r\n\r\n{\"line\":\"no\",\(mark)\r\n"
            + "\(row),\(Self.members)}\r\n\(row),\(Self.members)}\n").utf8))
  }

  @Test(arguments: [
    #"{"address":"192.168.4.11","time":"2026-11-23T05:39:53Z","n":01.2.3-}"#,
    #"{"address":"192.168.4.11","time":"2026-11-23T05:39:53Z","n":-}"#,
    #"{"address":"192.168.4.11","time":"2026-11-23T05:39:53Z","n":"\q"}"#,
    #"{"address":"192.168.4.11","time":"2026-11-23T05:39:53Z","n":"\u12x4"}"#,
    #"{"address":"192.168.4.11","time":"2026-11-23T05:39:53Z","\u0070od":1}"#,
  ])
  func `what is no JSON, or has a name that is to be added, becomes a string`(
    _ line: String
  ) throws {
    let outcome = try attribute("\(line)\n")
    let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    let members = try #require(object as? [String: Any])
    #expect(members["line"] as? String == line)
    #expect(members["verdict"] as? String == "unreadable")
    #expect(members.count == 7)
  }

  @Test func `columns may be numbers, and there may be no header`() throws {
    let row = "x,2026-11-23 05:39:53,192.168.4.11\r\n"
    let bare = try attribute(
      row, "--no-header", "--address-column", "3", "--time-column", "2", "--utc")
    #expect(bare.output == "x,2026-11-23 05:39:53,192.168.4.11,\(Self.web0),held,exact\r\n")
    let named = try attribute(
      "a,b,c\r\n" + row, "--address-column", "3", "--time-column", "b", "--utc")
    #expect(named.output.hasSuffix(",\(Self.web0),held,exact\r\n"))
  }

  @Test(arguments: [
    (["--address-column", "src"], "has no column \"src\", but \"address\", \"time\""),
    (["--address-column", "7"], "has 2 columns, but --address-column is 7"),
    (["--no-header"], "is a number from 1, but --address-column is \"address\""),
    (["-o", "json"], "leave -o away"),
    (["--unix", "s", "--utc"], "leave --utc away"),
    (["--time-column", "address"], "cannot both stand in"),
    (["--network", "vpc-9"], "knows no network vpc-9; it knows prod"),
  ])
  func `what is asked wrongly is told`(_ arguments: [String], _ message: String) throws {
    let outcome = try Program.run(
      ["attribute", "--ledger", "ledger"] + arguments, in: Recordings.ledger(),
      input: Data("address,time\n1.1.1.1,2026-11-23T05:39:53Z\n".utf8))
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
    #expect(outcome.output == "")
  }

  @Test func `what is no CSV and no JSON is told what it is`() throws {
    let directory = try Recordings.ledger()
    func told(_ input: [UInt8]) throws -> String {
      let outcome = try Program.run(
        ["attribute", "--ledger", "ledger"], in: directory, input: Data(input))
      return "\(outcome.status) \(outcome.errors)"
    }
    #expect(
      try told([0x1F, 0x8B, 8, 0]).hasPrefix("65 Error: standard input is gzip'd: pipe it in with"))
    #expect(try told(Array("a\0b\n".utf8)).hasPrefix("65 Error: standard input is no text"))
    #expect(
      try told(Array("address\ttime\n".utf8)).contains(
        "64 Error: the columns are separated by tabs"))
  }

  @Test func `a name that is there already is not added again`() throws {
    let outcome = try attribute("address,time,pod\n1.1.1.1,2026-11-23T05:39:53Z,x\n")
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("has a column \"pod\" already: give --prefix"))
  }

  @Test func `an empty input is told, and a bare header is kept`() throws {
    let nothing = try attribute("")
    #expect(nothing.status == 0 && nothing.output == "")
    #expect(nothing.errors == "nothing was read: the input has no rows\n")
    let header = try attribute("address,time")
    #expect(header.output == "address,time,cluster,namespace,pod,uid,verdict,certainty\n")
  }
}
