import IPLedger
import TestSupport
import Testing

@Suite(.serialized) struct InstantTests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000000Z"),
    (1, "1970-01-01T00:00:00.000001Z"),
    (-1, "1969-12-31T23:59:59.999999Z"),
    (1_795_403_520_000_000, "2026-11-23T03:12:00.000000Z"),
    (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
    (-2_203_891_200_000_000, "1900-03-01T00:00:00.000000Z"),
    (-2_203_891_200_000_001, "1900-02-28T23:59:59.999999Z"),
    (-62_167_219_200_000_000, "0000-01-01T00:00:00.000000Z"),
    (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
  ])
  func `an instant is written in UTC with six digits and read back`(
    microseconds: Int64, text: String
  ) throws {
    let instant = Instant(microseconds: microseconds)
    #expect(instant.description == text)
    #expect(try Instant(rfc3339: text) == instant)
  }

  @Test func `a moment outside the years 0000 to 9999 is written as the nearest within`() {
    #expect(Instant.earliest.description == "0000-01-01T00:00:00.000000Z")
    #expect(Instant.latest.description == "9999-12-31T23:59:59.999999Z")
    #expect(Instant.earliestWritable.adding(microseconds: -1).description.hasPrefix("0000-01-01"))
    #expect(Instant.latestWritable.adding(microseconds: 1).description.hasPrefix("9999-12-31"))
  }

  @Test func `arithmetic stops at the ends instead of trapping`() {
    #expect(Instant.latest + .seconds(1) == .latest)
    #expect(Instant.earliest + .seconds(-1) == .earliest)
    #expect(Instant.earliest - .seconds(1) == .earliest)
    #expect(Instant.epoch - Microseconds(.min) == .latest)
    #expect(Instant.latest - Instant.earliest == Microseconds(.max))
    #expect(Instant.earliest - Instant.latest == Microseconds(.min))
    #expect(Instant.seconds(.max) == .latest)
    #expect(Instant.seconds(.min) == .earliest)
    #expect(Instant.seconds(10) + .hours(48) == .seconds(172_810))
    #expect(Instant.seconds(10) - .minutes(1) == .seconds(-50))
    #expect(Instant.seconds(10) - Instant.seconds(4) == .seconds(6))
    #expect(Instant.seconds(1).adding(microseconds: -1) < .seconds(1))
  }

  @Test(arguments: 0..<8)
  func `any writable instant is read back as it was`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let writable = Instant.earliestWritable.microseconds...Instant.latestWritable.microseconds
    var previous: (instant: Instant, text: String)?
    for _ in 0..<2_000 {
      let instant = Instant(microseconds: .random(in: writable, using: &random))
      let text = instant.description
      #expect(text.utf8.count == 27)
      #expect(try Instant(rfc3339: text) == instant)
      #expect(try Instant(rfc3339: Array(text.utf8)[...]) == instant)
      if let previous {
        #expect((previous.instant < instant) == (previous.text < text))
      }
      previous = (instant, text)
    }
  }

  @Test func `each day of 800 years follows the one before`() throws {
    var day = Instant.seconds(-12_622_780_800)
    #expect(day.description == "1570-01-01T00:00:00.000000Z")
    var (year, month, date) = (1570, 1, 1)
    for _ in 0..<292_194 {
      let text = day.description
      #expect(text == "\(year)-\(twoDigits(month))-\(twoDigits(date))T00:00:00.000000Z")
      #expect(try Instant(rfc3339: text) == day)
      day = day + .days(1)
      date += 1
      if date > lengthOfMonth(month, year) { (month, date) = (month + 1, 1) }
      if month > 12 { (year, month) = (year + 1, 1) }
    }
    #expect(year == 2370)
  }

  private func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }

  private func lengthOfMonth(_ month: Int, _ year: Int) -> Int {
    let isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }
}

@Suite(.serialized) struct MicrosecondsTests {
  @Test(
    arguments: [
      (.zero, "0s"), (.seconds(45), "45s"), (.minutes(90), "1h30m"), (.hours(48), "2d"),
      (.weeks(1), "7d"), (.seconds(90_061), "1d1h1m1s"), (.minutes(-5), "-5m"),
      (Microseconds(1_250_000), "1.25s"), (Microseconds(-1), "-0.000001s"),
      (Microseconds(60_000_001), "1m0.000001s"), (Microseconds(.min), "-106751991d4h54.775808s"),
    ] as [(Microseconds, String)])
  func `a length is written in its largest units`(length: Microseconds, text: String) {
    #expect(length.description == text)
  }

  @Test func `lengths stop at the ends instead of trapping`() {
    #expect(Microseconds.hours(.max) == Microseconds(.max))
    #expect(Microseconds.weeks(.min) == Microseconds(.min))
    #expect(Microseconds(.max) + .seconds(1) == Microseconds(.max))
    #expect(Microseconds(.min) - .seconds(1) == Microseconds(.min))
    #expect(Microseconds.hours(1) - .minutes(30) == .minutes(30))
  }
}
