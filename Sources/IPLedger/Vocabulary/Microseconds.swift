/// A length of time in whole microseconds, possibly negative.
///
/// All arithmetic saturates at the ends of `Int64`, which lie some 292,000 years away. It is a type
/// of its own so that a number of hours or seconds can never be passed where microseconds are
/// meant:
///
///     let deadline = deletion + .hours(48)
public struct Microseconds: Hashable, Sendable {
  /// The length in microseconds.
  public let count: Int64

  /// A length of `count` microseconds.
  public init(_ count: Int64) {
    self.count = count
  }

  /// No time at all.
  public static let zero = Microseconds(0)

  /// A length of whole seconds, saturating.
  public static func seconds(_ seconds: Int64) -> Microseconds {
    Microseconds(seconds.multipliedSaturating(by: 1_000_000))
  }

  /// A length of whole minutes, saturating.
  public static func minutes(_ minutes: Int64) -> Microseconds {
    .seconds(minutes.multipliedSaturating(by: 60))
  }

  /// A length of whole hours, saturating.
  public static func hours(_ hours: Int64) -> Microseconds {
    .seconds(hours.multipliedSaturating(by: 3600))
  }

  /// A length of whole days of 24 hours, saturating.
  public static func days(_ days: Int64) -> Microseconds {
    .seconds(days.multipliedSaturating(by: 86_400))
  }

  /// A length of whole weeks of 7 days, saturating.
  public static func weeks(_ weeks: Int64) -> Microseconds {
    .seconds(weeks.multipliedSaturating(by: 604_800))
  }

  /// The sum, saturating.
  public static func + (left: Microseconds, right: Microseconds) -> Microseconds {
    Microseconds(left.count.addedSaturating(to: right.count))
  }

  /// The difference, saturating.
  public static func - (left: Microseconds, right: Microseconds) -> Microseconds {
    Microseconds(left.count.subtractedSaturating(right.count))
  }
}

extension Microseconds: Comparable {
  /// Whether the left length is the smaller; a negative one is smaller than zero.
  public static func < (left: Microseconds, right: Microseconds) -> Bool {
    left.count < right.count
  }
}

extension Microseconds: CustomStringConvertible {
  /// The length in days, hours, minutes and seconds without the parts that are zero: `2d`, `1h30m`,
  /// `-5m`, `1.25s`, `0s`.
  ///
  /// What has whole seconds and is not negative is read back by ``DurationExpression``.
  public var description: String {
    let magnitude = count.magnitude
    let seconds = magnitude / 1_000_000
    let fraction = magnitude % 1_000_000
    var text = count < 0 ? "-" : ""
    for (amount, unit) in [
      (seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "m"),
    ] where amount > 0 {
      text += "\(amount)\(unit)"
    }
    if fraction > 0 {
      text += "\(seconds % 60).\(Self.shortFraction(fraction))s"
    } else if seconds % 60 > 0 || magnitude == 0 {
      text += "\(seconds % 60)s"
    }
    return text
  }

  /// The digits after the point for a part of a second, without zeros at the end.
  private static func shortFraction(_ microseconds: UInt64) -> String {
    var digits = String(String(1_000_000 + microseconds).dropFirst())
    while digits.last == "0" { digits.removeLast() }
    return digits
  }
}

extension Int64 {
  /// The sum, held at the end of the range that it would pass.
  func addedSaturating(to other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }

  /// This less `other`, held at the end of the range that it would pass.
  func subtractedSaturating(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other < 0 ? .max : .min) : difference
  }

  /// The product, held at the end of the range that it would pass.
  func multipliedSaturating(by other: Int64) -> Int64 {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? ((self < 0) == (other < 0) ? .max : .min) : product
  }
}
