import Foundation

/// The lines of a file or of standard input, each as soon as it is there.
struct LineReader {
  /// The longest line, in bytes: a request has a few hundred.
  static let maximumLineBytes = 1 << 20
  /// What is taken of a file at once.
  private static let chunkBytes = 1 << 16

  /// A line with its number, from 1.
  struct Line: Hashable, Sendable {
    let number: Int
    /// Its bytes without the line end; absent where they are too many.
    let bytes: Data?
  }

  private let file: InputFile
  private let limit: Int
  /// The line that has begun, as far as it was read.
  private var rest = Data()
  private var number = 1
  /// Whether what comes up to the next line end belongs to a line that is too long.
  private var isSkipping = false

  /// Opens a file; `-` is standard input.
  init(_ path: String, limit: Int = maximumLineBytes) throws(Failure) {
    file = try InputFile(path)
    self.limit = limit
  }

  /// The lines that end in what is there now, perhaps none yet; `nil` at the end of the input.
  mutating func next() throws(Failure) -> [Line]? {
    let chunk = try file.read(upTo: Self.chunkBytes)
    var lines: [Line] = []
    guard !chunk.isEmpty else {
      guard !rest.isEmpty else { return nil }
      end(&lines)
      return lines
    }
    var unread = chunk[...]
    while let newline = unread.firstIndex(of: UInt8(ascii: "\n")) {
      take(unread[..<newline], &lines)
      end(&lines)
      unread = unread[unread.index(after: newline)...]
    }
    take(unread, &lines)
    return lines
  }

  /// More of the line that has begun.
  private mutating func take(_ part: Data.SubSequence, _ lines: inout [Line]) {
    guard !isSkipping else { return }
    if rest.count + part.count <= limit {
      rest += part
    } else {
      rest = Data()
      isSkipping = true
      lines.append(Line(number: number, bytes: nil))
    }
  }

  /// The line that has begun is over.
  private mutating func end(_ lines: inout [Line]) {
    if !isSkipping, rest.contains(where: { !Self.isSpace($0) }) {
      lines.append(Line(number: number, bytes: rest))
    }
    rest = Data()
    isSkipping = false
    number += 1
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }
}
