// The content of a row of a projection whose instants and versions lie near each other: of each it says
// how far it is from the one before, which takes a third of the bytes.
//
// What a row may have and need not is told by bits before it. A program reads the rows of its own layout
// only, so nothing names the parts.

/// Writes the content of a row.
package struct RowWriter {
  private var writer: ByteWriter
  private var lastVersion: ResourceVersion
  private var lastInstant: Int64 = 0

  /// A row whose key has a version.
  package init(near version: ResourceVersion = ResourceVersion(0)) {
    writer = ByteWriter(capacity: 256)
    lastVersion = version
  }

  /// The row so far.
  package var bytes: [UInt8] { writer.bytes }

  /// Which of up to eight conditions hold.
  package mutating func flags(_ flags: Bool...) {
    precondition(flags.count <= 8, "a byte has eight bits")
    var bits: UInt8 = 0
    for (index, flag) in flags.enumerated() where flag { bits |= 1 << UInt8(index) }
    writer.uint8(bits)
  }

  package mutating func byte(_ value: UInt8) { writer.uint8(value) }

  /// How many of something follow.
  package mutating func count(_ count: Int) { writer.varint(UInt64(count)) }

  package mutating func text(_ value: String) { writer.text(value) }

  package mutating func number(_ value: Int64) { writer.zigzag(value) }

  package mutating func blob(_ value: [UInt8]) { writer.blob(value) }

  package mutating func uid(_ value: PodUID) { writer.uidBlob(value) }

  /// A version, where there is one.
  package mutating func version(_ value: ResourceVersion?) {
    guard let value else { return }
    writer.zigzag(Int64(value.epoch) - Int64(lastVersion.epoch))
    writer.zigzag(Int64(bitPattern: value.value &- lastVersion.value))
    lastVersion = value
  }

  /// An instant, where there is one.
  package mutating func instant(_ value: Instant?) {
    guard let value else { return }
    writer.zigzag(value.microseconds &- lastInstant)
    lastInstant = value.microseconds
  }
}

/// Which of up to eight conditions hold.
package struct RowFlags {
  fileprivate let bits: UInt8

  /// Whether one of them does, by its number from 0.
  package subscript(number: Int) -> Bool { bits >> UInt8(number) & 1 == 1 }
}

/// How far the content of a row has been read, and what its next version and its next instant are counted
/// from.
///
/// Each step is handed the content, so that it can be one that is only lent.
struct RowCursor {
  /// The offset of what comes next.
  private(set) var offset = 0
  private var lastVersion: ResourceVersion
  private var lastInstant: Int64 = 0

  /// At the beginning of a row whose key has a version.
  init(near version: ResourceVersion) { lastVersion = version }

  /// Which of some conditions hold; a bit behind them is damage.
  mutating func flags(_ count: Int, in content: Span<UInt8>) throws -> RowFlags {
    let bits = try byte(in: content)
    guard count == 8 || bits >> UInt8(count) == 0 else {
      throw EventDecodingError.damaged("a row has \(bits) where \(count) bits are known")
    }
    return RowFlags(bits: bits)
  }

  mutating func byte(in content: Span<UInt8>) throws(DecodingFailure) -> UInt8 {
    guard offset < content.count else {
      throw DecodingFailure(offset: offset, expected: "a byte", found: "the end")
    }
    defer { offset += 1 }
    return content[offset]
  }

  private mutating func varint(in content: Span<UInt8>) throws(DecodingFailure) -> UInt64 {
    let (value, end) = try ByteReader.varint(in: content, from: offset)
    offset = end
    return value
  }

  /// How many of something follow, each of which takes a byte at least.
  mutating func count(in content: Span<UInt8>) throws -> Int {
    let count = try varint(in: content)
    guard count <= UInt64(content.count - offset) else {
      throw EventDecodingError.damaged("a row is said to have \(count) parts")
    }
    return Int(count)
  }

  mutating func number(in content: Span<UInt8>) throws(DecodingFailure) -> Int64 {
    ByteReader.signed(try varint(in: content))
  }

