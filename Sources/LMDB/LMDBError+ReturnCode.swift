import CLMDB
import Glibc

extension LMDBError {
  /// Translates a return code of LMDB: the only place where C's codes become ours.
  ///
  /// - Parameters:
  ///   - returnCode: what the C function returned, not 0.
  ///   - subject: the environment's path, or the path and the table.
  ///   - action: what was being done, as in "committing".
  init(returnCode: Int32, subject: String, action: String) {
    let code = Code(returnCode: returnCode)
    self.init(
      code, "\(subject): \(action) failed: \(code.explanation)",
      cause: Cause(returnCode: returnCode, text: unsafe String(cString: mdb_strerror(returnCode))))
  }

  /// Translates a return code of a call within a transaction.
  ///
  /// LMDB looks for the root of a table's tree when a cursor is opened, and drops the error where that
  /// page is missing (`mdb_cursor_init`): all that remains is the mark that the transaction is broken.
  /// So a transaction that is broken without a call having said why was broken by a damaged file.
  ///
  /// - Parameters:
  ///   - state: what a write remembers; `nil` in a read, which only a damaged file can break.
  ///   - returnCode: what the C function returned, not 0.
  ///   - subject: the environment's path, or the path and the table.
  ///   - action: what was being done.
  /// - Returns: the error to throw.
  static func within(
    _ state: WriteState?, returnCode: Int32, subject: String, action: String
  ) -> LMDBError {
    if returnCode == MDB_BAD_TXN {
      return state?.failure
        ?? LMDBError(returnCode: MDB_PAGE_NOTFOUND, subject: subject, action: action)
    }
    let error = LMDBError(returnCode: returnCode, subject: subject, action: action)
    if let state, state.failure == nil, !refusals.contains(returnCode) { state.failure = error }
    return error
  }

  /// The codes of calls that changed nothing, after which the transaction is as before.
  private static var refusals: [Int32] {
    [
      MDB_BAD_DBI, MDB_BAD_VALSIZE, MDB_DBS_FULL, MDB_INCOMPATIBLE, MDB_KEYEXIST, MDB_NOTFOUND,
    ]
  }

  /// A directory that cannot be made or found.
  init(directory: String, errno number: Int32, action: String) {
    let words =
      number == EACCES
      ? "permission denied: the user must have access to the folder that it is in; use another path, or "
        + "change that folder's permissions" : Code.system(number).explanation
    self.init(.system(number), "\(directory): \(action) failed: \(words)")
  }

  /// A failure of a system call, outside LMDB.
  init(errno number: Int32, subject: String, action: String) {
    self.init(
      .system(number),
      "\(subject): \(action) failed: \(Code.system(number).explanation)",
      cause: nil)
  }

  /// A commit that failed with `error`, and why nothing may be concluded from it.
  static func commitOutcomeUnknown(_ error: LMDBError, subject: String) -> LMDBError {
    LMDBError(
      .commitOutcomeUnknown,
      "\(subject): a commit failed half way, so it may or may not have taken place, and further "
        + "writes are refused; close the environment, free space or mend the disk, reopen it and "
        + "read the head before writing again",
      cause: error.cause)
  }
}

extension LMDBError.Code {
  fileprivate init(returnCode: Int32) {
    switch returnCode {
    case MDB_BAD_DBI, MDB_NOTFOUND: self = .tableNotFound
    case MDB_BAD_TXN: self = .transactionBroken
    case MDB_BAD_VALSIZE: self = .badValueSize
    case MDB_CORRUPTED, MDB_PAGE_NOTFOUND: self = .corrupted
    case MDB_DBS_FULL: self = .tablesFull
    case MDB_INCOMPATIBLE: self = .incompatibleTable
    case MDB_INVALID: self = .invalid
    case MDB_KEYEXIST: self = .keyOutOfOrder
    case MDB_MAP_FULL: self = .mapFull
    case MDB_MAP_RESIZED: self = .mapResized
    case MDB_PANIC: self = .panic
    case MDB_READERS_FULL: self = .readersFull
    case MDB_TXN_FULL: self = .transactionFull
    case MDB_VERSION_MISMATCH: self = .versionMismatch
    case 1...: self = .system(returnCode)
    default: self = .other(returnCode)
    }
  }

  /// What the code means here, and what to do about it.
  fileprivate var explanation: String {
    switch self {
    case .badValueSize: "a value must be shorter than 4 GiB; split it"
    case .corrupted:
      "the file is damaged: a page is missing, or does not hold what it should; check the file, or "
        + "restore the directory from a backup"
    case .incompatibleTable:
      "the table was made by other software, with options not used here; choose another name"
    case .invalid: "the file is not an LMDB data file; check the path, or restore from a backup"
    case .keyOutOfOrder: "an appended key must be greater than every key in the table"
    case .mapFull: "the map is full and could not grow; raise ulimit -v, the address space"
    case .mapResized: "another process has grown the map; try again"
    case .panic: "LMDB has given up after an earlier failure; close the environment and reopen it"
    case .readersFull:
      "every reader slot is taken by a live reader; end some, or open with a larger maxReaders"
    case .system(EACCES):
      "permission denied: whoever opens it, also to read, has to write lock.mdb; open it as its "
        + "owner, or give the group access to the directory and its files: data.mdb, lock.mdb and "
        + "pid-namespace"
    case .system(ENOMEM): "no address space for the map; raise ulimit -v, or set a smaller mapSize"
    case .system(ENOSPC): "the disk is full; free some space"
    case .system(let number): unsafe String(cString: strerror(number))
    case .tableNotFound: "the table's handle is not open in this transaction; ask for it again"
    case .tablesFull: "more tables than maxTables; open with a larger maxTables"
    case .transactionBroken: "an earlier failure broke the transaction; let that error abort it"
    case .transactionFull: "too many changed pages in one transaction; split it"
    case .versionMismatch: "another version of LMDB wrote the file; use that one to convert it"
    default: "LMDB reported an unexpected code"
    }
  }
}
