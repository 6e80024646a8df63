import IPLedger

// Whether a pod kept its addresses and why, in words that cite the rules.

extension IncarnationStory {
  /// The story of the `number`th incarnation, line by line.
  func lines(number: Int, _ style: Style) -> [String] {
    let node = pod.node.map(printable) ?? "an unknown node"
    var lines = [
      style.bold("\(number). uid \(printable(pod.uid.rawValue))") + " on \(node) (\(nodeClass))"
    ]
    for holding in holdings {
      let what = "\(holding.address.ip) (network \(holding.address.network))"
      lines.append("   held \(what) from \(holding.from.words)")
      lines.append("     " + (holding.to == nil ? "" : "until ") + holding.untilWords)
    }
    if let description {
      let workload = description.workload.map { " of \(printable("\($0)"))" } ?? ""
      lines.append("   a pod\(workload); \(printable(description.policyWords)) (\(policyRules))")
    }
    if hasDifferingDescriptions {
      lines.append(
        "   observations of it differ: that at the lowest resource version counts (R6, R14)")
    }
    if let assignment { lines.append("   " + assignment.words) }
    if !contradictions.isEmpty {
      let ips = contradictions.map(\.ip.description).joined(separator: ", ")
      lines.append("   contradicted: it was seen with \(ips), which the ledger never gave it (R10)")
    }
    lines.append("   " + style.bold(outcomeWord) + ": \(printable(outcomeWords))")
    if let deletionRequestedAt {
      lines.append("   its deletion was first asked for at \(deletionRequestedAt) (R15)")
    }
    if let retention { lines.append("   afterwards: \(retention.words)") }
    lines.append("   positions: \(evidence.words)")
    return lines
  }

  private var policyRules: String {
    description?.policy == .release ? "R12, R13" : "R12, R14"
  }

  /// The outcome in one word.
  var outcomeWord: String {
    switch outcome {
    case .first: "first"
    case .kept: "kept"
    case .sameByChance: "same by chance"
    case .lost: "lost"
    case .noAddress: "no address"
    }
  }

  /// The reason's name for programs; `nil` where there is none.
  var reasonWord: String? {
    switch outcome {
    case .first, .kept, .noAddress: nil
    case .lost(let reason), .sameByChance(let reason): reason.word
    }
  }

  /// The outcome in a sentence that cites its rule.
  var outcomeWords: String {
    switch outcome {
    case .first: "no earlier incarnation with an address is known, so there was nothing to keep"
    case .kept:
      "it has the addresses that were retained for it: same identity and node class, retention "
        + "enabled before and now, the old pod completely gone, and back before the deadline (R17)"
    case .sameByChance(let reason):
      "it has the same addresses, but no rule gave them back: \(reason.words)"
    case .lost(let reason): "it has other addresses than before: \(reason.words)"
    case .noAddress: "no address of it is known"
    }
  }
}

extension IncarnationStory.Reason {
  /// The reason's name for programs.
  var word: String {
    switch self {
    case .notRetained: "not-retained"
    case .notEnabledNow: "not-enabled-now"
    case .nodeClassChanged: "node-class-changed"
    case .tooLate: "too-late"
    case .taken: "taken"
    case .released: "released"
    case .givenAnother: "given-another"
    case .decided(let why): why.word
    }
  }

  /// The reason in words that cite its rule.
  var words: String {
    switch self {
    case .notRetained(let eligibility):
      "the incarnation before did not retain them, since \(eligibility.words)"
    case .notEnabledNow(let eligibility):
      "this incarnation neither takes nor restarts a reservation (R17), since \(eligibility.words)"
    case .nodeClassChanged(let old, let new):
      "the reservation belongs to \(old) nodes, and this incarnation is on a \(new) node (R17)"
    case .tooLate(let deadline):
      "it came back at or after the deadline, \(deadline) (R15, R18)"
    case .taken(let taker):
      "the cluster had given the address to \(taker.identity) (uid \(taker.uid)) meanwhile (R17)"
    case .released(let by, let reason):
      "\(by) had freed them: \(reason) (R19)"
    case .givenAnother:
      "by the rules it should have got them back; the cluster gave it others (R17)"
    case .decided(let why): "this ledger gave it others, since \(why.words)"
    }
  }
}

extension RetentionGrounds.Eligibility {
  fileprivate var words: String {
    switch self {
    case .eligible: "its policy is release"
    case .notRequested: "no annotation asks for a fixed IP (R12)"
    case .ineligibleComputeClass: "its compute class may not have a fixed IP (R13)"
    }
  }
}

extension Retention {
  /// What became of the reservation, in a sentence.
  var words: String {
    let ips = addresses.map(\.ip.description).joined(separator: ", ")
    let kept = "\(ips) kept from \(from.words)"
    let until = deadline.map { ", by the rules until \($0) (R15)" } ?? ""
    let when = to.map { " at \($0.words)" } ?? ""
    switch ended {
    case nil: return "\(kept)\(until)"
    case .expired: return "\(kept) until its deadline\(when) (R15, R18)"
    case .returned: return "\(kept)\(until); the pod came back to it\(when) (R16)"
    case .returnedElsewhere:
      return "\(kept)\(until); the pod came back with other addresses\(when) (R17)"
    case .taken:
      let other = taker.map { "\($0.identity) (uid \(printable($0.uid.rawValue)))" }
      return "\(kept)\(until); taken by \(other ?? "another pod")\(when) (R17)"
    case .released: return "\(kept)\(until); freed by an operator\(when) (R19)"
    }
  }
}
