import IPLedger
import IPLedgerArchive

/// A reservation that a sweep or an operator ended.
struct EndedReservation: Record, Sendable {
  /// Its end.
  let end: ReservationExpired
  /// Whether it would end only, because nothing was recorded.
  let isDryRun: Bool

  static let columns = [
    "cluster", "namespace", "name", "node_class", "network", "addresses", "deadline", "ended_at",
    "cause", "by", "reason", "recorded",
  ]

  var fields: [[String]] {
    [
      end.identity.fields + [
        end.nodeClass.description, end.network.rawValue,
        end.addresses.map(\.description).joined(separator: " "), end.deadline.field,
        end.endedAt.description, cause, by ?? "", reason ?? "", isDryRun ? "false" : "true",
      ]
    ]
  }

  var json: JSON {
    JSON.object(end.identity.members).adding([
      "nodeClass": .string(end.nodeClass.description),
      "network": .string(end.network.rawValue),
      "addresses": .array(end.addresses.map { .string($0.description) }),
      "deadline": end.deadline.json,
      "endedAt": .string(end.endedAt.description),
      "cause": .string(cause),
      "by": .optional(by),
      "reason": .optional(reason),
      "recorded": .bool(!isDryRun),
    ])
  }

  /// The end for people.
  var words: String {
    let what = "\(end.ips) of \(end.identity) (\(end.nodeClass) nodes)"
    switch end.cause {
    case .deadline:
      return isDryRun
        ? "would expire: \(what), free since \(end.endedAt)"
        : "expired: \(what), free since \(end.endedAt)"
    case .released(let by, let reason):
      return printable("released: \(what), free from \(end.endedAt), by \(by): \(reason)")
    }
  }

  private var cause: String { by == nil ? "deadline" : "released" }

  private var by: String? {
    if case .released(let by, _) = end.cause { by } else { nil }
  }

  private var reason: String? {
    if case .released(_, let reason) = end.cause { reason } else { nil }
  }
}
