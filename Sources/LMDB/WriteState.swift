import CLMDB

/// What a write transaction remembers while its body runs; confined to the writer's thread.
@safe
final class WriteState {
  /// `MDB_txn *`.
  let transaction: OpaquePointer

  /// LMDB's number of the transaction.
  let number: Int

  /// The tables as the transaction sees them.
  var catalog: Catalog

  /// Whether LMDB has something to write at commit.
  var hasChanged = false

  /// How many changes have been tried; scans look at it to find their place again.
  private(set) var changes = 0

  /// Whether LMDB has run out of map: the transaction must be aborted, whatever the body says.
  var isMapFull = false

  /// What broke the transaction, as far as a call has said so.
  var failure: LMDBError?

  /// Whether the transaction holds the right to open and close handles.
  var ownsHandles = false

  /// The handles that have been opened, which an abort closes.
  var openedHandles: [String: Table] = [:]

  /// The names of the handles that have been closed, which an abort does not undo.
  var closedHandles: Set<String> = []

  /// How many scans have lent spans of pages that a change could move.
  var lentSpans = 0

  init(_ transaction: OpaquePointer, _ catalog: Catalog) {
    unsafe self.transaction = transaction
    number = unsafe mdb_txn_id(transaction)
    self.catalog = catalog
  }

  /// Notes that the transaction is about to change something.
  func willChange() {
    precondition(
      lentSpans == 0,
      "a write inside scanSpans would move the bytes it lends; use scan, or collect the keys first")
    changes += 1
  }
}
