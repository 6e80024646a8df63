import IPLedger
import IPLedgerArchive

/// What became of a pod's addresses with some news of it.
struct NoticeAnswer: DecisionRecord, Sendable {
  /// What was decided.
  let disposition: Disposition

  static let columns = ["result", "deadline", "addresses", "reason", "position", "message"]

  var fields: [[String]] {
    [
      [
        result, disposition.deadline.field, disposition.addresses.field, reason ?? "",
        disposition.position?.description ?? "", message,
      ]
    ]
  }

  var members: [JSON.Member] {
    [
      .result(result), JSON.Member(name: "deadline", value: disposition.deadline.json),
      .addresses(disposition.addresses.map(\.ip)), .reason(reason),
      .position(disposition.position), .message(message),
    ]
  }

  var isDone: Bool { reason == nil }

  var result: String {
    switch disposition.change {
    case .retained: "retained"
    case .released: "released"
    case .unchanged: "unchanged"
    case .refused: "refused"
    }
  }

  var message: String {
    let ips = disposition.addresses.words
    switch (disposition.change, disposition.deadline) {
    case (.refused(let refusal), _): return refusal.description
    case (.retained, let deadline?): return "\(ips) \(isWord) kept for it until \(deadline)"
    case (.retained, nil):
      return "\(ips) \(isWord) kept for it, without a deadline until it is deleted (R15)"
    case (.released, _): return "\(ips) \(isWord) free, but for the cool-down of its pool"
    case (.unchanged, let deadline?):
      return "nothing new: \(ips) \(isWord) kept for it until \(deadline)"
    case (.unchanged, nil): return unchanged(ips)
    }
  }

  private var isWord: String { disposition.addresses.isWord }

  private func unchanged(_ ips: String) -> String {
    if disposition.position != nil {
      return ips.isEmpty ? "noted; it has no address" : "noted; nothing changes for \(ips) yet"
    }
    return ips.isEmpty
      ? "nothing to do: the ledger knows no address of this uid"
      : "nothing to do for \(ips): the ledger knew it"
  }

  private var reason: String? {
    if case .refused(let refusal) = disposition.change { refusal.code } else { nil }
  }
}

/// What an operator's release of a reservation came to.
struct ReleaseAnswer: Sendable {
  /// What was freed.
  let ends: [ReservationExpired]
  /// Why nothing was, where it was refused.
  let why: String?

  /// The object's members.
  var members: [JSON.Member] {
    let ips = ends.flatMap(\.addresses)
    let names = ips.map(\.description).joined(separator: " and ")
    let freed = "\(names) \(ips.count > 1 ? "are" : "is") free before the deadline"
    return [
      .result(why == nil ? "released" : "refused"), .addresses(ips),
      .reason(why.map { _ in "not-released" }), .message(why ?? freed),
    ]
  }
}
