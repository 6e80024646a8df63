import IPLedger
import IPLedgerArchive
import IPLedgerKubernetes
import IPLedgerWatch

/// What the watch of one cluster did.
struct WatchOutcome: Sendable {
  let cluster: ClusterName
  let network: NetworkName
  let figures: WatchFigures

  /// The figures for people.
  var words: [String] {
    let end = figures.head.map { "; the log ends at position \($0)" } ?? ""
    var lines = [
      "\(cluster), network \(network): \(plural(figures.lines, "line")) came, "
        + "\(figures.appended) events appended, \(figures.known) known before\(end).",
      "listed \(plural(figures.lists, "time")), connected again \(plural(figures.reconnects, "time")), "
        + "\(plural(figures.gaps, "gap")).",
    ]
    if figures.refused > 0 {
      lines.append("left out  \(plural(figures.refused, "pod")), for the reasons in the log above")
    }
    for skip in figures.observed.skipped.sorted(by: { $0.key < $1.key }) {
      lines.append("skipped   \(skip.value) \(skip.key.description)")
    }
    for warning in figures.observed.warnings.sorted(by: { $0.key < $1.key }) {
      lines.append("warning   \(warning.value) \(warning.key.description)")
    }
    return lines
  }
}

extension WatchOutcome: Record {
  static let columns = [
    "cluster", "network", "lines", "appended", "known", "refused", "lists", "reconnects", "gaps",
    "head",
  ]

  var fields: [[String]] {
    let figures = figures
    return [
      [
        cluster.rawValue, network.rawValue, "\(figures.lines)", "\(figures.appended)",
        "\(figures.known)", "\(figures.refused)", "\(figures.lists)", "\(figures.reconnects)",
        "\(figures.gaps)", figures.head.map { "\($0)" } ?? "",
      ]
    ]
  }

  var json: JSON {
    [
      "cluster": .string(cluster.rawValue), "network": .string(network.rawValue),
      "lines": .integer(figures.lines), "appended": .integer(figures.appended),
      "known": .integer(figures.known), "refused": .integer(figures.refused),
      "lists": .integer(figures.lists), "reconnects": .integer(figures.reconnects),
      "gaps": .integer(figures.gaps),
      "head": .optional(figures.head) { .integer(Int(clamping: $0.rawValue)) },
    ]
  }
}
