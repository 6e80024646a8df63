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

/// Reads what ``RowWriter`` wrote.
package struct RowReader {
  private var reader: ByteReader
  private var lastVersion: ResourceVersion
  private var lastInstant: Int64 = 0

  /// A row whose key has a version.
  package init(_ bytes: [UInt8], near version: ResourceVersion = ResourceVersion(0)) {
    self.init(bytes[...], near: version)
  }

  /// A row whose key has a version.
  package init(_ bytes: ArraySlice<UInt8>, near version: ResourceVersion) {
    reader = ByteReader(bytes)
    lastVersion = version
  }

  /// Whether all has been read.
  package var isAtEnd: Bool { reader.isAtEnd }

  /// Which of some conditions hold; a bit behind them is damage.
  package mutating func flags(_ count: Int) throws -> RowFlags {
    let bits = try reader.uint8()
    guard count == 8 || bits >> UInt8(count) == 0 else {
      throw EventDecodingError.damaged("a row has \(bits) where \(count) bits are known")
    }
    return RowFlags(bits: bits)
  }

  package mutating func byte() throws -> UInt8 { try reader.uint8() }

  /// How many of something follow, each of which takes a byte at least.
  package mutating func count() throws -> Int {
    let count = try reader.varint()
    guard count <= UInt64(reader.remaining) else {
      throw EventDecodingError.damaged("a row is said to have \(count) parts")
    }
    return Int(count)
  }

  package mutating func text() throws -> String { try reader.text() }

  package mutating func number() throws -> Int64 { try reader.zigzag() }

  package mutating func blob() throws -> ArraySlice<UInt8> { try reader.blobSlice() }

  package mutating func uid() throws -> PodUID {
    guard let uid = PodUID(encoded: try reader.blobSlice()) else {
      throw EventDecodingError.damaged("a uid in a row is not in its stored form")
    }
    return uid
  }

  package mutating func version() throws -> ResourceVersion {
    let step = try reader.zigzag()
    guard let epoch = UInt32(exactly: Int64(lastVersion.epoch) &+ step) else {
      throw EventDecodingError.damaged("an epoch in a row is beyond 32 bits")
    }
    lastVersion = ResourceVersion(
      epoch: epoch, lastVersion.value &+ UInt64(bitPattern: try reader.zigzag()))
    return lastVersion
  }

  /// A version, where a flag says that there is one.
  package mutating func version(if isThere: Bool) throws -> ResourceVersion? {
    isThere ? try version() : nil
  }

  package mutating func instant() throws -> Instant {
    lastInstant &+= try reader.zigzag()
    return Instant(microseconds: lastInstant)
  }

  /// An instant, where a flag says that there is one.
  package mutating func instant(if isThere: Bool) throws -> Instant? {
    isThere ? try instant() : nil
  }

  /// Passes over a text.
  package mutating func skipText() throws { _ = try reader.blobSlice() }

  /// Checks that all has been read.
  package func finish() throws { try reader.finish() }
}
