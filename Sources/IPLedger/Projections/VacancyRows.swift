package import LMDB

/// Since when nobody holds an address and it is kept for nobody.
package struct Vacancy: Hashable, Sendable {
  /// When its last pod gave it up.
  package var endedAt: Instant
  /// From when on it is free: then, or at the deadline for which it is retained.
  package var freeAt: Instant

  package init(endedAt: Instant, freeAt: Instant) {
    self.endedAt = endedAt
    self.freeAt = freeAt
  }

  /// What holds for two pods that had it: the later of both.
  package func later(_ other: Vacancy?) -> Vacancy {
    guard let other else { return self }
    return Vacancy(
      endedAt: max(endedAt, other.endedAt), freeAt: max(freeAt, other.freeAt))
  }
}

/// The addresses of pools that pods gave up, by address, and by pool in the order in which they come
/// free (R24).
package struct VacancyRows {
  private let tables: Tables

  package init(_ tables: Tables) {
    self.tables = tables
  }

  package func vacancy(
    of address: Address, in txn: borrowing ReadTransaction
  ) throws -> Vacancy? {
    guard let row = try tables.row(.vacancies, Keys.address(address), in: txn) else { return nil }
    return try Self.decode(row)
  }

  /// The address of a pool that has been free the longest, or will be free first.
  package func first(
    of pool: Pool, in txn: borrowing ReadTransaction
  ) throws -> (address: IPAddress, freeAt: Instant)? {
    let prefix = Keys.pool(pool.network, pool.prefix)
    guard let found = try tables.ceiling(.vacancyOrder, prefix, in: txn),
      found.key.starts(with: prefix)
    else { return nil }
    let (freeAt, address) = try Keys.vacancy(endOf: found.key, pool.prefix.family)
    return (address, freeAt)
  }

  /// How many addresses of a pool are retained at an instant, and how many are free.
  package func count(
    of pool: Pool, at instant: Instant, in txn: borrowing ReadTransaction
  ) throws -> (retained: UInt128, free: UInt128) {
    let prefix = Keys.pool(pool.network, pool.prefix)
    let until = prefix + Keys.instant(instant.adding(microseconds: 1))
    var counts: (retained: UInt128, free: UInt128) = (0, 0)
    try tables.scan(.vacancyOrder, .prefix(prefix), in: txn) { key, _ in
      if key.lexicographicallyPrecedes(until) {
        counts.free += 1
      } else {
        counts.retained += 1
      }
      return .next
    }
    return counts
  }

  /// Visits the vacant addresses of a pool in the order in which they come free.
  package func forEach(
    of pool: Pool, in txn: borrowing ReadTransaction,
    _ body: (Address, Vacancy) throws -> ScanStep
  ) throws {
    let prefix = Keys.pool(pool.network, pool.prefix)
    try tables.scan(.vacancyOrder, .prefix(prefix), in: txn) { key, content in
      let (freeAt, ip) = try Keys.vacancy(endOf: key, pool.prefix.family)
      var reader = ByteReader(content)
      let endedAt = Instant(microseconds: try reader.int64())
      return try body(
        Address(network: pool.network, ip: ip), Vacancy(endedAt: endedAt, freeAt: freeAt))
    }
  }

  /// Sets since when an address of a pool is vacant; `nil` where it is not.
  package func set(
    _ vacancy: Vacancy?, of address: Address, in pool: Pool, in txn: borrowing WriteTransaction
  ) throws {
    let known = try self.vacancy(of: address, in: txn.reading)
    guard known != vacancy else { return }
    let key = Keys.address(address)
    if let known {
      try txn.delete(tables[.vacancyOrder], Keys.vacancy(pool, known.freeAt, address.ip))
    }
    guard let vacancy else {
      try txn.delete(tables[.vacancies], key)
      return
    }
    var writer = ByteWriter()
    writer.int64(vacancy.endedAt.microseconds)
    try tables.put(
      .vacancyOrder, Keys.vacancy(pool, vacancy.freeAt, address.ip), writer.bytes, in: txn)
    writer.int64(vacancy.freeAt.microseconds)
    try tables.put(.vacancies, key, writer.bytes, in: txn)
  }

  /// Forgets all of a pool.
  package func clear(_ pool: Pool, in txn: borrowing WriteTransaction) throws {
    var vacant: [(address: Address, freeAt: Instant)] = []
    try forEach(of: pool, in: txn.reading) { address, vacancy in
      vacant.append((address, vacancy.freeAt))
      return .next
    }
    for (address, freeAt) in vacant {
      try txn.delete(tables[.vacancyOrder], Keys.vacancy(pool, freeAt, address.ip))
      try txn.delete(tables[.vacancies], Keys.address(address))
    }
  }

  private static func decode(_ row: [UInt8]) throws -> Vacancy {
    var reader = ByteReader(row)
    let endedAt = Instant(microseconds: try reader.int64())
    return Vacancy(endedAt: endedAt, freeAt: Instant(microseconds: try reader.int64()))
  }
}
