import ArgumentParser
import IPLedger

/// Whether the events that an answer rests on are verified before it is printed.
struct VerifyOption: ParsableArguments {
  @Flag(
    inversion: .prefixedNo,
    help: "Verify the checksums of the events that the answer rests on before it is printed.")
  var verify = true

  /// Verifies the events at these positions; throws for the first that is damaged.
  func verify(_ evidence: [[Position]], in ledger: Ledger) throws {
    guard verify else { return }
    let positions = Set(evidence.joined()).sorted()
    try ledger.read { view in try view.verify(positions) }
  }
}
