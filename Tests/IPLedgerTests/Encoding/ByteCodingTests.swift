import IPLedger
import TestSupport
import Testing

@Suite(.serialized) struct ByteCodingTests {
  @Test func `values have the bytes that are documented`() {
    var writer = ByteWriter()
    writer.uint8(0x7F)
    writer.uint16(0x0102)
    writer.uint32(0x0304_0506)
    writer.uint64(0x0708_090A_0B0C_0D0E)
    writer.int64(-2)
    writer.orderedInt64(-1)
    writer.orderedInt64(1)
    writer.bool(true)
    writer.text("é")
    writer.blob([9, 8])
    writer.raw([7])
    writer.optionalText(nil)
    writer.optionalText("")
    writer.optionalInstant(nil)
    writer.optionalInstant(Instant(microseconds: 1))
    let expected: [[UInt8]] = [
      [0x7F], [1, 2], [3, 4, 5, 6], [7, 8, 9, 10, 11, 12, 13, 14],
      [255, 255, 255, 255, 255, 255, 255, 254], [127, 255, 255, 255, 255, 255, 255, 255],
      [128, 0, 0, 0, 0, 0, 0, 1], [1], [2, 0xC3, 0xA9], [2, 9, 8], [7], [0], [1, 0], [0],
      [1, 0, 0, 0, 0, 0, 0, 0, 1],
    ]
    #expect(writer.bytes == Array(expected.joined()))
  }

  @Test(
    arguments: [
      (0, [0]), (1, [1]), (127, [0x7F]), (128, [0x80, 1]), (300, [0xAC, 2]),
      (16_383, [0xFF, 0x7F]), (16_384, [0x80, 0x80, 1]),
      (UInt64.max >> 1, [UInt8](repeating: 0xFF, count: 8) + [0x7F]),
      (UInt64.max, [UInt8](repeating: 0xFF, count: 9) + [1]),
    ] as [(UInt64, [UInt8])])
  func `a varint is as short as it can be`(value: UInt64, bytes: [UInt8]) throws {
    var writer = ByteWriter()
    writer.varint(value)
    #expect(writer.bytes == bytes)
    var reader = ByteReader(bytes)
    #expect(try reader.varint() == value)
    try reader.finish()
  }

  @Test(arguments: [(0, 0), (-1, 1), (1, 2), (-2, 3), (.max, .max - 1), (.min, .max)])
  func `zigzag puts small numbers of both signs first`(value: Int64, encoded: UInt64) throws {
    var writer = ByteWriter()
    writer.zigzag(value)
    var reader = ByteReader(writer.bytes)
    #expect(try reader.varint() == encoded)
    reader = ByteReader(writer.bytes)
    #expect(try reader.zigzag() == value)
  }

  @Test func `ordered numbers compare as bytes`() throws {
    var random = SplitMix64(seed: 5)
    var numbers = [Int64.min, .min + 1, -1, 0, 1, .max]
    for _ in 0..<500 { numbers.append(Int64(bitPattern: random.skewed())) }
    let encoded = numbers.map { number in
      var writer = ByteWriter()
      writer.orderedInt64(number)
      return writer.bytes
    }
    let decoded = try encoded.sorted { $0.lexicographicallyPrecedes($1) }.map { bytes in
      var reader = ByteReader(bytes)
      return try reader.orderedInt64()
    }
    #expect(decoded == numbers.sorted())
  }

  @Test(arguments: 0..<8)
  func `any sequence of values is read back, and no shorter one`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<200 {
      let fields = (0..<random.next() % 12).map { _ in Field.random(using: &random) }
      var writer = ByteWriter(capacity: 64)
      for field in fields { field.write(to: &writer) }
      // A slice whose indices do not begin at zero.
      var reader = ByteReader(([0, 0, 0] + writer.bytes).dropFirst(3))
      #expect(try fields.map { try $0.readSame(from: &reader) } == fields)
      #expect(reader.isAtEnd)
      try reader.finish()

      guard !writer.bytes.isEmpty else { continue }
      let cut = Int(random.next() % UInt64(writer.bytes.count))
      var truncated = ByteReader(writer.bytes.prefix(cut))
      #expect(throws: DecodingFailure.self) {
        for field in fields { _ = try field.readSame(from: &truncated) }
      }
    }
  }

  @Test(arguments: 0..<8)
  func `what can be read from noise is written as the same noise`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<3_000 {
      let noise = (0..<random.next() % 14).map { _ in
        random.next() % 2 == 0
          ? UInt8(truncatingIfNeeded: random.next() % 4) : UInt8(truncatingIfNeeded: random.next())
      }
      let shape = Field.random(using: &random)
      var reader = ByteReader(noise)
      guard let field = try? shape.readSame(from: &reader) else { continue }
      var writer = ByteWriter()
      field.write(to: &writer)
      #expect(writer.bytes == Array(noise.prefix(reader.offset)))
    }
  }
}

