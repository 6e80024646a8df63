import Foundation

/// Cuts an input into blocks of whole rows, whatever size it has.
struct RowReader {
  /// How many bytes a row has at most.
  static let maximumRowBytes = 16 << 20
  /// U+FEFF in UTF-8, which some programs write before a text.
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private let file: InputFile
  private let input: ReadAhead
  /// About how many bytes a block has; of a pipe, whatever is there.
  private let blockBytes: Int
  /// The byte order mark where the input has one: it is no part of the first row.
  private(set) var mark: [UInt8] = []
  /// The form of the rows; found out from the first bytes where it was not given.
  private(set) var form: RowForm?
  private var bytes: [UInt8] = []
  /// How far the bytes were searched for line feeds, where rows are lines.
  private var searched = 0
  /// Where the search for records is, where rows are those of CSV.
  private var scanner = CSVScanner(from: 0)
  /// Where the last row that is whole ends.
  private var rowsEnd = 0
  private var isAtEnd = false
  private var number = 0
  private var line = 1

  /// Opens a file, or standard input where it is `-`, and reads its first bytes.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - form: The form of its rows, where that is known.
  ///   - blockBytes: About how many bytes a block is to have. The more rows are attributed together, the
  ///     more of them ask about one address, and what is read of that serves all of them.
  /// - Throws: ``Failure`` where it cannot be read, or is no text.
  init(_ path: String, form: RowForm?, blockBytes: Int = 8 << 20) throws(Failure) {
    file = try InputFile(path)
    input = ReadAhead(file, capacity: blockBytes)
    self.blockBytes = blockBytes
    self.form = form
    while bytes.count < Self.byteOrderMark.count, !isAtEnd { try read() }
    try requireText()
    if bytes.starts(with: Self.byteOrderMark) {
      mark = Self.byteOrderMark
      bytes.removeFirst(mark.count)
    }
  }

  /// The next rows; `nil` at the end.
  mutating func next() throws(Failure) -> RowBlock? {
    while true {
      search()
      let isEnough = file.isLive ? rowsEnd > 0 : rowsEnd >= blockBytes
      if isEnough { return take(rowsEnd) }
      // The last row may have no line end, or a quote that nothing closes.
      if isAtEnd { return bytes.isEmpty ? nil : take(bytes.count) }
      if bytes.count > Self.maximumRowBytes {
        if rowsEnd > 0 { return take(rowsEnd) }
        throw Failure(
          message:
            "\(file.name), line \(line): a row of more than \(Self.maximumRowBytes) bytes; the rows "
            + "before it were attributed. Are these rows, one a line?",
          status: .badData)
      }
      try read()
    }
  }

  private mutating func read() throws(Failure) {
    let chunk = try input.take()
    isAtEnd = chunk.isEmpty
    bytes += chunk
  }

  /// Refuses what begins as no text does.
  private func requireText() throws(Failure) {
    if bytes.starts(with: [0x1F, 0x8B]) {
      throw Failure(
        message: "\(file.name) is gzip'd: pipe it in with 'gzip -dc FILE | ipledger attribute … -'",
        status: .badData)
    }
    guard !bytes.prefix(4096).contains(0) else {
      throw Failure(
        message: "\(file.name) is no text: expected CSV with a header, or one JSON object a line",
        status: .badData)
    }
  }

  /// Looks for the ends of rows in what was read last.
  private mutating func search() {
    if form == nil { form = RowForm(guessedFrom: bytes) }
    switch form {
    case .csv:
      // Through a copy: the span holds all of the reader.
      var scanner = scanner
      rowsEnd = Self.recordsEnd(bytes.span, &scanner) ?? rowsEnd
      self.scanner = scanner
    case .jsonl:
      rowsEnd = Self.linesEnd(bytes.span, from: searched) ?? rowsEnd
      searched = bytes.count
    case nil: break
    }
  }

  /// Where the last record ends that a scanner finds in the rest of the bytes.
  private static func recordsEnd(_ bytes: Span<UInt8>, _ scanner: inout CSVScanner) -> Int? {
    var end: Int?
    while true {
      switch scanner.next(bytes, isWhole: false) {
      case .field: continue
      case .record, .broken: end = scanner.index
      case .unfinished: return end
      }
    }
  }

  /// Where the last line ends that ends in the bytes behind an index.
  private static func linesEnd(_ bytes: Span<UInt8>, from start: Int) -> Int? {
    var index = bytes.count
    while index > start {
      if bytes[index - 1] == 0x0A { return index }
      index -= 1
    }
    return nil
  }

  private mutating func take(_ count: Int) -> RowBlock {
    let block = RowBlock(number: number, line: line, bytes: Array(bytes[..<count]))
    number += 1
    line += block.bytes.count { $0 == UInt8(ascii: "\n") }
    bytes.removeSubrange(..<count)
    searched = 0
    scanner = CSVScanner(from: 0)
    rowsEnd = 0
    return block
  }
}
