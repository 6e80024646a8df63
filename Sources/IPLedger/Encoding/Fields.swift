/// Writes a message as a sequence of fields: a tag byte, the length as a varint, the bytes; tags
/// ascend.
///
/// The form is that of the log's payloads (see <doc:TheLogsFormat>). A field that is absent is not
/// written.
package struct FieldWriter {
  private var writer: ByteWriter
  private var lastTag: UInt8 = 0

  package init() {
    // Most messages have fewer bytes.
    writer = ByteWriter(capacity: 256)
  }

  /// A message within another one, in the bytes of that.
  private init(within writer: consuming ByteWriter) {
    self.writer = writer
  }

  /// The message so far.
  package var bytes: [UInt8] { writer.bytes }

  private mutating func begin(_ tag: UInt8) {
    precondition(tag > lastTag, "fields are written in ascending order of their tags")
    lastTag = tag
    writer.uint8(tag)
  }

  /// Writes one field.
  package mutating func field(_ tag: UInt8, _ content: [UInt8]) {
    begin(tag)
    writer.blob(content)
  }

  package mutating func text(_ tag: UInt8, _ value: String?) {
    guard let value else { return }
    begin(tag)
    writer.text(value)
  }

  package mutating func number(_ tag: UInt8, _ value: UInt64?) {
    guard let value else { return }
    begin(tag)
    writer.varint(UInt64(ByteWriter.varintLength(value)))
    writer.varint(value)
  }

  package mutating func signed(_ tag: UInt8, _ value: Int64?) {
    number(tag, value.map(ByteWriter.zigzagged))
  }

  package mutating func byte(_ tag: UInt8, _ value: UInt8?) {
    guard let value else { return }
    begin(tag)
    writer.uint8(1)
    writer.uint8(value)
  }

  package mutating func flag(_ tag: UInt8, _ value: Bool) {
    guard value else { return }
    begin(tag)
    writer.uint8(0)
  }

  package mutating func instant(_ tag: UInt8, _ value: Instant?) {
    signed(tag, value?.microseconds)
  }

  package mutating func version(_ tag: UInt8, _ value: ResourceVersion?) {
    guard let value else { return }
    begin(tag)
    let epoch = UInt64(value.epoch)
    let length = ByteWriter.varintLength(epoch) + ByteWriter.varintLength(value.value)
    writer.varint(UInt64(length))
    writer.version(value)
  }

  package mutating func message(_ tag: UInt8, _ build: (inout FieldWriter) -> Void) {
    begin(tag)
    let start = writer.reserveLength()
    // The bytes move into the message within, so that they are not copied.
    var nested = FieldWriter(within: writer)
    writer = ByteWriter()
    build(&nested)
    writer = nested.writer
    nested.writer = ByteWriter()
    writer.fillLength(at: start)
  }

  /// Writes one field whose content is written by a closure.
  package mutating func content(_ tag: UInt8, _ build: (inout ByteWriter) -> Void) {
    begin(tag)
    let start = writer.reserveLength()
    build(&writer)
    writer.fillLength(at: start)
  }
}

