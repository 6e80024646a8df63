import LMDB

// The whole history of an address or of a pod, one span after another.

extension LedgerView {
  /// Everything that is known of an address over time, in time order: who held it, for whom it was
  /// kept, when it was free and when nobody watched (R20, R22).
  public func history(of address: Address) throws -> [HistorySpan] {
    let tenures = try self.tenures(of: address)
      .sorted { isEarlier($0.holding.from, $1.holding.from) }
    var spans: [HistorySpan] = []
    for (row, holding) in tenures {
      spans.append(try span(of: row, holding))
      if let kept = try retention(after: row, holding) {
        if let span = try span(of: kept, address, after: row) { spans.append(span) }
      }
    }
    spans += try conflicts(in: tenures)
    spans += try contradictions(in: tenures)
    spans += try vacancies(of: address, tenures, spans)
    return spans.sorted { isEarlier($0.from ?? Bounds(), $1.from ?? Bounds()) }
  }

  /// Every address that a pod held, and for how long each was kept for it, in time order.
  public func history(of identity: PodIdentity) throws -> [HistorySpan] {
    var spans: [HistorySpan] = []
    let incarnations = try self.incarnations(of: identity)
    for (index, incarnation) in incarnations.enumerated() {
      for tenure in incarnation.tenures(before: incarnations[(index + 1)...].first) {
        let row = TenureRow(tenure: tenure, incarnation: incarnation)
        let holding = try holding(row)
        spans.append(try span(of: row, holding))
        if let kept = try retention(after: row, holding),
          let span = try span(of: kept, tenure.address, after: row)
        {
          spans.append(span)
        }
      }
    }
    return spans.sorted { isEarlier($0.from ?? Bounds(), $1.from ?? Bounds()) }
  }

  /// The addresses that a pod ever held.
  public func addresses(of identity: PodIdentity) throws -> [Address] {
    var addresses: Set<Address> = []
    let incarnations = try self.incarnations(of: identity)
    for (index, incarnation) in incarnations.enumerated() {
      for tenure in incarnation.tenures(before: incarnations[(index + 1)...].first) {
        addresses.insert(tenure.address)
      }
    }
    return addresses.sorted()
  }

  /// The addresses of a network within a prefix that anybody ever held, ascending.
  public func addresses(in prefix: AddressPrefix, of network: NetworkName) throws -> [Address] {
    try tables.addresses(in: prefix, of: network, in: txn)
  }

  // MARK: Spans

  private func span(of row: TenureRow, _ holding: Holding) throws -> HistorySpan {
    HistorySpan(
      kind: .held, certainty: holding.sureSpan == nil ? .bounded : .exact,
      address: holding.address, holders: [holding], retention: nil, from: holding.from,
      to: holding.to, ended: holding.ended.map { .tenure($0) }, evidence: try evidence(of: [row]))
  }

  private func span(
    of kept: Retention, _ address: Address, after row: TenureRow
  ) throws -> HistorySpan? {
    // It was taken, or came back, before anybody can say that it was kept.
    if let to = kept.to?.latest, let from = kept.from.earliest, to <= from { return nil }
    let isSure = kept.from.latest.map { from in kept.to?.earliest.map { from < $0 } ?? true }
    return HistorySpan(
      kind: .retained, certainty: isSure == true ? .exact : .bounded, address: address, holders: [],
      retention: kept, from: kept.from, to: kept.to, ended: kept.ended.map { .retention($0) },
      evidence: try evidence(of: kept, after: row))
  }

  /// The times in which several surely held an address, from the first two of each overlap on
  /// (R11).
  private func conflicts(
    in tenures: [ResolvedTenure]
  ) throws -> [HistorySpan] {
    let sure = tenures.compactMap { tenure in
      tenure.holding.sureSpan.map { (tenure: tenure, span: $0) }
    }
    let edges = Set(sure.flatMap { [$0.span.lowerBound, $0.span.upperBound] }).sorted()
    var spans: [HistorySpan] = []
    for (start, end) in zip(edges, edges.dropFirst()) {
      let claimants = sure.filter { $0.span.lowerBound <= start && $0.span.upperBound >= end }
      guard claimants.count > 1 else { continue }
      let holders = claimants.map(\.tenure.holding)
      if var last = spans.last, last.to == Bounds(exactly: start), last.holders == holders {
        last.to = Bounds(exactly: end)
        spans[spans.count - 1] = last
        continue
      }
      spans.append(
        HistorySpan(
          kind: .conflicted, certainty: .exact, address: holders[0].address, holders: holders,
          retention: nil, from: Bounds(exactly: start), to: Bounds(exactly: end), ended: nil,
          evidence: try evidence(of: claimants.map(\.tenure.row))))
    }
    return spans
  }

  /// The times in which a reservation was in force although a pod surely held its address (R17).
  func contradictions(
    in tenures: [ResolvedTenure]
  ) throws -> [HistorySpan] {
    guard tenures.contains(where: \.row.tenure.isAssigned) else { return [] }
    var spans: [HistorySpan] = []
    for (row, holding) in tenures {
      guard let kept = try retention(after: row, holding), let from = kept.from.latest else {
        continue
      }
      for holder in tenures where holder.row != row {
        guard let sure = holder.holding.sureSpan else { continue }
        let start = max(from, sure.lowerBound)
        let end = min(kept.to?.earliest ?? .latest, sure.upperBound)
        guard start < end, try contradicted(by: holder, Surroundings(tenures), at: start) != nil
        else { continue }
        spans.append(
          HistorySpan(
            kind: .conflicted, certainty: .exact, address: holding.address,
            holders: [holder.holding], retention: kept, from: Bounds(exactly: start),
            to: end == .latest ? nil : Bounds(exactly: end), ended: nil,
            evidence: Set(
              try evidence(of: [holder.row]) + evidence(of: kept, after: row)
            ).sorted()))
      }
    }
    return spans
  }

