/// The tables of one snapshot, and the handles that are open for them.
///
/// `mdb_dbi_open` may be used by one transaction of a process at a time, and not before that one has
/// ended. So transactions of users never open handles: whoever begins one makes sure first that
/// the catalog covers its snapshot, and ``ReadTransaction/table(_:)`` is a lookup.
final class Catalog: Sendable {
  /// The transaction whose snapshot these are exactly the tables of, or -1.
  let transaction: Int

  /// The tables that exist in the snapshot.
  let tables: [String: Table]

  /// The handles that are open, also of tables that another process has dropped.
  let handles: [String: Table]

  /// Names in the main table that cannot be used: plain records, or tables with other options.
  let unusable: Set<String>

  /// The stamp of each existing table, at its handle's number; 0 where there is none.
  private let stamps: [UInt64]

  init(
    transaction: Int, tables: [String: Table], handles: [String: Table], unusable: Set<String>
  ) {
    self.transaction = transaction
    self.tables = tables
    self.handles = handles
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
    handles = other.handles
    unusable = other.unusable
    stamps = other.stamps
  }

  /// A catalog that covers no snapshot yet.
  static var empty: Catalog {
    Catalog(transaction: -1, tables: [:], handles: [:], unusable: [])
  }

  /// Whether `table` is a table of this snapshot, opened by this environment.
  func contains(_ table: Table) -> Bool {
    let index = Int(table.handle)
    return index < stamps.count && stamps[index] == table.stamp
  }

  /// The same tables, for another transaction.
  func at(_ transaction: Int) -> Catalog { Catalog(transaction: transaction, like: self) }

  /// The catalog of a snapshot whose main table holds `names`, or `nil` if a handle is missing.
  func covering(_ names: [String], at transaction: Int) -> Catalog? {
    var tables: [String: Table] = [:]
    for name in names where !unusable.contains(name) {
      guard let table = handles[name] else { return nil }
      tables[name] = table
    }
    let unusable = unusable.intersection(names)
    return Catalog(transaction: transaction, tables: tables, handles: handles, unusable: unusable)
  }

  /// The catalog with `table` opened and existing.
  func adding(_ table: Table) -> Catalog {
    var (tables, handles) = (tables, handles)
    tables[table.name] = table
    handles[table.name] = table
    return Catalog(
      transaction: transaction, tables: tables, handles: handles, unusable: unusable)
  }

  /// The catalog with neither the table nor the handle of that name.
  func removing(_ name: String) -> Catalog {
    var (tables, handles) = (tables, handles)
    tables[name] = nil
    handles[name] = nil
    return Catalog(
      transaction: transaction, tables: tables, handles: handles, unusable: unusable)
  }
}
