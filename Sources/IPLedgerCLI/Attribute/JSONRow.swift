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

  /// The values that were found, in the order of the paths.
  private(set) var values: [Value?]
  /// Whether one of the names that are to be added is there already.
  private(set) var hasTakenName = false
  /// Whether the object has no members.
  private(set) var isEmpty = true
  /// Where its closing brace stands.
  private(set) var closingBrace = 0

  private let paths: [[[UInt8]]]
  private let names: [String]
  private var index: Int
  private let limit: Int

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
    _ bytes: borrowing Span<UInt8>, _ range: Range<Int>, paths: [[[UInt8]]], names: [String]
  ) throws(Fault) {
    values = Array(repeating: nil, count: paths.count)
    self.paths = paths
    self.names = names
    index = range.lowerBound
    limit = range.upperBound
    skipSpaces(bytes)
    try object(bytes, depth: 0, leading: Array(0..<paths.count))
    skipSpaces(bytes)
    guard index == limit else { throw .malformed }
  }

  private mutating func skipSpaces(_ bytes: borrowing Span<UInt8>) {
    while index < limit, bytes[index].isRowSpace { index += 1 }
  }

  private mutating func take(_ byte: UInt8, _ bytes: borrowing Span<UInt8>) throws(Fault) {
    guard index < limit, bytes[index] == byte else { throw .malformed }
    index += 1
  }

  /// Reads an object at a depth, with the paths that lead into it.
  private mutating func object(
    _ bytes: borrowing Span<UInt8>, depth: Int, leading: [Int]
  ) throws(Fault) {
    guard depth < InputLimits.nestingDepth else { throw .malformed }
    try take(UInt8(ascii: "{"), bytes)
    skipSpaces(bytes)
    if index < limit, bytes[index] == UInt8(ascii: "}") {
      closingBrace = index
      index += 1
      return
    }
    while true {
      skipSpaces(bytes)
      let key = try string(bytes)
      if depth == 0 { noteName(key, bytes) }
      skipSpaces(bytes)
      try take(UInt8(ascii: ":"), bytes)
      skipSpaces(bytes)
      try member(key, bytes, depth, leading)
      skipSpaces(bytes)
      guard index < limit else { throw .malformed }
      if bytes[index] == UInt8(ascii: ",") {
        index += 1
        continue
      }
      if depth == 0 { isEmpty = false }
      closingBrace = index
      try take(UInt8(ascii: "}"), bytes)
      return
    }
  }

  private mutating func member(
    _ key: Range<Int>, _ bytes: borrowing Span<UInt8>, _ depth: Int, _ leading: [Int]
  ) throws(Fault) {
    var wanted: [Int] = []
    var deeper: [Int] = []
    for path in leading where depth < paths[path].count && isEqual(bytes, key, paths[path][depth]) {
      if depth == paths[path].count - 1 { wanted.append(path) } else { deeper.append(path) }
    }
    guard index < limit else { throw .malformed }
    if bytes[index] == UInt8(ascii: "{"), !deeper.isEmpty {
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
    guard index < limit else { throw .malformed }
    switch bytes[index] {
    case UInt8(ascii: "\""):
      return .text(try string(bytes))
    case UInt8(ascii: "{"):
      try object(bytes, depth: depth, leading: [])
      return .other
    case UInt8(ascii: "["):
      try array(bytes, depth: depth)
      return .other
    default:
      let start = index
      while index < limit, Self.isScalar(bytes[index]) { index += 1 }
      guard index > start else { throw .malformed }
      let first = bytes[start]
      let isNumber = first == UInt8(ascii: "-") || (first >= 0x30 && first <= 0x39)
      return isNumber ? .number(start..<index) : try literal(bytes, start..<index)
    }
  }

  private func literal(
    _ bytes: borrowing Span<UInt8>, _ range: Range<Int>
  ) throws(Fault) -> Value {
    for word in ["true", "false", "null"] where isEqual(bytes, range, Array(word.utf8)) {
      return .other
    }
    throw .malformed
  }

  private mutating func array(_ bytes: borrowing Span<UInt8>, depth: Int) throws(Fault) {
    guard depth < InputLimits.nestingDepth else { throw .malformed }
    index += 1
    skipSpaces(bytes)
    if index < limit, bytes[index] == UInt8(ascii: "]") {
      index += 1
      return
    }
    while true {
      skipSpaces(bytes)
      _ = try value(bytes, depth: depth + 1)
      skipSpaces(bytes)
      guard index < limit else { throw .malformed }
      if bytes[index] == UInt8(ascii: ",") {
        index += 1
        continue
      }
      try take(UInt8(ascii: "]"), bytes)
      return
    }
  }

  /// Reads a string; where its text lies, without the quotes.
  private mutating func string(_ bytes: borrowing Span<UInt8>) throws(Fault) -> Range<Int> {
    try take(UInt8(ascii: "\""), bytes)
    let start = index
    while index < limit {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") {
        defer { index += 1 }
        return start..<index
      }
      guard byte >= 0x20 else { throw .malformed }
      index += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    throw .malformed
  }

  private mutating func noteName(_ key: Range<Int>, _ bytes: borrowing Span<UInt8>) {
    for name in names where name.utf8.count == key.count && isEqual(bytes, key, Array(name.utf8)) {
      hasTakenName = true
    }
  }

  private func isEqual(
    _ bytes: borrowing Span<UInt8>, _ range: Range<Int>, _ word: [UInt8]
  ) -> Bool {
    guard range.count == word.count else { return false }
    for offset in 0..<word.count where bytes[range.lowerBound + offset] != word[offset] {
      return false
    }
    return true
  }

  private static func isScalar(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }
}
