/// The grammar of CSV: finds where fields and records end, over as many chunks as they span.
///
/// It is RFC 4180 with line feeds as line ends, too. A quote opens a quoted field only as the first
/// byte of the field; anywhere else without quotes it is a byte like others. Two quotes within a
/// quoted field are one; behind the quote that closes it stands a comma, a line end or nothing. A
/// record that breaks this, or has a quoted field open at ``quotedBytes``, ends with its first line,
/// so that one quote cannot swallow what follows.
struct CSVScanner {
  /// What was found; the indices are those of the bytes.
  enum Outcome: Equatable {
    /// A comma at this index ends a field, and another one follows.
    case field(Int)
    /// The last field of the record ends here, before the line end.
    case record(Int)
    /// The record breaks the grammar; its first line ends here, before the line end.
    case broken(Int)
    /// The field goes on behind these bytes.
    case unfinished
  }

  private enum State {
    case fieldStart
    case plain
    case quoted
    /// Behind a quote in a quoted field: it closes the field, or is the first one of two.
    case behindQuote
    /// Behind a carriage return that stands behind a closing quote.
    case behindReturn
    /// In the first line of a record that breaks the grammar.
    case broken
  }

  /// How many bytes a record has at most up to the end of its last quoted field.
  static let quotedBytes = 1 << 20

  /// How far the bytes were read; where the next record begins behind the end of one.
  private(set) var index: Int
  /// Where the record begins.
  private var start: Int
  private var state = State.fieldStart

  /// Begins with the record at an index.
  init(from start: Int) {
    index = start
    self.start = start
  }

  /// Reads up to the end of the next field.
  ///
  /// - Parameters:
  ///   - bytes: What was given before from the start of the record on, and what follows.
  ///   - isWhole: Whether nothing follows these bytes.
  /// - Returns: What ends there; never ``Outcome/unfinished`` where nothing follows.
  mutating func next(_ bytes: borrowing Span<UInt8>, isWhole: Bool) -> Outcome {
    while index < bytes.count {
      if let outcome = step(bytes) { return outcome }
    }
    guard isWhole else { return .unfinished }
    guard state == .quoted else { return end(bytes, at: bytes.count) }
    breakOff()
    return next(bytes, isWhole: true)
  }

  /// Goes on by as many bytes as the state holds; what ends with them, if anything.
  private mutating func step(_ bytes: borrowing Span<UInt8>) -> Outcome? {
    switch state {
    case .fieldStart: opening(bytes)
    case .plain: plain(bytes)
    case .quoted: quoted(bytes)
    case .behindQuote: behindQuote(bytes)
    case .behindReturn: behindReturn(bytes)
    case .broken: restOfLine(bytes)
    }
  }

  private mutating func opening(_ bytes: borrowing Span<UInt8>) -> Outcome? {
    guard bytes[index] == UInt8(ascii: "\"") else {
      state = .plain
      return nil
    }
    state = .quoted
    index += 1
    return nil
  }

  private mutating func plain(_ bytes: borrowing Span<UInt8>) -> Outcome? {
    var position = index
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: ",") { return endField(at: position) }
      if byte == 0x0A { return end(bytes, at: position) }
      position += 1
    }
    index = position
    return nil
  }

  private mutating func quoted(_ bytes: borrowing Span<UInt8>) -> Outcome? {
    let limit = min(bytes.count, start + Self.quotedBytes)
    var position = index
    while position < limit, bytes[position] != UInt8(ascii: "\"") { position += 1 }
    if position < limit {
      state = .behindQuote
      index = position + 1
      return nil
    }
    index = position
    if position < bytes.count { breakOff() }
    return nil
  }

  private mutating func behindQuote(_ bytes: borrowing Span<UInt8>) -> Outcome? {
    switch bytes[index] {
    case UInt8(ascii: ","): return endField(at: index)
    case 0x0A: return end(bytes, at: index)
    case 0x0D: state = .behindReturn
    case UInt8(ascii: "\""): state = .quoted
    default:
      breakOff()
      return nil
    }
    index += 1
    return nil
  }

  private mutating func behindReturn(_ bytes: borrowing Span<UInt8>) -> Outcome? {
    if bytes[index] == 0x0A { return end(bytes, at: index) }
    breakOff()
    return nil
  }

  private mutating func restOfLine(_ bytes: borrowing Span<UInt8>) -> Outcome? {
    var position = index
    while position < bytes.count {
      if bytes[position] == 0x0A { return end(bytes, at: position) }
      position += 1
    }
    index = position
    return nil
  }

  private mutating func endField(at position: Int) -> Outcome {
    state = .fieldStart
    index = position + 1
    return .field(position)
  }

  /// Goes back to the first line of the record, which is all of it now.
  private mutating func breakOff() {
    state = .broken
    index = start
  }

  /// Ends the record at a line feed, or at the end of all bytes.
  private mutating func end(_ bytes: borrowing Span<UInt8>, at position: Int) -> Outcome {
    let hasReturn = position > start && bytes[position - 1] == 0x0D
    let end = hasReturn ? position - 1 : position
    let outcome = state == .broken ? Outcome.broken(end) : .record(end)
    state = .fieldStart
    index = min(position + 1, bytes.count)
    start = index
    return outcome
  }
}
