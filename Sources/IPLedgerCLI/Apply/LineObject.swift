import Foundation
import IPLedger
import IPLedgerArchive

/// The JSON object on a line: values by key, where null is as good as absent.
struct LineObject {
  private let members: KeyedDecodingContainer<Key>

  /// The object that a decoder stands at.
  init(_ decoder: any Decoder) throws {
    members = try decoder.container(keyedBy: Key.self)
  }

  /// A key by its text.
  struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Whether the object has a key with a value.
  func has(_ key: String) -> Bool {
    let key = Key(stringValue: key)
    return members.contains(key) && (try? members.decodeNil(forKey: key)) == false
  }

  /// Checks that no key is there that nobody looks at: it is a typo of one that somebody does.
  func requireOnly(_ allowed: [String], for op: String) throws(LineFault) {
    let unknown = members.allKeys.map(\.stringValue).filter { !allowed.contains($0) }.sorted()
    guard let first = unknown.first else { return }
    throw LineFault(
      "the key \(quoted(first)) is not known: \(op) takes "
        + allowed.joined(separator: ", "))
  }

  /// A text.
  func text(_ key: String) throws(LineFault) -> String? {
    try value(key, String.self, expected: "a text")
  }

  /// A whole number.
  func integer(_ key: String) throws(LineFault) -> Int? {
    try value(key, Int.self, expected: "a whole number")
  }

  /// True or false.
  func flag(_ key: String) throws(LineFault) -> Bool? {
    try value(key, Bool.self, expected: "true or false")
  }

  /// An array of texts, each of which is read into something.
  func list<Value>(
    _ key: String, _ read: (String) throws -> Value
  ) throws(LineFault) -> [Value]? {
    guard let texts = try value(key, [String].self, expected: "an array of texts") else {
      return nil
    }
    var values: [Value] = []
    for text in texts { values.append(try parsed(key, text, read)) }
    return values
  }

  /// A text that is read into something.
  func text<Value>(
    _ key: String, _ read: (String) throws -> Value
  ) throws(LineFault) -> Value? {
    guard let text = try text(key) else { return nil }
    return try parsed(key, text, read)
  }

  /// The same where it has to be there.
  func required<Value>(
    _ key: String, _ read: (String) throws -> Value
  ) throws(LineFault) -> Value {
    guard let value = try text(key, read) else {
      throw LineFault("the key \(quoted(key)) is missing")
    }
    return value
  }

  private func value<Value: Decodable>(
    _ key: String, _ type: Value.Type, expected: String
  ) throws(LineFault) -> Value? {
    guard has(key) else { return nil }
    do {
      return try members.decode(type, forKey: Key(stringValue: key))
    } catch {
      throw LineFault("the key \(quoted(key)): expected \(expected), found \(found(key))")
    }
  }

  private func parsed<Value>(
    _ key: String, _ text: String, _ read: (String) throws -> Value
  ) throws(LineFault) -> Value {
    do {
      return try read(text)
    } catch {
      throw LineFault("the key \(quoted(key)): \(error)")
    }
  }

  /// What stands at a key, for a message.
  private func found(_ key: String) -> String {
    let key = Key(stringValue: key)
    if let text = try? members.decode(String.self, forKey: key) {
      return "the text \(quoted(text))"
    }
    if let flag = try? members.decode(Bool.self, forKey: key) { return "\(flag)" }
    if let number = try? members.decode(Decimal.self, forKey: key) { return "the number \(number)" }
    if (try? members.nestedContainer(keyedBy: Key.self, forKey: key)) != nil { return "an object" }
    return "something else"
  }
}
