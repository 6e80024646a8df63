import ArgumentParser
import IPLedger

/// A half-open time to look at (R3).
struct PeriodOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Leave away what was surely over by then.", valueName: "t"),
    transform: TimeExpression.init(parsing:))
  var from: TimeExpression?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Leave away what surely began then or later.", valueName: "t"),
    transform: TimeExpression.init(parsing:))
  var to: TimeExpression?

  /// Whether either end is given.
  var isGiven: Bool { from != nil || to != nil }

  /// Both ends.
  ///
  /// - Throws: A ``Failure`` where they are the wrong way round.
  func instants(now: Instant) throws(Failure) -> (from: Instant?, to: Instant?) {
    let start = from?.instant(now: now)
    let end = to?.instant(now: now)
    if let start, let end, start >= end {
      throw .usage("--from (\(start)) has to be before --to (\(end))")
    }
    return (start, end)
  }
}
