import IPLedger

/// Questions to a ledger, and what of its answers is wrong.
struct Check {
  private let cluster: SimulatedCluster
  private var generator: SeededGenerator
  var wrong: [String] = []
  private(set) var exact = 0

  private let shown: Set<String>
  private let isWhole: Bool

  init(_ cluster: SimulatedCluster, shown: Set<String>, isWhole: Bool, seed: UInt64) {
    self.cluster = cluster
    self.isWhole = isWhole
    self.shown = shown
    generator = SeededGenerator(seed: seed ^ 0xABCD)
  }

  mutating func ask(_ view: borrowing LedgerView) throws {
    let network = try NetworkName("lab")
    var instants = cluster.changes.flatMap { change in
      [-1, 0].map { change.at.adding(microseconds: $0) }
    }
    let span = cluster.changes[0].at.microseconds...cluster.now.microseconds
    for _ in 0..<20 {
      let near = cluster.changes.randomElement(using: &generator)?.at ?? cluster.now
      instants.append(
        near.adding(microseconds: .random(in: -2_000_000...2_000_000, using: &generator)))
      instants.append(Instant(microseconds: .random(in: span, using: &generator)))
    }
    for ip in Set(cluster.tenures.map(\.address)).sorted() {
      let address = Address(network: network, ip: try IPAddress(parsing: ip))
      for instant in instants { judge(try view.audit(address, at: instant), ip) }
      for span in try view.history(of: address) where span.kind == .held { judge(span, ip) }
    }
  }

  private mutating func judge(_ answer: PointAnswer, _ ip: String) {
    let named = Set(answer.holders.map(\.pod.uid.rawValue))
    let truth = cluster.holders(of: ip, at: answer.instant)
    let isRight: Bool
    switch (answer.verdict, answer.certainty) {
    case (.unknown, _): isRight = true
    case (_, .exact):
      exact += 1
      isRight = named == truth
    case (_, .bounded):
      isRight = named.isSuperset(of: truth.filter { shown.contains("\($0) \(ip)") })
    }
    if !isRight {
      wrong.append(
        "\(ip) at \(answer.instant): \(answer.verdict) \(answer.certainty) \(named.sorted()), "
          + "truth \(truth.sorted())")
    }
    judgeKept(answer, ip)
    if answer.verdict == .retained, let kept = answer.retention, let deadline = kept.deadline,
      let truth = cluster.deadline(of: kept.uid.rawValue), deadline < truth
    {
      wrong.append("\(ip) at \(answer.instant): deadline \(deadline), truth \(truth)")
    }
  }

  /// Where a history was shown whole, what is kept is known, and nothing is unknown.
  private mutating func judgeKept(_ answer: PointAnswer, _ ip: String) {
    // Nothing proves that the last seconds of a watch were watched.
    guard isWhole, let first = cluster.changes.first, let last = cluster.changes.dropLast(8).last,
      first.at.adding(microseconds: 2_000_000) < answer.instant,
      answer.instant < last.at.adding(microseconds: -15_000_000)
    else { return }
    let line = "\(ip) at \(answer.instant): \(answer.verdict) \(answer.certainty), "
    if answer.verdict == .unknown { wrong.append(line + "though all was shown") }
    guard let (name, deadline) = cluster.kept(ip, at: answer.instant) else { return }
    let isRight =
      answer.verdict == .retained
      ? answer.retention?.identity.name == name
        && isDeadline(answer.retention?.deadline, deadline, of: answer.retention?.uid)
      : answer.certainty == .bounded
    if !isRight {
      let told = answer.retention?.deadline
      wrong.append(
        line + "\(String(describing: told)), kept for \(name) until \(String(describing: deadline))"
      )
    }
  }

  /// Where only bounds of the removal count, the later one does (R15).
  private func isDeadline(_ told: Instant?, _ truth: Instant?, of uid: PodUID?) -> Bool {
    guard let truth, let told, let uid else { return truth == nil }
    return told == truth || (told > truth && truth == cluster.removed[uid.rawValue])
  }

  /// The bounds of a tenure contain a true beginning and a true end.
  private mutating func judge(_ span: HistorySpan, _ ip: String) {
    for holding in span.holders {
      let own = cluster.tenures.filter {
        $0.address == ip && $0.pod.uid == holding.pod.uid.rawValue
      }
      let isTrue = own.contains { tenure in
        contains(holding.from, tenure.from)
          && (holding.to.map { to in tenure.until.map { contains(to, $0) } ?? false } ?? true)
      }
      if !isTrue {
        wrong.append(
          "\(ip) history \(holding.pod.uid) \(String(describing: holding.from)) "
            + "\(String(describing: holding.to)) \(span.ended.map { "\($0)" } ?? "-"), "
            + "truth \(own.map { "\($0.from) \(String(describing: $0.until))" })")
      }
    }
  }

  private func contains(_ bounds: Bounds, _ instant: Instant) -> Bool {
    (bounds.earliest.map { $0 <= instant } ?? true) && (bounds.latest.map { instant <= $0 } ?? true)
  }
}