  /// The times in which nobody held an address and it was kept for nobody: free where it was
  /// watched, unknown where not.
  private func vacancies(
    of address: Address, _ tenures: [ResolvedTenure], _ spans: [HistorySpan]
  ) throws -> [HistorySpan] {
    var vacancies: [HistorySpan] = []
    var busyUntil: Bounds?
    var endings = LastEndings(tenures)
    let busy = spans.sorted { isEarlier($0.from ?? Bounds(), $1.from ?? Bounds()) }
    for span in busy {
      if let until = busyUntil, let from = span.from, let start = until.latest,
        let end = from.earliest, start < end
      {
        vacancies += try self.vacancies(
          of: address, endings.last(by: start), between: until, and: from)
      }
      guard let to = span.to else { return vacancies }
      if let known = busyUntil, let latest = known.latest, let own = to.latest, own <= latest {
        continue
      }
      busyUntil = to
    }
    if let busyUntil, let start = busyUntil.latest {
      vacancies += try self.vacancies(
        of: address, endings.last(by: start), between: busyUntil, and: nil)
    }
    return vacancies
  }

  private func vacancies(
    of address: Address, _ tenures: [ResolvedTenure], between first: Bounds,
    and last: Bounds?
  ) throws -> [HistorySpan] {
    guard let start = first.latest else { return [] }
    var edges: Set<Instant> = [start]
    if let end = last?.earliest { edges.insert(end) }
    for cluster in Set(
      try clusters(of: address.network) + tenures.map(\.row.pod.identity.cluster))
    {
      for edge in try watchedTimes(of: cluster).flatMap(\.boundaries)
      where edge > start && (last?.earliest.map { edge < $0 } ?? true) {
        edges.insert(edge)
      }
    }
    for period in try poolPeriods(of: address) {
      for edge in [period.definedAt, period.withdrawnAt].compactMap(\.self)
      where edge > start && (last?.earliest.map { edge < $0 } ?? true) {
        edges.insert(edge)
      }
    }
    let sorted = edges.sorted()
    let surroundings = Surroundings(tenures)
    var spans: [HistorySpan] = []
    for (index, edge) in sorted.enumerated() {
      let next = index + 1 < sorted.count ? sorted[index + 1] : nil
      if next == nil, last != nil { break }
      let answer = try audit(address, at: Self.instant(within: edge, next), surroundings)
      guard answer.verdict == .free || answer.verdict == .unknown else { continue }
      let to = next.map { Bounds(exactly: $0) }
      if let previous = spans.last, previous.kind == answer.verdict,
        previous.certainty == answer.certainty
      {
        spans[spans.count - 1].to = to
        continue
      }
      spans.append(
        HistorySpan(
          kind: answer.verdict, certainty: answer.certainty, address: address, holders: [],
          retention: nil, from: spans.isEmpty ? first : Bounds(exactly: edge), to: to, ended: nil,
          evidence: answer.evidence))
    }
    if let last, !spans.isEmpty { spans[spans.count - 1].to = last }
    return spans
  }

  /// An instant between two edges, or right behind the last one.
  private static func instant(within edge: Instant, _ next: Instant?) -> Instant {
    guard let next else { return edge.adding(microseconds: 1) }
    let middle = edge.microseconds / 2 + next.microseconds / 2
    return max(Instant(microseconds: middle), edge)
  }

  /// Time order, as far as bounds tell: by upper bound, then lower.
  func isEarlier(_ left: Bounds, _ right: Bounds) -> Bool {
    let keys = [left, right].map { bounds in
      (
        (bounds.latest ?? bounds.earliest ?? .earliest).microseconds,
        (bounds.earliest ?? .earliest).microseconds
      )
    }
    return keys[0] < keys[1]
  }
}

/// The tenures of an address in the order of their ends, of which a gap asks for the last before it:
/// nothing that ended earlier tells more about it.
private struct LastEndings {
  private let endings: [ResolvedTenure]
  private var next = 0
  private var last: [ClusterName: ResolvedTenure] = [:]

  init(_ tenures: [ResolvedTenure]) {
    let over = tenures.filter { $0.holding.to?.latest != nil }
    endings = over.sorted { Self.end(of: $0) < Self.end(of: $1) }
  }

  private static func end(of tenure: ResolvedTenure) -> Instant {
    tenure.holding.to?.latest ?? .latest
  }

  /// The last of each cluster that had surely ended by an instant; instants only rise.
  mutating func last(by instant: Instant) -> [ResolvedTenure] {
    while next < endings.count, endings[next].holding.to?.isSurelyBy(instant) ?? false {
      last[endings[next].row.pod.identity.cluster] = endings[next]
      next += 1
    }
    return last.values.sorted { $0.row.pod.identity < $1.row.pod.identity }
  }
}
