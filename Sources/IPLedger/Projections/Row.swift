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
    _ content: [UInt8], under key: [UInt8], of table: Seed
  ) -> [UInt8] {
    var writer = ByteWriter(capacity: content.count + checksumLength)
    writer.raw(content)
    writer.uint32(checksum(of: content, under: key, of: table))
    return writer.bytes
  }

  /// The content of a stored value.
  ///
  /// - Throws: ``LedgerError`` where the checksum is wrong: the file is damaged.
  package static func open(
    _ value: consuming [UInt8], under key: [UInt8], of table: Seed
  ) throws -> [UInt8] {
    var content = value
    guard content.count >= checksumLength else {
      throw LedgerError.damagedRow(table: table.name, key: key)
    }
    let stored = content.suffix(checksumLength).reduce(0) { $0 << 8 | UInt32($1) }
    content.removeLast(checksumLength)
    guard stored == checksum(of: content, under: key, of: table) else {
      throw LedgerError.damagedRow(table: table.name, key: key)
    }
    return content
  }

  private static func checksum(
    of content: [UInt8], under key: [UInt8], of table: Seed
  ) -> UInt32 {
    var crc = table.crc
    crc.update(key)
    crc.update(content)
    return crc.value
  }
}
