/// How Kubernetes leaves things out: a field is absent, null, or empty, and all three mean the
/// same.
extension KeyedDecodingContainer {
  /// A text; nil where it is absent, null or empty.
  func text(_ key: Key) throws -> String? {
    let text = try decodeIfPresent(String.self, forKey: key)
    return text == "" ? nil : text
  }

  /// An array; empty where it is absent or null.
  func list<Element: Decodable>(_ key: Key) throws -> [Element] {
    try decodeIfPresent([Element].self, forKey: key) ?? []
  }

  /// A map of texts; empty where it is absent or null.
  func map(_ key: Key) throws -> [String: String] {
    try decodeIfPresent([String: String].self, forKey: key) ?? [:]
  }

  /// The fields of an object; nil where it is absent or null.
  func object<Inner: CodingKey>(_ key: Key, keyedBy type: Inner.Type) throws
    -> KeyedDecodingContainer<Inner>?
  {
    guard contains(key), try !decodeNil(forKey: key) else { return nil }
    return try nestedContainer(keyedBy: type, forKey: key)
  }
}

/// What each object of Kubernetes says about its own type.
enum TypeKey: String, CodingKey {
  case kind
  case apiVersion
  case metadata
}
