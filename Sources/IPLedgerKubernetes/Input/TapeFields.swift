/// The fields of an object on a ``JSONTape``.
///
/// An error says only that this did not go: Foundation's decoder then reads the same bytes, and says why.
struct TapeFields: ObjectFields {
  /// What cannot be read from a tape.
  struct NotOnTape: Error {}

  private let tape: JSONTape
  private let index: Int

  /// The object at an index of a tape.
  init(_ tape: JSONTape, _ index: Int = 0) throws {
    guard tape.nodes[index].kind == .object else { throw NotOnTape() }
    self.tape = tape
    self.index = index
  }

  /// The index of the value of a field that is there and not null.
  private func value(_ name: FieldName) -> Int? {
    guard let value = tape.member(name.stringValue, of: index), tape.nodes[value].kind != .null
    else { return nil }
    return value
  }

  func contains(_ name: FieldName) -> Bool {
    tape.member(name.stringValue, of: index) != nil
  }

  func isNull(_ name: FieldName) throws -> Bool {
    guard let value = tape.member(name.stringValue, of: index) else { throw NotOnTape() }
    return tape.nodes[value].kind == .null
  }

  func string(_ name: FieldName) throws -> String? {
    guard let value = value(name) else { return nil }
    return try text(value)
  }

  func requiredString(_ name: FieldName) throws -> String {
    guard let value = value(name) else { throw NotOnTape() }
    return try text(value)
  }

  func integer(_ name: FieldName) throws -> Int? {
    guard let value = value(name) else { return nil }
    guard let number = tape.integer(value) else { throw NotOnTape() }
    return number
  }

  func bool(_ name: FieldName) throws -> Bool? {
    guard let value = value(name) else { return nil }
    switch tape.nodes[value].kind {
    case .yes: return true
    case .no: return false
    default: throw NotOnTape()
    }
  }

  func object(_ name: FieldName) throws -> Self? {
    guard let value = value(name) else { return nil }
    return try Self(tape, value)
  }

  func requiredObject(_ name: FieldName) throws -> Self {
    guard let value = value(name) else { throw NotOnTape() }
    return try Self(tape, value)
  }

  func strings(_ name: FieldName) throws -> [String] {
    try elements(name) { try text($0) }
  }

  func objects<Value>(_ name: FieldName, _ read: (Self) throws -> Value) throws -> [Value] {
    try elements(name) { try read(Self(tape, $0)) }
  }

  func map(_ name: FieldName) throws -> [String: String] {
    guard let value = value(name) else { return [:] }
    guard tape.nodes[value].kind == .object else { throw NotOnTape() }
    var texts: [String: String] = [:]
    var member = value + 1
    let end = Int(tape.nodes[value].next)
    while member < end {
      let (key, content) = (try text(member), try text(member + 1))
      if texts[key] == nil { texts[key] = content }
      member = Int(tape.nodes[member + 1].next)
    }
    return texts
  }

  private func elements<Value>(
    _ name: FieldName, _ read: (Int) throws -> Value
  ) throws -> [Value] {
    guard let value = value(name) else { return [] }
    guard tape.nodes[value].kind == .array else { throw NotOnTape() }
    var values: [Value] = []
    var element = value + 1
    let end = Int(tape.nodes[value].next)
    while element < end {
      values.append(try read(element))
      element = Int(tape.nodes[element].next)
    }
    return values
  }

  private func text(_ index: Int) throws -> String {
    guard let text = tape.text(index) else { throw NotOnTape() }
    return text
  }
}
