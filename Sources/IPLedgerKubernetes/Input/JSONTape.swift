/// A JSON value as a flat list of what is in it: made in one walk over its bytes, and read by walking
/// over the list.
///
/// It takes what every parser takes. Of anything else, such as a comma too many, there is no tape, and the
/// bytes go to Foundation's decoder, which knows what to say of it.
final class JSONTape {
  enum Kind: UInt8 {
    case object
    case array
    case string
    /// A whole number without fraction or exponent.
    case integer
    case fraction
    case yes
    case no
    case null
  }

  /// A value, or the key before one.
  struct Node {
    let kind: Kind
    /// Whether a string has escapes in it.
    let isEscaped: Bool
    /// Where it begins among the bytes; of a string behind its quote.
    let start: Int32
    /// Where it ends; of a string before its quote; zero for containers.
    let end: Int32
    /// The index of the node behind it and all that is in it.
    fileprivate(set) var next: Int32
  }

  /// How many bytes a value has at most: a tape may take ten times as many.
  static let maximumBytes = 1 << 20
  /// How many bytes a pod's object has, about.
  private static let usualBytes = 8 << 10

  let bytes: [UInt8]
  let nodes: [Node]

  /// How many line feeds stand between its tokens.
  let newlines: Int

  /// The tape of a whole value with nothing but space around it; nil where there is none.
  convenience init?(_ bytes: [UInt8]) {
    guard bytes.count <= Self.maximumBytes else { return nil }
    self.init(bytes, from: 0, isWhole: true)
  }

  /// The tape of the value that begins at an index of some bytes and ends within them; nil where there is none.
  convenience init?(_ bytes: [UInt8], from start: Int) {
    self.init(bytes, from: start, isWhole: false)
  }

  private init?(_ bytes: [UInt8], from start: Int, isWhole: Bool) {
    let end = min(bytes.count, start + Self.maximumBytes)
    var nodes: [Node] = []
    nodes.reserveCapacity((isWhole ? bytes.count : Self.usualBytes) / 16 + 4)
    var walk = Walk()
    guard walk.values(of: bytes.span.extracting(start..<end), into: &nodes) else { return nil }
    let value = isWhole ? bytes : Array(bytes[start..<start + walk.end])
    if isWhole, !value[walk.end...].allSatisfy(\.isJSONSpace) { return nil }
    if !walk.isASCII, String(validating: value, as: UTF8.self) == nil { return nil }
    self.bytes = value
    self.nodes = nodes
    newlines = walk.newlines
  }

  /// The text of a string; nil where it is none, or no UTF-8.
  func text(_ index: Int) -> String? {
    let node = nodes[index]
    guard node.kind == .string else { return nil }
    let range = Int(node.start)..<Int(node.end)
    // All bytes are UTF-8, and a string's begin and end with quotes.
    if !node.isEscaped { return String(decoding: bytes[range], as: UTF8.self) }
    return Self.unescaped(bytes[range]).flatMap { String(validating: $0, as: UTF8.self) }
  }

  /// A whole number that fits; nil where it is none.
  func integer(_ index: Int) -> Int? {
    let node = nodes[index]
    guard node.kind == .integer else { return nil }
    let digits = bytes[Int(node.start)..<Int(node.end)]
    var value = 0
    let isNegative = digits.first == UInt8(ascii: "-")
    for digit in isNegative ? digits.dropFirst() : digits {
      let (tenfold, isOver) = value.multipliedReportingOverflow(by: 10)
      let (sum, isOverStill) = tenfold.subtractingReportingOverflow(Int(digit) - 0x30)
      guard !isOver, !isOverStill else { return nil }
      value = sum
    }
    if isNegative { return value }
    return value == .min ? nil : -value
  }

  /// Whether it is that of an object with an array of items.
  var hasItems: Bool {
    guard nodes[0].kind == .object, let items = member("items", of: 0) else { return false }
    return nodes[items].kind == .array
  }

  /// The value of the first member of an object with a key.
  func member(_ key: String, of object: Int) -> Int? {
    let name = key.utf8
    var index = object + 1
    let end = Int(nodes[object].next)
    while index < end {
      let node = nodes[index]
      let isFound =
        node.isEscaped
        ? text(index) == key
        : Int(node.end - node.start) == name.count && isSame(name, from: Int(node.start))
      if isFound { return index + 1 }
      index = Int(nodes[index + 1].next)
    }
    return nil
  }

  private func isSame(_ name: String.UTF8View, from start: Int) -> Bool {
    var index = start
    for byte in name {
      guard bytes[index] == byte else { return false }
      index += 1
    }
    return true
  }

