import Foundation
import IPLedgerKubernetes

/// What a command prints: collected, and written out where no ledger is held open by it.
struct Output: ~Copyable {
  private var collected = ""

  /// Adds a line.
  mutating func line(_ text: String = "") {
    collected += text
    collected += "\n"
  }

  /// Adds lines for people: whatever is in them, no terminal obeys it.
  mutating func lines(_ texts: [String]) {
    let style = Terminal.style
    for text in texts { line(style.harmless(text)) }
  }

  /// Adds text that has its own line ends.
  mutating func text(_ text: String) {
    collected += text
  }

  /// Writes what was collected.
  ///
  /// - Throws: A ``Failure`` where standard output cannot be written, such as on a disk that is
  ///   full.
  mutating func flush() throws(Failure) {
    guard !collected.isEmpty else { return }
    try Self.write(Data(collected.utf8))
    collected = ""
  }

  /// Writes to standard output at once.
  static func write(_ data: Data) throws(Failure) {
    do {
      try FileHandle.standardOutput.write(contentsOf: data)
    } catch {
      throw Failure(
        message: "standard output cannot be written: \(SystemMessage.of(error))",
        status: .inputOutput)
    }
  }
}

/// What is connected to the process's outputs.
enum Terminal {
  /// Whether standard output is a terminal that wants colour (no `NO_COLOR`).
  static var style: Style {
    let wantsNone = ProcessInfo.processInfo.environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    return Style(isEnabled: !wantsNone && isatty(STDOUT_FILENO) != 0)
  }

  /// Whether standard error is a terminal, where progress can be drawn.
  static var showsProgress: Bool { isatty(STDERR_FILENO) != 0 }

  /// Writes lines to standard error at once, with nothing in them that a terminal would obey.
  static func note(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    draw(lines.map { printable(String($0)) }.joined(separator: "\n"))
  }

  /// Writes to standard error what a terminal is to obey.
  static func draw(_ text: String) {
    // Where nobody reads standard error there is nobody to tell.
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}
