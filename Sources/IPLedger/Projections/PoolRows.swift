package import LMDB

/// A pool with the time in which the ledger hands its addresses out.
package struct PoolRow: Hashable, Sendable {
  package var pool: Pool
  /// Since when.
  package var definedAt: Instant
  /// Until when; absent while it does.
  package var withdrawnAt: Instant?

  package init(pool: Pool, definedAt: Instant, withdrawnAt: Instant? = nil) {
    self.pool = pool
    self.definedAt = definedAt
    self.withdrawnAt = withdrawnAt
  }

  /// Whether the ledger handed its addresses out at an instant.
  package func contains(_ instant: Instant) -> Bool {
    definedAt <= instant && withdrawnAt.map { instant < $0 } ?? true
  }
}

extension PoolRow {
  fileprivate var encoded: [UInt8] {
    var writer = FieldWriter()
    writer.message(1) { pool.write(to: &$0) }
    writer.instant(2, definedAt)
    writer.instant(3, withdrawnAt)
    return writer.bytes
  }

  fileprivate init(decoding bytes: [UInt8]) throws {
    var reader = FieldReader(bytes[...], of: "the pool")
    let pool = try reader.message(1, of: "definition") { try Pool(from: &$0) }
    guard let pool, let definedAt = try reader.instant(2) else {
      throw EventDecodingError.damaged("the pool lacks a field")
    }
    self.init(pool: pool, definedAt: definedAt, withdrawnAt: try reader.instant(3))
    try reader.finish()
  }
}

/// The pools of each network: those that hand addresses out, which never overlap, and those that did.
package struct PoolRows {
  private let tables: Tables

  package init(_ tables: Tables) {
    self.tables = tables
  }

  /// Whether no pool hands anything out.
  package func isEmpty(in txn: borrowing ReadTransaction) throws -> Bool {
    try tables.first(.pools, in: txn) == nil
  }

  /// The pool with this very prefix, if it hands addresses out.
  package func pool(
    _ network: NetworkName, _ prefix: AddressPrefix, in txn: borrowing ReadTransaction
  ) throws -> PoolRow? {
    try tables.row(.pools, Keys.pool(network, prefix), in: txn).map(PoolRow.init(decoding:))
  }

  /// The pool in whose prefix an address lies, if it hands addresses out.
  package func pool(
    around address: Address, in txn: borrowing ReadTransaction
  ) throws -> PoolRow? {
    let key = Keys.address(address)
    // Pools do not overlap: only the one that begins last before the address can have it.
    guard let found = try tables.floor(.pools, key + [0xFF], in: txn),
      found.key.starts(with: Keys.network(address.network))
    else { return nil }
    let row = try PoolRow(decoding: found.content)
    return row.pool.prefix.contains(address.ip) ? row : nil
  }

  /// The pools that hand addresses out, by network and prefix; of one network, or of all.
  package func pools(
    of network: NetworkName?, in txn: borrowing ReadTransaction
  ) throws -> [PoolRow] {
    try rows(.pools, of: network, in: txn)
  }

  /// The pools that were withdrawn, by network, prefix and time.
  package func formerPools(
    of network: NetworkName?, in txn: borrowing ReadTransaction
  ) throws -> [PoolRow] {
    try rows(.formerPools, of: network, in: txn)
  }

  private func rows(
    _ kind: Tables.Kind, of network: NetworkName?, in txn: borrowing ReadTransaction
  ) throws -> [PoolRow] {
    var rows: [PoolRow] = []
    let range = network.map { KeyRange.prefix(Keys.network($0)) } ?? .all
    try tables.scan(kind, range, in: txn) { _, content in
      rows.append(try PoolRow(decoding: content))
      return .next
    }
    return rows
  }

  package func define(_ row: PoolRow, in txn: borrowing WriteTransaction) throws {
    try tables.put(
      .pools, Keys.pool(row.pool.network, row.pool.prefix), row.encoded, in: txn)
  }

  package func withdraw(_ row: PoolRow, in txn: borrowing WriteTransaction) throws {
    let key = Keys.pool(row.pool.network, row.pool.prefix)
    try txn.delete(tables[.pools], key)
    try tables.put(.formerPools, key + Keys.instant(row.definedAt), row.encoded, in: txn)
  }
}
