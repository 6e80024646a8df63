import Foundation
import TestSupport
import Testing

@testable import IPLedgerCLI

/// What is read of a line that is a JSON object, and what is none.
struct JSONRowTests {
  private func parsed(_ text: String, _ paths: String...) throws -> JSONRow {
    let bytes = Array(text.utf8)
    return try JSONRow(
      bytes.span, 0..<bytes.count, paths: paths.map(RowColumns.path), names: [Array("pod".utf8)])
  }

  private func row(_ text: String, _ paths: String...) throws -> [String?] {
    let bytes = Array(text.utf8)
    let row = try JSONRow(
      bytes.span, 0..<bytes.count, paths: paths.map(RowColumns.path), names: [])
    return row.values.map { value in
      switch value {
      case .text(let range)?: String(decoding: JSONText.plain(bytes[range]), as: UTF8.self)
      case .number(let range)?: String(decoding: bytes[range], as: UTF8.self)
      case .other?: "other"
      case nil: nil
      }
    }
  }

  @Test func `members of objects within objects`() throws {
    #expect(try row(#"{"a":{"b":"x","c":[{"b":1}]},"t":5}"#, "a.b", "t") == ["x", "5"])
    #expect(try row(#"{"t":1,"a":{"b":{}},"a.b":"y"}"#, "a.b", "a") == ["other", "other"])
    #expect(try row(#" {"a":"\u0031.1\/"} "#, "a") == ["1.1/"])
    #expect(try row(#"{"a":1,"a":2}"#, "a") == ["2"])
    #expect(try row("{}", "a") == [nil])
  }

  @Test func `names are compared as they read`() throws {
    #expect(try row(#"{"\u0061ddress":"x"}"#, "address") == ["x"])
    #expect(try row(#"{"a":{"\u0062\/":"x"}}"#, "a.b/") == ["x"])
    #expect(try row(#"{"\ud83D\uDE00\u00e9\u20AC":1}"#, "😀é€") == ["1"])
    #expect(try row(#"{"\\u0061":1}"#, "a") == [nil])
    #expect(try row(#"{"\ud83d":1}"#, "\u{FFFD}") == [nil])
    #expect(try parsed(#"{"\u0070od":1}"#).hasTakenName)
    #expect(try parsed(#"{"pod":1}"#).hasTakenName)
    #expect(try !parsed(#"{"po\u0064s":1,"x":{"pod":1}}"#).hasTakenName)
  }

  @Test func `escapes are read`() {
    func plain(_ text: String) -> [UInt8] { Array(JSONText.plain(Array(text.utf8)[...])) }
    #expect(plain(#"\"\\\/\b\f\n\r\t"#) == [0x22, 0x5C, 0x2F, 8, 12, 10, 13, 9])
    #expect(plain(#"a\u00E9\u20acz"#) == Array("aé€z".utf8))
    #expect(plain(#"\uD83D\uDE00"#) == Array("😀".utf8))
    #expect(plain(#"\uD83D\u0041"#) == [0xED, 0xA0, 0xBD, 0x41])
    #expect(plain(#"\uDE00x"#) == [0xED, 0xB8, 0x80, 0x78])
  }

  @Test(arguments: [
    "", "{", "{}x", "[]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":tru}", "{a:1}",
    "{\"a\":\"\n\"}", "{\"a\":1}{\"b\":2}", "{\"a\":[1,]}", "{\"a\":\"x}", "{\"a\":\"\\",
    String(repeating: "{\"a\":", count: 600) + "1" + String(repeating: "}", count: 600),
    "{\"a\":truex}", "{\"a\":nul", "{\"a\":\"\\u12",
  ])
  func `what is no object`(_ text: String) {
    #expect(throws: JSONRow.Fault.malformed) { try row(text, "a.a") }
  }

  @Test(arguments: ["0", "-0", "10", "-1.5", "0.25", "1e9", "1E+09", "2.5e-3"])
  func `what is a number`(_ text: String) throws {
    #expect(try row("{\"a\":\(text)}", "a") == [text])
    #expect(try row("{\"b\":[\(text) ,1],\"a\":2}", "a") == ["2"])
  }

  @Test(arguments: [
    "-", "01", "-01", "01.2.3-", "1.", ".5", "+1", "1e", "1e+", "1.e1", "1.2.3", "--1", "1-", "0x1",
    "1a", "Infinity", "NaN",
  ])
  func `what is no number`(_ text: String) {
    for line in ["{\"a\":\(text)}", "{\"b\":[\(text)],\"a\":1}"] {
      #expect(throws: JSONRow.Fault.malformed) { try row(line, "a") }
    }
  }

  @Test(arguments: [#"\q"#, #"\u"#, #"\u12"#, #"\u12g4"#, #"\U0041"#, #"\'"#, #"\x41"#, #"\u 041"#])
  func `what is no escape`(_ text: String) {
    for line in ["{\"a\":\"\(text)\"}", "{\"\(text)\":1}", "{\"b\":[\"\(text)\"]}"] {
      #expect(throws: JSONRow.Fault.malformed) { try row(line, "a") }
    }
  }

  @Test(arguments: Seeds.chosen(kept: [], few: 40, many: 4000))
  func `an object is what Foundation takes for one`(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let whole = [
      "{", "\"a\"", ":", "-", "1", "0", ".", "5", "e", "+", "2", ",", "\"", "\\", "u", "0", "0",
      "4",
      "1", "\"", ":", "[", "true", ",", "null", ",", "{", "}", ",", "\"\\n\"", "]", " ", "}",
    ]
    for _ in 0..<100 {
      var tokens = whole
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        let place = Int.random(in: 0..<tokens.count, using: &random)
        let other = whole[Int.random(in: 0..<whole.count, using: &random)]
        tokens[place] = [other, "", tokens[place] + other][Int.random(in: 0..<3, using: &random)]
      }
      let text = tokens.joined()
      // Foundation lets a comma stand before a closing bracket, and no number be too large to keep.
      if text.contains(/, *[\]}]/) || text.contains(/e[-+]?[0-9]{3}/) { continue }
      let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
      #expect((object != nil) == ((try? row(text, "a")) != nil), "\(text)")
    }
  }
}
