// What types are decoded from: a tape where there is one.
//
// An error says only that this did not go: Foundation's decoder then reads the same bytes, and says why.

/// What cannot be decoded from a tape.
struct NotOnTape: Error {}

/// A value on a tape.
struct TapeDecoder: Decoder {
  let tape: JSONTape
  let index: Int

  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(try Members<Key>(tape, index))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { try Elements(tape, index) }

  func singleValueContainer() throws -> any SingleValueDecodingContainer {
    Single(tape: tape, index: index)
  }
}

extension JSONTape {
  fileprivate func isNull(_ index: Int) -> Bool { nodes[index].kind == .null }

  fileprivate func bool(_ index: Int) throws -> Bool {
    switch nodes[index].kind {
    case .yes: true
    case .no: false
    default: throw NotOnTape()
    }
  }

  fileprivate func string(_ index: Int) throws -> String {
    guard let text = text(index) else { throw NotOnTape() }
    return text
  }

  fileprivate func int(_ index: Int) throws -> Int {
    guard let number = integer(index) else { throw NotOnTape() }
    return number
  }

  fileprivate func number<Number: FixedWidthInteger>(_ index: Int) throws -> Number {
    guard let number = Number(exactly: try int(index)) else { throw NotOnTape() }
    return number
  }

  fileprivate func decoded<Value: Decodable>(_ index: Int, as type: Value.Type) throws -> Value {
    if type == [String: String].self, let map = try texts(index) as? Value { return map }
    return try Value(from: TapeDecoder(tape: self, index: index))
  }

  /// A map of texts; of several members with one key the first counts, as in Foundation's decoder.
  private func texts(_ object: Int) throws -> [String: String] {
    guard nodes[object].kind == .object else { throw NotOnTape() }
    var texts: [String: String] = [:]
    var index = object + 1
    let end = Int(nodes[object].next)
    while index < end {
      let key = try string(index)
      let value = try string(index + 1)
      if texts[key] == nil { texts[key] = value }
      index = Int(nodes[index + 1].next)
    }
    return texts
  }
}

/// The members of an object.
private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
  private let tape: JSONTape
  private let index: Int

  init(_ tape: JSONTape, _ index: Int) throws {
    guard tape.nodes[index].kind == .object else { throw NotOnTape() }
    self.tape = tape
    self.index = index
  }

  var codingPath: [any CodingKey] { [] }

  var allKeys: [Key] {
    var keys: [Key] = []
    var member = index + 1
    let end = Int(tape.nodes[index].next)
    while member < end {
      if let key = tape.text(member).flatMap(Key.init(stringValue:)) { keys.append(key) }
      member = Int(tape.nodes[member + 1].next)
    }
    return keys
  }

  func contains(_ key: Key) -> Bool { tape.member(key.stringValue, of: index) != nil }

  private func value(_ key: Key) throws -> Int {
    guard let value = tape.member(key.stringValue, of: index) else { throw NotOnTape() }
    return value
  }

  /// A value that is there and not null.
  private func present(_ key: Key) -> Int? {
    tape.member(key.stringValue, of: index).flatMap { tape.isNull($0) ? nil : $0 }
  }

  func decodeNil(forKey key: Key) throws -> Bool { tape.isNull(try value(key)) }
  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try tape.bool(value(key)) }
  func decode(_ type: String.Type, forKey key: Key) throws -> String {
    try tape.string(value(key))
  }
  func decode(_ type: Double.Type, forKey key: Key) throws -> Double { throw NotOnTape() }
  func decode(_ type: Float.Type, forKey key: Key) throws -> Float { throw NotOnTape() }
  func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try tape.int(value(key)) }
  func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try tape.number(value(key)) }
  func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try tape.number(value(key)) }
  func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try tape.number(value(key)) }
  func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try tape.number(value(key)) }
  func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try tape.number(value(key)) }
  func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try tape.number(value(key)) }
  func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try tape.number(value(key)) }
  func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try tape.number(value(key)) }
  func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try tape.number(value(key)) }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    try tape.decoded(value(key), as: type)
  }

  // Looked for once, and not three times as by default.
  func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
    try present(key).map { try tape.string($0) }
  }

  func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
    try present(key).map { try tape.int($0) }
  }

  func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
    try present(key).map { try tape.bool($0) }
  }

  func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
    try present(key).map { try tape.decoded($0, as: type) }
  }

  func nestedContainer<Inner: CodingKey>(
    keyedBy type: Inner.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Inner> {
    KeyedDecodingContainer(try Members<Inner>(tape, value(key)))
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try Elements(tape, value(key))
  }

  func superDecoder() throws -> any Decoder { throw NotOnTape() }
  func superDecoder(forKey key: Key) throws -> any Decoder { throw NotOnTape() }
}

