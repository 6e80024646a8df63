/// Where the fields of one record of CSV lie in its bytes, by the grammar of ``CSVScanner``.
struct CSVRecord {
  /// What may be wrong with a record.
  enum Fault {
    /// A quote that nothing closes, or something behind one that closes a field.
    case quotes
  }

  /// The fields, with their quotes.
  private(set) var fields: [Range<Int>] = []
  /// Where the record ends, without its line end.
  let end: Int
  /// Where the next one begins.
  let next: Int
  /// What is wrong with it; then it ends with its first line, and has no fields.
  let fault: Fault?

  /// The record that begins at an index of the bytes, which end with a record.
  init(_ bytes: borrowing Span<UInt8>, from start: Int) {
    var scanner = CSVScanner(from: start)
    var begin = start
    while true {
      switch scanner.next(bytes, isWhole: true) {
      case .field(let comma):
        fields.append(begin..<comma)
        begin = scanner.index
        continue
      case .record(let last):
        fields.append(begin..<last)
        (end, fault) = (last, nil)
      case .broken(let last):
        fields = []
        (end, fault) = (last, .quotes)
      case .unfinished:
        preconditionFailure("nothing follows the bytes")
      }
      next = scanner.index
      return
    }
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
