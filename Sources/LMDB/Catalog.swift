/// The tables of one snapshot.
///
/// `mdb_dbi_open` may be used by one transaction of a process at a time, and not before that one
/// has ended. So transactions of users never open handles: whoever begins one makes sure first that
/// there is a handle for each table of its snapshot, and ``ReadTransaction/table(_:)`` is a lookup.
final class Catalog: Sendable {
  /// The transaction whose snapshot these are exactly the tables of, or -1.
  let transaction: Int

  /// The tables that exist in the snapshot.
  let tables: [String: Table]

  /// Names in the main table that cannot be used: plain records, or tables with other options.
  let unusable: Set<String>

  /// The stamp of each existing table, at its handle's number; 0 where there is none.
  private let stamps: [UInt64]

  init(transaction: Int, tables: [String: Table], unusable: Set<String>) {
    self.transaction = transaction
    self.tables = tables
    self.unusable = unusable
    var stamps: [UInt64] = []
    for table in tables.values {
      let missing = Int(table.handle) + 1 - stamps.count
      if missing > 0 { stamps.append(contentsOf: repeatElement(0, count: missing)) }
      stamps[Int(table.handle)] = table.stamp
    }
    self.stamps = stamps
  }

  private init(transaction: Int, like other: Catalog) {
    self.transaction = transaction
    tables = other.tables
    unusable = other.unusable
    stamps = other.stamps
  }

  /// A catalog that covers no snapshot yet.
  static var empty: Catalog { Catalog(transaction: -1, tables: [:], unusable: []) }

  /// Whether `table` is a table of this snapshot, opened by this environment.
  func contains(_ table: Table) -> Bool {
    let index = Int(table.handle)
    return index < stamps.count && stamps[index] == table.stamp
  }

  /// The same tables, for another transaction.
  func at(_ transaction: Int) -> Catalog { Catalog(transaction: transaction, like: self) }

  /// The catalog of a later snapshot with these names, or `nil` if one of them has no handle.
  func following(
    _ names: [String], at transaction: Int, handles: [String: Table]
  ) -> Catalog? {
    var tables: [String: Table] = [:]
    for name in names where !unusable.contains(name) {
      guard let table = handles[name] else { return nil }
      tables[name] = table
    }
    return Catalog(
      transaction: transaction, tables: tables, unusable: unusable.intersection(names))
  }

  /// The catalog with `table` added.
  func adding(_ table: Table) -> Catalog {
    var tables = tables
    tables[table.name] = table
    return Catalog(transaction: transaction, tables: tables, unusable: unusable)
  }

  /// The catalog without the table of that name.
  func removing(_ name: String) -> Catalog {
    var tables = tables
    tables[name] = nil
    return Catalog(transaction: transaction, tables: tables, unusable: unusable)
  }
}
