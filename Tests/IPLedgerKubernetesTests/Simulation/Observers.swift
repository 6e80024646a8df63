import IPLedger
import TestSupport

@testable import IPLedgerKubernetes

/// The ways in which a history is shown: each gives some inputs.
struct Observers {
  enum Way: String, CaseIterable {
    case whole, bareWhole, gaps, bareGaps, resumed, bareResumed, kubectl, bareKubectl, restarts
    case bareRestarts, errors, lists, kubectlLists, audit, auditNoOps, mixture, bareMixture
    case slowAudit, hiddenAudit, slowHiddenAudit, auditFiles, hiddenMixture
    case kubectlRuns, bareKubectlRuns, runs, bareRuns, middles, bareMiddles
  }

  let cluster: SimulatedCluster
  var generator: SplitMix64

  init(_ cluster: SimulatedCluster, seed: UInt64) {
    self.cluster = cluster
    generator = SplitMix64(seed: seed &* 977)
  }

  mutating func inputs(_ way: Way) -> [[String]] {
    let last = cluster.changes.last?.version ?? 0
    switch way {
    case .whole: return [watch(100, last, true, timed: true)]
    case .bareWhole: return [watch(100, last, true, timed: false)]
    case .gaps: return segments(timed: true)
    case .bareGaps: return segments(timed: false)
    case .resumed: return resumed(timed: true)
    case .bareResumed: return resumed(timed: false)
    case .kubectl: return segments(timed: true, bookmark: false)
    case .bareKubectl: return segments(timed: false, bookmark: false)
    case .restarts: return [Array(segments(timed: true).joined())]
    case .bareRestarts: return [Array(segments(timed: false).joined())]
    case .errors:
      let gone =
        #"{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","code":410,"#
        + #""reason":"Expired","message":"too old","status":"Failure"}}"#
      return [Array(segments(timed: true).joined(separator: [gone]))]
    case .lists: return segments(timed: true) + lists("PodList", isVersioned: true)
    case .kubectlLists: return segments(timed: true) + lists("List", isVersioned: false)
    case .audit: return [audit(.quick)]
    case .auditNoOps: return [audit(.quick, idle: 8)]
    case .slowAudit: return [audit(.slow, idle: 12)]
    case .hiddenAudit: return [audit(.quick, hidden: 5, idle: 4)]
    case .slowHiddenAudit: return [audit(.slow, hidden: 5, idle: 8)]
    case .auditFiles: return auditFiles()
    case .hiddenMixture:
      return segments(timed: true, bookmark: false) + [audit(.slow, hidden: 4, idle: 8)]
        + lists("PodList", isVersioned: true)
    case .kubectlRuns: return runs(timed: true, bookmark: false)
    case .bareKubectlRuns: return runs(timed: false, bookmark: false)
    case .runs: return runs(timed: true, bookmark: true)
    case .bareRuns: return runs(timed: false, bookmark: true)
    case .middles: return middles(timed: true, besides: "PodList")
    case .bareMiddles: return middles(timed: false, besides: "List")
    case .mixture:
      return segments(timed: true) + resumed(timed: false) + [audit(.quick)]
        + lists("PodList", isVersioned: true)
    case .bareMixture:
      return segments(timed: false) + resumed(timed: false) + lists("PodList", isVersioned: true)
    }
  }

  mutating func watch(
    _ first: Int, _ last: Int, _ initial: Bool, timed: Bool, bookmark: Bool = true
  ) -> [String] {
    var local = generator
    defer { generator = local }
    guard timed else {
      return cluster.watch(
        after: first, through: last, initial: initial, bookmark: bookmark,
        shuffledBy: { $0.shuffled(using: &local) })
    }
    var lags = SplitMix64(seed: local.next())
    return cluster.watch(
      after: first, through: last, initial: initial, bookmark: bookmark,
      shuffledBy: { $0.shuffled(using: &local) },
      receive: { $0.adding(microseconds: .random(in: 1_000..<900_000, using: &lags)) })
  }

  /// Ascending versions at which something begins or ends; some lie between two changes.
  mutating func cuts(_ count: Int) -> [Int] {
    let first = cluster.changes[0].version
    let last = cluster.changes.last?.version ?? first
    return (0..<count).map { _ in Int.random(in: (first - 1)...last, using: &generator) }.sorted()
  }

  /// Watches with gaps in which nobody watched.
  private mutating func segments(timed: Bool, bookmark: Bool = true) -> [[String]] {
    let cuts = cuts(6)
    return [(cuts[0], cuts[1]), (cuts[2], cuts[3]), (cuts[4], cuts[5])].map { first, last in
      watch(first, last, true, timed: timed, bookmark: bookmark)
    }.filter { !$0.isEmpty }
  }

  /// One watch in parts, each resumed from the last version seen, without what was there.
  private mutating func resumed(timed: Bool) -> [[String]] {
    let cuts = cuts(4)
    let initial = watch(cuts[0], cuts[1], true, timed: timed)
    var seen =
      cluster.changes.last { $0.version <= cuts[1] && $0.version > cuts[0] }?.version ?? cuts[0]
    var parts = [initial]
    for cut in cuts[2...] {
      parts.append(watch(seen, cut, false, timed: timed))
      seen = cluster.changes.last { $0.version <= cut && $0.version > seen }?.version ?? seen
    }
    return parts.filter { !$0.isEmpty }
  }

  mutating func lists(
    _ kind: String, isVersioned: Bool, where isWanted: (Int) -> Bool = { _ in true }
  ) -> [[String]] {
    cuts(3).filter(isWanted).map { [cluster.list(at: $0, kind: kind, isVersioned: isVersioned)] }
  }
}
