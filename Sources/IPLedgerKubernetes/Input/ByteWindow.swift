/// The part of a stream that is being looked at: one value, and what was read behind it.
///
/// It grows to the size of one value, never of the stream.
struct ByteWindow: ~Copyable {
  /// The line, from 1, of the first byte that is kept.
  private(set) var line = 1

  private var stream: ByteStream
  private let valueBytes: Int
  private var bytes: [UInt8] = []
  /// Where the value that is being read begins; what stands before it is forgotten.
  private var start = 0
  /// Where reading goes on.
  private var position = 0
  /// The line, from 1, at which reading goes on.
  private(set) var currentLine = 1

  init(_ stream: consuming ByteStream, valueBytes: Int) {
    self.stream = stream
    self.valueBytes = valueBytes
  }

  var totalBytes: Int? { stream.totalBytes }

  var consumedBytes: Int { stream.consumedBytes }

  /// How far reading is behind the beginning of the value.
  var offset: Int { position - start }

  /// What was read of the value, copied.
  var value: [UInt8] { Array(bytes[start..<position]) }

  /// The beginning of the value, for messages.
  var excerpt: String { Excerpt.line(bytes[start...]) }

  /// What comes next, for messages, with its line where that is not the value's.
  var excerptOfRest: String {
    let here = currentLine
    return Excerpt.line(bytes[position...]) + (here == line ? "" : " on line \(here)")
  }

  /// Forgets what was read: a value begins here.
  mutating func beginValue() {
    line = currentLine
    start = position
  }

  /// Goes one byte on, which is no line feed.
  mutating func advance() { position += 1 }

  /// Goes on to the next byte that is no space, and gives it without reading it; nil at the end.
  mutating func nextSignificantByte() throws(InputFault) -> UInt8? {
    while true {
      while position < bytes.count {
        let byte = bytes[position]
        if !byte.isJSONSpace { return byte }
        if byte == .newline { currentLine += 1 }
        position += 1
      }
      guard try refill() else { return nil }
    }
  }

  /// The same within a value, where the end of the input is an error.
  mutating func requireSignificantByte() throws(InputFault) -> UInt8 {
    guard let byte = try nextSignificantByte() else { throw .truncated(excerpt) }
    return byte
  }

  /// Reads the value that begins here to its end.
  mutating func skipValue() throws(InputFault) {
    var scanner = JSONValueScanner()
    let line = currentLine
    while true {
      let outcome = scanner.scan(bytes.span, from: position)
      currentLine = line + scanner.newlines
      switch outcome {
      case .ended(let end):
        position = end
        return
      case .unfinished:
        position = bytes.count
        guard try refill() else { throw .truncated(excerpt) }
      case .broken(let index):
        position = index
        let what = bytes[index] == .newline ? "a line that ends within a string" : excerptOfRest
        throw .malformed(what, expected: "the value that begins with \(excerpt) to go on as JSON")
      case .tooDeep:
        throw InputFault(
          code: .limit, found: "a value that nests deeper than \(InputLimits.nestingDepth) levels",
          expected: "what an API server writes",
          remedy: "What was read before it stays recorded. See who wrote the input.")
      }
    }
  }

  /// Reads the value that begins here to its end, and makes its tape; nil, and nothing is read, where that does
  /// not go, or where the value is a list, which is read item by item.
  mutating func takeTape() -> JSONTape? {
    guard let tape = JSONTape(bytes, from: position), !tape.hasItems else { return nil }
    position += tape.bytes.count
    currentLine += tape.newlines
    return tape
  }

  /// Whether exactly these bytes were read from an offset into the value up to here.
  func hasBytes(_ expected: [UInt8], from offset: Int) -> Bool {
    bytes[(start + offset)..<position].elementsEqual(expected)
  }

  /// The bytes that come next, for telling what they are: a line of them, or so many.
  mutating func lookAhead(_ count: Int) throws(InputFault) -> ArraySlice<UInt8> {
    while bytes.count - position < count, !bytes[position...].contains(.newline) {
      guard try refill() else { break }
    }
    return bytes[position...].prefix(count)
  }

  /// Reads bytes that may stand here, such as a mark; does nothing where others do.
  mutating func skipIfPresent(_ mark: [UInt8]) throws(InputFault) {
    while bytes.count - position < mark.count, mark.starts(with: bytes[position...]) {
      guard try refill() else { return }
    }
    if bytes[position...].starts(with: mark) { position += mark.count }
  }

  /// Takes one more chunk in; false at the end.
  private mutating func refill() throws(InputFault) -> Bool {
    if position - start > valueBytes {
      throw InputFault(
        code: .limit, found: "a value of more than \(valueBytes) bytes, \(excerpt)",
        expected: "values of no more than that",
        remedy: "What was read before it stays recorded. "
          + "A list may be larger, as it is read item by item: \(Remedy.list)")
    }
    guard let chunk = try stream.next() else { return false }
    bytes.removeSubrange(..<start)
    position -= start
    start = 0
    bytes += chunk
    return true
  }
}
