import LMDB

extension ExitReason {
  /// The code for what the storage could not do; `nil` where an error is not the storage's.
  init?(storageError error: any Error) {
    guard let error = error as? LMDBError else { return nil }
    switch error.code {
    case .commitOutcomeUnknown, .corrupted, .hardLink, .incompatibleTable, .inUse, .invalid,
      .mapFull, .mapResized, .networkFileSystem, .notAFile, .notADirectory,
      .otherProcessNamespace, .panic, .readersFull, .symbolicLink, .system, .truncated,
      .versionMismatch, .wrongLibraryVersion, .other:
      self = .inputOutput
    case .alreadyOpen, .badKeySize, .badTableName, .badValueSize, .closed, .keyOutOfOrder,
      .readOnly, .tableNotFound, .tablesFull, .transactionBroken, .transactionFull:
      self = .internalError
    }
  }
}

extension Failure {
  /// Whether an error says that a ledger's file does not hold what it should.
  static func isDamage(_ error: any Error) -> Bool {
    guard let error = error as? LMDBError else { return false }
    return [.corrupted, .incompatibleTable, .invalid, .truncated].contains(error.code)
  }
}
