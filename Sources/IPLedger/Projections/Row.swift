/// A row of a projection: its content and a checksum over its table, its key and its content, since
/// LMDB has none of its own.
///
/// A row that a fault of the disk put under another key or into another table does not pass.
package enum Row {
  private static let checksumLength = 4

  /// The value to store under a key of a table.
  package static func seal(
    _ content: [UInt8], under key: [UInt8], of table: String
  ) -> [UInt8] {
    var writer = ByteWriter()
    writer.raw(content)
    writer.uint32(checksum(of: content[...], under: key, of: table))
    return writer.bytes
  }

  /// The content of a stored value.
  ///
  /// - Throws: ``LedgerError`` where the checksum is wrong: the file is damaged.
  package static func open(
    _ value: [UInt8], under key: [UInt8], of table: String
  ) throws -> [UInt8] {
    let content = value.dropLast(checksumLength)
    var tail = ByteReader(value.suffix(checksumLength))
    guard value.count >= checksumLength, let stored = try? tail.uint32(),
      stored == checksum(of: content, under: key, of: table)
    else {
      throw LedgerError.damagedRow(table: table, key: key)
    }
    return Array(content)
  }

  private static func checksum(
    of content: ArraySlice<UInt8>, under key: [UInt8], of table: String
  ) -> UInt32 {
    var crc = CRC32C()
    // Programs of every layout have to read which layout it is.
    if table != MetaTable.name { crc.update(Array(table.utf8)) }
    crc.update(key)
    crc.update(content)
    return crc.value
  }
}
