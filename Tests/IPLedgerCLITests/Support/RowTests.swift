import Foundation
import IPLedger
import Testing

@testable import IPLedgerCLI

/// Rows as they are cut out of an input, and what is read of them.
@Suite(.serialized) struct RowTests {
  private func blocks(
    _ text: String, form: RowForm? = nil, rows: Int = 1_000_000
  ) throws -> [RowBlock] {
    let directory = try Directory()
    try directory.write(text, to: "input")
    var reader = try RowReader(
      directory.url.appending(path: "input").path, form: form,
      size: RowBlockSize(bytes: 1 << 20, rows: rows))
    var blocks: [RowBlock] = []
    while let next = try reader.next() { blocks.append(next) }
    return blocks
  }

  @Test func `blocks are whole rows, whatever lies between two reads`() throws {
    var text = ""
    for number in 0..<120_000 { text += "\(number),\"x\ny\",\(number * 7)\n" }
    let blocks = try blocks(text)
    #expect(blocks.count > 1)
    #expect(blocks.map(\.number) == Array(0..<blocks.count))
    #expect(blocks.flatMap(\.bytes) == Array(text.utf8))
    for block in blocks { #expect(block.bytes.suffix(1) == [0x0A]) }
    let second = try #require(blocks.dropFirst().first)
    #expect(second.line == 1 + blocks[0].bytes.count { $0 == 0x0A })
    #expect(CSVRecord(second.bytes.span, from: 0).fields.count == 3)
  }

  @Test func `a quote that nothing closes costs its line, not the rest`() throws {
    let text = "a,\"b\n" + String(repeating: "1,2\n", count: 600_000)
    let blocks = try blocks(text)
    #expect(blocks.count > 1)
    #expect(blocks.flatMap(\.bytes) == Array(text.utf8))
    let first = try #require(blocks.first)
    let record = CSVRecord(first.bytes.span, from: 0)
    #expect(record.fault == .quotes)
    #expect(record.next == 5)
    #expect(CSVRecord(first.bytes.span, from: 5).fields.count == 2)
  }

  @Test func `a quote within a field without quotes cuts no row`() throws {
    var text = "n,size,note\n0,5\" disk,x\n"
    for number in 1..<120_000 { text += "\(number),3,\"two lines\nof text\"\n" }
    let blocks = try blocks(text)
    #expect(blocks.count > 1)
    #expect(blocks.flatMap(\.bytes) == Array(text.utf8))
    var rows = 0
    for block in blocks {
      var index = 0
      while index < block.bytes.count {
        let record = CSVRecord(block.bytes.span, from: index)
        #expect(record.fault == nil && record.fields.count == 3)
        index = record.next
        rows += 1
      }
    }
    #expect(rows == 120_001)
  }

  @Test(arguments: ["{\"a\":1}\n", "\"a\",\"b\nc\"\n"])
  func `a byte order mark is no part of the first row`(_ text: String) throws {
    let directory = try Directory()
    try directory.write("\u{FEFF}" + text, to: "input")
    var reader = try RowReader(
      directory.url.appending(path: "input").path, form: nil, size: RowBlockSize(tasks: 1))
    let block = try reader.next()
    #expect(block?.bytes == Array(text.utf8))
    #expect(reader.mark == [0xEF, 0xBB, 0xBF])
    #expect(reader.form == (text.hasPrefix("{") ? .jsonl : .csv))
    #expect(try reader.next() == nil)
  }

  @Test func `a row that never ends is an error`() throws {
    let error = #expect(throws: Failure.self) {
      try blocks("a\n" + String(repeating: "x", count: 18 << 20))
    }
    #expect(error?.message.contains("a row of more than 16777216 bytes") == true)
  }

  @Test(arguments: ["a,b\n", "{\"a\":1}\n", "\n"])
  func `a block has so many rows at most`(_ row: String) throws {
    let text = "a,b\n" + String(repeating: row, count: 2_500)
    let blocks = try blocks(text, rows: 1_000)
    #expect(blocks.count == 3)
    #expect(blocks.flatMap(\.bytes) == Array(text.utf8))
    #expect(blocks.map { $0.bytes.count { $0 == 0x0A } } == [1_000, 1_000, 501])
    #expect(blocks.map(\.line) == [1, 1_001, 2_001])
  }

  @Test(arguments: ["a,b\n", "{\"a\":1}\n"])
  func `rows before one that is too long are a block`(_ row: String) throws {
    let directory = try Directory()
    let long = row.dropLast() + String(repeating: "x", count: 16 << 20) + "\n" + row
    try directory.write(row + long, to: "input")
    var reader = try RowReader(
      directory.url.appending(path: "input").path, form: nil,
      size: RowBlockSize(bytes: 64 << 20, rows: 10))
    #expect(try reader.next()?.bytes == Array(row.utf8))
    let error = #expect(throws: Failure.self) { try reader.next() }
    #expect(error?.message.contains("line 2: a row of more than 16777216 bytes") == true)
  }

  @Test func `the first blocks are small, and all of them together are bounded`() {
    for tasks in 1...8 {
      let size = RowBlockSize(tasks: tasks)
      #expect(size.bytes(ofBlock: 0) == 1 << 20)
      #expect(size.bytes(ofBlock: 1_000) == size.bytes)
      #expect(size.bytes * tasks <= 16 << 20 && size.rows * tasks <= 200_000)
    }
  }

  @Test func `the form is found out`() throws {
    #expect(RowForm(guessedFrom: " \n{\"a\":1}".utf8) == .jsonl)
    #expect(RowForm(guessedFrom: "a,b".utf8) == .csv)
    #expect(RowForm(guessedFrom: " \n".utf8) == nil)
    #expect(RowForm(guessedFrom: "".utf8) == nil)
  }

  @Test func `a terminal gets lines, and nothing else that it obeys`() {
    func shown(_ text: String) -> String {
      String(decoding: OrderedWriter.harmless(Array(text.utf8)), as: UTF8.self)
    }
    #expect(shown("a\nb\n") == "a\nb\n")
    #expect(shown("a\r\nb\r\n\r\nc") == "a\r\nb\r\n\r\nc")
    #expect(shown("a\rb\r\r\n") == "a\\rb\\r\r\n")
    #expect(shown("\u{1B}[31m\r") == "\\u{1B}[31m\\r")
    #expect(shown("é\u{301}\r\n") == "é\u{301}\r\n")
  }

  @Test(
    arguments: [
      ("0", RowTime.Unit.seconds, 0), ("1.5", .seconds, 1_500_000), ("-1.5", .seconds, -1_500_000),
      ("1.9999999", .seconds, 1_999_999), ("-0.0000001", .seconds, -1),
      ("12", .milliseconds, 12_000),
      ("12.3456", .milliseconds, 12_345), ("7", .microseconds, 7), ("1999", .nanoseconds, 1),
      ("-1", .nanoseconds, -1), ("999", .nanoseconds, 0),
    ] as [(String, RowTime.Unit, Int64)])
  func `numbers become microseconds`(_ text: String, _ unit: RowTime.Unit, _ expected: Int64) {
    let time = RowTime(unit: unit, assumesUTC: false)
    #expect(time.instant(Array(text.utf8)[...]) == Instant(microseconds: expected))
  }

  @Test(arguments: [
    "", "-", ".", "1.", ".5", "1e9", "99999999999999999999", "9223372036854775807", "+1",
  ])
  func `what is no number of seconds`(_ text: String) {
    #expect(RowTime(unit: .seconds, assumesUTC: false).instant(Array(text.utf8)[...]) == nil)
  }
}
