package import LMDB

/// The tables of one generation of the projections.
///
/// A rebuild fills the tables of the next generation beside the live ones; the switch is one row of
/// ``MetaTable``.
package struct Tables: Sendable {
  /// What a table holds, and so its name.
  package enum Kind: String, CaseIterable, Sendable {
    /// Cluster and uid → all that was observed of an incarnation.
    case incarnations
    /// Identity and first version → the uids of its incarnations.
    case pods
    /// Address, cluster, version and uid → a tenure: who held it, in the order of changes.
    case tenures
    /// The same keys, of the tenures that nothing has ended: who holds each address now.
    case holders
    /// The same keys, of the tenures that overlap the next one of the address.
    case contested
    /// Identity and node class → the reservation.
    case reservations
    /// Deadline and reservation: the reservations in the order in which they end.
    case deadlines
    /// Identity, node class and instant → how a reservation was ended.
    case releases
    /// Cluster → the spans in which it was watched.
    case coverage
    /// Cluster and version → who was present in a list.
    case presences
    /// Cluster and stretch of versions → the steps there of: no earlier than this.
    case earliest
    /// Cluster and stretch of versions, from behind → the steps there of: no later than this.
    case latest
    /// Cluster → by how much its steps contradict each other at most.
    case disagreements
    /// Network and prefix → a pool that hands out addresses.
    case pools
    /// Network, prefix and instant → a pool that no longer does.
    case formerPools = "former-pools"
    /// Network and first address → the last one of addresses without a gap that pods ever had.
    case used
    /// Address → since when it is free, for addresses of pools that nobody holds.
    case vacancies
    /// Pool, instant and address: the vacant addresses in the order in which they came free.
    case vacancyOrder = "vacancy-order"
    /// Incarnation → what was said of it and where; fact about anything else and position → nothing.
    case evidence
    /// Kind of event → how many there are.
    case counts

    /// What the checksums of its rows go on from.
    package var seed: Row.Seed { Self.seeds[ordinal] }

    private static let seeds = allCases.map { Row.Seed($0.rawValue) }

    /// Its place among all kinds.
    fileprivate var ordinal: Int {
      switch self {
      case .incarnations: 0
      case .pods: 1
      case .tenures: 2
      case .holders: 3
      case .contested: 4
      case .reservations: 5
      case .deadlines: 6
      case .releases: 7
      case .coverage: 8
      case .presences: 9
      case .earliest: 10
      case .latest: 11
      case .disagreements: 12
      case .pools: 13
      case .formerPools: 14
      case .used: 15
      case .vacancies: 16
      case .vacancyOrder: 17
      case .evidence: 18
      case .counts: 19
      }
    }

    /// Whether the order of learning shows in it, because it names positions or counts them (R7).
    package var dependsOnOrder: Bool { self == .evidence || self == .counts }
  }

  /// The tables, by the place of their kind among all.
  private let tables: [Table]

  /// Opens the tables of a generation; `nil` where they do not exist.
  package init?(generation: UInt64, in txn: borrowing ReadTransaction) throws {
    var tables: [Table] = []
    for kind in Kind.allCases {
      guard let table = try txn.table(Self.name(kind, generation)) else { return nil }
      tables.append(table)
    }
    self.tables = tables
  }

  /// Makes the tables of a generation where they do not exist.
  package init(creating generation: UInt64, in txn: borrowing WriteTransaction) throws {
    var tables: [Table] = []
    for kind in Kind.allCases { tables.append(try txn.createTable(Self.name(kind, generation))) }
    self.tables = tables
  }

  /// Removes the tables of a generation.
  package static func drop(_ generation: UInt64, in txn: borrowing WriteTransaction) throws {
    for kind in Kind.allCases { try txn.drop(name(kind, generation)) }
  }

  /// The generations of which there is any table.
  package static func generations(in txn: borrowing ReadTransaction) throws -> Set<UInt64> {
    Set(
      try txn.tableNames().compactMap { name in
        let parts = name.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, Kind(rawValue: String(parts[0])) != nil else { return nil }
        return UInt64(parts[1])
      })
  }

  package static func name(_ kind: Kind, _ generation: UInt64) -> String {
    "\(kind.rawValue).\(generation)"
  }

  /// The table of a kind.
  package subscript(_ kind: Kind) -> Table {
    tables[kind.ordinal]
  }

  /// The addresses of a network within a prefix that any pod is known to have had, ascending.
  package func addresses(
    in prefix: AddressPrefix, of network: NetworkName, in txn: borrowing ReadTransaction
  ) throws -> [Address] {
    let last = Keys.address(Address(network: network, ip: prefix.lastAddress))
    var addresses: [Address] = []
    var next = try ceiling(
      .tenures, Keys.address(Address(network: network, ip: prefix.firstAddress)), in: txn)
    while let found = next,
      found.key.prefix(last.count).lexicographicallyPrecedes(last)
        || found.key.starts(with: last)
    {
      let address = try Keys.tenure(decoding: found.key).address
      addresses.append(address)
      next = try higher(
        .tenures, Keys.address(address) + [UInt8](repeating: 0xFF, count: 65), in: txn)
    }
    return addresses
  }
}
