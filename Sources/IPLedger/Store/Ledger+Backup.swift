import FoundationEssentials
import LMDB

extension Ledger {
  /// Copies the ledger as it is now to a new directory, and names it so only once the copy has been
  /// checked in full.
  ///
  /// Others may read and write meanwhile. The copy is a ledger like any other, without free pages.
  ///
  /// - Parameters:
  ///   - destination: The directory to make. Until the copy is checked it has another name beside it,
  ///     which begins the same and tells that it is partial.
  ///   - scratch: An existing directory for what ``check(at:scratch:progress:)`` needs.
  ///   - progress: How far the check of the copy has come.
  /// - Returns: What the check of the copy found: nothing wrong.
  /// - Throws: ``LedgerError/alreadyThere(path:)``; ``LedgerError/withinLedger(path:ledger:)``;
  ///   ``LedgerError/noFolder(path:folder:)``; ``LedgerError/notMade(path:_:)`` where there is no room;
  ///   ``LedgerError/unsound(path:_:)`` where the copy, and so most likely the ledger, is damaged;
  ///   ``StorageError``. Nothing is left of a copy that failed.
  @discardableResult
  public func backUp(
    to destination: String, scratch: String,
    progress: @escaping (CheckProgress) -> Void = { _ in }
  ) throws -> CheckReport {
    guard !environment.encloses(destination.droppingTrailingSlashes) else {
      throw LedgerError.withinLedger(path: destination, ledger: path)
    }
    // LMDB copies what the file says, whatever it is: its pages are walked without it first.
    let found = try Self.entries(of: environment, progress)
    guard found.isSound else { throw LedgerError.unsound(path: path, found) }
    do {
      return try Self.make(at: destination, scratch: scratch, progress: progress) { partial in
        try environment.copy(to: partial)
      }
    } catch LedgerError.unsound(_, let report) {
      // The copy is gone by now: it is the ledger that has to be looked at.
      throw LedgerError.unsound(path: path, report)
    }
  }

  /// Makes a ledger of a backup, which is checked before anything of it is believed, and once more as a
  /// copy.
  ///
  /// - Parameters:
  ///   - backup: The directory of the backup. Its data stay as they are; `lock.mdb` and
  ///     `pid-namespace` are made in it where they are not there, since it may be in use, and are not
  ///     where it cannot be written.
  ///   - destination: The directory of the ledger to make.
  ///   - scratch: An existing directory for what ``check(at:scratch:progress:)`` needs.
  ///   - progress: How far the check of the copy has come.
  /// - Returns: What the check of the copy found: nothing wrong.
  /// - Throws: As ``backUp(to:scratch:progress:)``, and ``LedgerError/noLedger(path:)``.
  @discardableResult
  public static func restore(
    _ backup: String, to destination: String, scratch: String,
    progress: @escaping (CheckProgress) -> Void = { _ in }
  ) throws -> CheckReport {
    // A crafted file could make LMDB write where it should not: its pages are walked without it first.
    let found = try checkEntries(at: backup, progress)
    guard found.isSound else { throw LedgerError.unsound(path: backup, found) }
    do {
      return try make(at: destination, scratch: scratch, progress: progress) { partial in
        let environment = try Environment.open(
          at: backup, options: Environment.Options(readOnly: true), create: false)
        defer { environment.close() }
        try environment.copy(to: partial)
      }
    } catch LedgerError.unsound(_, let report) {
      // The copy is gone by now: it is the backup that has to be looked at.
      throw LedgerError.unsound(path: backup, report)
    }
  }

  /// Makes a ledger under another name, checks it, and gives it its name.
  ///
  /// - Parameters:
  ///   - destination: The directory to make.
  ///   - scratch: An existing directory for what ``check(at:scratch:progress:)`` needs.
  ///   - progress: How far the check has come.
  ///   - make: Makes the ledger in a directory whose name tells that it is partial.
  /// - Returns: What the check found: nothing wrong.
  /// - Throws: What `make` throws; ``LedgerError/alreadyThere(path:)``;
  ///   ``LedgerError/noFolder(path:folder:)``; ``LedgerError/notMade(path:_:)`` where there is no room;
  ///   ``LedgerError/unsound(path:_:)``. Nothing is left of what was made then.
  package static func make(
    at destination: String, scratch: String,
    progress: @escaping (CheckProgress) -> Void = { _ in },
    _ make: (_ partial: String) throws -> Void
  ) throws -> CheckReport {
    let files = FileManager.default
    let destination = destination.droppingTrailingSlashes
    guard !files.fileExists(atPath: destination) else {
      throw LedgerError.alreadyThere(path: destination)
    }
    let folder = Disk.directory(of: destination)
    guard files.fileExists(atPath: folder) else {
      throw LedgerError.noFolder(path: destination, folder: folder)
    }
    let partial = "\(destination).partial-\(UInt64.random(in: 0 ... .max))"
    do {
      try make(partial)
      let report = try check(at: partial, scratch: scratch, progress: progress)
      guard report.isSound else { throw LedgerError.unsound(path: destination, report) }
      try Environment.rename(partial, to: destination)
      return report
    } catch {
      try? files.removeItem(atPath: partial)
      guard let storage = error as? StorageError, storage.isAboutRoom else { throw error }
      throw LedgerError.notMade(path: destination, storage)
    }
  }
}

extension String {
  fileprivate var droppingTrailingSlashes: String {
    var path = self
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
  }
}
