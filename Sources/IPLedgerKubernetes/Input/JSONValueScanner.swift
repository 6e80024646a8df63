/// Finds where one JSON value ends, over as many chunks as it spans.
///
/// It knows strings, escapes and depth, and nothing of grammar but what finds a line that was cut
/// off early: a line break within a string, or a value right behind another one. All else is left
/// to the decoder, which reads the value next.
struct JSONValueScanner {
  enum Outcome: Equatable {
    /// The value ends before this index.
    case ended(Int)

    /// The value goes on behind these bytes.
    case unfinished

    /// What stands at this index cannot be there.
    case broken(Int)

    /// The value nests deeper than ``InputLimits/nestingDepth``, with the object around it.
    case tooDeep
  }

  /// How many line feeds it has gone past: in strings there are none.
  private(set) var newlines = 0
  private var depth = 0
  private var isInString = false
  private var isEscaped = false
  /// The last byte that is no space, outside strings; 0 before the first.
  private var previous: UInt8 = 0

  /// Goes on with the bytes from `start`; the same indices hold in what it returns.
  mutating func scan(_ bytes: borrowing Span<UInt8>, from start: Int) -> Outcome {
    var index = start
    while index < bytes.count {
      if isInString {
        let outcome = scanString(bytes, &index)
        if let outcome { return outcome }
      } else {
        let outcome = scanStructure(bytes, &index)
        if let outcome { return outcome }
      }
    }
    return .unfinished
  }

  /// Within a string: up to its closing quote, or to the end of the bytes.
  private mutating func scanString(_ bytes: borrowing Span<UInt8>, _ index: inout Int) -> Outcome? {
    var position = index
    let count = bytes.count
    if isEscaped {
      isEscaped = false
      position += 1
    }
    var seen: UInt64 = 0
    while position < count {
      bytes.skipPlain(&position, &seen)
      guard position < count else { break }
      switch bytes[position] {
      case .quote:
        isInString = false
        previous = .quote
        index = position + 1
        return depth == 0 ? .ended(index) : nil
      case .backslash: position += 2
      default: return .broken(position)
      }
    }
    isEscaped = position > count
    index = count
    return nil
  }

  /// Outside strings: up to the next opening quote, or to the end of the value or of the bytes.
  private mutating func scanStructure(_ bytes: borrowing Span<UInt8>, _ index: inout Int)
    -> Outcome?
  {
    var position = index
    var last = previous
    var level = depth
    defer {
      index = position
      previous = last
      depth = level
    }
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case 0x20, 0x0a, 0x0d, 0x09:
        if level == 0, last != 0 { return .ended(position) }
        if byte == .newline { newlines += 1 }
        position += 1
        continue
      case .comma, .colon:
        guard level > 0 else { return last == 0 ? .broken(position) : .ended(position) }
      case .closeBrace, .closeBracket:
        guard level > 0 else { return last == 0 ? .broken(position) : .ended(position) }
        level -= 1
        if level == 0 {
          position += 1
          return .ended(position)
        }
      case .openBrace, .openBracket, .quote:
        guard Self.mayPrecedeValue(last) else { return .broken(position) }
        if byte == .quote {
          isInString = true
          position += 1
          return nil
        }
        level += 1
        if level >= InputLimits.nestingDepth { return .tooDeep }
      default:
        guard byte.isJSONScalar else { return .broken(position) }
      }
      last = byte
      position += 1
    }
    return nil
  }

  private static func mayPrecedeValue(_ byte: UInt8) -> Bool {
    switch byte {
    case 0, .comma, .colon, .openBrace, .openBracket: true
    default: false
    }
  }
}
