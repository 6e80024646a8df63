/// Where the fields of one record of RFC 4180 lie in its bytes.
struct CSVRecord {
  /// What may be wrong with a record.
  enum Fault: Error {
    /// A quote that nothing closes, or something behind one that closes a field.
    case quotes
  }

  /// The fields, with their quotes.
  private(set) var fields: [Range<Int>] = []
  /// Where the record ends, without its line end.
  private(set) var end: Int
  /// Where the next one begins.
  private(set) var next: Int
  /// What is wrong with it; then it ends with its line.
  private(set) var fault: Fault?

  /// The record that begins at an index.
  init(_ bytes: borrowing Span<UInt8>, from start: Int) {
    end = bytes.count
    next = bytes.count
    do {
      try read(bytes, from: start)
    } catch {
      fault = error
      fields = []
      var index = start
      while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
      finish(bytes, at: index, from: start)
    }
  }

  private mutating func read(_ bytes: borrowing Span<UInt8>, from start: Int) throws(Fault) {
    var index = start
    while true {
      let begin = index
      if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
        index = try Self.closingQuote(bytes, from: index + 1) + 1
        let follows = index < bytes.count ? bytes[index] : UInt8(ascii: "\n")
        guard follows == UInt8(ascii: ",") || follows == 0x0A || follows == 0x0D else {
          throw .quotes
        }
      } else {
        while index < bytes.count, bytes[index] != UInt8(ascii: ","), bytes[index] != 0x0A {
          index += 1
        }
      }
      if index < bytes.count, bytes[index] == UInt8(ascii: ",") {
        fields.append(begin..<index)
        index += 1
        continue
      }
      if index < bytes.count, bytes[index] == 0x0D { index += 1 }
      finish(bytes, at: index, from: start)
      fields.append(begin..<max(begin, end))
      return
    }
  }

  /// The record ends at a line feed, or at the end of the bytes.
  private mutating func finish(_ bytes: borrowing Span<UInt8>, at index: Int, from start: Int) {
    end = index
    if end > start, bytes[end - 1] == 0x0D { end -= 1 }
    next = min(index + 1, bytes.count)
  }

  private static func closingQuote(
    _ bytes: borrowing Span<UInt8>, from start: Int
  ) throws(Fault) -> Int {
    var index = start
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "\"") {
        guard index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "\"") else { return index }
        index += 1
      }
      index += 1
    }
    throw .quotes
  }

  /// The text of a field, without its quotes and the spaces around it.
  static func text(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var text = field
    if text.first == UInt8(ascii: "\""), text.count >= 2 {
      text = text.dropFirst().dropLast()
      if text.contains(UInt8(ascii: "\"")) {
        let whole = String(decoding: text, as: UTF8.self).replacing("\"\"", with: "\"")
        text = Array(whole.utf8)[...]
      }
    }
    while let first = text.first, first.isRowSpace { text = text.dropFirst() }
    while let last = text.last, last.isRowSpace { text = text.dropLast() }
    return text
  }
}
