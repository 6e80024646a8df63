public import IPLedger

/// When resource versions have fallen back (R8a).
public enum EpochRule {
  /// A change with a lower version than another cannot have been stamped later than that other was made; where it was, by
  /// more than clocks disagree, the cluster counts anew. In microseconds: ten minutes.
  static let tolerance: Int64 = 600_000_000

  /// Whether an observation shows that the resource versions of its cluster fell back since what a ledger knows.
  public static func fellBack(
    _ event: Event, in view: borrowing LedgerView
  ) throws -> Bool {
    guard let evidence = event.evidence, let stamp = evidence.newestStamp else { return false }
    let known = try view.latestBound(ofChange: evidence.resourceVersion, of: event.cluster)
    guard let known else { return false }
    return stamp > known.adding(microseconds: tolerance)
  }
}
