/// Reads what ``ByteWriter`` wrote, and refuses everything that it would not have written.
///
/// Truncation, lengths beyond the rest, varints that are longer than they need to be, invalid UTF-8
/// and bools other than 0 and 1 are ``DecodingFailure``s, which name the offset where the value
/// began. After a failure the reader stands somewhere within that value and is of no further use.
package struct ByteReader: Sendable {
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  /// A reader at the start of these bytes.
  package init(_ bytes: [UInt8]) {
    self.init(bytes[...])
  }

  /// A reader at the start of these bytes; offsets count from there.
  package init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    self.position = bytes.startIndex
  }

  /// How many bytes have been read.
  package var offset: Int { position - bytes.startIndex }

  /// How many bytes are left.
  package var remaining: Int { bytes.endIndex - position }

  /// Whether no bytes are left.
  package var isAtEnd: Bool { position == bytes.endIndex }

  /// Checks that all bytes have been read.
  package func finish() throws(DecodingFailure) {
    guard isAtEnd else {
      throw DecodingFailure(
        offset: offset, expected: "the end", found: "\(remaining) more \(remaining.bytesNoun)")
    }
  }

  /// One byte.
  package mutating func uint8() throws(DecodingFailure) -> UInt8 {
    guard position < bytes.endIndex else { throw truncated("a byte") }
    defer { position += 1 }
    return bytes[position]
  }

  /// Two bytes, big-endian.
  package mutating func uint16() throws(DecodingFailure) -> UInt16 {
    try fixedWidth()
  }

  /// Four bytes, big-endian.
  package mutating func uint32() throws(DecodingFailure) -> UInt32 {
    try fixedWidth()
  }

  /// Eight bytes, big-endian.
  package mutating func uint64() throws(DecodingFailure) -> UInt64 {
    try fixedWidth()
  }

  /// Eight bytes, big-endian two's complement.
  package mutating func int64() throws(DecodingFailure) -> Int64 {
    try Int64(bitPattern: fixedWidth())
  }

  /// Eight bytes, big-endian with the sign bit flipped.
  package mutating func orderedInt64() throws(DecodingFailure) -> Int64 {
    try Int64(bitPattern: fixedWidth() ^ 1 << 63)
  }

  /// One to ten bytes of unsigned LEB128 in its shortest form.
  package mutating func varint() throws(DecodingFailure) -> UInt64 {
    let (value, end) = try Self.varint(in: bytes.span, from: offset)
    position = bytes.startIndex + end
    return value
  }

  /// The varint at an offset, and the offset behind it.
  static func varint(
    in span: Span<UInt8>, from start: Int
  ) throws(DecodingFailure) -> (value: UInt64, end: Int) {
    var index = start
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while index < span.count {
      let byte = span[index]
      index &+= 1
      value |= UInt64(byte & 0x7F) &<< shift
      if byte < 0x80 {
        // The tenth byte holds bit 63 alone.
        guard shift < 63 || byte <= 1 else { throw tooLarge(from: start) }
        guard byte != 0 || shift == 0 else {
          throw DecodingFailure(
            offset: start, expected: "a varint in its shortest form", found: "a zero at its end")
        }
        return (value, index)
      }
      guard shift < 63 else { throw tooLarge(from: start) }
      shift &+= 7
    }
    throw truncated("a varint", from: start, of: span.count)
  }

  private static func tooLarge(from start: Int) -> DecodingFailure {
    DecodingFailure(offset: start, expected: "a varint", found: "more than 64 bits")
  }

  /// One to ten bytes: the varints 0, 1, 2, 3 are 0, −1, 1, −2, and so on.
  package mutating func zigzag() throws(DecodingFailure) -> Int64 {
    Self.signed(try varint())
  }

  /// The number that a ``zigzag()`` varint stands for.
  static func signed(_ value: UInt64) -> Int64 {
    Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  /// One byte, 1 for true and 0 for false.
  package mutating func bool() throws(DecodingFailure) -> Bool {
    let start = offset
    switch try uint8() {
    case 0: return false
    case 1: return true
    case let other:
      throw DecodingFailure(offset: start, expected: "a bool, 0 or 1", found: "\(other)")
    }
  }

  /// The length in bytes as a varint, then the text in UTF-8.
  package mutating func text() throws(DecodingFailure) -> String {
    let start = offset
    guard let text = String(storedUTF8: try counted("a text")) else {
      throw DecodingFailure(offset: start, expected: "a text in UTF-8", found: "invalid UTF-8")
    }
    return text
  }

  /// The length as a varint, then the bytes.
  package mutating func blob() throws(DecodingFailure) -> [UInt8] {
    Array(try counted("a blob"))
  }

  /// The length as a varint, then the bytes, which share their storage with the reader's.
  package mutating func blobSlice() throws(DecodingFailure) -> ArraySlice<UInt8> {
    try counted("a blob")
  }

  /// So many bytes, which share their storage with the reader's; the count is not negative.
  package mutating func raw(count: Int) throws(DecodingFailure) -> ArraySlice<UInt8> {
    precondition(count >= 0, "a negative number of bytes cannot be read")
    guard count <= remaining else { throw truncated("\(count) \(count.bytesNoun)") }
    defer { position += count }
    return bytes[position..<position + count]
  }

  /// The microseconds as ``int64()``.
  package mutating func instant() throws(DecodingFailure) -> Instant {
    Instant(microseconds: try int64())
  }

  /// A ``bool()`` that says whether there is one, then the ``instant()``.
  package mutating func optionalInstant() throws(DecodingFailure) -> Instant? {
    try bool() ? instant() : nil
  }

  /// A ``bool()`` that says whether there is one, then the ``text()``.
  package mutating func optionalText() throws(DecodingFailure) -> String? {
    try bool() ? text() : nil
  }

  /// The bytes after a varint that counts them.
  private mutating func counted(_ what: String) throws(DecodingFailure) -> ArraySlice<UInt8> {
    let start = offset
    let count = try varint()
    guard count <= UInt64(remaining) else {
      throw DecodingFailure(
        offset: start, expected: "\(what) of \(count) bytes",
        found: "\(remaining) \(remaining.bytesNoun) to the end")
    }
    return try raw(count: Int(count))
  }

  private mutating func fixedWidth<Value>() throws(DecodingFailure) -> Value
  where Value: FixedWidthInteger & UnsignedInteger {
    let width = Value.bitWidth / 8
    guard remaining >= width else { throw truncated("\(width) bytes") }
    var value: Value = 0
    for index in position..<position + width {
      value = value << 8 | Value(bytes[index])
    }
    position += width
    return value
  }

  private func truncated(_ expected: String) -> DecodingFailure {
    Self.truncated(expected, from: offset, of: bytes.count)
  }

  private static func truncated(
    _ expected: String, from start: Int, of count: Int
  ) -> DecodingFailure {
    let rest = count - start
    let found = rest == 0 ? "the end" : "\(rest) \(rest.bytesNoun) to the end"
    return DecodingFailure(offset: start, expected: expected, found: found)
  }
}

extension Int {
  fileprivate var bytesNoun: String { self == 1 ? "byte" : "bytes" }
}

extension String {
  /// A text that is stored as UTF-8; `nil` where the bytes are none.
  ///
  /// Most are ASCII, which is found out faster than the standard library validates.
  init?(storedUTF8 bytes: ArraySlice<UInt8>) {
    guard bytes.allSatisfy({ $0 < 0x80 }) else {
      self.init(validating: bytes, as: UTF8.self)
      return
    }
    self.init(decoding: bytes, as: UTF8.self)
  }
}
