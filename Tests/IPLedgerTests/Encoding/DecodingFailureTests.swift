import IPLedger
import Testing

@Suite(.serialized) struct DecodingFailureTests {
  typealias Read = @Sendable (inout ByteReader) throws -> Void

  struct Example: CustomTestStringConvertible, Sendable {
    let bytes: [UInt8]
    let message: String
    let read: Read

    init(_ bytes: [UInt8], _ message: String, _ read: @escaping Read) {
      self.bytes = bytes
      self.message = message
      self.read = read
    }

    var testDescription: String { message }
  }

  @Test(arguments: [
    Example([], "at byte 0: expected a byte, found the end") { _ = try $0.uint8() },
    Example([1], "at byte 0: expected 2 bytes, found 1 byte to the end") { _ = try $0.uint16() },
    Example([1, 2, 3], "at byte 0: expected 8 bytes, found 3 bytes to the end") {
      _ = try $0.int64()
    },
    Example([9, 1, 2], "at byte 1: expected 4 bytes, found 2 bytes to the end") {
      _ = try $0.uint8()
      _ = try $0.uint32()
    },
    Example([], "at byte 0: expected a varint, found the end") { _ = try $0.varint() },
    Example([0x80, 0x80], "at byte 0: expected a varint, found 2 bytes to the end") {
      _ = try $0.varint()
    },
    Example(
      [0x80, 0], "at byte 0: expected a varint in its shortest form, found a zero at its end"
    ) {
      _ = try $0.varint()
    },
    Example(
      [UInt8](repeating: 0xFF, count: 9) + [2],
      "at byte 0: expected a varint, found more than 64 bits"
    ) { _ = try $0.varint() },
    Example(
      [UInt8](repeating: 0x80, count: 12), "at byte 0: expected a varint, found more than 64 bits"
    ) { _ = try $0.zigzag() },
    Example([2], "at byte 0: expected a bool, 0 or 1, found 2") { _ = try $0.bool() },
    Example([7], "at byte 0: expected a bool, 0 or 1, found 7") { _ = try $0.optionalText() },
    Example([3, 65, 66], "at byte 0: expected a text of 3 bytes, found 2 bytes to the end") {
      _ = try $0.text()
    },
    Example(
      [UInt8](repeating: 0xFF, count: 9) + [1, 65],
      "at byte 0: expected a blob of 18446744073709551615 bytes, found 1 byte to the end"
    ) { _ = try $0.blob() },
    Example([1, 0xFF], "at byte 0: expected a text in UTF-8, found invalid UTF-8") {
      _ = try $0.text()
    },
    Example([2, 0xC0, 0x80], "at byte 0: expected a text in UTF-8, found invalid UTF-8") {
      _ = try $0.text()
    },
    Example([3, 0xED, 0xA0, 0x80], "at byte 0: expected a text in UTF-8, found invalid UTF-8") {
      _ = try $0.text()
    },
    Example([1, 1, 0xFF], "at byte 1: expected a text in UTF-8, found invalid UTF-8") {
      _ = try $0.optionalText()
    },
    Example([1, 0], "at byte 1: expected 8 bytes, found 1 byte to the end") {
      _ = try $0.optionalInstant()
    },
    Example([1, 2], "at byte 0: expected 3 bytes, found 2 bytes to the end") {
      _ = try $0.raw(count: 3)
    },
    Example([1, 2], "at byte 1: expected the end, found 1 more byte") {
      _ = try $0.uint8()
      try $0.finish()
    },
    Example([1, 2], "at byte 0: expected the end, found 2 more bytes") { try $0.finish() },
  ])
  func `what the writer would not have written is refused`(example: Example) {
    // Offsets count from where the reader begins, not from where the array does.
    var reader = ByteReader(([0, 0] + example.bytes).dropFirst(2))
    let error = #expect(throws: DecodingFailure.self) { try example.read(&reader) }
    #expect(error?.description == example.message)
  }

  @Test func `a negative count is a programmer's error`() async {
    await #expect(processExitsWith: .failure) {
      var reader = ByteReader([1, 2])
      _ = try reader.raw(count: -1)
    }
  }
}
