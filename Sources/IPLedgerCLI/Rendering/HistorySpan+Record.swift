import IPLedger
import IPLedgerArchive

extension HistorySpan: Record {
  static let columns =
    ["kind", "certainty", "address", "network", "cluster", "namespace", "name", "uid", "node"]
    + Retention.columns
    + ["from_earliest", "from_latest", "to_earliest", "to_latest", "ended", "evidence"]

  /// One line for each pod; one without a pod where there is none.
  var fields: [[String]] {
    let head = [
      kind.rawValue, certainty.rawValue, address.ip.description, address.network.rawValue,
    ]
    let tail =
      (retention?.fields ?? Retention.noFields) + from.fields + to.fields
      + [ended?.description ?? "", evidence.field]
    let pods =
      holders.isEmpty
      ? [Array(repeating: "", count: 5)]
      : holders.map { $0.pod.identity.fields + [$0.pod.uid.rawValue, $0.pod.node ?? ""] }
    return pods.map { head + $0 + tail }
  }

  /// The span; in a conflict `pod` is null and `pods` holds all claimants.
  var json: JSON {
    let isConflict = kind == .conflicted
    let span: JSON = [
      "kind": .string(kind.rawValue),
      "certainty": .string(certainty.rawValue),
      "address": .string(address.ip.description),
      "network": .string(address.network.rawValue),
      "pod": .optional(isConflict ? nil : holders.first) { $0.json },
      "retained": .optional(retention) { $0.json },
      "from": from.json,
      "to": to.json,
      "ended": .optional(ended?.description),
      "evidence": evidence.json,
    ]
    return isConflict ? span.adding(["pods": .array(holders.map(\.json))]) : span
  }

  /// The header of a table of spans.
  static let tableHeader = [
    "ADDRESS", "WHAT", "CERTAINTY", "POD", "UID", "FROM", "UNTIL", "ENDED", "EVIDENCE",
  ]

  /// One row for each pod; one without a pod where there is none.
  var tableRows: [[String]] {
    let head = [address.ip.description, kind.rawValue, certainty.rawValue]
    let tail = [
      from?.words ?? "", to?.words ?? "open", ended?.description ?? "", evidence.words,
    ]
    if let retention {
      return [head + ["for \(retention.identity)", retention.uid.rawValue] + tail]
    }
    guard !holders.isEmpty else { return [head + ["", ""] + tail] }
    return holders.map { head + ["\($0.pod.identity)", $0.pod.uid.rawValue] + tail }
  }

  /// Whether it may overlap the half-open time between two instants, either of which may be absent
  /// (R3).
  func mayOverlap(from start: Instant?, to end: Instant?) -> Bool {
    if let end, let earliest = from?.earliest, earliest >= end { return false }
    if let start, let latest = to?.latest, latest <= start { return false }
    return true
  }
}
