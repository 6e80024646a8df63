import LMDB

/// The CRC-32C checksum (Castagnoli), as in iSCSI (RFC 3720), of bytes that may come in pieces.
///
///     var crc = CRC32C()
///     crc.update(header)
///     crc.update(payload)
///     frame.uint32(crc.value)
package struct CRC32C: Hashable, Sendable {
  /// The register: the checksum so far with all bits inverted.
  private var register = UInt32.max

  /// The checksum of no bytes yet, which is 0.
  package init() {}

  /// The checksum of a text, to go on from.
  package init(_ text: String) {
    update(text.utf8)
  }

  /// The checksum of all bytes so far.
  package var value: UInt32 { ~register }

  /// The checksum of these bytes alone.
  package static func checksum(of bytes: [UInt8]) -> UInt32 {
    var crc = CRC32C()
    crc.update(bytes)
    return crc.value
  }

  /// The checksum of these bytes alone.
  package static func checksum(of bytes: ArraySlice<UInt8>) -> UInt32 {
    var crc = CRC32C()
    crc.update(bytes)
    return crc.value
  }

  /// Adds bytes, by the processor's instruction where it has one.
  package mutating func update(_ bytes: Span<UInt8>) {
    guard ProcessorCRC32C.isAvailable else { return updateByTables(bytes) }
    register = ProcessorCRC32C.update(register, bytes)
  }

  /// Adds bytes, eight at a time.
  package mutating func updateByTables(_ bytes: Span<UInt8>) {
    let tables = Self.tables
    let table = tables.span
    var crc = register
    var index = 0
    while bytes.count - index >= 8 {
      crc ^= UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8
      crc ^= UInt32(bytes[index + 2]) << 16 | UInt32(bytes[index + 3]) << 24
      crc =
        table[7 << 8 | Int(crc & 0xFF)]
        ^ table[6 << 8 | Int(crc >> 8 & 0xFF)]
        ^ table[5 << 8 | Int(crc >> 16 & 0xFF)]
        ^ table[4 << 8 | Int(crc >> 24)]
        ^ table[3 << 8 | Int(bytes[index + 4])]
        ^ table[2 << 8 | Int(bytes[index + 5])]
        ^ table[1 << 8 | Int(bytes[index + 6])]
        ^ table[Int(bytes[index + 7])]
      index += 8
    }
    while index < bytes.count {
      crc = table[Int((crc ^ UInt32(bytes[index])) & 0xFF)] ^ crc >> 8
      index += 1
    }
    register = crc
  }

  /// Adds bytes.
  package mutating func update(_ bytes: [UInt8]) {
    update(bytes.span)
  }

  /// Adds bytes.
  package mutating func update(_ bytes: ArraySlice<UInt8>) {
    update(bytes.span)
  }

  /// Adds the eight bytes of a number, big-endian.
  package mutating func update(_ number: UInt64) {
    let table = Self.tables
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      add(UInt8(truncatingIfNeeded: number >> shift), table)
    }
  }

  /// Adds bytes one at a time, for what is not an array.
  package mutating func update(_ bytes: some Sequence<UInt8>) {
    let table = Self.tables
    for byte in bytes { add(byte, table) }
  }

  private mutating func add(_ byte: UInt8, _ table: [UInt32]) {
    register = table[Int((register ^ UInt32(byte)) & 0xFF)] ^ register >> 8
  }
}

extension CRC32C {
  /// The generator polynomial of Castagnoli, bits reflected.
  private static let polynomial: UInt32 = 0x82F6_3B78

  /// Eight tables of 256 entries, one after the other, for slicing by eight.
  ///
  /// Entry *i* of table *t* is what a byte *i* does to the register when *t* zero bytes follow it.
  private static let tables: [UInt32] = {
    var tables = (0..<256).map { index in
      (0..<8).reduce(UInt32(index)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ polynomial : crc >> 1 }
    }
    for index in 256..<2048 {
      let shorter = tables[index - 256]
      tables.append(tables[Int(shorter & 0xFF)] ^ shorter >> 8)
    }
    return tables
  }()
}