  /// Where the bytes are whose number comes first.
  mutating func counted(in content: Span<UInt8>) throws(DecodingFailure) -> Range<Int> {
    let start = offset
    let count = try varint(in: content)
    guard count <= UInt64(content.count - offset) else {
      throw DecodingFailure(
        offset: start, expected: "\(count) bytes", found: "\(content.count - offset) to the end")
    }
    let bytes = offset..<offset + Int(count)
    offset = bytes.upperBound
    return bytes
  }

  mutating func version(in content: Span<UInt8>) throws -> ResourceVersion {
    let step = try number(in: content)
    guard let epoch = UInt32(exactly: Int64(lastVersion.epoch) &+ step) else {
      throw EventDecodingError.damaged("an epoch in a row is beyond 32 bits")
    }
    lastVersion = ResourceVersion(
      epoch: epoch, lastVersion.value &+ UInt64(bitPattern: try number(in: content)))
    return lastVersion
  }

  /// A version, where a flag says that there is one.
  mutating func version(if isThere: Bool, in content: Span<UInt8>) throws -> ResourceVersion? {
    isThere ? try version(in: content) : nil
  }

  mutating func instant(in content: Span<UInt8>) throws(DecodingFailure) -> Instant {
    lastInstant &+= try number(in: content)
    return Instant(microseconds: lastInstant)
  }

  /// An instant, where a flag says that there is one.
  mutating func instant(
    if isThere: Bool, in content: Span<UInt8>
  ) throws(DecodingFailure) -> Instant? {
    isThere ? try instant(in: content) : nil
  }
}

/// Reads what ``RowWriter`` wrote.
package struct RowReader {
  private let content: ArraySlice<UInt8>
  private var cursor: RowCursor

  /// A row whose key has a version.
  package init(_ bytes: [UInt8], near version: ResourceVersion = ResourceVersion(0)) {
    self.init(bytes[...], near: version)
  }

  /// A row whose key has a version.
  package init(_ bytes: ArraySlice<UInt8>, near version: ResourceVersion) {
    content = bytes
    cursor = RowCursor(near: version)
  }

  /// Whether all has been read.
  package var isAtEnd: Bool { cursor.offset == content.count }

  /// Which of some conditions hold; a bit behind them is damage.
  package mutating func flags(_ count: Int) throws -> RowFlags {
    try part { try $0.flags(count, in: $1) }
  }

  package mutating func byte() throws -> UInt8 { try part { try $0.byte(in: $1) } }

  /// How many of something follow, each of which takes a byte at least.
  package mutating func count() throws -> Int { try part { try $0.count(in: $1) } }

  package mutating func text() throws -> String {
    guard let text = String(storedUTF8: try blob()) else {
      throw EventDecodingError.damaged("a text in a row is not in UTF-8")
    }
    return text
  }

  package mutating func number() throws -> Int64 { try part { try $0.number(in: $1) } }

  package mutating func blob() throws -> ArraySlice<UInt8> {
    let bytes = try part { try $0.counted(in: $1) }
    let start = content.startIndex
    return content[start + bytes.lowerBound..<start + bytes.upperBound]
  }

  package mutating func uid() throws -> PodUID {
    guard let uid = PodUID(encoded: try blob()) else {
      throw EventDecodingError.damaged("a uid in a row is not in its stored form")
    }
    return uid
  }

  package mutating func version() throws -> ResourceVersion {
    try part { try $0.version(in: $1) }
  }

  /// A version, where a flag says that there is one.
  package mutating func version(if isThere: Bool) throws -> ResourceVersion? {
    isThere ? try version() : nil
  }

  package mutating func instant() throws -> Instant { try part { try $0.instant(in: $1) } }

  /// An instant, where a flag says that there is one.
  package mutating func instant(if isThere: Bool) throws -> Instant? {
    isThere ? try instant() : nil
  }

  /// A part that is read where it stands.
  mutating func part<Part>(
    _ body: (inout RowCursor, Span<UInt8>) throws -> Part
  ) throws -> Part {
    let content = content
    return try body(&cursor, content.span)
  }

  /// Checks that all has been read.
  package func finish() throws {
    guard isAtEnd else {
      throw EventDecodingError.damaged("a row has \(content.count - cursor.offset) bytes too many")
    }
  }
}
