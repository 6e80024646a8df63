import IPLedger
import TestSupport

/// Questions to a ledger, and what of its answers is wrong.
struct Check {
  private let clusters: [SimulatedCluster]
  let network: NetworkName
  private let truth: SimulatedTruth
  private let addresses: [String]
  private var generator: SplitMix64
  /// Gives the same answers, in short: of some seeds it forgets nearly everything.
  private let attributor: Attributor<Attribution>
  var wrong: [String] = []
  /// How many answers were judged, and how many of them were exact.
  private(set) var asked = 0
  private(set) var exact = 0

  /// The tenures that the ledger was told of, as uid and address.
  var shown: Set<String>
  /// Where all of the history was shown, what is kept is known, and nothing is unknown.
  var isWhole: Bool
  /// The clusters that the ledger has heard of: of others it cannot know that they are in the network.
  var known: Set<String>
  /// Whether pods of two clusters may have one address at once.
  var isMistaken = false
  /// Pods whose annotations were edited: who saw them later only cannot know what counts (R14).
  var edited: Set<String> = []

  /// A judge of what is said of the clusters of one network.
  init(
    _ clusters: [SimulatedCluster], in network: NetworkName, shown: Set<String> = [],
    isWhole: Bool = false, seed: UInt64
  ) {
    self.clusters = clusters
    self.network = network
    self.isWhole = isWhole
    self.shown = shown
    known = Set(clusters.map(\.name))
    truth = SimulatedTruth(of: clusters)
    addresses = Set(truth.tenures.map(\.address)).sorted()
    generator = SplitMix64(seed: seed ^ 0xABCD)
    attributor = Attributor(
      of: network, verifies: seed % 4 == 0, capacity: seed % 3 == 0 ? 3 : 100_000
    ) { $0 }
  }

  /// Asks about each address before, at and after each change, and about what its history says.
  mutating func ask(_ view: borrowing LedgerView) throws {
    var instants = clusters.flatMap(\.changes).flatMap { change in
      [-1, 0].map { change.at.adding(microseconds: $0) }
    }
    for _ in 0..<40 { instants.append(instant()) }
    for ip in addresses {
      let address = Address(network: network, ip: try IPAddress(parsing: ip))
      for instant in instants { try judge(address, at: instant, view, ip) }
    }
    try askHistories(view)
  }

  /// Asks so many questions about random addresses and instants.
  mutating func ask(_ view: borrowing LedgerView, questions: Int) throws {
    for _ in 0..<questions {
      guard let ip = addresses.randomElement(using: &generator) else { return }
      let address = Address(network: network, ip: try IPAddress(parsing: ip))
      try judge(address, at: instant(), view, ip)
    }
  }

  private mutating func judge(
    _ address: Address, at instant: Instant, _ view: borrowing LedgerView, _ ip: String
  ) throws {
    let answer = try view.audit(address, at: instant)
    judge(answer, ip)
    let short = try attributor.value(for: address.ip, at: instant, in: view)
    if short != Attribution(answer) {
      wrong.append("\(ip) at \(instant): attributed \(short), audited \(Attribution(answer))")
    }
  }

  /// Compares what the histories of all addresses say with the truth.
  mutating func askHistories(_ view: borrowing LedgerView) throws {
    for ip in addresses {
      let address = Address(network: network, ip: try IPAddress(parsing: ip))
      for span in try view.history(of: address) where span.kind == .held { judge(span, ip) }
    }
  }

  /// An instant of the history: any, at a change, or near one.
  private mutating func instant() -> Instant {
    let changes = clusters.randomElement(using: &generator)?.changes ?? []
    guard let first = changes.first, let change = changes.randomElement(using: &generator),
      let now = clusters.map(\.now).max()
    else { return .earliest }
    switch Int.random(in: 0..<4, using: &generator) {
    case 0:
      return Instant(
        microseconds: .random(in: first.at.microseconds...now.microseconds, using: &generator))
    case 1: return change.at.adding(microseconds: .random(in: -1...0, using: &generator))
    default:
      return change.at.adding(microseconds: .random(in: -2_000_000...2_000_000, using: &generator))
    }
  }

  private mutating func judge(_ answer: PointAnswer, _ ip: String) {
    asked += 1
    let named = Set(answer.holders.map(\.pod.uid.rawValue))
    let truth = truth.holders(of: ip, at: answer.instant, in: known)
    let isRight: Bool
    switch (answer.verdict, answer.certainty) {
    case (.unknown, _): isRight = true
    case (_, .exact):
      exact += 1
      // Who is sure of one holder does not know that another cluster's pod has it by mistake.
      isRight =
        named == truth || isMistaken && !isWhole && !named.isEmpty && named.isSubset(of: truth)
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
      !edited.contains(kept.uid.rawValue),
      let truth = self.truth.deadline(of: kept.uid.rawValue), deadline < truth
    {
      wrong.append("\(ip) at \(answer.instant): deadline \(deadline), truth \(truth)")
    }
  }

  /// Where a history was shown whole, what is kept is known, and nothing is unknown.
  private mutating func judgeKept(_ answer: PointAnswer, _ ip: String) {
    guard isWhole, isSurelyWatched(answer.instant) else { return }
    let line = "\(ip) at \(answer.instant): \(answer.verdict) \(answer.certainty), "
    if answer.verdict == .unknown { wrong.append(line + "though all was shown") }
    guard let (identity, deadline) = truth.kept(ip, at: answer.instant) else { return }
    let isRight =
      answer.verdict == .retained
      ? (answer.retention?.identity).map { "\($0.cluster)/\($0.namespace)/\($0.name)" } == identity
        && isDeadline(answer.retention?.deadline, deadline, of: answer.retention?.uid)
      : answer.certainty == .bounded
    if !isRight {
      let told = answer.retention?.deadline
      wrong.append(
        line
          + "\(String(describing: told)), kept for \(identity) until \(String(describing: deadline))"
      )
    }
  }

  /// Nothing proves that the last seconds of a watch were watched.
  private func isSurelyWatched(_ instant: Instant) -> Bool {
    clusters.allSatisfy { cluster in
      guard let first = cluster.changes.first, let last = cluster.changes.dropLast(8).last else {
        return false
      }
      return first.at.adding(microseconds: 2_000_000) < instant
        && instant < last.at.adding(microseconds: -15_000_000)
    }
  }

  /// Where only bounds of the removal count, the later one does (R15).
  private func isDeadline(_ told: Instant?, _ truth: Instant?, of uid: PodUID?) -> Bool {
    guard let truth, let told, let uid else { return truth == nil }
    return told == truth || (told > truth && truth == self.truth.removed[uid.rawValue])
  }

  /// The bounds of a tenure contain a true beginning and a true end.
  private mutating func judge(_ span: HistorySpan, _ ip: String) {
    for holding in span.holders {
      asked += 1
      let own = truth.tenures.filter {
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
