import IPLedger

@testable import IPLedgerArchive

/// Lines of an export: whatever the text, it is read or refused, and what is read is written again as
/// the same line.
enum ImportTargets {
  static func line(_ input: [UInt8]) {
    guard let text = String(validating: input, as: UTF8.self) else { return }
    for position in [Position(1), Position(7)] {
      guard let recorded = try? PortableLine.event(text, position: position) else { continue }
      require((try? PortableLine.event(recorded)) == text, "written otherwise: \(recorded)")
      _ = EventFrame.encode(recorded)
    }
    _ = try? PortableLine.parse(text)
  }
}