/// One value of each kind that the writer knows.
private enum Field: Equatable {
  case uint8(UInt8)
  case uint16(UInt16)
  case uint32(UInt32)
  case uint64(UInt64)
  case int64(Int64)
  case orderedInt64(Int64)
  case varint(UInt64)
  case zigzag(Int64)
  case bool(Bool)
  case text(String)
  case blob([UInt8])
  case raw([UInt8])
  case instant(Instant)
  case optionalInstant(Instant?)
  case optionalText(String?)

  static func random(using random: inout SplitMix64) -> Field {
    let number = random.skewed()
    let signed = Int64(bitPattern: number)
    let count = Int(random.next() % 5)
    let text = String(["pod", "é", "10.0.4.17", "\0", "🜁"].shuffled(using: &random)[0])
    switch random.next() % 17 {
    case 0: return .uint8(UInt8(truncatingIfNeeded: number))
    case 1: return .uint16(UInt16(truncatingIfNeeded: number))
    case 2: return .uint32(UInt32(truncatingIfNeeded: number))
    case 3: return .uint64(number)
    case 4: return .int64(signed)
    case 5: return .orderedInt64(signed)
    case 6: return .varint(number)
    case 7: return .zigzag(signed)
    case 8: return .bool(number % 2 == 0)
    case 9: return .text(String(repeating: text, count: count * 20))
    case 10: return .blob(Array(repeating: UInt8(truncatingIfNeeded: number), count: count * 40))
    case 11: return .raw(Array(repeating: UInt8(truncatingIfNeeded: number), count: count))
    case 12: return .instant(Instant(microseconds: signed))
    case 13: return .optionalInstant(Instant(microseconds: signed))
    case 14: return .optionalInstant(nil)
    case 15: return .optionalText(text)
    default: return .optionalText(nil)
    }
  }

  func write(to writer: inout ByteWriter) {
    switch self {
    case .uint8(let value): writer.uint8(value)
    case .uint16(let value): writer.uint16(value)
    case .uint32(let value): writer.uint32(value)
    case .uint64(let value): writer.uint64(value)
    case .int64(let value): writer.int64(value)
    case .orderedInt64(let value): writer.orderedInt64(value)
    case .varint(let value): writer.varint(value)
    case .zigzag(let value): writer.zigzag(value)
    case .bool(let value): writer.bool(value)
    case .text(let value): writer.text(value)
    case .blob(let value): writer.blob(value)
    case .raw(let value): writer.raw(value)
    case .instant(let value): writer.instant(value)
    case .optionalInstant(let value): writer.optionalInstant(value)
    case .optionalText(let value): writer.optionalText(value)
    }
  }

  /// Reads a value of this one's kind.
  func readSame(from reader: inout ByteReader) throws(DecodingFailure) -> Field {
    switch self {
    case .uint8: .uint8(try reader.uint8())
    case .uint16: .uint16(try reader.uint16())
    case .uint32: .uint32(try reader.uint32())
    case .uint64: .uint64(try reader.uint64())
    case .int64: .int64(try reader.int64())
    case .orderedInt64: .orderedInt64(try reader.orderedInt64())
    case .varint: .varint(try reader.varint())
    case .zigzag: .zigzag(try reader.zigzag())
    case .bool: .bool(try reader.bool())
    case .text: .text(try reader.text())
    case .blob: .blob(try reader.blob())
    case .raw(let value): .raw(Array(try reader.raw(count: value.count)))
    case .instant: .instant(try reader.instant())
    case .optionalInstant: .optionalInstant(try reader.optionalInstant())
    case .optionalText: .optionalText(try reader.optionalText())
    }
  }
}
