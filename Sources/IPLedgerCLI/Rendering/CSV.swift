/// Comma-separated values by RFC 4180: a header line, CR LF at the end of each line, quotes where
/// they are needed.
///
/// Characters that a terminal would obey are escaped; JSON gives them back as they were.
enum CSV {
  /// One line with its line end.
  static func line(_ fields: [String]) -> String {
    fields.map(field).joined(separator: ",") + "\r\n"
  }

  /// One field, in quotes where it needs them.
  static func field(_ raw: String) -> String {
    let text = printable(raw)
    let needsQuotes = text.unicodeScalars.contains { scalar in
      scalar == "," || scalar == "\""
    }
    guard needsQuotes else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
