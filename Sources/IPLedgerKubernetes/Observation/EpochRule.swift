public import IPLedger

/// When resource versions have fallen back: etcd was restored, or the cluster made anew (R8a).
///
/// A change with a lower version than another cannot have been stamped later than that other was
/// made; where it was, by more than clocks disagree, the cluster counts anew, in a new epoch.
public enum EpochRule {
  /// How far clocks may disagree before versions count as having fallen back, in microseconds: ten
  /// minutes.
  static let tolerance: Int64 = 600_000_000

  /// Whether an observation shows that the resource versions of its cluster fell back since what a
  /// ledger knows.
  ///
  /// - Throws: `LedgerError` where a row of the ledger is damaged.
  public static func fellBack(_ event: Event, in view: borrowing LedgerView) throws -> Bool {
    guard let evidence = event.evidence, let stamp = evidence.newestStamp,
      let cluster = event.cluster
    else { return false }
    let known = try view.latestBound(ofChange: evidence.resourceVersion, of: cluster)
    guard let known else { return false }
    return stamp > known.adding(microseconds: tolerance)
  }
}
