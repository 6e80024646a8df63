/// A length of time as people type it: `6h`, `90m`, `2d`, `1w`, `45s`, `1h30m`, `5 minutes`.
///
/// Whole numbers with a unit, larger units first, each unit once: `s`, `m`, `h`, `d` (24 hours),
/// `w`, or the words (`sec`, `second`, `min`, `minute`, `hr`, `hour`, `day`, `week` and their
/// plurals). One space may stand before a unit and between parts. Months and years have no fixed
/// length and are refused.
public struct DurationExpression: Hashable, Sendable {
  /// The length that was meant, never negative.
  public let length: Microseconds

  /// Reads a length of time.
  ///
  /// - Parameter text: The text, without space around it.
  /// - Throws: ``DurationExpressionError`` with the first fault.
  public init(parsing text: some StringProtocol) throws(DurationExpressionError) {
    let found = String(text)
    var parser = DurationParser(cursor: ByteCursor(found.utf8.makeIterator()))
    do {
      length = try parser.parse()
    } catch {
      throw DurationExpressionError(found: found, reason: error)
    }
  }
}

extension DurationExpression: CustomStringConvertible {
  /// The length in its shortest usual form: `90m` becomes `1h30m`.
  public var description: String { length.description }
}

/// Why a text is not a length of time.
public struct DurationExpressionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The text that was found, whole.
  public let found: String

  /// What is wrong with it: the first fault from the left.
  public let reason: Reason

  /// What can be wrong with a text that should be a length of time.
  public enum Reason: Error, Hashable, Sendable {
    /// There is no text.
    case empty
    /// No digit stands where a number should, `offset` bytes in.
    case missingNumber(offset: Int)
    /// A number has no unit.
    case missingUnit
    /// A number has a point or a comma.
    case notWhole
    /// There is no such unit.
    case unknownUnit(String)
    /// A unit comes twice, or after a smaller one.
    case unitOutOfOrder(String)
    /// The length is more than `Int64` microseconds.
    case tooLong
  }

  /// The forms that are accepted, for messages.
  static let acceptedForms = "6h, 90m, 2d, 1w, 45s, 1h30m or 5 minutes"

  /// The text, what is wrong with it and the forms that are accepted.
  public var description: String {
    "\(quoted(found)) is not a length of time: \(reason); write it like \(Self.acceptedForms)"
  }
}

extension DurationExpressionError.Reason: CustomStringConvertible {
  /// What was expected and what was found.
  public var description: String {
    switch self {
    case .empty: "it is empty"
    case .missingNumber(let offset): "expected a number at byte \(offset)"
    case .missingUnit: "the unit is missing (s, m, h, d or w)"
    case .notWhole: "only whole numbers are taken, so 1.5h is 1h30m"
    case .unknownUnit(let unit): "\(quoted(unit)) is not a unit (s, m, h, d or w)"
    case .unitOutOfOrder(let unit):
      "the unit \(quoted(unit)) is repeated or follows a smaller one; larger units come first"
    case .tooLong: "it is longer than 292,000 years"
    }
  }
}

private struct DurationParser<Base: IteratorProtocol<UInt8>> {
  typealias Reason = DurationExpressionError.Reason

  var cursor: ByteCursor<Base>

  mutating func parse() throws(Reason) -> Microseconds {
    guard !cursor.isAtEnd else { throw .empty }
    var total: Int64 = 0
    var smallest = Int64.max
    repeat {
      let amount = try number()
      _ = cursor.skip(" ")
      let name = word()
      let unit = try Self.microseconds(inUnit: name)
      guard unit < smallest else { throw .unitOutOfOrder(name) }
      smallest = unit
      let (part, tooLarge) = amount.multipliedReportingOverflow(by: unit)
      let (sum, tooMuch) = total.addingReportingOverflow(part)
      guard !tooLarge && !tooMuch else { throw .tooLong }
      total = sum
      if cursor.skip(" ") && cursor.isAtEnd { throw .missingNumber(offset: cursor.offset) }
    } while !cursor.isAtEnd
    return Microseconds(total)
  }

  private mutating func number() throws(Reason) -> Int64 {
    guard cursor.digit != nil else { throw .missingNumber(offset: cursor.offset) }
    var value: Int64 = 0
    while let digit = cursor.digit {
      let (tenfold, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, tooMuch) = tenfold.addingReportingOverflow(Int64(digit))
      guard !tooLarge && !tooMuch else { throw .tooLong }
      value = sum
      cursor.advance()
    }
    if cursor.skip(".") || cursor.skip(",") { throw .notWhole }
    return value
  }

  /// What stands before the next space or digit.
  private mutating func word() -> String {
    var bytes: [UInt8] = []
    while let byte = cursor.current, byte != UInt8(ascii: " "), cursor.digit == nil {
      bytes.append(byte)
      cursor.advance()
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func microseconds(inUnit name: String) throws(Reason) -> Int64 {
    switch name {
    case "": throw .missingUnit
    case "s", "sec", "secs", "second", "seconds": Microseconds.seconds(1).count
    case "m", "min", "mins", "minute", "minutes": Microseconds.minutes(1).count
    case "h", "hr", "hrs", "hour", "hours": Microseconds.hours(1).count
    case "d", "day", "days": Microseconds.days(1).count
    case "w", "week", "weeks": Microseconds.weeks(1).count
    default: throw .unknownUnit(name)
    }
  }
}
