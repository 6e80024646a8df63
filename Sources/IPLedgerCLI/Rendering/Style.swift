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

  private func wrapped(_ text: String, _ code: String) -> String {
    isEnabled ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
