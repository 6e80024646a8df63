extension Instant: CustomStringConvertible {
  /// The moment as RFC 3339 in UTC with exactly six digits of fraction:
  /// `2026-11-23T03:12:00.000000Z`.
  ///
  /// RFC 3339 has years 0000 to 9999 only: a moment outside them is written as ``earliestWritable``
  /// or ``latestWritable``, whichever is nearer. All others are read back exactly.
  public var description: String {
    let writable = min(max(self, .earliestWritable), .latestWritable)
    let (day, timeOfDay) = writable.dayAndTimeOfDay
    let date = CivilDate(daysSinceEpoch: day)
    let second = timeOfDay / 1_000_000
    var text = ASCIIText(capacity: 27)
    text.append(date.year, digits: 4)
    text.append("-")
    text.append(date.month, digits: 2)
    text.append("-")
    text.append(date.day, digits: 2)
    text.append("T")
    text.append(second / 3600, digits: 2)
    text.append(":")
    text.append(second / 60 % 60, digits: 2)
    text.append(":")
    text.append(second % 60, digits: 2)
    text.append(".")
    text.append(timeOfDay % 1_000_000, digits: 6)
    text.append("Z")
    return text.string
  }

  /// The days since 1970-01-01 and the microseconds since that day's midnight, never negative.
  private var dayAndTimeOfDay: (day: Int, timeOfDay: Int) {
    let microsecondsInDay = 86_400_000_000
    let (day, time) = Int(microseconds).quotientAndRemainder(dividingBy: microsecondsInDay)
    return time < 0 ? (day - 1, time + microsecondsInDay) : (day, time)
  }
}

/// Builds a short text of ASCII characters, digit by digit.
private struct ASCIIText {
  private var bytes: [UInt8] = []

  init(capacity: Int) {
    bytes.reserveCapacity(capacity)
  }

  var string: String { String(decoding: bytes, as: UTF8.self) }

  mutating func append(_ character: Unicode.Scalar) {
    bytes.append(UInt8(ascii: character))
  }

  /// Appends a number that is not negative, with zeros in front up to `digits` digits.
  mutating func append(_ number: Int, digits: Int) {
    var divisor = 1
    for _ in 1..<digits { divisor *= 10 }
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
      divisor /= 10
    }
  }
}
