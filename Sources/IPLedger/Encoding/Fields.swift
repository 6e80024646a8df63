/// Writes a message as a sequence of fields: a tag byte, the length as a varint, the bytes; tags
/// ascend.
///
/// The form is that of the log's payloads (see <doc:TheLogsFormat>). A field that is absent is not
/// written.
package struct FieldWriter {
  private var writer = ByteWriter()
  private var lastTag: UInt8 = 0

  package init() {}

  /// The message so far.
  package var bytes: [UInt8] { writer.bytes }

  /// Writes one field.
  package mutating func field(_ tag: UInt8, _ content: [UInt8]) {
    precondition(tag > lastTag, "fields are written in ascending order of their tags")
    lastTag = tag
    writer.uint8(tag)
    writer.blob(content)
  }

  package mutating func text(_ tag: UInt8, _ value: String?) {
    guard let value else { return }
    field(tag, Array(value.utf8))
  }

  package mutating func number(_ tag: UInt8, _ value: UInt64?) {
    guard let value else { return }
    var content = ByteWriter()
    content.varint(value)
    field(tag, content.bytes)
  }

  package mutating func signed(_ tag: UInt8, _ value: Int64?) {
    guard let value else { return }
    var content = ByteWriter()
    content.zigzag(value)
    field(tag, content.bytes)
  }

  package mutating func byte(_ tag: UInt8, _ value: UInt8?) {
    guard let value else { return }
    field(tag, [value])
  }

  package mutating func flag(_ tag: UInt8, _ value: Bool) {
    if value { field(tag, []) }
  }

  package mutating func instant(_ tag: UInt8, _ value: Instant?) {
    signed(tag, value?.microseconds)
  }

  package mutating func version(_ tag: UInt8, _ value: ResourceVersion?) {
    guard let value else { return }
    var content = ByteWriter()
    content.version(value)
    field(tag, content.bytes)
  }

  package mutating func message(_ tag: UInt8, _ build: (inout FieldWriter) -> Void) {
    var nested = FieldWriter()
    build(&nested)
    field(tag, nested.bytes)
  }
}

/// Reads a message of fields: each is asked for by its tag, and what nobody asked for is an error.
package struct FieldReader {
  private var fields: [(tag: UInt8, content: ArraySlice<UInt8>)] = []
  /// The first field that was not asked for yet, since fields are mostly asked for in their order.
  private var next = 0
  private let subject: String

  /// Splits a message into its fields.
  package init(_ message: ArraySlice<UInt8>, of subject: String) throws(EventDecodingError) {
    self.subject = subject
    fields.reserveCapacity(12)
    var reader = ByteReader(message)
    var lastTag: UInt8 = 0
    do {
      while !reader.isAtEnd {
        let tag = try reader.uint8()
        guard tag > lastTag else {
          throw EventDecodingError.damaged("\(subject): field \(tag) stands after field \(lastTag)")
        }
        lastTag = tag
        fields.append((tag, try reader.blobSlice()))
      }
    } catch let error as EventDecodingError {
      throw error
    } catch {
      throw .damaged("\(subject): \(error)")
    }
  }

  /// Fails where a field was never asked for: a newer program wrote it.
  package func finish() throws(EventDecodingError) {
    guard next < fields.count else { return }
    throw .unknownField(subject: subject, tag: fields[next].tag)
  }

  /// The content of a field, once; `nil` where there is none.
  package mutating func content(_ tag: UInt8) -> ArraySlice<UInt8>? {
    if next < fields.count, fields[next].tag == tag {
      defer { next += 1 }
      return fields[next].content
    }
    guard let index = fields[next...].firstIndex(where: { $0.tag == tag }) else { return nil }
    // Asked for out of order: those before it still wait.
    return fields.remove(at: index).content
  }

  package mutating func required(_ tag: UInt8) throws(EventDecodingError) -> ArraySlice<UInt8> {
    guard let content = content(tag) else {
      throw .damaged("\(subject): field \(tag) is missing")
    }
    return content
  }

  package mutating func text(_ tag: UInt8) throws(EventDecodingError) -> String? {
    guard let content = content(tag) else { return nil }
    guard let text = String(validating: content, as: UTF8.self) else {
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
      throw .unknownValue(subject: subject, tag: tag, value: byte)
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
    var nested = try FieldReader(content, of: "\(self.subject)’s \(subject)")
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
    blob(address.octets)
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
    try IPAddress(octets: try blob())
  }
}
