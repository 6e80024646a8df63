import IPLedger

/// Colour and weight on a terminal; nothing at all anywhere else.
struct Style: Hashable, Sendable {
  /// Whether escape sequences are written.
  let isEnabled: Bool

  /// Text as it is.
  static let plain = Style(isEnabled: false)

  /// Heavier text, for headings.
  func bold(_ text: String) -> String { wrapped(text, "1") }

  /// A verdict's word in its colour.
  func verdict(_ verdict: Verdict, _ text: String) -> String {
    switch verdict {
    case .held: wrapped(text, "32")
    case .retained: wrapped(text, "36")
    case .free: text
    case .conflicted: wrapped(text, "31")
    case .unknown: wrapped(text, "33")
    }
  }

  /// A line for people: what a terminal would obey is escaped, but for what a style itself writes.
  func harmless(_ line: String) -> String {
    guard isEnabled else { return printable(line) }
    // Whatever an input puts in, no more of it passes than a colour.
    return line.split(separator: "\u{1B}", omittingEmptySubsequences: false).enumerated()
      .map { index, part in
        guard index > 0 else { return printable(String(part)) }
        guard let code = Self.codes.first(where: { part.hasPrefix("[\($0)m") }) else {
          return printable("\u{1B}" + part)
        }
        return "\u{1B}[\(code)m" + printable(String(part.dropFirst(code.count + 2)))
      }.joined()
  }

  /// The codes that are written.
  private static let codes = ["0", "1", "31", "32", "33", "36"]

  private func wrapped(_ text: String, _ code: String) -> String {
    isEnabled ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
