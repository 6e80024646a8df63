import IPLedger
import IPLedgerArchive

extension PoolStatus: Record {
  static let columns = [
    "network", "zone", "prefix", "capacity", "free", "never_used", "bound", "retained",
    "cooling_down", "conflicted", "next_free_at", "withdrawn_at",
  ]

  var fields: [[String]] {
    [
      [
        pool.network.rawValue, pool.zone.rawValue, pool.prefix.description, "\(capacity)",
        "\(free)", "\(neverUsed)", "\(bound)", "\(retained)", "\(coolingDown)",
        "\(conflicted.count)", nextFreeAt.field, withdrawnAt.field,
      ]
    ]
  }

  var json: JSON {
    [
      "network": .string(pool.network.rawValue),
      "zone": .string(pool.zone.rawValue),
      "prefix": .string(pool.prefix.description),
      "capacity": .count(capacity),
      "free": .count(free),
      "neverUsed": .count(neverUsed),
      "bound": .count(bound),
      "retained": .count(retained),
      "coolingDown": .count(coolingDown),
      "conflicted": .integer(conflicted.count),
      "nextFreeAt": nextFreeAt.json,
      "withdrawnAt": withdrawnAt.json,
    ]
  }

  /// The header of a table of pools.
  static let tableHeader = [
    "NETWORK", "ZONE", "PREFIX", "FREE", "BOUND", "RETAINED", "COOLING", "CONFLICTS", "NEXT FREE",
  ]

  /// The row for people.
  var tableRow: [String] {
    [
      pool.network.rawValue, pool.zone.rawValue, pool.prefix.description, "\(free)", "\(bound)",
      "\(retained)", "\(coolingDown)", "\(conflicted.count)",
      withdrawnAt.map { "withdrawn \($0)" } ?? nextFreeAt.field,
    ]
  }

  /// When the next retained address becomes free, if its pod does not come back.
  var nextFreeAt: Instant? { forecast.first?.instant }
}

extension [PoolStatus] {
  /// One sentence for each network.
  var totals: [String] {
    Set(map(\.pool.network)).sorted().map { network in
      let pools = filter { $0.pool.network == network }
      let sum = { (count: (PoolStatus) -> UInt128) in
        pools.reduce(UInt128(0)) { total, pool in
          let (sum, overflow) = total.addingReportingOverflow(count(pool))
          return overflow ? .max : sum
        }
      }
      return "\(network): \(plural(pools.count, "pool")), \(sum(\.free)) free, \(sum(\.bound)) "
        + "bound, \(sum(\.retained)) retained, \(sum(\.coolingDown)) cooling down"
    }
  }
}
