import IPLedger
import IPLedgerArchive

extension IncarnationStory: Record {
  static let columns = [
    "cluster", "namespace", "name", "uid", "node", "node_class", "addresses", "outcome", "reason",
    "explanation", "retain_hours", "deletion_requested_at", "deadline", "retention_ended",
    "evidence",
  ]

  var fields: [[String]] {
    [
      pod.identity.fields + [
        pod.uid.rawValue, pod.node ?? "", nodeClass.description, ips.joined(separator: " "),
        outcomeWord, reasonWord ?? "", outcomeWords,
        description?.policy.hours.map(String.init) ?? "", deletionRequestedAt.field,
        (retention?.deadline).field, retention?.ended?.rawValue ?? "", evidence.field,
      ]
    ]
  }

  var json: JSON {
    JSON.object(pod.identity.members).adding([
      "uid": .string(pod.uid.rawValue),
      "node": .optional(pod.node),
      "nodeClass": .string(nodeClass.description),
      "holdings": .array(
        holdings.map { holding in
          [
            "address": .string(holding.address.ip.description),
            "network": .string(holding.address.network.rawValue),
            "from": holding.from.json,
            "to": holding.to.json,
            "ended": .optional(holding.ended.map { "\($0)" }),
          ]
        }),
      "assignment": .optional(assignment) { $0.json },
      "contradictions": .array(contradictions.map { .string($0.ip.description) }),
      "outcome": .string(outcomeWord),
      "reason": .optional(reasonWord),
      "explanation": .string(outcomeWords),
      "retainHours": .optional(description?.policy.hours) { .integer($0) },
      "descriptionsDiffer": .bool(hasDifferingDescriptions),
      "deletionRequestedAt": deletionRequestedAt.json,
      "retention": .optional(retention) { retention in
        [
          "addresses": .array(retention.addresses.map { .string($0.ip.description) }),
          "from": retention.from.json,
          "since": retention.since.json,
          "deadline": retention.deadline.json,
          "to": retention.to.json,
          "ended": .optional(retention.ended?.rawValue),
          "taker": .optional(retention.taker?.identity.description),
        ]
      },
      "evidence": evidence.json,
    ])
  }

  private var ips: [String] {
    var seen: Set<Address> = []
    return holdings.map(\.address).filter { seen.insert($0).inserted }.map(\.ip.description)
  }
}
