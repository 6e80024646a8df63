import IPLedger
import TestSupport
import Testing

@Suite(.serialized) struct RFC3339Tests {
  /// The instant 2026-11-23T03:12:00Z in microseconds.
  static let expected: Int64 = 1_795_403_520_000_000

  @Test(arguments: [
    ("2026-11-23T03:12:00Z", 0),
    ("2026-11-23t03:12:00z", 0),
    ("2026-11-23T03:12:00+00:00", 0),
    ("2026-11-23T03:12:00-00:00", 0),
    ("2026-11-23T11:12:00+08:00", 0),
    ("2026-11-22T21:42:00-05:30", 0),
    ("2026-11-24T03:11:00+23:59", 0),
    ("2026-11-23T03:12:00.5Z", 500_000),
    ("2026-11-23T03:12:00.000001Z", 1),
    ("2026-11-23T03:12:00.123456789Z", 123_456),
    ("2026-11-23T03:12:00.9999999999999999999999Z", 999_999),
    ("2026-11-23T03:12:59Z", 59_000_000),
  ])
  func `a valid time is read`(text: String, microsecondsLater: Int64) throws {
    let instant = Instant(microseconds: Self.expected + microsecondsLater)
    #expect(try Instant(rfc3339: text) == instant)
    #expect(try Instant(rfc3339: "<\(text)>".dropFirst().dropLast()) == instant)
    #expect(try Instant(rfc3339: "<\(text)>".dropFirst().dropLast().utf8) == instant)
    #expect(try Instant(rfc3339: Array("<\(text)>".utf8).dropFirst().dropLast()) == instant)
    #expect(try Instant.lenient(text) == instant)
  }

  @Test func `a fraction is cut towards the past, also before 1970`() throws {
    #expect(try Instant(rfc3339: "1969-12-31T23:59:59.9999999Z").microseconds == -1)
    #expect(try Instant(rfc3339: "1969-12-31T23:59:58.0000009Z").microseconds == -2_000_000)
  }

