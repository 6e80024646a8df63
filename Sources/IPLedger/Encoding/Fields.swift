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

/// Reads a message of fields: each is asked for by its tag, and what nobody asked for is an error.
package struct FieldReader {
  private let message: ArraySlice<UInt8>
  private let subject: Subject
  /// The last tag that was asked for in order, and where the first field behind it begins: fields are mostly
  /// asked for in their order.
  private var asked: UInt8 = 0
  private var next: Int
  /// How many fields there are.
  private var count = 0
  /// The tags that were asked for and found, and how many they are.
  private var taken: UInt64 = 0
  private var takenCount = 0

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

  /// The greatest tag that can be asked for.
  private static let greatestTag: UInt8 = 63

  /// Checks that a message is a sequence of fields.
  package init(_ message: ArraySlice<UInt8>, of subject: String) throws(EventDecodingError) {
    try self.init(message, .named(subject))
  }

  private init(_ message: ArraySlice<UInt8>, _ subject: Subject) throws(EventDecodingError) {
    self.message = message
    self.subject = subject
    next = message.startIndex
    var reader = ByteReader(message)
    var lastTag: UInt8 = 0
    do {
      while !reader.isAtEnd {
        let tag = try reader.uint8()
        guard tag > lastTag else {
          throw EventDecodingError.damaged("\(subject): field \(tag) stands after field \(lastTag)")
        }
        lastTag = tag
        try reader.skipBlob()
        count += 1
      }
    } catch let error as EventDecodingError {
      throw error
    } catch {
      throw .damaged("\(subject): \(error)")
    }
  }

  /// Fails where a field was never asked for: a newer program wrote it.
  package func finish() throws(EventDecodingError) {
    guard takenCount < count else { return }
    var position = message.startIndex
    while position < message.endIndex {
      let tag = message[position]
      guard tag <= Self.greatestTag, taken & 1 << UInt64(tag) != 0 else {
        throw .unknownField(subject: "\(subject)", tag: tag)
      }
      position = content(ofFieldAt: position).upperBound
    }
  }

  /// Where the content of the field lies that begins at a place.
  private func content(ofFieldAt position: Int) -> Range<Int> {
    // The initializer has seen that this is the form of all fields.
    var index = position + 1
    var length = Int(message[index])
    index += 1
    guard length >= 0x80 else { return index..<index + length }
    length &= 0x7F
    var shift = 7
    while true {
      let byte = message[index]
      index += 1
      length |= Int(byte & 0x7F) << shift
      shift += 7
      if byte & 0x80 == 0 { return index..<index + length }
    }
  }

  /// The content of a field, once; `nil` where there is none.
  package mutating func content(_ tag: UInt8) -> ArraySlice<UInt8>? {
    precondition(tag <= Self.greatestTag, "no message has a field of so great a tag")
    // Asked for out of order: from the beginning again.
    var position = tag > asked ? next : message.startIndex
    defer {
      if tag > asked { (asked, next) = (tag, position) }
    }
    while position < message.endIndex {
      let own = message[position]
      guard own <= tag else { return nil }
      let range = content(ofFieldAt: position)
      position = range.upperBound
      guard own == tag else { continue }
      guard taken & 1 << UInt64(tag) == 0 else { return nil }
      taken |= 1 << UInt64(tag)
      takenCount += 1
      return message[range]
    }
    return nil
  }

  package mutating func required(_ tag: UInt8) throws(EventDecodingError) -> ArraySlice<UInt8> {
    guard let content = content(tag) else {
      throw .damaged("\(subject): field \(tag) is missing")
    }
    return content
  }

  package mutating func text(_ tag: UInt8) throws(EventDecodingError) -> String? {
    guard let content = content(tag) else { return nil }
    guard let text = String(storedUTF8: content) else {
      throw .damaged("\(subject): field \(tag) is not UTF-8")
    }
    return text
  }

  package mutating func requiredText(_ tag: UInt8) throws(EventDecodingError) -> String {
    guard let text = try text(tag) else { throw .damaged("\(subject): field \(tag) is missing") }
    return text
  }

  package mutating func flag(_ tag: UInt8) -> Bool { content(tag) != nil }

  package mutating func number(_ tag: UInt8) throws(EventDecodingError) -> UInt64? {
    try parsed(tag) { (reader: inout ByteReader) in try reader.varint() }
  }

  package mutating func signed(_ tag: UInt8) throws(EventDecodingError) -> Int64? {
    try parsed(tag) { (reader: inout ByteReader) in try reader.zigzag() }
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
    guard let content = content(tag) else { return nil }
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
    guard let content = content(tag) else { return nil }
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
    guard let content = content(tag) else { return nil }
    var nested = try FieldReader(content, .part(of: self.subject, subject))
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
