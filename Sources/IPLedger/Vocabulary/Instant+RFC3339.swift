extension Instant {
  /// Reads an RFC 3339 time strictly: `2026-11-23T03:12:00Z`, `2026-11-23T11:12:00.5+08:00`.
  ///
  /// What the calendar does not have is refused (30 February, 24:00, second 60), and so is text
  /// after the time. A missing zone is an error here; ``lenient(_:)`` takes it as UTC. `T` and `Z`
  /// may be lower case, and `-00:00` is UTC, as RFC 3339 (sections 4.3 and 5.6) has it. A fraction
  /// may have any number of digits; those after the sixth are dropped, which moves the moment
  /// towards the past by less than a microsecond. Second 60 is refused because the leap second
  /// would become equal to the next minute's first: whoever writes it learns so, instead of being
  /// wrong by a second.
  ///
  /// - Parameter text: The text, without space around it.
  /// - Throws: ``InstantParseError`` with the first fault.
  public init(rfc3339 text: some StringProtocol) throws(InstantParseError) {
    self = try Self.parse(String(text).utf8, form: .strict)
  }

  /// Reads an RFC 3339 time strictly from UTF-8 bytes, without making a string of them.
  ///
  /// - Parameter bytes: The text, by the rules of ``init(rfc3339:)-(StringProtocol)``.
  /// - Throws: ``InstantParseError`` with the first fault.
  public init(rfc3339 bytes: ArraySlice<UInt8>) throws(InstantParseError) {
    self = try Self.parse(bytes, form: .strict)
  }

  /// Reads an RFC 3339 time strictly from a part of a string's UTF-8.
  ///
  /// - Parameter bytes: The text, by the rules of ``init(rfc3339:)-(StringProtocol)``.
  /// - Throws: ``InstantParseError`` with the first fault.
  public init(rfc3339 bytes: Substring.UTF8View) throws(InstantParseError) {
    self = try Self.parse(bytes, form: .strict)
  }

  /// Reads a time as people write it: RFC 3339, but a missing zone means UTC.
  ///
  /// A space may stand for the `T`, the seconds may be missing (`2026-11-23 03:12`), and a date
  /// alone is its midnight in UTC. Everything else is as strict as
  /// ``init(rfc3339:)-(StringProtocol)``.
  ///
  /// - Parameter text: The text, without space around it.
  /// - Throws: ``InstantParseError`` with the first fault.
  /// - Returns: The moment.
  public static func lenient(_ text: some StringProtocol) throws(InstantParseError) -> Instant {
    try parse(String(text).utf8, form: .lenient)
  }

  private static func parse<Bytes: Collection<UInt8>>(
    _ bytes: Bytes, form: RFC3339Form
  ) throws(InstantParseError) -> Instant {
    var parser = RFC3339Parser(cursor: ByteCursor(bytes.makeIterator()), form: form)
    do {
      return try parser.parse()
    } catch {
      let found = String(decoding: bytes, as: UTF8.self)
      throw InstantParseError(found: found, reason: error)
    }
  }
}

/// How much the parser lets pass.
private enum RFC3339Form {
  /// The grammar of RFC 3339, section 5.6.
  case strict
  /// Also a space for the `T`, no seconds, no zone, no time of day.
  case lenient
}

/// Reads the grammar of RFC 3339 from left to right and stops at the first fault.
private struct RFC3339Parser<Base: IteratorProtocol<UInt8>> {
  typealias Reason = InstantParseError.Reason

  var cursor: ByteCursor<Base>
  let form: RFC3339Form

  mutating func parse() throws(Reason) -> Instant {
    let day = try date().daysSinceEpoch
    if form == .lenient && cursor.isAtEnd {
      return Instant(microseconds: Int64(day) * 86_400_000_000)
    }
    try separator()
    let timeOfDay = try timeOfDay()
    let offset = try zone()
    guard cursor.isAtEnd else { throw .trailingText(offset: cursor.offset) }
    let minutes = Int64(day) * 1440 - Int64(offset)
    let instant = Instant(microseconds: minutes * 60_000_000 + Int64(timeOfDay))
    guard instant >= .earliestWritable && instant <= .latestWritable else {
      throw .outsideWritableYears
    }
    return instant
  }

  private mutating func date() throws(Reason) -> CivilDate {
    let year = try twoDigits(.year) * 100 + twoDigits(.year)
    try literal("-", .hyphen)
    let month = try twoDigits(.month)
    guard (1...12).contains(month) else { throw .noSuchMonth(month) }
    try literal("-", .hyphen)
    let day = try twoDigits(.day)
    guard day >= 1 && day <= CivilDate.daysInMonth(month, of: year) else {
      throw .noSuchDay(day, month: month, year: year)
    }
    return CivilDate(year: year, month: month, day: day)
  }

  private mutating func separator() throws(Reason) {
    if cursor.skip("T") || cursor.skip("t") { return }
    if form == .lenient && cursor.skip(" ") { return }
    throw .expected(.dateTimeSeparator, offset: cursor.offset)
  }

  /// Microseconds since midnight, in the zone that the text names.
  private mutating func timeOfDay() throws(Reason) -> Int {
    let hour = try twoDigits(.hour)
    guard hour <= 23 else { throw .noSuchHour(hour) }
    try literal(":", .colon)
    let minute = try twoDigits(.minute)
    guard minute <= 59 else { throw .noSuchMinute(minute) }
    let minutes = (hour * 60 + minute) * 60_000_000
    if form == .lenient && cursor.current != UInt8(ascii: ":") { return minutes }
    try literal(":", .colon)
    let second = try twoDigits(.second)
    guard second <= 59 else { throw second == 60 ? .leapSecond : .noSuchSecond(second) }
    return try minutes + second * 1_000_000 + fraction()
  }

  /// The microseconds after the point, if there is one; further digits are read and dropped.
  private mutating func fraction() throws(Reason) -> Int {
    guard cursor.skip(".") else { return 0 }
    guard cursor.digit != nil else { throw .expected(.fraction, offset: cursor.offset) }
    var microseconds = 0
    var unit = 100_000
    while let digit = cursor.digit {
      microseconds += digit * unit
      unit /= 10
      cursor.advance()
    }
    return microseconds
  }

  /// The minutes by which the text's clock is ahead of UTC.
  private mutating func zone() throws(Reason) -> Int {
    if cursor.skip("Z") || cursor.skip("z") { return 0 }
    let sign: Int
    if cursor.skip("+") {
      sign = 1
    } else if cursor.skip("-") {
      sign = -1
    } else if !cursor.isAtEnd {
      throw .trailingText(offset: cursor.offset)
    } else if form == .lenient {
      return 0
    } else {
      throw .missingZone
    }
    let hours = try twoDigits(.offsetHour)
    try literal(":", .colon)
    let minutes = try twoDigits(.offsetMinute)
    guard hours <= 23 && minutes <= 59 else { throw .noSuchOffset(hours: hours, minutes: minutes) }
    return sign * (hours * 60 + minutes)
  }

  private mutating func twoDigits(_ part: InstantParseError.Part) throws(Reason) -> Int {
    guard let tens = cursor.digit else { throw .expected(part, offset: cursor.offset) }
    cursor.advance()
    guard let ones = cursor.digit else { throw .expected(part, offset: cursor.offset) }
    cursor.advance()
    return tens * 10 + ones
  }

  private mutating func literal(
    _ character: Unicode.Scalar, _ part: InstantParseError.Part
  ) throws(Reason) {
    guard cursor.skip(character) else { throw .expected(part, offset: cursor.offset) }
  }
}
