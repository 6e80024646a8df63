import IPLedger
import IPLedgerArchive

/// The answer to a pod that asked for its addresses.
struct AssignAnswer: DecisionRecord, Sendable {
  /// What was decided.
  let decision: Decision
  /// As of when.
  let instant: Instant

  static let columns = [
    "result", "addresses", "zone", "reason", "waiting_for", "position", "message",
  ]

  var fields: [[String]] {
    [
      [
        result, addresses.field, decision.assignment?.zone?.rawValue ?? "", reason ?? "",
        waitingFor?.rawValue ?? "", decision.assignment?.position?.description ?? "", message,
      ]
    ]
  }

  var members: [JSON.Member] {
    [
      .result(result), .addresses(addresses.map(\.ip)),
      JSON.Member(name: "zone", value: .optional(decision.assignment?.zone?.rawValue)),
      .reason(reason),
      JSON.Member(name: "waitingFor", value: .optional(waitingFor?.rawValue)),
      .position(decision.assignment?.position), .message(message),
    ]
  }

  var isDone: Bool { decision.assignment != nil }

  var result: String {
    switch decision {
    case .reused: "reused"
    case .fresh: "fresh"
    case .waiting: "waiting"
    case .refused: "refused"
    }
  }

  var message: String {
    switch decision {
    case .reused(let assignment), .fresh(let assignment): words(of: assignment)
    case .waiting(let wait): wait.words
    case .refused(let refusal): refusal.description
    }
  }

  /// The addresses that it has; those that it waits for are not its own.
  private var addresses: [Address] { decision.assignment?.addresses ?? [] }

  private var waitingFor: PodUID? {
    if case .waiting(let wait) = decision { wait.holder.uid } else { nil }
  }

  private var reason: String? {
    switch decision {
    case .reused: return nil
    case .fresh(let assignment):
      guard case .fresh(let why) = assignment.ground, why != .nothingKept else { return nil }
      return why.word
    case .waiting: return "old-incarnation"
    case .refused(let refusal): return refusal.code
    }
  }

  private func words(of assignment: Assignment) -> String {
    let zone = assignment.zone.map { " of the zone \($0)" } ?? ""
    let what = "\(assignment.addresses.words)\(zone)"
    if assignment.isNew, case .reused = decision, assignment.since < instant {
      return "it has \(what) again: it was not gone, and its deletion is withdrawn (R23)"
    }
    let why =
      switch assignment.ground {
      case .reused(let uid, let since):
        "kept for it\(since.map { " since \($0)" } ?? ""), after its uid \(uid) (R16, R17)"
      case .fresh(let why): why.words
      }
    if assignment.isNew {
      if case .reused = decision { return "it has \(what) again: \(why)" }
      return "it has \(what): \(why)"
    }
    let had = "it has had \(what) since \(assignment.since)"
    return assignment.position == nil
      ? "\(had), as was observed" : "\(had), the same answer again: \(why)"
  }
}

extension Waiting {
  /// Who has the addresses, since when, and whether it was asked to go.
  fileprivate var words: String {
    let asked =
      deletionRequestedAt.map { "was asked to go at \($0)" } ?? "nobody has asked it to go"
    return "\(addresses.words) \(addresses.isWord) kept for it, but its old incarnation is not "
      + "gone: the uid \(holder.uid) has had it since \(since.words), and \(asked)"
  }
}