  /// The bytes of a string with escapes; nil where one is none.
  private static func unescaped(_ raw: ArraySlice<UInt8>) -> [UInt8]? {
    var plain: [UInt8] = []
    plain.reserveCapacity(raw.count)
    var index = raw.startIndex
    while index < raw.endIndex {
      let byte = raw[index]
      index += 1
      guard byte == .backslash else {
        plain.append(byte)
        continue
      }
      guard index < raw.endIndex else { return nil }
      let escape = raw[index]
      index += 1
      switch escape {
      case .quote, .backslash, UInt8(ascii: "/"): plain.append(escape)
      case UInt8(ascii: "b"): plain.append(0x08)
      case UInt8(ascii: "f"): plain.append(0x0C)
      case UInt8(ascii: "n"): plain.append(0x0A)
      case UInt8(ascii: "r"): plain.append(0x0D)
      case UInt8(ascii: "t"): plain.append(0x09)
      case UInt8(ascii: "u"):
        guard let scalar = scalar(raw, &index) else { return nil }
        plain += Array(Character(scalar).utf8)
      default: return nil
      }
    }
    return plain
  }

  /// The scalar whose digits begin here, of two escapes where it takes two.
  private static func scalar(_ raw: ArraySlice<UInt8>, _ index: inout Int) -> Unicode.Scalar? {
    guard let first = unit(raw, &index) else { return nil }
    guard 0xD800..<0xE000 ~= first else { return Unicode.Scalar(first) }
    guard first < 0xDC00, raw[index...].starts(with: [.backslash, UInt8(ascii: "u")]) else {
      return nil
    }
    index += 2
    guard let second = unit(raw, &index), 0xDC00..<0xE000 ~= second else { return nil }
    return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
  }

  private static func unit(_ raw: ArraySlice<UInt8>, _ index: inout Int) -> UInt32? {
    guard raw.endIndex - index >= 4 else { return nil }
    var unit: UInt32 = 0
    for digit in raw[index..<(index + 4)] {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): unit = unit << 4 | UInt32(digit - 0x30)
      case UInt8(ascii: "a")...UInt8(ascii: "f"): unit = unit << 4 | UInt32(digit - 0x57)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): unit = unit << 4 | UInt32(digit - 0x37)
      default: return nil
      }
    }
    index += 4
    return unit
  }
}

/// The walk over the bytes that makes a tape.
private struct Walk {
  private var position = 0
  private(set) var newlines = 0
  /// The containers that are open.
  private var open: [Int] = []
  /// All bits that are set in any byte of a string, at some of eight places.
  private var seen: UInt64 = 0

  /// Whether all strings are ASCII.
  var isASCII: Bool { seen & 0x8080_8080_8080_8080 == 0 }

  /// Where the value has ended.
  var end: Int { position }

  /// Adds all nodes of the value that begins the bytes; false where they are not for a tape.
  mutating func values(of bytes: borrowing Span<UInt8>, into nodes: inout [JSONTape.Node]) -> Bool {
    while true {
      skipSpace(bytes)
      guard position < bytes.count else { return false }
      let isOpened: Bool
      switch bytes[position] {
      case .openBrace, .openBracket:
        guard open.count < InputLimits.nestingDepth - 1 else { return false }
        isOpened = begin(bytes, &nodes)
        if isOpened {
          if nodes[open[open.count - 1]].kind == .object, !key(bytes, &nodes) { return false }
          continue
        }
      case .quote: guard string(bytes, &nodes) else { return false }
      default: guard scalar(bytes, &nodes) else { return false }
      }
      guard let goesOn = advance(bytes, &nodes) else { return false }
      if !goesOn { return true }
    }
  }

  /// Begins a container; false where it is empty, and so has ended.
  private mutating func begin(
    _ bytes: borrowing Span<UInt8>, _ nodes: inout [JSONTape.Node]
  ) -> Bool {
    let isObject = bytes[position] == .openBrace
    let index = nodes.count
    nodes.append(
      JSONTape.Node(
        kind: isObject ? .object : .array, isEscaped: false, start: Int32(position),
        end: 0, next: Int32(index + 1)))
    position += 1
    skipSpace(bytes)
    if position < bytes.count, bytes[position] == (isObject ? .closeBrace : .closeBracket) {
      position += 1
      return false
    }
    open.append(index)
    return true
  }