/// The elements of an array.
private struct Elements: UnkeyedDecodingContainer {
  private let tape: JSONTape
  private let end: Int
  private var next: Int
  private(set) var currentIndex = 0

  init(_ tape: JSONTape, _ index: Int) throws {
    guard tape.nodes[index].kind == .array else { throw NotOnTape() }
    self.tape = tape
    next = index + 1
    end = Int(tape.nodes[index].next)
  }

  var codingPath: [any CodingKey] { [] }
  var count: Int? { nil }
  var isAtEnd: Bool { next >= end }

  private mutating func take() throws -> Int {
    guard !isAtEnd else { throw NotOnTape() }
    defer {
      next = Int(tape.nodes[next].next)
      currentIndex += 1
    }
    return next
  }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd else { throw NotOnTape() }
    guard tape.isNull(next) else { return false }
    _ = try take()
    return true
  }

  mutating func decode(_ type: Bool.Type) throws -> Bool { try tape.bool(take()) }
  mutating func decode(_ type: String.Type) throws -> String { try tape.string(take()) }
  mutating func decode(_ type: Double.Type) throws -> Double { throw NotOnTape() }
  mutating func decode(_ type: Float.Type) throws -> Float { throw NotOnTape() }
  mutating func decode(_ type: Int.Type) throws -> Int { try tape.int(take()) }
  mutating func decode(_ type: Int8.Type) throws -> Int8 { try tape.number(take()) }
  mutating func decode(_ type: Int16.Type) throws -> Int16 { try tape.number(take()) }
  mutating func decode(_ type: Int32.Type) throws -> Int32 { try tape.number(take()) }
  mutating func decode(_ type: Int64.Type) throws -> Int64 { try tape.number(take()) }
  mutating func decode(_ type: UInt.Type) throws -> UInt { try tape.number(take()) }
  mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try tape.number(take()) }
  mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try tape.number(take()) }
  mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try tape.number(take()) }
  mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try tape.number(take()) }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try tape.decoded(take(), as: type)
  }

  mutating func nestedContainer<Inner: CodingKey>(
    keyedBy type: Inner.Type
  ) throws -> KeyedDecodingContainer<Inner> {
    KeyedDecodingContainer(try Members<Inner>(tape, take()))
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try Elements(tape, take())
  }

  mutating func superDecoder() throws -> any Decoder { throw NotOnTape() }
}

/// A value by itself.
private struct Single: SingleValueDecodingContainer {
  let tape: JSONTape
  let index: Int

  var codingPath: [any CodingKey] { [] }

  func decodeNil() -> Bool { tape.isNull(index) }
  func decode(_ type: Bool.Type) throws -> Bool { try tape.bool(index) }
  func decode(_ type: String.Type) throws -> String { try tape.string(index) }
  func decode(_ type: Double.Type) throws -> Double { throw NotOnTape() }
  func decode(_ type: Float.Type) throws -> Float { throw NotOnTape() }
  func decode(_ type: Int.Type) throws -> Int { try tape.int(index) }
  func decode(_ type: Int8.Type) throws -> Int8 { try tape.number(index) }
  func decode(_ type: Int16.Type) throws -> Int16 { try tape.number(index) }
  func decode(_ type: Int32.Type) throws -> Int32 { try tape.number(index) }
  func decode(_ type: Int64.Type) throws -> Int64 { try tape.number(index) }
  func decode(_ type: UInt.Type) throws -> UInt { try tape.number(index) }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try tape.number(index) }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try tape.number(index) }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try tape.number(index) }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try tape.number(index) }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try tape.decoded(index, as: type)
  }
}
