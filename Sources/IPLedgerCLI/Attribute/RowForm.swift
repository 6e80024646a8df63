import ArgumentParser

/// How rows are written.
enum RowForm: String, CaseIterable, ExpressibleByArgument, Sendable {
  /// RFC 4180.
  case csv
  /// One JSON object a line.
  case jsonl

  /// The form of rows that begin so: an object is no CSV; `nil` where there are only spaces yet.
  init?(guessedFrom bytes: some Sequence<UInt8>) {
    guard let first = bytes.first(where: { !$0.isRowSpace }) else { return nil }
    self = first == UInt8(ascii: "{") ? .jsonl : .csv
  }
}

extension UInt8 {
  /// Whether it is a space, a tab or a part of a line end.
  var isRowSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }

  /// Whether it is one of the digits from 0 to 9.
  var isRowDigit: Bool { self >= 0x30 && self <= 0x39 }
}

/// Rows that were read together, from the beginning of one to the end of another.
struct RowBlock: Sendable {
  /// Which block it is, from 0.
  let number: Int
  /// The line at which it begins, from 1.
  let line: Int
  /// All its bytes.
  let bytes: [UInt8]
}
