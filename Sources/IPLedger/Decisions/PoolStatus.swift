import LMDB

/// How a pool's addresses are used at an instant.
public struct PoolStatus: Hashable, Sendable {
  /// The pool.
  public var pool: Pool
  /// Since when it hands addresses out.
  public var definedAt: Instant
  /// When it was withdrawn; absent while it hands addresses out.
  public var withdrawnAt: Instant?
  /// How many addresses it has, exclusions left out; at most 2¹²⁸ − 1.
  public var capacity: UInt128
  /// How many can be given now.
  public var free: UInt128
  /// How many of the free ones no pod ever had.
  public var neverUsed: UInt128
  /// How many a pod has, or may have; also those of completed pods, which are kept until these are
  /// gone.
  public var bound: UInt128
  /// How many are kept for pods that are gone.
  public var retained: UInt128
  /// How many are free, but not yet for the cool-down.
  public var coolingDown: UInt128
  /// The addresses with a conflict, some time (R11, R17).
  public var conflicted: [Address]
  /// When retained addresses become free if their pods do not come back: each instant with how many do,
  /// soonest first.
  public var forecast: [Release]

  /// Some addresses become free.
  public struct Release: Hashable, Sendable {
    /// When.
    public var instant: Instant
    /// How many.
    public var count: Int
  }
}

extension LedgerView {
  /// How the addresses of pools are used at an instant, by network and prefix: of all pools that hand
  /// addresses out, and of those that were withdrawn while anything of them is bound or retained.
  ///
  /// - Parameters:
  ///   - network: The network; `nil` for all.
  ///   - instant: The instant, not before the last decision: what counts is the newest state.
  /// - Returns: One status for each pool.
  /// - Throws: ``LedgerError`` where a row is damaged.
  public func poolStatuses(
    of network: NetworkName? = nil, at instant: Instant
  ) throws -> [PoolStatus] {
    let rows = PoolRows(tables)
    let conflicts = try conflicts()
    var statuses = try rows.pools(of: network, in: txn).map { row in
      try status(of: row, use(of: row.pool, at: instant), conflicts)
    }
    for row in try rows.formerPools(of: network, in: txn) {
      let status = try status(of: row, formerUse(of: row.pool, at: instant), conflicts)
      if status.bound > 0 || status.retained > 0 { statuses.append(status) }
    }
    return statuses
  }

  private func status(
    of row: PoolRow, _ use: PoolUse, _ conflicts: [Address]
  ) throws -> PoolStatus {
    let capacity = row.pool.capacity
    let neverUsed = try Self.rest(of: capacity, without: use.used)
    var releases: [PoolStatus.Release] = []
    for deadline in use.retainedUntil {
      if releases.last?.instant == deadline {
        releases[releases.count - 1].count += 1
      } else {
        releases.append(PoolStatus.Release(instant: deadline, count: 1))
      }
    }
    let isOpen = row.withdrawnAt == nil
    return PoolStatus(
      pool: row.pool, definedAt: row.definedAt, withdrawnAt: row.withdrawnAt, capacity: capacity,
      free: isOpen ? neverUsed + use.freeAgain : 0, neverUsed: neverUsed, bound: use.bound,
      retained: use.retained, coolingDown: use.coolingDown,
      conflicted: conflicts.filter { address in
        address.network == row.pool.network && row.pool.prefix.contains(address.ip)
      }, forecast: releases)
  }

  /// The use of a pool whose vacancies are not listed any more; another pool may have taken its
  /// prefix over.
  private func formerUse(of pool: Pool, at instant: Instant) throws -> PoolUse {
    var use = PoolUse()
    let rule = VacancyRule(tables)
    for address in try addresses(in: pool.prefix, of: pool.network) where pool.offers(address.ip) {
      use.used += 1
      guard try PoolRows(tables).pool(around: address, in: txn) == nil else { continue }
      guard let vacancy = try rule.vacancy(of: address, in: txn), vacancy.endedAt <= instant else {
        use.bound += 1
        continue
      }
      guard vacancy.freeAt > instant else { continue }
      use.retained += 1
      use.retainedUntil.append(vacancy.freeAt)
    }
    use.retainedUntil.sort()
    return use
  }
}
