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
    try settleEvidence(in: txn)
    try settleCounts(in: txn)
  }

  private func settleEvidence(in txn: borrowing WriteTransaction) throws {
    for (key, statements) in unsettled.takeStatements() {
      try evidence.add(statements, under: key, in: txn)
    }
    for key in unsettled.takeEvidence() { try evidence.add(key, in: txn) }
  }

  /// Brings the staircases up to date.
  func settleTimes(in txn: borrowing WriteTransaction) throws {
    guard !unsettled.times.isEmpty else { return }
    try staircases.add(unsettled.times, in: txn)
    unsettled.times = []
  }
}
