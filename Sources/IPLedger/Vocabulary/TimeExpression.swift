/// A moment as people type it on a command line, possibly relative to a now that is given later.
///
/// Accepted are RFC 3339 (`2026-11-23T03:12:00Z`), the same without a zone, which means UTC, with a
/// space for the `T` or without seconds (`2026-11-23 03:12`), a date alone, which is its midnight
/// in UTC, `now`, and a time before now: `5m ago`, `5 minutes ago`, `1h30m ago` or `-5m`, with the
/// units of ``DurationExpression``. Case matters, and space around the text is refused.
public enum TimeExpression: Hashable, Sendable {
  /// A moment that does not depend on now.
  case at(Instant)
  /// So long before now; zero for `now` itself.
  case beforeNow(Microseconds)

  /// Reads what somebody typed.
  ///
  /// - Parameter text: The text, without space around it.
  /// - Throws: ``TimeExpressionError``, which lists the accepted forms.
  public init(parsing text: some StringProtocol) throws(TimeExpressionError) {
    let found = String(text)
    do {
      self = try Self.parse(found)
    } catch {
      throw TimeExpressionError(found: found, reason: error)
    }
  }

  /// The moment that is meant, given the moment that is now; saturating.
  public func instant(now: Instant) -> Instant {
    switch self {
    case .at(let instant): instant
    case .beforeNow(let length): now - length
    }
  }

  private static func parse(_ text: String) throws(TimeExpressionError.Reason) -> TimeExpression {
    if text.isEmpty { throw .empty }
    if text == "now" { return .beforeNow(.zero) }
    if text.hasSuffix(" ago") { return try .beforeNow(length(text.dropLast(4))) }
    if text.hasPrefix("-") { return try .beforeNow(length(text.dropFirst())) }
    do throws(InstantParseError) {
      return try .at(.lenient(text))
    } catch {
      if let duration = try? DurationExpression(parsing: text) {
        throw .directionMissing(duration)
      }
      // Only what begins like a date deserves to hear what is wrong with the date.
      throw text.utf8.first?.isASCIIDigit == true ? .time(error.reason) : .unrecognised
    }
  }

  private static func length(_ text: Substring) throws(TimeExpressionError.Reason) -> Microseconds {
    do throws(DurationExpressionError) {
      return try DurationExpression(parsing: text).length
    } catch {
      throw .length(error.reason)
    }
  }
}

extension Instant {
  /// Reads a moment as people type it on a command line; see ``TimeExpression`` for the forms.
  ///
  /// - Parameters:
  ///   - expression: The text, without space around it.
  ///   - now: The moment that `now` and `5m ago` refer to.
  /// - Throws: ``TimeExpressionError``, which lists the accepted forms.
  public init(expression: some StringProtocol, now: Instant) throws(TimeExpressionError) {
    self = try TimeExpression(parsing: expression).instant(now: now)
  }
}

/// Why a text is not a moment that ``TimeExpression`` understands.
public struct TimeExpressionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The text that was found, whole.
  public let found: String

  /// What is wrong with it.
  public let reason: Reason

  /// What can be wrong with a text that should be a moment.
  public enum Reason: Error, Hashable, Sendable {
    /// There is no text.
    case empty
    /// It begins like a date, but is not a time.
    case time(InstantParseError.Reason)
    /// It says `ago` or begins with a minus, but what it says is not a length of time.
    case length(DurationExpressionError.Reason)
    /// It is a length of time, but does not say before what.
    case directionMissing(DurationExpression)
    /// It is like none of the forms.
    case unrecognised
  }

  /// The forms that are accepted, for messages.
  static let acceptedForms =
    "2026-11-23T03:12:00Z, 2026-11-23 03:12 (UTC), 2026-11-23, now, 5m ago, 5 minutes ago, "
    + "1h30m ago or -5m"

  /// The text, what is wrong with it and the forms that are accepted.
  public var description: String {
    "\(quoted(found)) is not a time: \(explanation); accepted are \(Self.acceptedForms)"
  }

  private var explanation: String {
    switch reason {
    case .empty: "it is empty"
    case .time(let reason): reason.explanation(for: found)
    case .length(let reason): reason.description
    case .directionMissing: "did you mean \(quoted("\(found) ago"))?"
    case .unrecognised: "it is none of the accepted forms"
    }
  }
}
