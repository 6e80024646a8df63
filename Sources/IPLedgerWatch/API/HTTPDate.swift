import IPLedger

/// The date of an HTTP response (RFC 9110, section 5.6.7), in whole seconds.
enum HTTPDate {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// The instant of a date such as `Sun, 06 Nov 1994 08:49:37 GMT`; `nil` for any other form: the two
  /// obsolete ones no API server writes.
  static func instant(_ text: String) -> Instant? {
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[0].last == ",", parts[5] == "GMT",
      let month = months.firstIndex(of: String(parts[2]))
    else { return nil }
    let number = month + 1
    let padded = number < 10 ? "0\(number)" : "\(number)"
    return try? Instant(rfc3339: "\(parts[3])-\(padded)-\(parts[1])T\(parts[4])Z")
  }
}
