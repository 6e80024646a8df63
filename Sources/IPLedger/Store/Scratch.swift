import FoundationEssentials
import LMDB
import Synchronization

/// A place to fold events into that nobody else sees, and that is gone afterwards: projections in a
/// throw-away environment.
///
/// Its files lose their names as soon as they are open: they are gone with the process, however it ends.
final class Scratch: Sendable {
  private let parent: String
  private let environment: Environment
  private let tables: Tables
  private let log: Table

  /// Makes a scratch environment in a directory, such as the system's for temporary files.
  ///
  /// - Throws: ``LedgerError/noScratch(directory:_:)``.
  init(in parent: String) throws {
    self.parent = parent
    (environment, tables, log) = try Self.naming(parent) { try Self.make(in: parent) }
  }

  private static func make(
    in parent: String
  ) throws -> (environment: Environment, tables: Tables, log: Table) {
    let directory = "\(parent)/ipledger-\(UInt64.random(in: 0 ... .max))"
    let environment: Environment
    do {
      // LMDB keeps the files open and mapped and needs no names; a process that is killed could not
      // remove them any more.
      defer { try? FileManager.default.removeItem(atPath: directory) }
      environment = try Environment.open(
        at: directory, options: Environment.Options(durability: .none))
    }
    do {
      let (tables, log) = try environment.write { txn in
        (try Tables(creating: 0, in: txn), try txn.createTable(MetaTable.logName))
      }
      return (environment, tables, log)
    } catch {
      environment.close()
      throw error
    }
  }

  /// Says of what the storage cannot do that it is about a throw-away copy, not about a ledger.
  private static func naming<Result>(
    _ parent: String, _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch let error as StorageError {
      throw LedgerError.noScratch(directory: parent, error)
    }
  }

  deinit { environment.close() }

  /// Folds events in one transaction.
  ///
  /// - Returns: The positions of those that said nothing new.
  /// - Throws: ``LedgerError/noScratch(directory:_:)`` where there is no room for them.
  func fold(
    _ events: [RecordedEvent], _ isConcerned: @Sendable (Event) -> Bool = { _ in true }
  ) throws -> [Position] {
    try Self.naming(parent) {
      try environment.write { [tables] txn in
        let projector = Projector(tables)
        var redundant: [Position] = []
        for recorded in events {
          guard isConcerned(recorded.event) else {
            try projector.foldTimes(of: recorded.event, in: txn)
            continue
          }
          if case .known = try projector.fold(recorded.event, at: recorded.position, in: txn) {
            redundant.append(recorded.position)
          }
        }
        try projector.settle(in: txn)
        return redundant
      }
    }
  }

  /// A view of what was folded, as if the log ended at a position.
  func read<Result>(
    asOf head: Position, clock: @escaping @Sendable () -> Instant,
    _ body: (borrowing LedgerView) throws -> Result
  ) throws -> Result {
    try environment.read { [tables, log] txn in
      try body(LedgerView(txn, tables: tables, log: log, asOf: head, clock: clock))
    }
  }

  /// The rows of a table, for a comparison.
  func rows(_ kind: Tables.Kind, after key: [UInt8], limit: Int) throws -> [StoredRow] {
    try environment.read { [tables] txn in try StoredRow.page(tables[kind], key, limit, in: txn) }
  }
}

/// A row as it is stored, bytes and checksum.
struct StoredRow: Hashable, Sendable {
  let key: [UInt8]
  let value: [UInt8]

  /// So many rows after a key.
  static func page(
    _ table: Table, _ key: [UInt8], _ limit: Int, in txn: borrowing ReadTransaction
  ) throws -> [StoredRow] {
    var rows: [StoredRow] = []
    let range: KeyRange = key.isEmpty ? .all : .from(key + [0])
    try txn.scan(table, range) { key, value in
      rows.append(StoredRow(key: key, value: value))
      return rows.count < limit ? .next : .stop
    }
    return rows
  }
}
