import IPLedgerArchive

/// Strings of JSON as they stand in a line.
enum JSONText {
  /// A string that lies between two quotes, as it reads: with its escapes, which are those of JSON,
  /// put in.
  ///
  /// Half of a surrogate pair becomes the three bytes that UTF-8 would have for it: these are in no
  /// text, so it equals no name.
  static func plain(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard bytes.contains(UInt8(ascii: "\\")) else { return bytes }
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    var rest = bytes
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() else {
        text.append(byte)
        continue
      }
      switch escaped {
      case UInt8(ascii: "b"): text.append(0x08)
      case UInt8(ascii: "f"): text.append(0x0C)
      case UInt8(ascii: "n"): text.append(0x0A)
      case UInt8(ascii: "r"): text.append(0x0D)
      case UInt8(ascii: "t"): text.append(0x09)
      case UInt8(ascii: "u"): append(codePoint(&rest), to: &text)
      default: text.append(escaped)
      }
    }
    return text[...]
  }

  /// Takes four digits, and the second half of a pair where they are the first.
  private static func codePoint(_ rest: inout ArraySlice<UInt8>) -> UInt32 {
    let first = codeUnit(rest.prefix(4))
    rest = rest.dropFirst(4)
    guard (0xD800..<0xDC00).contains(first), rest.starts(with: [0x5C, 0x75]) else { return first }
    let second = codeUnit(rest.dropFirst(2).prefix(4))
    guard (0xDC00..<0xE000).contains(second) else { return first }
    rest = rest.dropFirst(6)
    return 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
  }

  private static func codeUnit(_ digits: ArraySlice<UInt8>) -> UInt32 {
    digits.reduce(0) { $0 << 4 + UInt32($1.hexadecimal ?? 0) }
  }

  private static func append(_ point: UInt32, to text: inout [UInt8]) {
    func trailing(_ shift: UInt32) -> UInt8 { UInt8(0x80 | point >> shift & 0x3F) }
    switch point {
    case ..<0x80: text.append(UInt8(point))
    case ..<0x800: text += [UInt8(0xC0 | point >> 6), trailing(0)]
    case ..<0x10000: text += [UInt8(0xE0 | point >> 12), trailing(6), trailing(0)]
    default: text += [UInt8(0xF0 | point >> 18), trailing(12), trailing(6), trailing(0)]
    }
  }

  /// A text with quotes around it; what is no UTF-8 is replaced by U+FFFD.
  static func quoted(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    Array(JSON.string(String(decoding: bytes, as: UTF8.self)).text.utf8)
  }
}

extension UInt8 {
  /// The value of a hexadecimal digit; `nil` of other bytes.
  var hexadecimal: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