/// Reads a message of fields, in one walk: fields are asked for in ascending order of their tags, and what
/// nobody asked for is an error.
package struct FieldReader {
  private let message: ArraySlice<UInt8>
  private let subject: Subject
  /// Where the first field begins that was not passed yet.
  private var next: Int
  /// The tag of the last field that was passed.
  private var passed: UInt8 = 0
  /// The last tag that was asked for.
  private var asked: UInt8 = 0
  /// The tag of the first field that was passed and that nobody had asked for.
  private var unknown: UInt8?

  /// What a message is of, put into words only where something is wrong with it.
  private indirect enum Subject: CustomStringConvertible {
    case named(String)
    case part(of: Subject, String)

    var description: String {
      switch self {
      case .named(let name): name
      case .part(let whole, let name): "\(whole)’s \(name)"
      }
    }
  }

  /// A reader at the start of a message.
  package init(_ message: ArraySlice<UInt8>, of subject: String) {
    self.init(message, .named(subject))
  }

  private init(_ message: ArraySlice<UInt8>, _ subject: Subject) {
    self.message = message
    self.subject = subject
    next = message.startIndex
  }

  /// Fails where a field was never asked for: a newer program wrote it.
  package mutating func finish() throws(EventDecodingError) {
    while let tag = try nextTag() { try pass(tag) }
    if let unknown { throw .unknownField(subject: "\(subject)", tag: unknown) }
  }

  /// The tag of the next field; `nil` at the end.
  private func nextTag() throws(EventDecodingError) -> UInt8? {
    guard next < message.endIndex else { return nil }
    let tag = message[next]
    guard tag > passed else {
      throw .damaged("\(subject): field \(tag) stands after field \(passed)")
    }
    return tag
  }

  /// Goes past the next field, whose tag is at hand; where its content lies.
  @discardableResult
  private mutating func pass(_ tag: UInt8) throws(EventDecodingError) -> Range<Int> {
    var start = next + 1
    var length = 0
    if start < message.endIndex, message[start] < 0x80 {
      length = Int(message[start])
      start += 1
    } else {
      var reader = ByteReader(message[start...])
      do {
        let count = try reader.varint()
        length = Int(clamping: count)
        start += reader.offset
      } catch {
        throw .damaged("\(subject): the length of field \(tag): \(error)")
      }
    }
    guard length <= message.endIndex - start else {
      throw .damaged(
        "\(subject): field \(tag) has \(length) bytes, but \(message.endIndex - start) follow")
    }
    passed = tag
    next = start + length
    if tag > asked, unknown == nil { unknown = tag }
    return start..<next
  }

  /// Where the content of a field lies; `nil` where there is none.
  private mutating func range(_ tag: UInt8) throws(EventDecodingError) -> Range<Int>? {
    precondition(tag > asked, "fields are asked for in ascending order of their tags")
    while let found = try nextTag(), found <= tag {
      guard found == tag else {
        try pass(found)
        continue
      }
      asked = tag
      return try pass(found)
    }
    asked = tag
    return nil
  }

  /// The content of a field; `nil` where there is none.
  package mutating func content(_ tag: UInt8) throws(EventDecodingError) -> ArraySlice<UInt8>? {
    guard let range = try range(tag) else { return nil }
    return message[range]
  }

  package mutating func required(_ tag: UInt8) throws(EventDecodingError) -> ArraySlice<UInt8> {
    guard let content = try content(tag) else {
      throw .damaged("\(subject): field \(tag) is missing")
    }
    return content
  }

  package mutating func text(_ tag: UInt8) throws(EventDecodingError) -> String? {
    guard let content = try content(tag) else { return nil }
    guard let text = String(storedUTF8: content) else {
      throw .damaged("\(subject): field \(tag) is not UTF-8")
    }
    return text
  }

  package mutating func requiredText(_ tag: UInt8) throws(EventDecodingError) -> String {
    guard let text = try text(tag) else { throw .damaged("\(subject): field \(tag) is missing") }
    return text
  }

  package mutating func flag(_ tag: UInt8) throws(EventDecodingError) -> Bool {
    try range(tag) != nil
  }

  package mutating func number(_ tag: UInt8) throws(EventDecodingError) -> UInt64? {
    guard let range = try range(tag) else { return nil }
    var reader = ByteReader(message[range])
    do {
      let value = try reader.varint()
      try reader.finish()
      return value
    } catch {
      throw .damaged("\(subject): field \(tag): \(error)")
    }
  }

  package mutating func signed(_ tag: UInt8) throws(EventDecodingError) -> Int64? {
    try number(tag).map(ByteReader.signed)
  }

  package mutating func instant(_ tag: UInt8) throws(EventDecodingError) -> Instant? {
    try signed(tag).map { Instant(microseconds: $0) }
  }

  package mutating func version(_ tag: UInt8) throws(EventDecodingError) -> ResourceVersion? {
    try parsed(tag) { (reader: inout ByteReader) in try reader.version() }
  }

  package mutating func requiredVersion(
    _ tag: UInt8
  ) throws(EventDecodingError) -> ResourceVersion {
    guard let version = try version(tag) else {
      throw .damaged("\(subject): field \(tag) is missing")
    }
    return version
  }

  /// A field of one byte that stands for a case.
  package mutating func choice<Choice: RawRepresentable<UInt8>>(
    _ tag: UInt8, _: Choice.Type
  ) throws(EventDecodingError) -> Choice? {
    guard let content = try content(tag) else { return nil }
    guard content.count == 1, let byte = content.first else {
      throw .damaged("\(subject): field \(tag) is \(content.count) bytes, expected 1")
    }
    guard let choice = Choice(rawValue: byte) else {
      throw .unknownValue(subject: "\(subject)", tag: tag, value: byte)
    }
    return choice
  }

  package mutating func requiredChoice<Choice: RawRepresentable<UInt8>>(
    _ tag: UInt8, _ type: Choice.Type
  ) throws(EventDecodingError) -> Choice {
    guard let choice = try choice(tag, type) else {
      throw .damaged("\(subject): field \(tag) is missing")
    }
    return choice
  }

  /// A field read by a closure that must read all of it.
  package mutating func parsed<Value>(
    _ tag: UInt8, _ read: (inout ByteReader) throws -> Value
  ) throws(EventDecodingError) -> Value? {
    guard let content = try content(tag) else { return nil }
    var reader = ByteReader(content)
    do {
      let value = try read(&reader)
      try reader.finish()
      return value
    } catch {
      throw .damaged("\(subject): field \(tag): \(error)")
    }
  }

  /// A nested message.
  package mutating func message<Value>(
    _ tag: UInt8, of subject: String, _ read: (inout FieldReader) throws -> Value
  ) throws -> Value? {
    guard let content = try content(tag) else { return nil }
    var nested = FieldReader(content, .part(of: self.subject, subject))
    let value = try read(&nested)
    try nested.finish()
    return value
  }
}

extension ByteWriter {
  /// A resource version: epoch and number, each a varint.
  package mutating func version(_ version: ResourceVersion) {
    varint(UInt64(version.epoch))
    varint(version.value)
  }

  /// An address: its length (4 or 16) and its bytes.
  package mutating func address(_ address: IPAddress) {
    varint(UInt64(address.family.bitWidth / 8))
    octets(of: address)
  }

  /// The 4 or 16 bytes of an address.
  package mutating func octets(of address: IPAddress) {
    if address.family == .ipv6 {
      uint64(address.high)
      uint64(address.low)
    } else {
      uint32(UInt32(truncatingIfNeeded: address.low))
    }
  }
}

extension ByteReader {
  package mutating func version() throws -> ResourceVersion {
    let epoch = try varint()
    guard let epoch = UInt32(exactly: epoch) else {
      throw EventDecodingError.damaged("the epoch \(epoch) is beyond 32 bits")
    }
    return ResourceVersion(epoch: epoch, try varint())
  }

  package mutating func address() throws -> IPAddress {
    try IPAddress(octets: try blobSlice())
  }
}
