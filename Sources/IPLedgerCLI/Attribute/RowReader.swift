import Foundation

/// About how large the blocks are in which rows are attributed.
///
/// The more rows are attributed together, the more of them ask about one address, and what is read of that
/// serves all of them; but all of them are in memory, and the first blocks are small, so that small inputs
/// are for all cores, too.
struct RowBlockSize {
  /// How many bytes the first blocks have.
  private static let firstBytes = 1 << 20

  /// How many bytes a block has at most.
  let bytes: Int
  /// How many rows a block has at most.
  let rows: Int

  init(bytes: Int, rows: Int) {
    (self.bytes, self.rows) = (bytes, rows)
  }

  /// The size for so many tasks that attribute a block each: they share 16 MiB and 200,000 rows.
  init(tasks: Int) {
    self.init(bytes: max(Self.firstBytes, (16 << 20) / tasks), rows: 200_000 / tasks)
  }

  /// About how many bytes the block of a number has.
  func bytes(ofBlock number: Int) -> Int { min(bytes, Self.firstBytes << min(number / 4, 8)) }
}

/// Cuts an input into blocks of whole rows, whatever size it has.
struct RowReader {
  /// How many bytes a row has at most.
  static let maximumRowBytes = 16 << 20
  /// U+FEFF in UTF-8, which some programs write before a text.
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private let file: InputFile
  private let input: ReadAhead
  private let size: RowBlockSize
  /// The byte order mark where the input has one: it is no part of the first row.
  private(set) var mark: [UInt8] = []
  /// The form of the rows; found out from the first bytes where it was not given.
  private(set) var form: RowForm?
  private var bytes: [UInt8] = []
  /// How far the bytes were searched for line feeds, where rows are lines.
  private var searched = 0
  /// Where the search for records is, where rows are those of CSV.
  private var scanner = CSVScanner(from: 0)
  /// Where the last row that is whole ends, of those that the next block may have.
  private var rowsEnd = 0
  /// How many rows end there.
  private var rows = 0
  /// Whether the row behind them is too long.
  private var isTooLong = false
  private var isAtEnd = false
  private var number = 0
  private var line = 1

  /// Opens a file, or standard input where it is `-`, and reads its first bytes.
  init(_ path: String, form: RowForm?, size: RowBlockSize) throws(Failure) {
    file = try InputFile(path)
    input = ReadAhead(file, capacity: size.bytes)
    self.size = size
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
      if isEnough { return take(rowsEnd) }
      guard !isTooLong else {
        throw Failure(
          message:
            "\(file.name), line \(line): a row of more than \(Self.maximumRowBytes) bytes; the rows "
            + "before it were attributed. Are these rows, one a line?",
          status: .badData)
      }
      // The last row may have no line end, or a quote that nothing closes.
      if isAtEnd { return bytes.isEmpty ? nil : take(bytes.count) }
      do throws(Failure) {
        try read()
      } catch {
        // What was read before it is attributed; then it is thrown again.
        guard rowsEnd > 0 else { throw error }
        return take(rowsEnd)
      }
    }
  }

  /// Whether the rows that were found are a block.
  private var isEnough: Bool {
    guard rowsEnd > 0 else { return false }
    return file.isLive || isTooLong || rows >= size.rows || rowsEnd >= size.bytes(ofBlock: number)
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

  /// Looks for the ends of rows in what was read last, as far as the next block goes.
  private mutating func search() {
    if form == nil { form = RowForm(guessedFrom: bytes) }
    // Through a copy: the span holds all of the reader.
    var (scanner, searched) = (self.scanner, searched)
    isTooLong = bytes.count - rowsEnd > Self.maximumRowBytes && form == nil
    while let form, rows < size.rows, !isTooLong, rowsEnd < size.bytes(ofBlock: number) {
      let end =
        switch form {
        case .csv: Self.recordEnd(bytes.span, &scanner)
        case .jsonl: Self.lineEnd(bytes.span, &searched)
        }
      isTooLong = (end ?? bytes.count) - rowsEnd > Self.maximumRowBytes
      guard let end, !isTooLong else { break }
      rowsEnd = end
      rows += 1
    }
    (self.scanner, self.searched) = (scanner, searched)
  }

  /// Where the next record ends that a scanner finds; `nil` where it does not end yet.
  private static func recordEnd(_ bytes: Span<UInt8>, _ scanner: inout CSVScanner) -> Int? {
    while true {
      switch scanner.next(bytes, isWhole: false) {
      case .field: continue
      case .record, .broken: return scanner.index
      case .unfinished: return nil
      }
    }
  }

  /// Where the next line ends; `nil` where it does not end yet.
  private static func lineEnd(_ bytes: Span<UInt8>, _ searched: inout Int) -> Int? {
    while searched < bytes.count {
      searched += 1
      if bytes[searched - 1] == UInt8(ascii: "\n") { return searched }
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
    rows = 0
    isTooLong = false
    return block
  }
}
