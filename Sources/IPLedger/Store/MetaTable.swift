import LMDB

/// What the ledger knows of itself: the layout of its tables and the generation of projections in
/// force.
enum MetaTable {
  static let name = "meta"
  /// What the checksums of its rows go on from.
  package static let seed = Row.Seed(name)
  static let logName = "log"
  /// The layout that this program writes.
  ///
  /// 2 has the tables of pools and of vacant addresses, in 3 a row's checksum covers its table, in 4 a
  /// cluster is known to be in a network by its pods, too, in 5 lists without a version are told apart
  /// and a deadline counts from the greatest deletion, 6 has staircases in stretches and one row of evidence
  /// for each incarnation, in 7 a step of a stretch is found by halving, and 8 says which clusters' clocks
  /// disagree. An older layout differs in the projections only, so folding the log again makes it this one.
  static let currentLayout: UInt64 = 8
  static let layoutKey = Array("layout".utf8)
  static let generationKey = Array("generation".utf8)
  private static let rebuildKey = Array("rebuild".utf8)
  private static let upgradeKey = Array("upgraded".utf8)
  /// The number of the rebuild that brings the projections into the present layout: all who open such a
  /// ledger have a part in that one.
  static let upgradeToken = currentLayout

  static func layout(_ meta: Table, in txn: borrowing ReadTransaction) throws -> UInt64? {
    try number(meta, layoutKey, in: txn)
  }

  static func generation(_ meta: Table, in txn: borrowing ReadTransaction) throws -> UInt64 {
    try number(meta, generationKey, in: txn) ?? 0
  }

  /// A number that stands for the rebuild that began last: an earlier one that goes on notices.
  static func rebuild(_ meta: Table, in txn: borrowing ReadTransaction) throws -> UInt64? {
    try number(meta, rebuildKey, in: txn)
  }

  static func setRebuild(
    _ meta: Table, _ token: UInt64, in txn: borrowing WriteTransaction
  ) throws {
    try set(meta, rebuildKey, token, in: txn)
  }

  /// How far that rebuild has come.
  static func upgraded(_ meta: Table, in txn: borrowing ReadTransaction) throws -> Position {
    Position(try number(meta, upgradeKey, in: txn) ?? 0)
  }

  static func setUpgraded(
    _ meta: Table, _ position: Position?, in txn: borrowing WriteTransaction
  ) throws {
    if let position {
      try set(meta, upgradeKey, position.rawValue, in: txn)
    } else {
      try txn.delete(meta, upgradeKey)
    }
  }

  static func setLayout(_ meta: Table, in txn: borrowing WriteTransaction) throws {
    try set(meta, layoutKey, currentLayout, in: txn)
  }

  static func setGeneration(
    _ meta: Table, _ generation: UInt64, in txn: borrowing WriteTransaction
  ) throws {
    try set(meta, generationKey, generation, in: txn)
  }

  private static func number(
    _ meta: Table, _ key: [UInt8], in txn: borrowing ReadTransaction
  ) throws -> UInt64? {
    guard let value = try txn.get(meta, key) else { return nil }
    var reader = ByteReader(try Row.open(value, under: key, of: seed))
    return try reader.uint64()
  }

  private static func set(
    _ meta: Table, _ key: [UInt8], _ value: UInt64, in txn: borrowing WriteTransaction
  ) throws {
    var writer = ByteWriter()
    writer.uint64(value)
    try txn.put(meta, key, Row.seal(writer.bytes, under: key, of: seed))
  }
}
