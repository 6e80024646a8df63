import LMDB

extension Ledger {
  /// What compacting a ledger's file came to.
  public struct Compaction: Hashable, Sendable {
    /// The size of the file before, in bytes.
    public var sizeBefore: Int
    /// The size of the file now, in bytes.
    public var sizeAfter: Int
    /// What the check of the new file found: nothing wrong.
    public var report: CheckReport
  }

  /// Writes the ledger's file anew without free pages and with the others full, checks the new one
  /// whole, and puts it in place of the old one.
  ///
  /// No process may have the ledger open; those that come to open it meanwhile wait until it is done.
  /// At each moment the one file or the other is in place, whole.
  ///
  /// - Parameters:
  ///   - path: The ledger's directory.
  ///   - scratch: An existing directory for what ``check(at:scratch:progress:)`` needs.
  ///   - progress: How far the check has come.
  /// - Returns: The sizes before and after.
  /// - Throws: ``StorageError``, `.inUse` where a process has the ledger open;
  ///   ``LedgerError/unsound(path:_:)`` where it is damaged; ``LedgerError/noLedger(path:)``.
  public static func compact(
    at path: String, scratch: String, progress: @escaping (CheckProgress) -> Void = { _ in }
  ) throws -> Compaction {
    let found = try checkEntries(at: path, progress)
    guard found.isSound else { throw LedgerError.unsound(path: path, found) }
    var report = CheckReport()
    let sizes = try Environment.compact(path) { copy in
      report = try check(at: copy, scratch: scratch, progress: progress)
      guard report.isSound, report.head >= found.head else {
        throw LedgerError.unsound(path: path, report)
      }
    }
    return Compaction(sizeBefore: sizes.before, sizeAfter: sizes.after, report: report)
  }
}
