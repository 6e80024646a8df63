import IPLedger

// An event as people read it: what it says, and what its time rests on.

extension DatedEvent {
  /// The event like an entry of `git log`.
  func entry(_ style: Style) -> [String] {
    let event = recorded.event
    let subject = event.identity.map { "\($0)" } ?? event.cluster.map { "cluster \($0)" }
    let about = subject ?? event.networkWords
    var lines = [style.bold("event \(recorded.position) \(event.kind) \(about)")]
    if let uid = event.uid { lines.append("Uid:      \(printable(uid.rawValue))") }
    lines.append("Happened: \(happened.words)")
    lines.append("Recorded: \(recorded.recordedAt)")
    lines.append("")
    lines += event.statements.map { "    " + printable($0) }
    if let evidence = event.evidence { lines.append("    \(evidence.words)") }
    return lines
  }
}

extension Event {
  /// What it says, a statement a line.
  var statements: [String] {
    switch self {
    case .created(let event): event.statements
    case .deleting(let event): [event.request.words]
    case .completed(let event): ["reached the phase \(event.phase); its object remains"]
    case .deleted(let event):
      [
        event.cause.words
      ] + (event.request.map { [$0.words] } ?? [])
    case .expired(let event): event.statements
    case .watched(let event): event.statements
    case .pool(let event): event.statements
    }
  }

  /// The network that an event without a cluster is about.
  fileprivate var networkWords: String {
    if case .pool(let event) = self { "network \(event.pool.network)" } else { "" }
  }
}

extension PodDeleted.Cause {
  fileprivate var words: String {
    switch self {
    case .deleted: "its object was removed"
    case .forced: "its object was removed by force"
    case .withdrawn: "it was not gone: its deletion is withdrawn (R23)"
    }
  }
}

extension PoolChanged {
  fileprivate var statements: [String] {
    let name = "the pool \(pool.prefix) of the zone \(pool.zone)"
    guard change == .defined else {
      return ["\(name) was withdrawn at \(instant): it hands out nothing new"]
    }
    var lines = ["\(name) hands addresses out from \(instant) on"]
    if !pool.exclusions.isEmpty {
      lines.append("but not \(pool.exclusions.map(\.description).joined(separator: ", "))")
    }
    if pool.coolDown > .zero {
      lines.append(
        "an address has to have been free for \(pool.coolDown) before another pod gets it")
    }
    return lines
  }
}

extension PodCreated {
  fileprivate var statements: [String] {
    let ips = addresses.map(\.description).joined(separator: ", ")
    var lines = [
      addresses.isEmpty ? "has no address" : "has \(ips) in the network \(network)"
    ]
    if let node = description.node {
      let nodeClass = description.nodeClass.map { " (\($0))" } ?? ""
      lines.append("on the node \(node)\(nodeClass)")
    }
    if let workload = description.workload { lines.append("controlled by \(workload)") }
    lines.append(description.policyWords)
    if let assignment { lines.append(assignment.words) }
    return lines
  }
}

extension PodCreated.Assignment {
  /// Why the ledger gave these addresses.
  var words: String {
    switch ground {
    case .reused(let uid, let since):
      let kept = since.map { " since \($0)" } ?? ""
      return "given back by this ledger: kept for the pod\(kept), after its uid \(uid) (R16, R17)"
    case .fresh(let reason):
      let zone = zone.map { ", from the zone \($0)" } ?? ""
      return "given by this ledger\(zone), since \(reason.words)"
    }
  }

  /// `reused` or `fresh`.
  var word: String {
    switch ground {
    case .reused: "reused"
    case .fresh: "fresh"
    }
  }
}

extension PodCreated.NoReuse {
  /// The reason's name for programs.
  var word: String {
    switch self {
    case .nothingKept: "nothing-kept"
    case .notRequested: "not-requested"
    case .ineligibleComputeClass: "ineligible-compute-class"
    case .otherNodeClass: "other-node-class"
    case .tooLate: "too-late"
    case .released: "released"
    case .taken: "taken"
    case .otherNetwork: "other-network"
    case .otherZone: "other-zone"
    case .otherFamilies: "other-families"
    }
  }

