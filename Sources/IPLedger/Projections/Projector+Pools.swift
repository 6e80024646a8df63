import LMDB

// Which addresses a pool can hand out: what was ever used, and since when it is vacant (R24).
//
// Vacancies are told from the evidence of the tenures alone, not from the staircases, which other
// pods' changes move: they can only be later than what an answer would say, never earlier.

extension Projector {
  /// Takes in what became of a pool.
  ///
  /// The addresses of pods that are not settled yet find their pool, or none, when they are.
  func foldPool(_ event: PoolChanged, in txn: borrowing WriteTransaction) throws -> Bool {
    let pools = PoolRows(tables)
    let known = try pools.pool(event.pool.network, event.pool.prefix, in: txn.reading)
    switch event.change {
    case .defined:
      guard known?.pool != event.pool else { return false }
      let row = PoolRow(pool: event.pool, definedAt: known?.definedAt ?? event.instant)
      if let known { try VacancyRows(tables).clear(known.pool, in: txn) }
      try pools.define(row, in: txn)
      let (prefix, network) = (event.pool.prefix, event.pool.network)
      for address in try tables.addresses(in: prefix, of: network, in: txn.reading) {
        try projectVacancy(of: address, in: txn)
      }
    case .withdrawn:
      guard var row = known else { return false }
      try VacancyRows(tables).clear(row.pool, in: txn)
      row.withdrawnAt = event.instant
      try pools.withdraw(row, in: txn)
    }
    return true
  }

  /// Notes that addresses were used, and that the cluster has pods in their network: whoever asks about
  /// the network has to ask about this cluster, too, whether it was watched or not (R20).
  func foldUse(_ event: PodCreated) {
    unsettled.used.formUnion(event.addresses.map { Address(network: event.network, ip: $0) })
    unsettled.homes.insert(
      Unsettled.Home(network: event.network, cluster: event.identity.cluster))
  }

  /// Writes which addresses were used, and where.
  func settleUse(in txn: borrowing WriteTransaction) throws {
    try UsedRows(tables).add(unsettled.used.sorted(), in: txn)
    for home in unsettled.homes { try coverage.add(home.network, of: home.cluster, in: txn) }
    unsettled.used = []
    unsettled.homes = []
  }

  /// Brings the vacancies of the addresses of pods up to date, and of others.
  func projectVacancies(
    ofPods incarnations: [Incarnation], _ others: Set<Address>, in txn: borrowing WriteTransaction
  ) throws {
    guard try !PoolRows(tables).isEmpty(in: txn.reading) else { return }
    var addresses = others
    for incarnation in incarnations {
      for fact in incarnation.facts {
        guard case .addresses(let network, let ips) = fact.content else { continue }
        addresses.formUnion(ips.map { Address(network: network, ip: $0) })
      }
    }
    for address in addresses.sorted() { try projectVacancy(of: address, in: txn) }
  }

  private func projectVacancy(of address: Address, in txn: borrowing WriteTransaction) throws {
    guard let pool = try PoolRows(tables).pool(around: address, in: txn.reading)?.pool else {
      return
    }
    let vacancy =
      pool.offers(address.ip)
      ? try VacancyRule(tables, pods).vacancy(of: address, in: txn.reading) : nil
    try VacancyRows(tables).set(vacancy, of: address, in: pool, in: txn)
  }
}
