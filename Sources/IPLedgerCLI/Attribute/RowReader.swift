import Foundation

/// Cuts an input into blocks of whole rows, whatever size it has.
struct RowReader {
  /// About how many bytes a block has; of a pipe, whatever is there.
  static let blockBytes = 1 << 20
  /// How many bytes a row in quotes has at most: a quote that nothing closes would swallow the rest.
  static let quotedBytes = 1 << 20
  /// How many bytes a row has at most.
  static let maximumRowBytes = 16 << 20

  private let file: InputFile
  /// The form of the rows; found out from the first bytes where it was not given.
  private(set) var form: RowForm?
  private var bytes: [UInt8] = []
  /// How far the bytes were searched for ends of rows.
  private var searched = 0
  private var isInQuotes = false
  /// Where the last row that is whole ends.
  private var rowsEnd = 0
  private var isAtEnd = false
  private var number = 0
  private var line = 1

  /// Reads a file, or standard input where it is `-`.
  init(_ path: String, form: RowForm?) throws(Failure) {
    file = try InputFile(path)
    self.form = form
  }

  /// The next rows; `nil` at the end.
  mutating func next() throws(Failure) -> RowBlock? {
    while true {
      search()
      let isEnough = file.isLive ? rowsEnd > 0 : rowsEnd >= Self.blockBytes
      if isEnough { return take(rowsEnd) }
      if isAtEnd {
        if rowsEnd > 0 { return take(rowsEnd) }
        if bytes.isEmpty { return nil }
        // The last row has no line end, or a quote that nothing closes.
        return take(isInQuotes ? firstLineEnd ?? bytes.count : bytes.count)
      }
      if isInQuotes, bytes.count - rowsEnd > Self.quotedBytes, rowsEnd == 0, let end = firstLineEnd
      {
        return take(end)
      }
      if rowsEnd == 0, bytes.count > Self.maximumRowBytes {
        throw Failure(
          message:
            "\(file.name), line \(line): a row of more than \(Self.maximumRowBytes) bytes; the rows "
            + "before it were attributed. Are these rows, one a line?",
          status: .badData)
      }
      if rowsEnd > 0, bytes.count > Self.maximumRowBytes { return take(rowsEnd) }
      let chunk = try file.read(upTo: Self.blockBytes)
      isAtEnd = chunk.isEmpty
      if number == 0, bytes.isEmpty { try requireText(chunk) }
      bytes += chunk
      if form == nil, !chunk.isEmpty { form = RowForm(guessedFrom: chunk) }
    }
  }

  /// Refuses what begins as no text does.
  private func requireText(_ beginning: Data) throws(Failure) {
    if beginning.starts(with: [0x1F, 0x8B]) {
      throw Failure(
        message: "\(file.name) is gzip'd: pipe it in with 'gzip -dc FILE | ipledger attribute … -'",
        status: .badData)
    }
    guard !beginning.prefix(4096).contains(0) else {
      throw Failure(
        message: "\(file.name) is no text: expected CSV with a header, or one JSON object a line",
        status: .badData)
    }
  }

  private var firstLineEnd: Int? {
    bytes.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 }
  }

  /// Looks for the ends of rows in what was read last.
  private mutating func search() {
    (isInQuotes, rowsEnd) = Self.search(
      bytes.span, from: searched, hasQuotes: form == .csv, isInQuotes, rowsEnd)
    searched = bytes.count
  }

  private static func search(
    _ bytes: Span<UInt8>, from start: Int, hasQuotes: Bool, _ isInside: Bool, _ known: Int
  ) -> (isInQuotes: Bool, rowsEnd: Int) {
    var isInQuotes = isInside
    var end = known
    for index in start..<bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\n") {
        if !isInQuotes { end = index + 1 }
      } else if hasQuotes, byte == UInt8(ascii: "\"") {
        isInQuotes.toggle()
      }
    }
    return (isInQuotes, end)
  }

  private mutating func take(_ count: Int) -> RowBlock {
    let block = RowBlock(number: number, line: line, bytes: Array(bytes[..<count]))
    number += 1
    line += block.bytes.count { $0 == UInt8(ascii: "\n") }
    bytes.removeSubrange(..<count)
    searched = 0
    isInQuotes = false
    rowsEnd = 0
    return block
  }
}
