import IPLedger

// The answer for one address as somebody reads it who was woken up: the sentence first, then what
// it rests on.

extension PointAnswer {
  /// The answer in words, line by line.
  func story(_ style: Style) -> [String] {
    var lines = [style.verdict(verdict, sentence), ""]
    for holder in holders {
      if holders.count > 1 { lines.append(Self.line("pod", name(holder))) }
      lines += Self.details(of: holder)
    }
    if let retention { lines += Self.details(of: retention) }
    lines.append(Self.line("network", address.network.rawValue))
    lines.append(
      Self.line("evidence", evidence.isEmpty ? "none" : "positions \(evidence.words)"))
    lines.append(Self.line("as of", "position \(asOf)"))
    if !remarks.isEmpty { lines += [""] + remarks }
    return lines
  }

  /// The answer in one sentence.
  var sentence: String {
    let subject = "\(address.ip) was"
    let pods = holders.map(name).joined(separator: " or ")
    switch (verdict, certainty) {
    case (.held, .exact):
      return "\(subject) held by \(pods) at \(instant): exact."
    case (.held, .bounded):
      return "\(subject) held by \(pods) at \(instant)\(orNobody): bounded."
    case (.conflicted, _):
      let all = holders.map(name).joined(separator: " and by ")
      return "\(subject) held at once by \(all) at \(instant): a conflict."
    case (.retained, _):
      return "\(subject) used by nobody and kept for \(keeper) at \(instant): \(certainty)."
    case (.free, _):
      return "\(subject) free at \(instant), held by nobody and kept for nobody: \(certainty)."
    case (.unknown, _):
      return "It is unknown who held \(address.ip) at \(instant)\(lastKnown)"
    }
  }

  private var keeper: String { retention.map { $0.identity.shortName } ?? "a pod" }

  /// Where one surely holds it and another may, too, nobody is not among those who may.
  private var orNobody: String {
    holders.contains { $0.surelyHolds(at: instant) } ? "" : ", or by nobody that was seen"
  }

  private var lastKnown: String {
    guard let last = holders.first else { return "; no pod was ever seen with it before." }
    return "; the last known holder is \(name(last))."
  }

  /// The pod; with its cluster where the answer names pods of several.
  private func name(_ holder: Holding) -> String {
    let identity = holder.pod.identity
    let isAmbiguous = holders.contains { $0.pod.identity.cluster != identity.cluster }
    let name = isAmbiguous ? identity.description : identity.shortName
    return "\(name) (uid \(printable(holder.pod.uid.rawValue)))"
  }

  // MARK: What the sentence rests on

  private static func details(of holder: Holding) -> [String] {
    [
      line("cluster", holder.pod.identity.cluster.rawValue),
      line("node", holder.pod.node.map(printable) ?? "unknown"),
      line("since", holder.from.words),
      line("until", holder.untilWords),
    ]
  }

  private static func details(of retention: Retention) -> [String] {
    [
      line("kept for", "\(retention.identity)"),
      line("last uid", printable(retention.uid.rawValue)),
      line("unused", "from \(retention.from.words)"),
      line("deletion", retention.since.map { "asked for at \($0)" } ?? "unknown"),
      line("deadline", retention.deadlineWords),
    ]
  }

  private static func line(_ label: String, _ text: String) -> String {
    "  " + label + String(repeating: " ", count: max(1, 10 - label.count)) + text
  }

  /// What the certainty means and what would better it.
  private var remarks: [String] {
    var lines: [String] = []
    switch (verdict, certainty) {
    case (.unknown, _):
      lines = [
        "Unknown means that nothing recorded covers that moment: nobody watched, or not all pods.",
        "A recording of that time would tell, such as the audit log, together with a full list.",
      ]
    case (_, .bounded):
      lines = [
        "Bounded means that a change lies between two times, and that moment is between them.",
        "Receive times (ipledger ingest --stamp) or the audit log of that time narrow it.",
      ]
    case (.conflicted, _):
      lines = ["Conflicted means that each of them surely held it at that moment (R11)."]
    default: break
    }
    if holders.contains(where: \.clocksDisagree) {
      lines.append("Two clocks contradict each other in this evidence: the bounds span both.")
    }
    return lines
  }
}
