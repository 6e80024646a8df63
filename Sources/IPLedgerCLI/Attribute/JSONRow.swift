import IPLedgerKubernetes

/// One JSON object on a line: where its members lie that somebody wants to see.
struct JSONRow {
  /// A member's value, as it stands in the bytes.
  enum Value {
    case text(Range<Int>)
    case number(Range<Int>)
    case other
  }

  /// What may be wrong with a line.
  enum Fault: Error {
    /// It is no JSON object, or something follows it.
    case malformed
  }

  /// A member's name.
  private enum Key {
    /// It reads as it stands in the bytes.
    case verbatim(Range<Int>)
    case unescaped(ArraySlice<UInt8>)
  }

  /// The values that were found, in the order of the paths.
  private(set) var values: [Value?]
  /// Whether one of the names that are to be added is there already.
  private(set) var hasTakenName = false
  /// Whether the object has no members.
  private(set) var isEmpty = true
  /// Where its closing brace stands.
  private(set) var closingBrace = 0

  private let paths: [[[UInt8]]]
  private let names: [[UInt8]]
  private var cursor: JSONCursor

  /// Reads the object on a line.
  ///
  /// - Parameters:
  ///   - bytes: All bytes.
  ///   - range: Where the line lies, without its line end.
  ///   - paths: The members that are wanted, each by its name, or by the names of the members that
  ///     lead to it.
  ///   - names: Names that the object itself must not have.
  /// - Throws: ``Fault/malformed`` where the line is not one object.
  init(
    _ bytes: borrowing Span<UInt8>, _ range: Range<Int>, paths: [[[UInt8]]], names: [[UInt8]]
  ) throws(Fault) {
    values = Array(repeating: nil, count: paths.count)
    self.paths = paths
    self.names = names
    cursor = JSONCursor(range)
    cursor.skipSpaces(bytes)
    try object(bytes, depth: 0, leading: Array(0..<paths.count))
    cursor.skipSpaces(bytes)
    guard cursor.isAtEnd else { throw .malformed }
  }

  /// Reads an object at a depth, with the paths that lead into it.
  private mutating func object(
    _ bytes: borrowing Span<UInt8>, depth: Int, leading: [Int]
  ) throws(Fault) {
    guard depth < InputLimits.nestingDepth else { throw .malformed }
    try cursor.take(UInt8(ascii: "{"), bytes)
    cursor.skipSpaces(bytes)
    closingBrace = cursor.index
    if cursor.takes(UInt8(ascii: "}"), bytes) { return }
    while true {
      cursor.skipSpaces(bytes)
      let key = key(try cursor.string(bytes), bytes)
      if depth == 0 { noteName(key, bytes) }
      cursor.skipSpaces(bytes)
      try cursor.take(UInt8(ascii: ":"), bytes)
      cursor.skipSpaces(bytes)
      try member(key, bytes, depth, leading)
      cursor.skipSpaces(bytes)
      if cursor.takes(UInt8(ascii: ","), bytes) { continue }
      if depth == 0 { isEmpty = false }
      closingBrace = cursor.index
      try cursor.take(UInt8(ascii: "}"), bytes)
      return
    }
  }

  private mutating func member(
    _ key: Key, _ bytes: borrowing Span<UInt8>, _ depth: Int, _ leading: [Int]
  ) throws(Fault) {
    var wanted: [Int] = []
    var deeper: [Int] = []
    for path in leading where depth < paths[path].count && isEqual(bytes, key, paths[path][depth]) {
      if depth == paths[path].count - 1 { wanted.append(path) } else { deeper.append(path) }
    }
    if !deeper.isEmpty, cursor.peek(bytes) == UInt8(ascii: "{") {
      try object(bytes, depth: depth + 1, leading: deeper)
      for path in wanted { values[path] = .other }
      return
    }
    let value = try self.value(bytes, depth: depth + 1)
    for path in wanted { values[path] = value }
  }

  private mutating func value(
    _ bytes: borrowing Span<UInt8>, depth: Int
  ) throws(Fault) -> Value {
    guard let first = cursor.peek(bytes) else { throw .malformed }
    switch first {
    case UInt8(ascii: "\""):
      return .text(try cursor.string(bytes).range)
    case UInt8(ascii: "{"):
      try object(bytes, depth: depth, leading: [])
      return .other
    case UInt8(ascii: "["):
      try array(bytes, depth: depth)
      return .other
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return .number(try cursor.number(bytes))
    default:
      try cursor.literal(bytes)
      return .other
    }
  }

  private mutating func array(_ bytes: borrowing Span<UInt8>, depth: Int) throws(Fault) {
    guard depth < InputLimits.nestingDepth else { throw .malformed }
    try cursor.take(UInt8(ascii: "["), bytes)
    cursor.skipSpaces(bytes)
    if cursor.takes(UInt8(ascii: "]"), bytes) { return }
    while true {
      cursor.skipSpaces(bytes)
      _ = try value(bytes, depth: depth + 1)
      cursor.skipSpaces(bytes)
      if cursor.takes(UInt8(ascii: ","), bytes) { continue }
      try cursor.take(UInt8(ascii: "]"), bytes)
      return
    }
  }

  private func key(_ text: JSONCursor.Text, _ bytes: borrowing Span<UInt8>) -> Key {
    guard text.hasEscapes else { return .verbatim(text.range) }
    var escaped: [UInt8] = []
    for index in text.range { escaped.append(bytes[index]) }
    return .unescaped(JSONText.plain(escaped[...]))
  }

  private mutating func noteName(_ key: Key, _ bytes: borrowing Span<UInt8>) {
    for name in names where isEqual(bytes, key, name) { hasTakenName = true }
  }

  private func isEqual(_ bytes: borrowing Span<UInt8>, _ key: Key, _ word: [UInt8]) -> Bool {
    switch key {
    case .unescaped(let text): return text.elementsEqual(word)
    case .verbatim(let range):
      guard range.count == word.count else { return false }
      for offset in 0..<word.count where bytes[range.lowerBound + offset] != word[offset] {
        return false
      }
      return true
    }
  }
}
