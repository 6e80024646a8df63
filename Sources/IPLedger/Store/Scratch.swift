import FoundationEssentials
import LMDB
import Synchronization

/// A place to fold events into that nobody else sees, and that is gone afterwards: projections in a
/// throw-away environment.
final class Scratch: Sendable {
  private let directory: String
  private let environment: Environment
  private let tables: Tables
  private let log: Table

  /// Makes a scratch environment in a directory, such as the system's for temporary files.
  init(in parent: String) throws {
    directory = "\(parent)/ipledger-\(UInt64.random(in: 0 ... .max))"
    (environment, tables, log) = try Self.make(at: directory)
  }

  /// Makes the environment, or leaves nothing of it: nobody would come to remove it.
  private static func make(
    at directory: String
  ) throws -> (environment: Environment, tables: Tables, log: Table) {
    do {
      let environment = try Environment.open(
        at: directory, options: Environment.Options(durability: .none))
      do {
        let (tables, log) = try environment.write { txn in
          (try Tables(creating: 0, in: txn), try txn.createTable(MetaTable.logName))
        }
        return (environment, tables, log)
      } catch {
        environment.close()
        throw error
      }
    } catch {
      try? FileManager.default.removeItem(atPath: directory)
      throw error
    }
  }

  deinit {
    environment.close()
    try? FileManager.default.removeItem(atPath: directory)
  }

  /// Folds events in one transaction.
  ///
  /// - Returns: The positions of those that said nothing new.
  func fold(
    _ events: [RecordedEvent], _ isConcerned: @Sendable (Event) -> Bool = { _ in true }
  ) throws -> [Position] {
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
