import IPLedger
import IPLedgerArchive

extension PointAnswer: Record {
  /// address … certainty, the pod's fields, whom it is kept for, and the evidence.
  static let columns =
    ["address", "network", "at", "as_of", "verdict", "certainty"] + Holding.columns
    + Retention.columns + ["evidence"]

  /// One line for each pod; one without a pod where there is none.
  var fields: [[String]] {
    let head = [
      address.ip.description, address.network.rawValue, instant.description, asOf.description,
      verdict.rawValue, certainty.rawValue,
    ]
    let tail = (retention?.fields ?? Retention.noFields) + [evidence.field]
    let pods = holders.isEmpty ? [Holding.noFields] : holders.map(\.fields)
    return pods.map { head + $0 + tail }
  }

  var json: JSON {
    [
      "address": .string(address.ip.description),
      "network": .string(address.network.rawValue),
      "at": .string(instant.description),
      "asOf": .integer(Int(clamping: asOf.rawValue)),
      "verdict": .string(verdict.rawValue),
      "certainty": .string(certainty.rawValue),
      "pods": .array(holders.map(\.json)),
      "retained": .optional(retention) { $0.json },
      "evidence": evidence.json,
    ]
  }

  /// The header of a table of answers.
  static let tableHeader = [
    "ADDRESS", "NETWORK", "VERDICT", "CERTAINTY", "POD", "UID", "FROM", "UNTIL", "EVIDENCE",
  ]

  /// One row for each pod; one without a pod where there is none.
  var tableRows: [[String]] {
    let head = [
      address.ip.description, address.network.rawValue, verdict.rawValue, certainty.rawValue,
    ]
    if holders.isEmpty {
      guard let retention else { return [head + ["", "", "", "", evidence.words]] }
      return [
        head + [
          "for \(retention.identity)", retention.uid.rawValue, retention.from.words,
          retention.deadlineWords, evidence.words,
        ]
      ]
    }
    return holders.map { holder in
      let prefix = verdict == .unknown ? "last known: " : ""
      return head + [
        "\(prefix)\(holder.pod.identity)", holder.pod.uid.rawValue, holder.from.words,
        holder.untilWords, evidence.words,
      ]
    }
  }
}
