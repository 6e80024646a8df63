/// Writes values one after the other into bytes that ``ByteReader`` reads back.
///
/// Every value has exactly one form, so equal values are equal bytes. Numbers of a fixed width are
/// big-endian; the form carries no names and no types.
package struct ByteWriter: Sendable {
  /// What has been written so far.
  package private(set) var bytes: [UInt8] = []

  /// An empty writer with room for so many bytes.
  package init(capacity: Int = 0) {
    bytes.reserveCapacity(capacity)
  }

  /// One byte.
  package mutating func uint8(_ value: UInt8) {
    bytes.append(value)
  }

  /// Two bytes, big-endian.
  package mutating func uint16(_ value: UInt16) {
    fixedWidth(value)
  }

  /// Four bytes, big-endian.
  package mutating func uint32(_ value: UInt32) {
    fixedWidth(value)
  }

  /// Eight bytes, big-endian: their order as bytes is their order as numbers.
  package mutating func uint64(_ value: UInt64) {
    fixedWidth(value)
  }

  /// Eight bytes, big-endian two's complement; as bytes, negative numbers come after the others.
  package mutating func int64(_ value: Int64) {
    fixedWidth(UInt64(bitPattern: value))
  }

  /// Eight bytes whose order as bytes is their order as numbers: the sign bit is flipped.
  package mutating func orderedInt64(_ value: Int64) {
    fixedWidth(UInt64(bitPattern: value) ^ 1 << 63)
  }

  /// One to ten bytes, the fewer the smaller the number: unsigned LEB128 in its shortest form.
  package mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// One to ten bytes, the fewer the nearer to zero.
  ///
  /// The numbers 0, −1, 1, −2 become the varints 0, 1, 2, 3, and so on.
  package mutating func zigzag(_ value: Int64) {
    varint(Self.zigzagged(value))
  }

  /// How many bytes a number takes as a ``varint(_:)``.
  package static func varintLength(_ value: UInt64) -> Int {
    max(1, (70 - value.leadingZeroBitCount) / 7)
  }

  /// The number whose ``varint(_:)`` is that of another one as ``zigzag(_:)``.
  package static func zigzagged(_ value: Int64) -> UInt64 {
    UInt64(bitPattern: value << 1 ^ value >> 63)
  }

  /// Leaves room for the length of what is written next.
  ///
  /// - Returns: Where the room is, for ``fillLength(at:)``.
  mutating func reserveLength() -> Int {
    bytes.append(0)
    return bytes.count - 1
  }

  /// Writes the length of all that was written since ``reserveLength()`` as a varint before it.
  mutating func fillLength(at place: Int) {
    let length = UInt64(bytes.count - place - 1)
    guard length >= 0x80 else {
      bytes[place] = UInt8(length)
      return
    }
    var encoded = ByteWriter(capacity: 10)
    encoded.varint(length)
    bytes.replaceSubrange(place...place, with: encoded.bytes)
  }

  /// One byte, 1 for true and 0 for false.
  package mutating func bool(_ value: Bool) {
    bytes.append(value ? 1 : 0)
  }

  /// The length in bytes as a varint, then the text in UTF-8.
  package mutating func text(_ value: String) {
    varint(UInt64(value.utf8.count))
    bytes.append(contentsOf: value.utf8)
  }

  /// The length as a varint, then the bytes.
  package mutating func blob(_ value: [UInt8]) {
    varint(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  /// The bytes alone; the reader has to know how many there are.
  package mutating func raw(_ value: some Sequence<UInt8>) {
    bytes.append(contentsOf: value)
  }

  /// The microseconds as ``int64(_:)``.
  package mutating func instant(_ value: Instant) {
    int64(value.microseconds)
  }

  /// A ``bool(_:)`` that says whether there is one, then the ``instant(_:)``.
  package mutating func optionalInstant(_ value: Instant?) {
    bool(value != nil)
    if let value { instant(value) }
  }

  /// A ``bool(_:)`` that says whether there is one, then the ``text(_:)``; nil is not the empty
  /// text.
  package mutating func optionalText(_ value: String?) {
    bool(value != nil)
    if let value { text(value) }
  }

  private mutating func fixedWidth<Value: FixedWidthInteger & UnsignedInteger>(_ value: Value) {
    var shift = Value.bitWidth
    while shift > 0 {
      shift -= 8
      bytes.append(UInt8(truncatingIfNeeded: value >> Value(shift)))
    }
  }
}