  /// Why nothing was given back, in words that cite the rule.
  var words: String {
    switch self {
    case .nothingKept: "nothing is kept for it"
    case .notRequested: "it does not ask for a fixed IP (R12)"
    case .ineligibleComputeClass: "its compute class may not have a fixed IP (R13)"
    case .otherNodeClass: "what is kept for it belongs to the other class of nodes (R17)"
    case .tooLate(let deadline): "it came back at or after the deadline, \(deadline) (R15, R18)"
    case .released: "an operator had freed what was kept for it (R19)"
    case .taken: "another pod had taken what was kept for it (R17)"
    case .otherNetwork: "what is kept for it is of another network"
    case .otherZone: "what is kept for it is of another zone than it asks for (R24)"
    case .otherFamilies: "what is kept for it has other families than it asks for (R2)"
    }
  }
}

extension PodDescription {
  /// What becomes of the addresses, and why (R12, R13).
  var policyWords: String {
    switch (policy, grounds.eligibility) {
    case (.retain(let hours), _):
      let why =
        grounds.rejectedHours.map { ", the default, since \(quoted($0)) is not valid" }
        ?? (grounds.hoursDefaulted ? ", the default" : "")
      return "its addresses are kept for \(hours) h after its deletion\(why)"
    case (.release, .ineligibleComputeClass):
      return "its addresses are free when it is gone: the compute class "
        + "\(computeClass ?? "general-purpose") cannot keep them"
    case (.release, _):
      let asks = describedAt.isDecided ? "its request does not ask" : "no annotation asks"
      return "its addresses are free when it is gone: \(asks) to keep them"
    }
  }
}

extension DeletionRequest {
  fileprivate var words: String {
    "its deletion was asked for at \(requestedAt), with \(gracePeriodSeconds) s of grace"
  }
}

extension ReservationExpired {
  /// The addresses, with a comma between two.
  var ips: String { addresses.map(\.description).joined(separator: ", ") }

  fileprivate var statements: [String] {
    let kept = "the reservation of \(ips) in the network \(network) (\(nodeClass) nodes)"
    switch cause {
    case .deadline: return ["\(kept) ended at its deadline, \(endedAt)"]
    case .released(let by, let reason):
      let deadline = deadline.map { ", before its deadline \($0)" } ?? ""
      return ["\(kept) was freed by \(by) at \(endedAt)\(deadline): \(reason)"]
    }
  }
}

extension SourceWatched {
  fileprivate var statements: [String] {
    var lines = ["\(source) of \(scope.words), network \(network): \(phase.words)"]
    if let from, let through { lines.append("covers \(from.words) to \(through.words)") }
    if let presence {
      let shown = plural(presence.uids.count, "pod")
      let complete = presence.isComplete ? "all who were there" : "some who were there"
      lines.append(
        "at resource version \(presence.resourceVersion) it showed \(shown), \(complete)")
    }
    if !marks.isEmpty { lines.append("times of \(plural(marks.count, "other change"))") }
    return lines
  }
}

extension SourceWatched.Phase {
  fileprivate var words: String {
    switch self {
    case .began: "began"
    case .synced: "listed what was there"
    case .advanced: "went on"
    case .interrupted: "ended or broke"
    }
  }
}

extension SourceWatched.Point {
  fileprivate var words: String {
    let time = Bounds(earliest: notBefore, latest: notAfter)
    let known = time == Bounds() ? nil : time.words
    switch (resourceVersion, known) {
    case (let version?, let known?): return "resource version \(version) (\(known))"
    case (let version?, nil): return "resource version \(version)"
    case (nil, let known?): return known
    case (nil, nil): return "an unknown point"
    }
  }
}

extension Evidence {
  /// What the time rests on, in one line.
  fileprivate var words: String {
    if let decidedAt { return "decided by this ledger, as of \(decidedAt)" }
    var parts = ["\(source) at resource version \(resourceVersion)"]
    if isExactChange { parts.append("this very change") }
    if let knownWithout { parts.append("not yet so at \(knownWithout)") }
    for (label, instant) in [
      ("received", receivedAt), ("requested", requestReceivedAt), ("answered", stageAt),
      ("stamped", newestStamp), ("stamped before", precedingStamp), ("field stamped", fieldStamp),
      ("pod created", creationStamp),
    ] {
      if let instant { parts.append("\(label) \(instant)") }
    }
    return "evidence: " + parts.joined(separator: ", ")
  }
}
