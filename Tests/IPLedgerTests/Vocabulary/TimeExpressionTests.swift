import IPLedger
import TestSupport
import Testing

@Suite(.serialized) struct TimeExpressionTests {
  static let now = Instant.seconds(1_795_403_520)  // 2026-11-23T03:12:00Z

  @Test(arguments: [
    ("now", "2026-11-23T03:12:00.000000Z"),
    ("90s ago", "2026-11-23T03:10:30.000000Z"),
    ("5m ago", "2026-11-23T03:07:00.000000Z"),
    ("2h ago", "2026-11-23T01:12:00.000000Z"),
    ("3d ago", "2026-11-20T03:12:00.000000Z"),
    ("1w ago", "2026-11-16T03:12:00.000000Z"),
    ("1h30m ago", "2026-11-23T01:42:00.000000Z"),
    ("5 minutes ago", "2026-11-23T03:07:00.000000Z"),
    ("1 hour ago", "2026-11-23T02:12:00.000000Z"),
    ("1 hour 30 minutes ago", "2026-11-23T01:42:00.000000Z"),
    ("-5m", "2026-11-23T03:07:00.000000Z"),
    ("-1h30m", "2026-11-23T01:42:00.000000Z"),
    ("2026-11-22T03:12:00Z", "2026-11-22T03:12:00.000000Z"),
    ("2026-11-22T03:12:00+08:00", "2026-11-21T19:12:00.000000Z"),
    ("2026-11-22T03:12:00", "2026-11-22T03:12:00.000000Z"),
    ("2026-11-22 03:12", "2026-11-22T03:12:00.000000Z"),
    ("2026-11-22", "2026-11-22T00:00:00.000000Z"),
  ])
  func `what people type is understood`(text: String, meaning: String) throws {
    #expect(try Instant(expression: text, now: Self.now).description == meaning)
  }

  @Test func `relative times keep their distance until now is known`() throws {
    #expect(try TimeExpression(parsing: "now") == .beforeNow(.zero))
    #expect(try TimeExpression(parsing: "-5m") == .beforeNow(.minutes(5)))
    #expect(try TimeExpression(parsing: "1970-01-01") == .at(.epoch))
    let longAgo = try TimeExpression(parsing: "106751990d ago")
    #expect(longAgo.instant(now: .earliest) == .earliest)
  }

  static let accepted =
    "; accepted are 2026-11-23T03:12:00Z, 2026-11-23 03:12 (UTC), 2026-11-23, now, 5m ago, "
    + "5 minutes ago, 1h30m ago or -5m"

  @Test(arguments: [
    ("", "\"\" is not a time: it is empty"),
    ("yesterday", "\"yesterday\" is not a time: it is none of the accepted forms"),
    (" now", "\" now\" is not a time: it is none of the accepted forms"),
    ("5m", "\"5m\" is not a time: did you mean \"5m ago\"?"),
    ("5 minutes", "\"5 minutes\" is not a time: did you mean \"5 minutes ago\"?"),
    ("5x ago", "\"5x ago\" is not a time: \"x\" is not a unit (s, m, h, d or w)"),
    ("-5", "\"-5\" is not a time: the unit is missing (s, m, h, d or w)"),
    ("-", "\"-\" is not a time: it is empty"),
    (" ago", "\" ago\" is not a time: it is empty"),
    ("5m  ago", "\"5m  ago\" is not a time: expected a number at byte 3"),
    ("1.5h ago", "\"1.5h ago\" is not a time: only whole numbers are taken, so 1.5h is 1h30m"),
    ("2026-11-31", "\"2026-11-31\" is not a time: November 2026 has no day 31; its last is 30"),
    (
      "2026-11-23T24:00",
      "\"2026-11-23T24:00\" is not a time: there is no hour 24; "
        + "write 00:00 of the next day"
    ),
  ])
  func `what is not understood is answered with the accepted forms`(text: String, message: String) {
    let error = #expect(throws: TimeExpressionError.self) {
      try Instant(expression: text, now: Self.now)
    }
    #expect(error?.description == message + Self.accepted)
    #expect(error?.found == text)
  }
}

@Suite(.serialized) struct DurationExpressionTests {
  @Test(
    arguments: [
      ("6h", .hours(6)), ("90m", .minutes(90)), ("2d", .days(2)), ("1w", .weeks(1)),
      ("45s", .seconds(45)), ("1h30m", .minutes(90)), ("1w2d3h4m5s", .seconds(788_645)),
      ("0s", .zero), ("007m", .minutes(7)), ("5 minutes", .minutes(5)), ("1 day", .days(1)),
      ("1h 30m", .minutes(90)), ("2 hours 1 sec", .seconds(7_201)), ("3hrs", .hours(3)),
      ("9223372036854s", .seconds(9_223_372_036_854)),
    ] as [(String, Microseconds)])
  func `a length of time is read`(text: String, length: Microseconds) throws {
    #expect(try DurationExpression(parsing: text).length == length)
  }

  @Test(
    arguments: [
      ("", .empty), ("h", .missingNumber(offset: 0)), ("-5m", .missingNumber(offset: 0)),
      (" 5m", .missingNumber(offset: 0)), ("5m ", .missingNumber(offset: 3)),
      ("5m  3s", .missingNumber(offset: 3)), ("90", .missingUnit), ("5 ", .missingUnit),
      ("1h30", .missingUnit), ("1.5h", .notWhole), ("1,5h", .notWhole), ("5M", .unknownUnit("M")),
      ("5ms", .unknownUnit("ms")), ("1y", .unknownUnit("y")), ("2 months", .unknownUnit("months")),
      ("5m-", .unknownUnit("m-")), ("30m1h", .unitOutOfOrder("h")), ("1h1h", .unitOutOfOrder("h")),
      ("9223372036855s", .tooLong), ("99999999999999999999s", .tooLong),
      ("106751991d5h", .tooLong),
    ] as [(String, DurationExpressionError.Reason)])
  func `what is not a length of time is refused`(
    text: String, reason: DurationExpressionError.Reason
  ) {
    let error = #expect(throws: DurationExpressionError.self) {
      try DurationExpression(parsing: text)
    }
    #expect(error?.reason == reason)
  }

  @Test func `the message names the unit and the accepted forms`() {
    let error = #expect(throws: DurationExpressionError.self) {
      try DurationExpression(parsing: "5 fortnights")
    }
    let message =
      "\"5 fortnights\" is not a length of time: \"fortnights\" is not a unit"
      + " (s, m, h, d or w); write it like 6h, 90m, 2d, 1w, 45s, 1h30m or 5 minutes"
    #expect(error?.description == message)
  }

  @Test func `what is written is read back`() throws {
    var random = SplitMix64(seed: 7)
    for _ in 0..<1_000 {
      let length = Microseconds.seconds(Int64(random.skewed() % 9_000_000_000_000))
      #expect(try DurationExpression(parsing: length.description).length == length)
    }
  }
}
