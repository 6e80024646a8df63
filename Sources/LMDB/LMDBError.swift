/// What went wrong, in three parts: a code to switch on, a message that says what to do, and LMDB's
/// own words.
///
/// An absent key is no error: reads answer `nil`.
public struct LMDBError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kinds of failure that a caller can tell apart.
  public enum Code: Sendable, Hashable {
    /// This process has the same data file open already; LMDB allows it once per process.
    case alreadyOpen
    /// A key is empty or longer than ``Environment/maximumKeySize`` bytes.
    case badKeySize
    /// A table's name is empty, too long, or contains a NUL.
    case badTableName
    /// A value is longer than LMDB can store (`MDB_BAD_VALSIZE`).
    case badValueSize
    /// The environment has been closed.
    case closed
    /// A commit failed half way, or one before it did: only reopening shows whether it took place.
    case commitOutcomeUnknown
    /// A page does not hold what it should (`MDB_CORRUPTED`, `MDB_PAGE_NOTFOUND`).
    case corrupted
    /// The data file has other names, by which others could open it with another lock file.
    case hardLink
    /// A table was made with options that this library does not use (`MDB_INCOMPATIBLE`).
    case incompatibleTable
    /// Another process has the environment open, and it must be alone for this.
    case inUse
    /// The file is not an LMDB data file (`MDB_INVALID`).
    case invalid
    /// An appended key is not greater than every key in the table (`MDB_APPEND`).
    case keyOutOfOrder
    /// The map cannot grow further (`MDB_MAP_FULL`).
    case mapFull
    /// Another process has grown the map (`MDB_MAP_RESIZED`); handled inside, so rarely seen.
    case mapResized
    /// The directory is on a network file system, where LMDB's locks and maps do not work.
    case networkFileSystem
    /// A file of the environment is a directory, a pipe, a socket or a device.
    case notAFile
    /// The path names something that is not a directory.
    case notADirectory
    /// Processes of another PID namespace, such as another container, have the environment open.
    case otherProcessNamespace
    /// LMDB has given the environment up (`MDB_PANIC`): close and reopen it.
    case panic
    /// Every reader slot is taken, also after clearing those of dead processes
    /// (`MDB_READERS_FULL`).
    case readersFull
    /// A write was asked of an environment that was opened read-only.
    case readOnly
    /// A file of the directory is a symbolic link, so that another file would be written.
    case symbolicLink
    /// A system call failed, with this `errno`.
    case system(Int32)
    /// The table does not exist in this snapshot, or its handle belongs elsewhere.
    case tableNotFound
    /// More tables than ``Environment/Options/maxTables`` (`MDB_DBS_FULL`).
    case tablesFull
    /// An earlier failure in the same transaction makes it impossible to commit (`MDB_BAD_TXN`).
    case transactionBroken
    /// One transaction changes too many pages (`MDB_TXN_FULL`).
    case transactionFull
    /// The data file is shorter than its own header says; reading it would end in a SIGBUS.
    case truncated
    /// The data file was written by an incompatible version of LMDB (`MDB_VERSION_MISMATCH`).
    case versionMismatch
    /// The LMDB library that was linked is one that this package refuses.
    case wrongLibraryVersion
    /// Any other return code of LMDB.
    case other(Int32)
  }

  /// LMDB's own account of the failure.
  public struct Cause: Sendable, Equatable {
    /// The return code: negative for LMDB's own codes, otherwise an `errno`.
    public let returnCode: Int32
    /// The text of `mdb_strerror` for that code.
    public let text: String
  }

  /// The kind of failure.
  public let code: Code

  /// The subject, what was expected, what was found, and what to do.
  public let message: String

  /// LMDB's return code, or `nil` when LMDB was not asked.
  public let cause: Cause?

  init(_ code: Code, _ message: String, cause: Cause? = nil) {
    self.code = code
    self.message = message
    self.cause = cause
  }

  /// The message, followed by LMDB's own words when there are any.
  public var description: String {
    guard let cause else { return message }
    return "\(message) (LMDB \(cause.returnCode): \(cause.text))"
  }
}
