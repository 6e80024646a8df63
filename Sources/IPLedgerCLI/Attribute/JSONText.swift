import Foundation
import IPLedgerArchive

/// Strings of JSON as they stand in a line.
enum JSONText {
  /// The text of a string that lies between two quotes.
  static func plain(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard bytes.contains(UInt8(ascii: "\\")) else { return bytes }
    let quoted = Data([UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")])
    let text = try? JSONDecoder().decode(String.self, from: quoted)
    return Array((text ?? "").utf8)[...]
  }

  /// A text with quotes around it; what is no UTF-8 is replaced by U+FFFD.
  static func quoted(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    Array(JSON.string(String(decoding: bytes, as: UTF8.self)).text.utf8)
  }
}
