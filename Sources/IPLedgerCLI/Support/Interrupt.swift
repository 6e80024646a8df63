import Foundation

/// What Ctrl-C does while something is piped in.
enum Interrupt {
  /// Leaves the first interrupt to the program that sends: it ends, what it sent is recorded, and
  /// the summary follows.
  ///
  /// A second interrupt ends this program, too, at once; what was recorded stays.
  static func leaveToSender() {
    guard isatty(STDIN_FILENO) == 0 else { return }
    signal(SIGINT) { _ in signal(SIGINT, SIG_DFL) }
  }
}