  @Test(
    arguments: [
      ("", .expected(.year, offset: 0)),
      ("now", .expected(.year, offset: 0)),
      ("202", .expected(.year, offset: 3)),
      ("+2026-11-23T03:12:00Z", .expected(.year, offset: 0)),
      ("12026-11-23T03:12:00Z", .expected(.hyphen, offset: 4)),
      ("20261123T031200Z", .expected(.hyphen, offset: 4)),
      ("2026-1-23T03:12:00Z", .expected(.month, offset: 6)),
      ("2026-00-23T03:12:00Z", .noSuchMonth(0)),
      ("2026-13-23T03:12:00Z", .noSuchMonth(13)),
      ("2026-11-00T03:12:00Z", .noSuchDay(0, month: 11, year: 2026)),
      ("2026-11-31T03:12:00Z", .noSuchDay(31, month: 11, year: 2026)),
      ("2026-02-30T03:12:00Z", .noSuchDay(30, month: 2, year: 2026)),
      ("2026-02-29T03:12:00Z", .noSuchDay(29, month: 2, year: 2026)),
      ("1900-02-29T03:12:00Z", .noSuchDay(29, month: 2, year: 1900)),
      ("2026-11-23_03:12:00Z", .expected(.dateTimeSeparator, offset: 10)),
      ("2026-11-23T24:00:00Z", .noSuchHour(24)),
      ("2026-11-23T25:00:00Z", .noSuchHour(25)),
      ("2026-11-23T3:12:00Z", .expected(.hour, offset: 12)),
      ("2026-11-23T03:60:00Z", .noSuchMinute(60)),
      ("2026-11-23T03:12:61Z", .noSuchSecond(61)),
      ("2016-12-31T23:59:60Z", .leapSecond),
      ("2026-11-23T03:12:00.Z", .expected(.fraction, offset: 20)),
      ("2026-11-23T03:12:00,5Z", .trailingText(offset: 19)),
      ("2026-11-23T03:12:00+8:00", .expected(.offsetHour, offset: 21)),
      ("2026-11-23T03:12:00+0800", .expected(.colon, offset: 22)),
      ("2026-11-23T03:12:00+08", .expected(.colon, offset: 22)),
      ("2026-11-23T03:12:00+08:60", .noSuchOffset(hours: 8, minutes: 60)),
      ("2026-11-23T03:12:00+24:00", .noSuchOffset(hours: 24, minutes: 0)),
      ("2026-11-23T03:12:00 Z", .trailingText(offset: 19)),
      ("2026-11-23T03:12:00Z ", .trailingText(offset: 20)),
      ("2026-11-23T03:12:00ZZ", .trailingText(offset: 20)),
      ("2026-11-23T03:12:00Z\0", .trailingText(offset: 20)),
      ("2026-11-23T03:12:00UTC", .trailingText(offset: 19)),
      ("0000-01-01T00:00:00+00:01", .outsideWritableYears),
      ("9999-12-31T23:59:59-00:01", .outsideWritableYears),
      ("２０２６-11-23T03:12:00Z", .expected(.year, offset: 0)),
    ] as [(String, InstantParseError.Reason)])
  func `an invalid time is refused by both forms`(text: String, reason: InstantParseError.Reason) {
    let error = #expect(throws: InstantParseError.self) { try Instant(rfc3339: text) }
    #expect(error?.reason == reason)
    #expect(error?.found == text)
    let bytesError = #expect(throws: InstantParseError.self) {
      try Instant(rfc3339: Array(text.utf8)[...])
    }
    #expect(bytesError == error)
    let lenientError = #expect(throws: InstantParseError.self) { try Instant.lenient(text) }
    #expect(lenientError?.reason == reason)
  }

  @Test(
    arguments: [
      ("2026-11-23T03:12:00", .missingZone, "2026-11-23T03:12:00.000000Z"),
      ("2026-11-23T03:12:00.25", .missingZone, "2026-11-23T03:12:00.250000Z"),
      ("2026-11-23 03:12:00Z", .expected(.dateTimeSeparator, offset: 10), nil),
      ("2026-11-23 03:12:00", .expected(.dateTimeSeparator, offset: 10), nil),
      ("2026-11-23 03:12", .expected(.dateTimeSeparator, offset: 10), nil),
      ("2026-11-23T03:12Z", .expected(.colon, offset: 16), nil),
      ("2026-11-23 11:12+08:00", .expected(.dateTimeSeparator, offset: 10), nil),
      ("2026-11-23", .expected(.dateTimeSeparator, offset: 10), "2026-11-23T00:00:00.000000Z"),
    ] as [(String, InstantParseError.Reason, String?)])
  func `the lenient form takes what the strict one refuses`(
    text: String, reason: InstantParseError.Reason, meaning: String?
  ) throws {
    let error = #expect(throws: InstantParseError.self) { try Instant(rfc3339: text) }
    #expect(error?.reason == reason)
    let expected = meaning ?? "2026-11-23T03:12:00.000000Z"
    #expect(try Instant.lenient(text).description == expected)
  }

  @Test(arguments: [
    (
      "2026-02-30T00:00:00Z",
      "\"2026-02-30T00:00:00Z\" is not an RFC 3339 time: February 2026 has no day 30; its last is 28"
    ),
    (
      "2026-11-23T24:00:00Z",
      "\"2026-11-23T24:00:00Z\" is not an RFC 3339 time: "
        + "there is no hour 24; write 00:00 of the next day"
    ),
    (
      "2026-11-23T03:12:00",
      "\"2026-11-23T03:12:00\" is not an RFC 3339 time: "
        + "the zone is missing; add Z for UTC or an offset such as +08:00"
    ),
    (
      "2016-12-31T23:59:60Z",
      "\"2016-12-31T23:59:60Z\" is not an RFC 3339 time: second 60 is a leap second, which UTC "
        + "microseconds cannot tell from the next minute; write second 59 or the next minute"
    ),
    (
      "2026-11-23T03:12:00Z\u{1B}[31m",
      "\"2026-11-23T03:12:00Z\\u{1B}[31m\" is not an RFC 3339 time: "
        + "unexpected text after the time at byte 20: \"\\u{1B}[31m\""
    ),
    (
      "2026-11",
      "\"2026-11\" is not an RFC 3339 time: "
        + "expected a hyphen at byte 7, found the end; a valid one is 2026-11-23T03:12:00Z"
    ),
  ])
  func `the message says what is wrong and what to write`(text: String, message: String) {
    let error = #expect(throws: InstantParseError.self) { try Instant(rfc3339: text) }
    #expect(error?.description == message)
  }

  @Test(arguments: 0..<4)
  func `an offset moves the clock and not the moment`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<1_000 {
      let seconds = Int64.random(in: -10_000_000_000...10_000_000_000, using: &random)
      let offset = Int64.random(in: -1439...1439, using: &random)
      let shown = (Instant.seconds(seconds) + .minutes(offset)).description.dropLast()
      let hours = String(100 + offset.magnitude / 60).dropFirst()
      let minutes = String(100 + offset.magnitude % 60).dropFirst()
      let text = "\(shown)\(offset < 0 ? "-" : "+")\(hours):\(minutes)"
      #expect(try Instant(rfc3339: text) == .seconds(seconds), "\(text)")
    }
  }
}
