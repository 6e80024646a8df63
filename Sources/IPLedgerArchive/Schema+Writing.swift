import IPLedger

extension Schema {
  /// A stored message as an object.
  ///
  /// - Throws: ``EventDecodingError`` where a field is not in the table, or not in its form.
  func json(_ message: ArraySlice<UInt8>) throws -> [JSON.Member] {
    var reader = FieldReader(message, of: "the message")
    var members: [JSON.Member] = []
    for field in fields {
      guard let content = try reader.content(field.tag) else { continue }
      members.append(JSON.Member(name: field.name, value: try field.content.json(content)))
    }
    try reader.finish()
    return members
  }
}

extension Schema.Content {
  fileprivate func json(_ bytes: ArraySlice<UInt8>) throws -> JSON {
    if case .text = self { return .string(String(decoding: bytes, as: UTF8.self)) }
    if case .uid = self { return .string(try PodUID(stored: bytes).rawValue) }
    if case .message(let schema) = self { return .object(try schema.json(bytes)) }
    var reader = ByteReader(bytes)
    let value = try json(&reader)
    try reader.finish()
    return value
  }

  private func json(_ reader: inout ByteReader) throws -> JSON {
    switch self {
    case .text, .uid, .message: return .null
    case .flag: return .bool(true)
    case .instant: return .portable(Instant(microseconds: try reader.zigzag()))
    case .signed: return .integer(Int(try reader.zigzag()))
    case .number: return .integer(Int(clamping: try reader.varint()))
    case .version: return .portable(try reader.version())
    case .word(let words):
      let byte = try reader.uint8()
      guard let word = words[byte] else {
        throw EventDecodingError.unknownValue(subject: "the message", tag: 0, value: byte)
      }
      return .string(word)
    case .prefix:
      let first = try reader.address()
      return .string("\(first)/\(try reader.uint8())")
    case .addresses: return try list(&reader) { .string("\(try $0.address())") }
    case .ranges:
      return try list(&reader) { .string("\(try $0.address())-\(try $0.address())") }
    case .uids: return try list(&reader) { .string(try PodUID(stored: $0.blob()[...]).rawValue) }
    case .marks:
      return try list(&reader) { reader in
        [
          "resourceVersion": .portable(try reader.version()),
          "notBefore": .optional(try reader.optionalInstant(), JSON.portable),
          "notAfter": .optional(try reader.optionalInstant(), JSON.portable),
        ]
      }
    }
  }

  private func list(
    _ reader: inout ByteReader, _ element: (inout ByteReader) throws -> JSON
  ) throws -> JSON {
    var values: [JSON] = []
    while !reader.isAtEnd { values.append(try element(&reader)) }
    return .array(values)
  }
}

extension PodUID {
  /// Reads the stored form.
  init(stored: ArraySlice<UInt8>) throws {
    guard let uid = PodUID(encoded: stored) else {
      throw EventDecodingError.damaged("a uid is not in its stored form")
    }
    self = uid
  }
}

extension JSON {
  /// A moment as RFC 3339; one that RFC 3339 has no year for as `@` and its microseconds since 1970.
  static func portable(_ instant: Instant) -> JSON {
    let text = instant.description
    if let read = try? Instant(rfc3339: text), read == instant { return .string(text) }
    return .string("@\(instant.microseconds)")
  }

  /// A resource version as its number in text, behind its epoch and a slash where that is not 0.
  static func portable(_ version: ResourceVersion) -> JSON {
    .string(version.epoch == 0 ? "\(version.value)" : "\(version.epoch)/\(version.value)")
  }
}
