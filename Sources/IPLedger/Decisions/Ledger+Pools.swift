import LMDB

/// What became of a pool that was to be defined or withdrawn.
public enum PoolOutcome: Hashable, Sendable {
  /// It hands addresses out from now on, as defined.
  case defined(Position)
  /// It hands out nothing new; what is bound or retained stays.
  case withdrawn(Position)
  /// It was so already.
  case unchanged
  /// It was not done.
  case refused(PoolRefusal)
}

/// Why a pool is not defined or withdrawn.
public enum PoolRefusal: Hashable, Sendable, CustomStringConvertible {
  /// It has addresses in common with another pool of the network.
  case overlaps(Pool)
  /// Its prefix is a pool of another zone.
  case otherZone(Pool)
  /// No pool of the network has this prefix.
  case unknown(AddressPrefix, network: NetworkName, known: [AddressPrefix])

  /// The code that scripts see.
  public var code: String {
    switch self {
    case .overlaps: "pool-overlaps"
    case .otherZone: "pool-in-other-zone"
    case .unknown: "pool-unknown"
    }
  }

  /// What is so, and what to do.
  public var description: String {
    switch self {
    case .overlaps(let other):
      """
      it has addresses in common with the pool \(other.prefix) of the zone \(other.zone) in the \
      network \(other.network): withdraw that one first
      """
    case .otherZone(let other):
      """
      the pool \(other.prefix) is of the zone \(other.zone): an address does not move between \
      zones; withdraw it first
      """
    case .unknown(let prefix, let network, let known):
      """
      the network \(network) has no pool \(prefix); it has \
      \(known.isEmpty ? "none" : known.map(\.description).joined(separator: ", "))
      """
    }
  }
}

extension Ledger {
  /// Defines a pool, or changes the exclusions and the cool-down of the one with its prefix.
  ///
  /// What a pod has of it stays, also where it is excluded now.
  ///
  /// - Parameters:
  ///   - pool: The pool as it is to be.
  ///   - instant: From when on.
  /// - Returns: What became of it; refused where it overlaps another pool of its network.
  /// - Throws: ``LedgerError`` where a row is damaged; ``StorageError`` where the storage fails.
  public func define(_ pool: Pool, at instant: Instant) async throws -> PoolOutcome {
    try await commit { writer, txn in try Deciding.define(pool, at: instant, &writer, in: txn) }
  }

  /// Withdraws a pool: it hands out nothing new, and what is bound or retained stays.
  ///
  /// - Parameters:
  ///   - prefix: Its prefix.
  ///   - network: Its network.
  ///   - instant: From when on.
  /// - Returns: What became of it; refused where there is no such pool.
  /// - Throws: As ``define(_:at:)``.
  public func withdraw(
    _ prefix: AddressPrefix, of network: NetworkName, at instant: Instant
  ) async throws -> PoolOutcome {
    try await commit { writer, txn in
      try Deciding.withdraw(prefix, of: network, at: instant, &writer, in: txn)
    }
  }
}

extension Deciding {
  static func define(
    _ pool: Pool, at instant: Instant, _ writer: inout LogWriter,
    in txn: borrowing WriteTransaction
  ) throws -> PoolOutcome {
    let view = try writer.view(in: txn)
    for other in try view.pools(of: pool.network) {
      if other == pool { return .unchanged }
      if other.prefix == pool.prefix {
        guard other.zone == pool.zone else { return .refused(.otherZone(other)) }
      } else if other.overlaps(pool) {
        return .refused(.overlaps(other))
      }
    }
    let event = PoolChanged(pool: pool, change: .defined, instant: instant)
    return .defined(try writer.append(.pool(event), in: txn).position)
  }

  static func withdraw(
    _ prefix: AddressPrefix, of network: NetworkName, at instant: Instant,
    _ writer: inout LogWriter, in txn: borrowing WriteTransaction
  ) throws -> PoolOutcome {
    let view = try writer.view(in: txn)
    let pools = try view.pools(of: network)
    guard let pool = pools.first(where: { $0.prefix == prefix }) else {
      if try view.wasWithdrawn(prefix, of: network) { return .unchanged }
      return .refused(.unknown(prefix, network: network, known: pools.map(\.prefix)))
    }
    let event = PoolChanged(pool: pool, change: .withdrawn, instant: instant)
    return .withdrawn(try writer.append(.pool(event), in: txn).position)
  }
}

extension LedgerView {
  /// The pools of a network that hand addresses out, by prefix; of all networks where none is named.
  public func pools(of network: NetworkName?) throws -> [Pool] {
    try PoolRows(tables).pools(of: network, in: txn).map(\.pool)
  }

  func wasWithdrawn(_ prefix: AddressPrefix, of network: NetworkName) throws -> Bool {
    try PoolRows(tables).formerPools(of: network, in: txn).contains { $0.pool.prefix == prefix }
  }

  /// What the addresses of a zone's pools are busy with.
  func exhaustion(
    of pools: [Pool], _ zone: ZoneName, _ family: IPAddress.Family, at instant: Instant
  ) throws -> Refusal.Exhaustion {
    var state = Refusal.Exhaustion(
      zone: zone, network: pools[0].network, family: family, bound: 0, retained: 0,
      coolingDown: 0, nextAt: nil)
    for pool in pools {
      let vacant = try VacancyRows(tables).count(of: pool, at: instant, in: txn)
      let used = try UsedRows(tables).count(of: pool, in: txn)
      state.bound += try Self.rest(of: used, without: vacant.retained + vacant.free)
      state.retained += vacant.retained
      state.coolingDown += vacant.free
      if let first = try VacancyRows(tables).first(of: pool, in: txn) {
        state.nextAt = lesser(state.nextAt, first.freeAt + pool.coolDown)
      }
    }
    return state
  }

  /// What is left of used addresses without others of them; fewer than none is damage.
  static func rest(of used: UInt128, without others: UInt128) throws -> UInt128 {
    guard others <= used else {
      throw LedgerError.damagedRow(table: Tables.Kind.used.rawValue, key: [])
    }
    return used - others
  }

  /// How the addresses of a pool are used at an instant.
  func use(of pool: Pool, at instant: Instant) throws -> PoolUse {
    var use = PoolUse()
    use.used = try UsedRows(tables).count(of: pool, in: txn)
    use.bound = use.used
    try VacancyRows(tables).forEach(of: pool, in: txn) { _, vacancy in
      if vacancy.endedAt > instant { return .next }
      use.bound = try Self.rest(of: use.bound, without: 1)
      if vacancy.freeAt > instant {
        use.retained += 1
        use.retainedUntil.append(vacancy.freeAt)
      } else if vacancy.freeAt + pool.coolDown > instant {
        use.coolingDown += 1
      } else {
        use.freeAgain += 1
      }
      return .next
    }
    return use
  }
}

/// How the addresses of a pool are used, as counts.
struct PoolUse {
  /// Those that any pod ever had.
  var used: UInt128 = 0
  /// Those that a pod has, or may have, or that are kept without a deadline.
  var bound: UInt128 = 0
  /// Those that are kept for a pod that is gone.
  var retained: UInt128 = 0
  /// Those that are free, but not yet for the cool-down.
  var coolingDown: UInt128 = 0
  /// Those that were used and can be given again.
  var freeAgain: UInt128 = 0
  /// The deadlines of those that are retained, ascending.
  var retainedUntil: [Instant] = []
}
