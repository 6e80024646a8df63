import ArgumentParser
import IPLedger

/// How the times of rows are written.
struct RowTime: Hashable, Sendable {
  /// The units in which time since 1970 is counted.
  enum Unit: String, CaseIterable, ExpressibleByArgument, Sendable {
    case seconds = "s"
    case milliseconds = "ms"
    case microseconds = "us"
    case nanoseconds = "ns"

    /// How many decimal digits of a number of this unit are left of a microsecond's.
    fileprivate var digits: Int {
      switch self {
      case .seconds: 6
      case .milliseconds: 3
      case .microseconds: 0
      case .nanoseconds: -3
      }
    }
  }

  /// The unit of numbers; `nil` where times are RFC 3339.
  var unit: Unit?
  /// Whether a time without a zone is in UTC.
  var assumesUTC = false

  /// What is expected.
  var words: String {
    if let unit { return "a number of \(unit.rawValue) since 1970" }
    return assumesUTC
      ? "RFC 3339, a zone may be missing"
      : "RFC 3339 with a zone (else give --utc, or --unix with a unit for numbers)"
  }

  /// Reads a time; `nil` where it is none.
  func instant(_ text: ArraySlice<UInt8>) -> Instant? {
    guard let unit else {
      if assumesUTC { return try? Instant.lenient(String(decoding: text, as: UTF8.self)) }
      return try? Instant(rfc3339: text)
    }
    return Self.number(text, unit).map(Instant.init(microseconds:))
  }

  /// A decimal number in microseconds; what is smaller than one is dropped, towards the past.
  private static func number(_ text: ArraySlice<UInt8>, _ unit: Unit) -> Int64? {
    var rest = text
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative { rest = rest.dropFirst() }
    let parts = rest.split(
      separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first, !whole.isEmpty, whole.count <= 19,
      parts.allSatisfy({ part in !part.isEmpty && part.allSatisfy(\.isRowDigit) })
    else { return nil }
    var digits = Array(whole)
    var isCut = false
    if unit.digits >= 0 {
      let fraction = parts.count > 1 ? Array(parts[1]) : []
      digits += fraction.prefix(unit.digits)
      digits += Array(
        repeating: UInt8(ascii: "0"), count: max(0, unit.digits - fraction.count))
      isCut = fraction.dropFirst(unit.digits).contains { $0 != UInt8(ascii: "0") }
    } else {
      isCut =
        digits.suffix(-unit.digits).contains { $0 != UInt8(ascii: "0") }
        || parts.dropFirst().joined().contains { $0 != UInt8(ascii: "0") }
      digits = Array(digits.dropLast(-unit.digits))
    }
    var value: Int64 = 0
    for digit in digits {
      let (product, overflows) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflowsAgain) = product.addingReportingOverflow(Int64(digit - 0x30))
      guard !overflows, !overflowsAgain else { return nil }
      value = sum
    }
    return isNegative ? (isCut ? -value - 1 : -value) : value
  }
}
