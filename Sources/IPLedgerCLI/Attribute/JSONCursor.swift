/// Reads the tokens of JSON one behind another in a part of some bytes, by RFC 8259.
struct JSONCursor {
  /// A string: where its text lies without the quotes.
  struct Text {
    let range: Range<Int>
    /// Whether it reads other than it stands there.
    let hasEscapes: Bool
  }

  /// Where the next token is looked for.
  private(set) var index: Int
  private let limit: Int

  private static let literals = ["true", "false", "null"].map { Array($0.utf8) }

  /// Begins at the first byte of a range of the bytes, and reads none behind it.
  init(_ range: Range<Int>) {
    index = range.lowerBound
    limit = range.upperBound
  }

  /// Whether nothing is left.
  var isAtEnd: Bool { index == limit }

  /// The next byte; `nil` at the end.
  func peek(_ bytes: borrowing Span<UInt8>) -> UInt8? {
    index < limit ? bytes[index] : nil
  }

  mutating func skipSpaces(_ bytes: borrowing Span<UInt8>) {
    while index < limit, bytes[index].isRowSpace { index += 1 }
  }

  /// Goes on behind a byte that has to be there.
  mutating func take(_ byte: UInt8, _ bytes: borrowing Span<UInt8>) throws(JSONRow.Fault) {
    guard takes(byte, bytes) else { throw .malformed }
  }

  /// Goes on behind a byte if it is there.
  mutating func takes(_ byte: UInt8, _ bytes: borrowing Span<UInt8>) -> Bool {
    guard index < limit, bytes[index] == byte else { return false }
    index += 1
    return true
  }

  mutating func string(_ bytes: borrowing Span<UInt8>) throws(JSONRow.Fault) -> Text {
    try take(UInt8(ascii: "\""), bytes)
    let start = index
    var hasEscapes = false
    while index < limit {
      let byte = bytes[index]
      index += 1
      if byte == UInt8(ascii: "\"") {
        return Text(range: start..<index - 1, hasEscapes: hasEscapes)
      }
      guard byte >= 0x20 else { throw .malformed }
      if byte == UInt8(ascii: "\\") {
        hasEscapes = true
        try escape(bytes)
      }
    }
    throw .malformed
  }

  /// Reads what stands behind a backslash.
  private mutating func escape(_ bytes: borrowing Span<UInt8>) throws(JSONRow.Fault) {
    guard let byte = peek(bytes) else { throw .malformed }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return
    case UInt8(ascii: "u"):
      for _ in 0..<4 {
        guard let digit = peek(bytes), digit.hexadecimal != nil else { throw .malformed }
        index += 1
      }
    default:
      throw .malformed
    }
  }

  /// Reads a number; where it stands.
  mutating func number(_ bytes: borrowing Span<UInt8>) throws(JSONRow.Fault) -> Range<Int> {
    let start = index
    _ = takes(UInt8(ascii: "-"), bytes)
    // No other digit stands behind a zero at the beginning.
    if !takes(UInt8(ascii: "0"), bytes) { try digits(bytes) }
    if takes(UInt8(ascii: "."), bytes) { try digits(bytes) }
    if takes(UInt8(ascii: "e"), bytes) || takes(UInt8(ascii: "E"), bytes) {
      if !takes(UInt8(ascii: "-"), bytes) { _ = takes(UInt8(ascii: "+"), bytes) }
      try digits(bytes)
    }
    return start..<index
  }

  /// Reads one digit or more.
  private mutating func digits(_ bytes: borrowing Span<UInt8>) throws(JSONRow.Fault) {
    let start = index
    while index < limit, bytes[index].isRowDigit { index += 1 }
    guard index > start else { throw .malformed }
  }

  /// Reads `true`, `false` or `null`.
  mutating func literal(_ bytes: borrowing Span<UInt8>) throws(JSONRow.Fault) {
    guard let first = peek(bytes),
      let word = Self.literals.first(where: { $0[0] == first })
    else { throw .malformed }
    for byte in word { try take(byte, bytes) }
  }
}
