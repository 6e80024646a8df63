import IPLedger
import Synchronization

/// One line on the terminal that says how far something has come, drawn a few times a second.
struct ProgressLine {
  /// What is counted.
  enum Unit {
    /// Bytes, shown in MB.
    case bytes
    /// Events.
    case events
    /// Pages of the ledger's file.
    case pages
  }

  private static let interval = Duration.milliseconds(100)
  /// The clock is looked at once in so many updates.
  private static let stride = 32
  private static let barWidth = 24
  private static let nameWidth = 20

  private let isShown: Bool
  private var updates = 0
  private var drawnAt: ContinuousClock.Instant?

  /// A line that is drawn only where somebody can see it.
  init(isShown: Bool) {
    self.isShown = isShown
  }

  /// Draws the line anew if it is time.
  mutating func update(_ label: String, done: Int, of total: Int?, unit: Unit) {
    guard isShown else { return }
    updates += 1
    guard updates % Self.stride == 1 || unit == .events else { return }
    let now = ContinuousClock.now
    if let drawnAt, drawnAt.duration(to: now) < Self.interval { return }
    drawnAt = now
    Terminal.draw("\r\u{1B}[K" + Self.text(label, done: done, of: total, unit: unit))
  }

  /// Removes the line.
  mutating func clear() {
    guard isShown, drawnAt != nil else { return }
    drawnAt = nil
    Terminal.draw("\r\u{1B}[K")
  }

  /// The line's text: a bar and a percentage where the total is known.
  static func text(_ label: String, done: Int, of total: Int?, unit: Unit) -> String {
    let name = short(label)
    guard let total, total > 0 else { return "\(name)  \(amount(done, unit))" }
    let share = min(max(Double(done) / Double(total), 0), 1)
    let filled = Int(share * Double(barWidth))
    let bar =
      String(repeating: "#", count: filled) + String(repeating: ".", count: barWidth - filled)
    let amounts = "\(amount(done, unit)) of \(amount(total, unit))"
    return "\(name)  [\(bar)] \(Int(share * 100)) %  \(amounts)"
  }

  /// The last part of a path, cut so that the line fits a terminal of 80 columns.
  private static func short(_ label: String) -> String {
    let name = printable(label.split(separator: "/").last.map(String.init) ?? label)
    return name.count > nameWidth ? "\(name.prefix(nameWidth - 1))…" : name
  }

  private static func amount(_ count: Int, _ unit: Unit) -> String {
    switch unit {
    case .events: "\(count) events"
    case .pages: "\(count) pages"
    case .bytes: megabytes(count)
    }
  }
}

/// An amount of bytes in MB with one digit after the point.
func megabytes(_ bytes: Int) -> String {
  let tenths = (bytes + 50_000) / 100_000
  return "\(tenths / 10).\(tenths % 10) MB"
}

extension ProgressLine {
  /// Draws how far in the log something has come.
  mutating func update(_ label: String, _ reached: Position, of head: Position) {
    update(
      label, done: Int(clamping: reached.rawValue), of: Int(clamping: head.rawValue), unit: .events)
  }
}

/// A progress line that is drawn from another thread.
final class SharedProgressLine: Sendable {
  private let line: Mutex<ProgressLine>

  /// A line that is drawn only where somebody can see it.
  init(isShown: Bool) {
    line = Mutex(ProgressLine(isShown: isShown))
  }

  /// Draws how far in the log something has come.
  func update(_ label: String, _ reached: Position, of head: Position) {
    line.withLock { $0.update(label, reached, of: head) }
  }

  /// Draws how far something has come.
  func update(_ label: String, done: Int, of total: Int?, unit: ProgressLine.Unit) {
    line.withLock { $0.update(label, done: done, of: total, unit: unit) }
  }

  /// Removes the line.
  func clear() {
    line.withLock { $0.clear() }
  }
}
