import TestSupport
import Testing

@testable import IPLedgerCLI

/// The one grammar of CSV: for records, and for the search for their ends.
struct CSVRowTests {
  private func fields(_ text: String) -> [String]? {
    let bytes = Array(text.utf8)
    let record = CSVRecord(bytes.span, from: 0)
    guard record.fault == nil else { return nil }
    return record.fields.map { String(decoding: CSVRecord.text(bytes[$0]), as: UTF8.self) }
  }

  @Test func `records of RFC 4180`() {
    #expect(fields("a,b\nc") == ["a", "b"])
    #expect(fields("a,b\r\nc") == ["a", "b"])
    #expect(fields("a,,\n") == ["a", "", ""])
    #expect(fields(#""a,""b""",c"#) == [#"a,"b""#, "c"])
    #expect(fields("\"a\nb\",\"c\"\r\nd") == ["a\nb", "c"])
    #expect(fields("") == [""])
    #expect(fields(#""a"#) == nil)
    #expect(fields(#""a"b,c"#) == nil)
  }

  @Test func `a quote opens a field only as its first byte`() {
    #expect(fields("5\" disk,b\nc") == ["5\" disk", "b"])
    #expect(fields("a, \"b\nc\"") == ["a", "\"b"])
    #expect(fields("a\"\"b\"\n") == ["a\"\"b\""])
  }

  @Test(arguments: ["\rZZZ", "\rZZZ,\"x\"", "\r\r", "\r,b", "\r\""])
  func `behind a closing quote a carriage return begins a line end`(_ rest: String) {
    let bytes = Array("\"ip\",\"time\"\(rest)\r\nnext\n".utf8)
    let record = CSVRecord(bytes.span, from: 0)
    #expect(record.fault == .quotes)
    #expect(record.fields.isEmpty)
    #expect(record.end == bytes.count - "\r\nnext\n".utf8.count)
    #expect(record.next == bytes.count - "next\n".utf8.count)
  }

  @Test func `a record that breaks the grammar ends with its first line`() {
    let bytes = Array("\"a\nb\"c,d\n".utf8)
    let record = CSVRecord(bytes.span, from: 0)
    #expect(record.fault == .quotes)
    #expect(record.end == 2 && record.next == 3)
    #expect(fields("b\"c,d\n") == ["b\"c", "d"])
  }

  @Test(arguments: [1, 4095, 1 << 20, 3 << 20])
  func `a quoted field is closed within its limit, however it is read`(_ chunk: Int) {
    let limit = CSVScanner.quotedBytes
    let room = String(repeating: "x\n", count: (limit - 4) / 2)
    let fits = "\"" + room + "x\"\n"
    let next = "a,b\n"
    #expect(fits.utf8.count == limit)
    #expect(ends(fits + next, chunk: chunk) == [limit, limit + 4])
    let exact = "\"" + room + "xy\"\n"
    #expect(ends(exact + next, chunk: chunk) == [limit + 1, limit + 5])
    let tooLong = "\"abc\n" + room + "\"\n"
    #expect(ends(tooLong + "\n", chunk: chunk).first == 5)
  }

  /// Where the records end that are found in a text of which so many bytes are there at a time.
  private func ends(_ text: String, chunk: Int) -> [Int] {
    ends(Array(text.utf8)) { chunk }
  }

  private func ends(_ bytes: [UInt8], chunk: () -> Int) -> [Int] {
    var scanner = CSVScanner(from: 0)
    var ends: [Int] = []
    var known = 0
    while true {
      known = min(bytes.count, known + chunk())
      let isWhole = known == bytes.count
      let span = bytes.span.extracting(0..<known)
      scan: while !(isWhole && scanner.index == known && ends.last == known) {
        switch scanner.next(span, isWhole: isWhole) {
        case .field: continue
        case .record, .broken: ends.append(scanner.index)
        case .unfinished: break scan
        }
      }
      if isWhole { return ends }
    }
  }

  /// The grammar once more, slow and short: the end of the record that begins a text.
  private func end(of text: [UInt8]) -> (length: Int, fields: Int?) {
    func line() -> Int { text.firstIndex(of: 0x0A).map { $0 + 1 } ?? text.count }
    var rest = text[...]
    var fields = 1
    while true {
      if rest.first == 0x22 {
        rest = rest.dropFirst()
        while let byte = rest.first, byte != 0x22 || rest.starts(with: [0x22, 0x22]) {
          rest = rest.dropFirst(byte == 0x22 ? 2 : 1)
        }
        guard rest.popFirst() != nil else { return (line(), nil) }
        if rest.starts(with: [0x0D, 0x0A]) || rest.elementsEqual([0x0D]) {
          rest = rest.dropFirst()
        }
        guard rest.isEmpty || rest.first == 0x2C || rest.first == 0x0A else { return (line(), nil) }
      } else {
        rest = rest.drop { $0 != 0x2C && $0 != 0x0A }
      }
      guard let byte = rest.popFirst() else { return (text.count, fields) }
      if byte == 0x0A { return (rest.startIndex, fields) }
      fields += 1
    }
  }

  @Test(arguments: Seeds.chosen(kept: [], few: 40, many: 4000))
  func `ends of records are the same in chunks of any size`(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<200 {
      let alphabet = Array("\"\"\"\n\n\r,,ab".utf8)
      let bytes = (0..<Int.random(in: 1...40, using: &random)).map { _ in
        alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
      }
      var expected: [Int] = []
      var start = 0
      while start < bytes.count {
        let (length, fields) = end(of: Array(bytes[start...]))
        let record = CSVRecord(bytes.span, from: start)
        #expect(record.next == start + length)
        #expect((record.fault == nil ? record.fields.count : nil) == fields)
        start += length
        expected.append(start)
      }
      let most = Int.random(in: 1...8, using: &random)
      let found = ends(bytes) { Int.random(in: 1...most, using: &random) }
      #expect(found == expected, "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
    }
  }
}
