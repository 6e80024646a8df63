import IPLedger

extension Story {
  func whatIf(retainHours hours: Int) throws -> RetentionWhatIf {
    try ledger.read { view in try view.whatIf(retainHours: hours) }
  }

  /// `web-0 a b would-be-lost: until d3 10:30, with 1 h until 11:30`: the pod, the incarnations
  /// before and after, what differs and the two deadlines.
  func differences(retainHours hours: Int) throws -> [String] {
    try whatIf(retainHours: hours).differing.map { recreation in
      let uids = [recreation.previous, recreation.uid].map { uid in
        uid.rawValue.split(separator: "#").last ?? ""
      }
      return "\(recreation.identity.name) \(uids.joined(separator: " ")) "
        + "\(recreation.outcome.rawValue): until \(recreation.recordedDeadline?.story ?? "-"), "
        + "with \(hours) h until \(recreation.hypotheticalDeadline?.story ?? "-")"
    }
  }

  /// `1 kept, 2 would-be-lost`.
  func counts(retainHours hours: Int) throws -> String {
    let outcomes = try whatIf(retainHours: hours).outcomes
    return RetentionWhatIf.Outcome.allCases.compactMap { outcome in
      outcomes[outcome].map { "\($0) \(outcome.rawValue)" }
    }.joined(separator: ", ")
  }

  /// `2 at 10:30, then 3 at 11:30`: by the recorded hours and by the others.
  func peaks(retainHours hours: Int) throws -> String {
    let answer = try whatIf(retainHours: hours)
    return [answer.recordedPeak, answer.hypotheticalPeak].map { peak in
      "\(peak.addresses)" + (peak.at.map { " at \($0.story)" } ?? "")
    }.joined(separator: ", then ")
  }
}
