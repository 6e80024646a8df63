import Synchronization

/// The last line of a terminal: how the watches go, below the log that scrolls above it.
final class LiveLine: Sendable {
  /// To the beginning of the line, and empty it.
  private static let erase = "\r\u{1B}[K"

  private let shown = Mutex("")

  /// Shows this in place of what was shown.
  func show(_ text: String) {
    shown.withLock { shown in
      shown = printable(text)
      Terminal.draw(Self.erase + shown)
    }
  }

  /// Writes a line above it.
  func note(_ text: String) {
    shown.withLock { shown in Terminal.draw(Self.erase + printable(text) + "\n" + shown) }
  }

  /// Takes it away.
  func end() { show("") }
}
