import CLMDB

extension ReadTransaction {
  /// The table of that name, or `nil` when it does not exist in this snapshot.
  ///
  /// - Throws: `.incompatibleTable` when other software made it with options not used here;
  ///   `.badTableName`.
  public func table(_ name: String) throws(LMDBError) -> Table? {
    if let table = catalog.tables[name] { return table }
    try Table.checkName(name, in: core.path)
    guard !catalog.unusable.contains(name) else {
      throw LMDBError(
        .incompatibleTable,
        "\(core.path): expected a plain table “\(name)”, found a record or a table with "
          + "options not used here: other software made it, or the file is damaged")
    }
    return nil
  }

  /// The names of all tables, in order of their bytes.
  public func tableNames() throws(LMDBError) -> [String] {
    catalog.unusable.union(catalog.tables.keys).sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
  }

  /// The number of entries (`ms_entries` of `mdb_stat`), found without counting.
  ///
  /// - Throws: `.tableNotFound`.
  public func count(_ table: Table) throws(LMDBError) -> Int {
    try tableStatistics(table).entries
  }

  /// The shape of the table's tree (`mdb_stat`).
  ///
  /// - Throws: `.tableNotFound`.
  public func tableStatistics(_ table: Table) throws(LMDBError) -> TableStatistics {
    try check(table)
    var statistics = MDB_stat()
    try check(unsafe mdb_stat(handle, table.handle, &statistics), table, "asking for statistics")
    return TableStatistics(
      depth: Int(statistics.ms_depth),
      branchPages: statistics.ms_branch_pages,
      leafPages: statistics.ms_leaf_pages,
      overflowPages: statistics.ms_overflow_pages,
      entries: statistics.ms_entries)
  }
}

/// The shape of one table's B+ tree (`MDB_stat`).
public struct TableStatistics: Sendable, Equatable {
  /// The height of the tree; 0 when it is empty.
  public let depth: Int
  /// Pages that hold keys only.
  public let branchPages: Int
  /// Pages that hold entries.
  public let leafPages: Int
  /// Pages that hold values too large for a leaf.
  public let overflowPages: Int
  /// The number of entries.
  public let entries: Int
}
