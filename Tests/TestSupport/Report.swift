import Foundation

/// The lines of the reliability table: what a run tried, and what it found.
public enum Report {
  /// Appends a line to the file that `IPLEDGER_REPORT` names, where it is set.
  public static func line(_ name: String, _ figures: String) {
    guard let path = ProcessInfo.processInfo.environment["IPLEDGER_REPORT"],
      let file = unsafe fopen(path, "a")
    else { return }
    defer { unsafe fclose(file) }
    unsafe fputs("\(name)\t\(figures)\n", file)
  }
}
