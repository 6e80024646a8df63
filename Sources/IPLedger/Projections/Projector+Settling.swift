import LMDB

// Bringing the tables up to what was folded: once for all events about a pod, and each table in the
// order of its keys, which is what LMDB is fast at.

extension Projector {
  /// Brings the tables up to date with all that was folded: before anybody reads them, and before the
  /// transaction ends.
  ///
  /// - Throws: ``LedgerError`` where a row is damaged.
  func settle(in txn: borrowing WriteTransaction) throws {
    try settleTimes(in: txn)
    try settlePods(in: txn)
    try settleUse(in: txn)
    for key in unsettled.takeEvidence() { try tables.put(.evidence, key, [], in: txn) }
    try settleCounts(in: txn)
  }

  /// Brings the staircases up to date.
  func settleTimes(in txn: borrowing WriteTransaction) throws {
    guard !unsettled.times.isEmpty else { return }
    let times = unsettled.times.sorted {
      $0.cluster != $1.cluster ? $0.cluster < $1.cluster : $0.version < $1.version
    }
    unsettled.times = []
    for time in times {
      _ = try staircases.add(time.bounds, at: time.version, of: time.cluster, in: txn)
    }
  }
}
