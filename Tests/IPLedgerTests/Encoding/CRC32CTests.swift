import IPLedger
import TestSupport
import Testing

@Suite(.serialized) struct CRC32CTests {
  @Test(
    arguments: [
      (Array("123456789".utf8), 0xE306_9283),
      ([], 0),
      ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
      ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
      ([UInt8](0..<32), 0x46DD_794E),
      ([UInt8]((0..<32).reversed()), 0x113F_DB5C),
      (Self.readCommand, 0xD996_3A56),
    ] as [([UInt8], UInt32)])
  func `the vectors of RFC 3720 B.4 come out`(bytes: [UInt8], checksum: UInt32) {
    #expect(CRC32C.checksum(of: bytes) == checksum)
  }

  /// An iSCSI SCSI read command PDU.
  static let readCommand: [UInt8] = [
    0x01, 0xC0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0x14,
    0, 0, 0, 0x18, 0x28, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
  ]

  @Test(arguments: 0..<4)
  func `pieces of any kind give the checksum of the whole`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<300 {
      let bytes = (0..<random.next() % 100).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      var crc = CRC32C()
      var slow = CRC32C()
      var rest = bytes[...]
      while !rest.isEmpty {
        let piece = rest.prefix(Int(random.next() % 20))
        switch random.next() % 4 {
        case 0: crc.update(piece)
        case 1: crc.update(Array(piece))
        case 2: crc.update(piece.lazy.map { $0 })
        default: crc.update(piece.span)
        }
        slow.updateByTables(piece.span)
        rest = rest.dropFirst(piece.count)
      }
      #expect(slow == crc)
      #expect(crc.value == bitByBit(bytes))
      #expect(CRC32C.checksum(of: bytes) == crc.value)
      #expect(CRC32C.checksum(of: ([0] + bytes).dropFirst()) == crc.value)
    }
  }

  @Test func `no flip of one bit goes unseen`() {
    let bytes = Array("10.0.4.17 belongs to web-0".utf8)
    let checksum = CRC32C.checksum(of: bytes)
    for bit in 0..<bytes.count * 8 {
      var flipped = bytes
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(CRC32C.checksum(of: flipped) != checksum)
    }
  }

  private func bitByBit(_ bytes: [UInt8]) -> UInt32 {
    var crc = UInt32.max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
    }
    return ~crc
  }
}
