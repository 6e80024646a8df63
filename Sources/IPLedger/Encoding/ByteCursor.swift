/// Walks over the bytes of an ASCII grammar, one at a time, with one byte of look-ahead.
struct ByteCursor<Base: IteratorProtocol<UInt8>> {
  private var base: Base

  /// The byte that comes next; nil at the end.
  private(set) var current: UInt8?

  /// How many bytes lie before ``current``.
  private(set) var offset = 0

  init(_ base: Base) {
    self.base = base
    self.current = self.base.next()
  }

  var isAtEnd: Bool { current == nil }

  /// The value of the decimal digit that comes next; nil if something else does.
  var digit: Int? {
    guard let current, current.isASCIIDigit else { return nil }
    return Int(current - UInt8(ascii: "0"))
  }

  /// Goes one byte on; at the end it stays there.
  mutating func advance() {
    guard current != nil else { return }
    current = base.next()
    offset += 1
  }

  /// Goes past `character`, which is ASCII, if it comes next, and says whether it did.
  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard current == UInt8(ascii: character) else { return false }
    advance()
    return true
  }
}

extension UInt8 {
  /// Whether it is one of the ASCII digits 0 to 9.
  var isASCIIDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
}
