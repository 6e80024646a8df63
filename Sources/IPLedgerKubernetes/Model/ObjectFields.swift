/// The fields of one object, read by their names; from what is the reader's matter.
///
/// Types that are read so are read from a ``JSONTape`` and from Foundation's decoder by the same code.
protocol ObjectFields {
  /// Whether there is a field, be it null.
  func contains(_ name: FieldName) -> Bool

  /// Whether a field that is there is null.
  func isNull(_ name: FieldName) throws -> Bool

  /// A string; nil where it is absent or null.
  func string(_ name: FieldName) throws -> String?

  /// A string that is there.
  func requiredString(_ name: FieldName) throws -> String

  /// A whole number; nil where it is absent or null.
  func integer(_ name: FieldName) throws -> Int?

  /// A bool; nil where it is absent or null.
  func bool(_ name: FieldName) throws -> Bool?

  /// The fields of an object; nil where it is absent or null.
  func object(_ name: FieldName) throws -> Self?

  /// The fields of an object that is there.
  func requiredObject(_ name: FieldName) throws -> Self

  /// An array of strings; empty where it is absent or null.
  func strings(_ name: FieldName) throws -> [String]

  /// What is read of each object of an array; empty where that is absent or null.
  func objects<Value>(_ name: FieldName, _ read: (Self) throws -> Value) throws -> [Value]

  /// A map of strings, of two with one key the first; empty where it is absent or null.
  func map(_ name: FieldName) throws -> [String: String]
}

extension ObjectFields {
  /// A text; nil where it is absent, null or empty, which all mean the same in Kubernetes.
  func text(_ name: FieldName) throws -> String? {
    let text = try string(name)
    return text == "" ? nil : text
  }
}

/// The name of a field, such as `metadata`.
struct FieldName: CodingKey, ExpressibleByStringLiteral {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringLiteral value: String) { stringValue = value }
  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

/// The fields of an object that a decoder holds.
struct CodedFields: ObjectFields {
  private let fields: KeyedDecodingContainer<FieldName>

  private init(_ fields: KeyedDecodingContainer<FieldName>) {
    self.fields = fields
  }

  init(_ decoder: any Decoder) throws {
    self.init(try decoder.container(keyedBy: FieldName.self))
  }

  func contains(_ name: FieldName) -> Bool { fields.contains(name) }
  func isNull(_ name: FieldName) throws -> Bool { try fields.decodeNil(forKey: name) }

  func string(_ name: FieldName) throws -> String? {
    try fields.decodeIfPresent(String.self, forKey: name)
  }

  func requiredString(_ name: FieldName) throws -> String {
    try fields.decode(String.self, forKey: name)
  }

  func integer(_ name: FieldName) throws -> Int? {
    try fields.decodeIfPresent(Int.self, forKey: name)
  }

  func bool(_ name: FieldName) throws -> Bool? {
    try fields.decodeIfPresent(Bool.self, forKey: name)
  }

  func object(_ name: FieldName) throws -> Self? {
    try isThere(name) ? requiredObject(name) : nil
  }

  func requiredObject(_ name: FieldName) throws -> Self {
    Self(try fields.nestedContainer(keyedBy: FieldName.self, forKey: name))
  }

  func strings(_ name: FieldName) throws -> [String] {
    try fields.decodeIfPresent([String].self, forKey: name) ?? []
  }

  func objects<Value>(_ name: FieldName, _ read: (Self) throws -> Value) throws -> [Value] {
    guard try isThere(name) else { return [] }
    var elements = try fields.nestedUnkeyedContainer(forKey: name)
    var values: [Value] = []
    while !elements.isAtEnd {
      values.append(try read(Self(elements.nestedContainer(keyedBy: FieldName.self))))
    }
    return values
  }

  func map(_ name: FieldName) throws -> [String: String] {
    try fields.decodeIfPresent([String: String].self, forKey: name) ?? [:]
  }

  private func isThere(_ name: FieldName) throws -> Bool {
    try contains(name) && !isNull(name)
  }
}