  /// Goes on behind a value: whether another one follows; nil where what follows cannot stand there.
  private mutating func advance(
    _ bytes: borrowing Span<UInt8>, _ nodes: inout [JSONTape.Node]
  ) -> Bool? {
    while let container = open.last {
      skipSpace(bytes)
      guard position < bytes.count else { return nil }
      let byte = bytes[position]
      let isObject = nodes[container].kind == .object
      position += 1
      if byte == .comma {
        if isObject, !key(bytes, &nodes) { return nil }
        return true
      }
      guard byte == (isObject ? .closeBrace : .closeBracket) else { return nil }
      nodes[container].next = Int32(nodes.count)
      open.removeLast()
    }
    return false
  }

  /// A key and its colon.
  private mutating func key(
    _ bytes: borrowing Span<UInt8>, _ nodes: inout [JSONTape.Node]
  ) -> Bool {
    skipSpace(bytes)
    let start = position + 1
    guard position < bytes.count, bytes[position] == .quote, string(bytes, &nodes) else {
      return false
    }
    if nodes[nodes.count - 1].isEscaped, !isPlainlyEscaped(bytes, start..<(position - 1)) {
      return false
    }
    skipSpace(bytes)
    guard position < bytes.count, bytes[position] == .colon else { return false }
    position += 1
    return true
  }

  /// Whether nothing but quotes and backslashes is escaped, as in the keys of `managedFields`: of other
  /// escapes Foundation's decoder has more to say.
  private func isPlainlyEscaped(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> Bool {
    var index = range.lowerBound
    while index < range.upperBound {
      if bytes[index] == .backslash {
        index += 1
        guard bytes[index] == .quote || bytes[index] == .backslash else { return false }
      }
      index += 1
    }
    return true
  }

  private mutating func string(
    _ bytes: borrowing Span<UInt8>, _ nodes: inout [JSONTape.Node]
  ) -> Bool {
    let start = position + 1
    var index = start
    var isEscaped = false
    while true {
      bytes.skipPlain(&index, &seen)
      guard index < bytes.count else { return false }
      switch bytes[index] {
      case .quote:
        nodes.append(
          JSONTape.Node(
            kind: .string, isEscaped: isEscaped, start: Int32(start), end: Int32(index),
            next: Int32(nodes.count + 1)))
        position = index + 1
        return true
      case .backslash:
        isEscaped = true
        guard index + 1 < bytes.count else { return false }
        seen |= UInt64(bytes[index + 1])
        index += 2
      default:
        return false
      }
    }
  }

  /// A number or a name.
  private mutating func scalar(
    _ bytes: borrowing Span<UInt8>, _ nodes: inout [JSONTape.Node]
  ) -> Bool {
    let start = position
    let kind: JSONTape.Kind?
    switch bytes[position] {
    case UInt8(ascii: "t"): kind = name("true", bytes) ? .yes : nil
    case UInt8(ascii: "f"): kind = name("false", bytes) ? .no : nil
    case UInt8(ascii: "n"): kind = name("null", bytes) ? .null : nil
    default: kind = number(bytes)
    }
    guard let kind else { return false }
    nodes.append(
      JSONTape.Node(
        kind: kind, isEscaped: false, start: Int32(start), end: Int32(position),
        next: Int32(nodes.count + 1)))
    return true
  }

  private mutating func name(_ name: StaticString, _ bytes: borrowing Span<UInt8>) -> Bool {
    let text = name.description.utf8
    guard bytes.count - position >= text.count else { return false }
    for byte in text {
      guard bytes[position] == byte else { return false }
      position += 1
    }
    return true
  }

  private mutating func number(_ bytes: borrowing Span<UInt8>) -> JSONTape.Kind? {
    if bytes[position] == UInt8(ascii: "-") { position += 1 }
    let first = position
    guard digits(bytes) else { return nil }
    if bytes[first] == UInt8(ascii: "0"), position - first > 1 { return nil }
    var kind = JSONTape.Kind.integer
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      position += 1
      kind = .fraction
      guard digits(bytes) else { return nil }
    }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      kind = .fraction
      if position < bytes.count,
        bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-")
      {
        position += 1
      }
      guard digits(bytes) else { return nil }
    }
    return kind
  }

  /// Goes over digits; false where there is none.
  private mutating func digits(_ bytes: borrowing Span<UInt8>) -> Bool {
    let start = position
    while position < bytes.count,
      UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[position]
    {
      position += 1
    }
    return position > start
  }

  private mutating func skipSpace(_ bytes: borrowing Span<UInt8>) {
    while position < bytes.count, bytes[position].isJSONSpace {
      if bytes[position] == .newline { newlines += 1 }
      position += 1
    }
  }
}
