package import LMDB

/// The addresses that any event ever showed with a pod, as runs without a gap (R24).
///
/// A run is never next to another one, so the first address after it was never used: what was
/// never used is found without a walk, however many were.
package struct UsedRows {
  private let tables: Tables

  package init(_ tables: Tables) {
    self.tables = tables
  }

  /// Remembers that addresses were used; in ascending order a run is looked up once for all that are in it.
  package func add(
    _ addresses: some Sequence<Address>, in txn: borrowing WriteTransaction
  ) throws {
    var last: (network: NetworkName, run: AddressRange)?
    for address in addresses {
      if let last, last.run.contains(address.ip), last.network == address.network { continue }
      last = (address.network, try add(address, in: txn))
    }
  }

  /// Remembers that an address was used; the run that it is in.
  private func add(
    _ address: Address, in txn: borrowing WriteTransaction
  ) throws -> AddressRange {
    let before = try run(upTo: address, in: txn.reading)
    if let before, before.contains(address.ip) { return before }
    var run = AddressRange(address.ip)
    if let before, before.last.next == address.ip {
      run = AddressRange(before.first, through: address.ip) ?? run
    }
    if let next = address.ip.next,
      let after = try self.run(
        upTo: Address(network: address.network, ip: next), in: txn.reading), after.first == next
    {
      run = AddressRange(run.first, through: after.last) ?? run
      try txn.delete(tables[.used], key(address.network, after.first))
    }
    try tables.put(.used, key(address.network, run.first), run.last.octets, in: txn)
    return run
  }

  /// The lowest address of a range that was never used.
  package func firstUnused(
    of network: NetworkName, in range: AddressRange, in txn: borrowing ReadTransaction
  ) throws -> IPAddress? {
    let first = Address(network: network, ip: range.first)
    guard let run = try run(upTo: first, in: txn), run.contains(range.first) else {
      return range.first
    }
    guard let next = run.last.next, next <= range.last else { return nil }
    return next
  }

  /// How many of the addresses that a pool offers were used.
  package func count(of pool: Pool, in txn: borrowing ReadTransaction) throws -> UInt128 {
    var count: UInt128 = 0
    for range in pool.offered { count += try self.count(of: pool.network, in: range, in: txn) }
    return count
  }

  /// How many addresses of a range were used.
  private func count(
    of network: NetworkName, in range: AddressRange, in txn: borrowing ReadTransaction
  ) throws -> UInt128 {
    let first = Address(network: network, ip: range.first)
    var count = try run(upTo: first, in: txn)?.intersection(range)?.count ?? 0
    let prefix = Keys.network(network) + [range.first.family.rawValue]
    try tables.scan(.used, .from(key(network, range.first)), in: txn) { key, content in
      guard key.starts(with: prefix) else { return .stop }
      let run = try Self.run(key, content)
      guard run.first <= range.last else { return .stop }
      if run.first > range.first { count += run.intersection(range)?.count ?? 0 }
      return .next
    }
    return count
  }

  /// The run that begins last, at an address or before it.
  private func run(
    upTo address: Address, in txn: borrowing ReadTransaction
  ) throws -> AddressRange? {
    guard let found = try tables.floor(.used, Keys.address(address), in: txn),
      found.key.starts(
        with: Keys.network(address.network) + [address.ip.family.rawValue])
    else { return nil }
    return try Self.run(found.key, found.content)
  }

  private func key(_ network: NetworkName, _ ip: IPAddress) -> [UInt8] {
    Keys.network(network) + Keys.ip(ip)
  }

  private static func run(_ key: [UInt8], _ content: [UInt8]) throws -> AddressRange {
    let run = AddressRange(
      try IPAddress(octets: Array(key.suffix(content.count))),
      through: try IPAddress(octets: content))
    guard let run else { throw EventDecodingError.damaged("a run of addresses ends too early") }
    return run
  }
}
