/// Why a text is not a moment in time.
public struct InstantParseError: Error, Hashable, Sendable {
  /// The text that was found, whole.
  public let found: String

  /// What is wrong with it: the first fault from the left.
  public let reason: Reason

  /// What can be wrong with a text that should be an RFC 3339 time.
  public enum Reason: Error, Hashable, Sendable {
    /// Another character than the grammar allows, or the end, stands `offset` bytes into the text.
    case expected(Part, offset: Int)
    /// The month is not 01 to 12.
    case noSuchMonth(Int)
    /// The month has no such day: 30 February.
    case noSuchDay(Int, month: Int, year: Int)
    /// The hour is not 00 to 23; 24:00 is not RFC 3339.
    case noSuchHour(Int)
    /// The minute is not 00 to 59.
    case noSuchMinute(Int)
    /// The second is above 60.
    case noSuchSecond(Int)
    /// The second is 60: RFC 3339 can write a leap second, but POSIX time has no place for it.
    case leapSecond
    /// The offset is not within −23:59 to +23:59.
    case noSuchOffset(hours: Int, minutes: Int)
    /// Neither `Z` nor an offset follows the time.
    case missingZone
    /// Text goes on after the time, `offset` bytes in.
    case trailingText(offset: Int)
    /// The offset moves the moment out of the years 0000 to 9999 in UTC.
    case outsideWritableYears
  }

  /// A part of a time, for messages.
  public enum Part: String, Hashable, Sendable {
    /// `2026`
    case year = "a year of four digits"
    /// `11`
    case month = "a month of two digits"
    /// `23`
    case day = "a day of two digits"
    /// `03`
    case hour = "an hour of two digits"
    /// `12`
    case minute = "a minute of two digits"
    /// `00`
    case second = "a second of two digits"
    /// At least one digit after the point.
    case fraction = "a digit after the point"
    /// `08` in `+08:00`
    case offsetHour = "an offset's hour of two digits"
    /// `00` in `+08:00`
    case offsetMinute = "an offset's minute of two digits"
    /// `-`
    case hyphen = "a hyphen"
    /// `:`
    case colon = "a colon"
    /// `T`
    case dateTimeSeparator = "a T between date and time"
  }
}

extension InstantParseError: CustomStringConvertible {
  /// The text, what is wrong with it and an example of what is right.
  public var description: String {
    "\(quoted(found)) is not an RFC 3339 time: \(reason.explanation(for: found))"
  }
}

extension InstantParseError.Reason {
  /// What was expected and what was found, without the text as a whole.
  func explanation(for found: String) -> String {
    switch self {
    case .expected(let part, let offset):
      "expected \(part.rawValue) at byte \(offset), found \(Self.rest(of: found, from: offset)); "
        + "a valid one is 2026-11-23T03:12:00Z"
    case .noSuchMonth(let month):
      "there is no month \(month); months are 01 to 12"
    case .noSuchDay(let day, let month, let year):
      "\(Self.monthName(month)) \(year) has no day \(day); "
        + "its last is \(CivilDate.daysInMonth(month, of: year))"
    case .noSuchHour(24):
      "there is no hour 24; write 00:00 of the next day"
    case .noSuchHour(let hour):
      "there is no hour \(hour); hours are 00 to 23"
    case .noSuchMinute(let minute):
      "there is no minute \(minute); minutes are 00 to 59"
    case .noSuchSecond(let second):
      "there is no second \(second); seconds are 00 to 59"
    case .leapSecond:
      "second 60 is a leap second, which UTC microseconds cannot tell from the next minute; "
        + "write second 59 or the next minute"
    case .noSuchOffset(let hours, let minutes):
      "there is no offset of \(hours) hours and \(minutes) minutes; offsets are -23:59 to +23:59"
    case .missingZone:
      "the zone is missing; add Z for UTC or an offset such as +08:00"
    case .trailingText(let offset):
      "unexpected text after the time at byte \(offset): \(Self.rest(of: found, from: offset))"
    case .outsideWritableYears:
      "in UTC it lies outside the years 0000 to 9999"
    }
  }

  /// What stands from a byte on, quoted, or that nothing does.
  private static func rest(of text: String, from offset: Int) -> String {
    let rest = text.utf8.dropFirst(offset)
    return rest.isEmpty ? "the end" : quoted(String(decoding: rest, as: UTF8.self))
  }

  private static func monthName(_ month: Int) -> String {
    let names = [
      "January", "February", "March", "April", "May", "June", "July", "August", "September",
      "October", "November", "December",
    ]
    return names.indices.contains(month - 1) ? names[month - 1] : "month \(month) of"
  }
}
