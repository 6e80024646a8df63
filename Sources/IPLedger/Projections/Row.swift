import LMDB

/// A row of a projection: its content and a checksum over its table, its key and its content, since
/// LMDB has none of its own.
///
/// A row that a fault of the disk put under another key or into another table does not pass.
package enum Row {
  private static let checksumLength = 4

  /// What the checksums of the rows of a table go on from: its name.
  package struct Seed: Sendable {
    fileprivate let name: String
    fileprivate let crc: CRC32C

    /// The seed of the table of a name.
    package init(_ name: String) {
      self.name = name
      // Programs of every layout have to read which layout it is.
      crc = name == MetaTable.name ? CRC32C() : CRC32C(name)
    }
  }

  /// The value to store under a key of a table.
  package static func seal(
    _ content: consuming [UInt8], under key: [UInt8], of table: Seed
  ) -> [UInt8] {
    let checksum = checksum(of: content.span, under: key.span, of: table)
    var value = content
    for shift in stride(from: 24, through: 0, by: -8) {
      value.append(UInt8(truncatingIfNeeded: checksum >> shift))
    }
    return value
  }

  /// The content of a stored value.
  ///
  /// - Throws: ``LedgerError`` where the checksum is wrong: the file is damaged.
  package static func open(
    _ value: consuming [UInt8], under key: [UInt8], of table: Seed
  ) throws -> [UInt8] {
    var content = value
    let length = try contentLength(of: content.span, under: key.span, of: table)
    content.removeLast(content.count - length)
    return content
  }

  /// How many bytes of a stored value are its content; the rest is the checksum, which is verified.
  ///
  /// - Throws: ``LedgerError`` where the checksum is wrong: the file is damaged.
  package static func contentLength(
    of value: Span<UInt8>, under key: Span<UInt8>, of table: Seed
  ) throws -> Int {
    let length = value.count - checksumLength
    guard length >= 0,
      value.bigEndian(at: length)
        == checksum(of: value.extracting(..<length), under: key, of: table)
    else {
      throw LedgerError.damagedRow(table: table.name, key: [UInt8](copying: key))
    }
    return length
  }

  private static func checksum(
    of content: Span<UInt8>, under key: Span<UInt8>, of table: Seed
  ) -> UInt32 {
    var crc = table.crc
    crc.update(key)
    crc.update(content)
    return crc.value
  }
}
