/// A JSON value whose members keep the order in which they were given.
///
/// Foundation's encoder sorts members or shuffles them; scripts and people read ours in one order
/// that never changes.
package enum JSON: Hashable, Sendable {
  /// One member of an object.
  package struct Member: Hashable, Sendable {
    package var name: String
    package var value: JSON

    package init(name: String, value: JSON) {
      self.name = name
      self.value = value
    }
  }

  case null
  case bool(Bool)
  case integer(Int)
  case count(UInt128)
  case string(String)
  case array([JSON])
  case object([Member])

  /// The value, or null where there is none.
  package static func optional<Value>(_ value: Value?, _ json: (Value) -> JSON) -> JSON {
    value.map(json) ?? .null
  }

  /// The text, or null where there is none.
  package static func optional(_ text: String?) -> JSON { optional(text) { .string($0) } }

  /// The value on one line, without a line end.
  package var text: String {
    var text = ""
    write(to: &text)
    return text
  }

  private func write(to text: inout String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .count(let value): text += String(value)
    case .string(let value): Self.write(value, to: &text)
    case .array(let values):
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += "," }
        value.write(to: &text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { text += "," }
        Self.write(member.name, to: &text)
        text += ":"
        member.value.write(to: &text)
      }
      text += "}"
    }
  }

  /// Writes a string by RFC 8259: quotes, backslashes and control characters escaped, all else as
  /// it is.
  ///
  /// U+007F, the C1 controls and what changes the direction of writing need no escape in JSON; they get
  /// one so that no terminal obeys them.
  private static func write(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}"..."\u{202E}",
        "\u{2066}"..."\u{2069}", "\u{61C}", "\u{200E}", "\u{200F}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

extension JSON: ExpressibleByDictionaryLiteral {
  /// An object with these members, in this order.
  package init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(elements.map { Member(name: $0.0, value: $0.1) })
  }
}

extension JSON: ExpressibleByArrayLiteral {
  /// An array of these values.
  package init(arrayLiteral elements: JSON...) {
    self = .array(elements)
  }
}

extension JSON: ExpressibleByStringLiteral {
  /// This string.
  package init(stringLiteral value: String) {
    self = .string(value)
  }
}

extension JSON {
  /// The object with more members behind its own; what is no object stays as it is.
  package func adding(_ members: KeyValuePairs<String, JSON>) -> JSON {
    guard case .object(let own) = self else { return self }
    return .object(own + members.map { Member(name: $0.key, value: $0.value) })
  }
}

extension JSON {
  /// The object with more members behind its own; what is no object stays as it is.
  package func adding(_ members: [Member]) -> JSON {
    guard case .object(let own) = self else { return self }
    return .object(own + members)
  }
}
