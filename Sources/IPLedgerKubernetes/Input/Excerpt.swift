/// A short piece of the input that is safe to print.
enum Excerpt {
  /// The beginning of the first line of some bytes, in backquotes, control characters escaped.
  static func line(_ bytes: some Sequence<UInt8>) -> String {
    var line: [UInt8] = []
    var isCut = false
    for byte in bytes {
      if byte == .newline { break }
      // One character has at most four bytes: more than this can never be shown.
      if line.count == InputError.excerptCharacters * 4 {
        isCut = true
        break
      }
      line.append(byte)
    }
    while let last = line.last, last.isJSONSpace { line.removeLast() }
    return "`\(printable(line, isCut: isCut))`"
  }

  private static func printable(_ bytes: [UInt8], isCut: Bool) -> String {
    var text = ""
    var length = 0
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      let shown = shown(scalar)
      // The last place is kept for the mark that something was left out.
      guard length + shown.count < InputError.excerptCharacters else { return text + "…" }
      text += shown
      length += shown.count
    }
    return isCut ? text + "…" : text
  }

  private static func shown(_ scalar: Unicode.Scalar) -> String {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse:
      "\\u{\(String(scalar.value, radix: 16))}"
    default: String(scalar)
    }
  }
}
