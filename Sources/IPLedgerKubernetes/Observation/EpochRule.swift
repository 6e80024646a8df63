public import IPLedger

/// When resource versions have fallen back (R8a).
public enum EpochRule {
  /// How far clocks may disagree before versions count as having fallen back, in microseconds: ten
  /// minutes.
  ///
  /// A change with a lower version than another cannot have been stamped later than that other was
  /// made; where it was, the cluster counts anew.
  static let tolerance: Int64 = 600_000_000

  /// Whether an observation shows that the resource versions of its cluster fell back since what a
  /// ledger knows.
  public static func fellBack(
    _ event: Event, in view: borrowing LedgerView
  ) throws -> Bool {
    guard let evidence = event.evidence, let stamp = evidence.newestStamp else { return false }
    let known = try view.latestBound(ofChange: evidence.resourceVersion, of: event.cluster)
    guard let known else { return false }
    return stamp > known.adding(microseconds: tolerance)
  }
}
