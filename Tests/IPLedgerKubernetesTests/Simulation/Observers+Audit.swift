import IPLedger

@testable import IPLedgerKubernetes

/// How long a request takes before and after its change is stored, in microseconds.
struct AuditLatency {
  var before: Range<Int64>
  var after: Range<Int64>

  static let quick = AuditLatency(before: 1_000..<20_000, after: 10..<30_000)
  static let slow = AuditLatency(before: 1_000..<900_000, after: 10..<900_000)
}

/// Audit logs as servers write them: with slow requests, requests that change nothing, and lines
/// that do not show what was done.
extension Observers {
  /// A log of all changes.
  ///
  /// - Parameters:
  ///   - latency: How long requests take.
  ///   - hidden: One in so many answers does not show the pod; none where it is 0.
  ///   - idle: How many patches change nothing.
  /// - Returns: Its lines.
  mutating func audit(_ latency: AuditLatency, hidden: Int = 0, idle: Int = 0) -> [String] {
    var lines: [(stage: Instant, line: String)] = []
    // The policy may leave out what kubelets report.
    let hidesKubelet = hidden > 0 && Int.random(in: 0..<3, using: &generator) == 0
    for change in cluster.changes {
      let times = times(around: change.at, latency)
      let isHidden =
        hidden > 0
        && (Int.random(in: 0..<hidden, using: &generator) == 0
          || (hidesKubelet && change.subresource == "status"))
      lines.append(
        (
          times.stage,
          isHidden
            ? hiddenLine(change, times)
            : SimulatedCluster.auditLine(change, received: times.received, stage: times.stage)
        ))
    }
    for _ in 0..<idle {
      if let patch = idlePatch(latency) { lines.append(patch) }
    }
    return lines.sorted { $0.stage < $1.stage }.map(\.line)
  }

  /// A log in files, of which one is missing.
  mutating func auditFiles() -> [[String]] {
    let lines = audit(.slow, idle: 8)
    let cuts = (0..<4).map { _ in Int.random(in: 0...lines.count, using: &generator) }.sorted()
    return [
      lines[..<cuts[0]], lines[cuts[0]..<cuts[1]], lines[cuts[2]..<cuts[3]], lines[cuts[3]...],
    ].map(Array.init).filter { !$0.isEmpty }
  }

  private mutating func times(
    around instant: Instant, _ latency: AuditLatency
  ) -> (received: Instant, stage: Instant) {
    (
      instant.adding(microseconds: -.random(in: latency.before, using: &generator)),
      instant.adding(microseconds: .random(in: latency.after, using: &generator))
    )
  }

  /// A patch that changes nothing, at a moment at which a pod was as some change had made it; it
  /// may have been asked for before that change.
  private mutating func idlePatch(
    _ latency: AuditLatency
  ) -> (stage: Instant, line: String)? {
    guard var change = cluster.changes.randomElement(using: &generator), change.kind != .deleted
    else { return nil }
    let next = cluster.changes.first {
      $0.pod.uid == change.pod.uid && $0.version > change.version
    }
    let until = min(next?.at ?? cluster.now, change.at.adding(microseconds: 3_000_000))
    guard change.at < until else { return nil }
    let moment = Instant(
      microseconds: .random(in: change.at.microseconds..<until.microseconds, using: &generator))
    let times = times(around: moment, latency)
    change.verb = "patch"
    change.subresource = Bool.random(using: &generator) ? nil : "status"
    return (
      times.stage,
      SimulatedCluster.auditLine(change, received: times.received, stage: times.stage)
    )
  }

  /// A line that does not show what its request did: without the answer, with a status in its
  /// place, or of a request at which the server failed.
  private mutating func hiddenLine(
    _ change: SimulatedCluster.Change, _ times: (received: Instant, stage: Instant)
  ) -> String {
    var change = change
    var code = 200
    var response = "null"
    var request = "null"
    let status = #"{"kind":"Status","apiVersion":"v1","metadata":{}}"#
    if Int.random(in: 0..<4, using: &generator) == 0 {
      code = [500, 503, 504].randomElement(using: &generator) ?? 500
      response = status
    }
    if change.verb == "delete" {
      let options = deleteOptions(change)
      switch Int.random(in: 0..<4, using: &generator) {
      case 0:
        (change.verb, change.subresource) = ("create", "eviction")
        request =
          #"{"kind":"Eviction","apiVersion":"policy/v1","metadata":{"name":"x"}"#
          + (options.map { #","deleteOptions":\#($0)"# } ?? "") + "}"
        response = status
      case 1:
        (change.verb, change.subresource) = ("create", "eviction")
      case 2:
        change.verb = "deletecollection"
        request = options ?? #"{"kind":"DeleteOptions","apiVersion":"v1"}"#
        if code == 200, Bool.random(using: &generator) { response = listBefore(change) }
      default:
        request = options ?? #"{"kind":"DeleteOptions","apiVersion":"v1"}"#
        response = status
      }
    }
    let line = SimulatedCluster.auditLine(
      change, received: times.received, stage: times.stage, response: response, request: request,
      code: code)
    guard change.verb == "deletecollection" else { return line }
    return line.replacing(
      #""namespace":"\#(change.pod.namespace)","name":"\#(change.pod.name)","apiVersion""#,
      with: #""namespace":"\#(change.pod.namespace)","apiVersion""#)
  }

  /// Options with which this deletion may have been asked for: a pod that ended, or is on no node,
  /// is gone at once whatever they say.
  private mutating func deleteOptions(_ change: SimulatedCluster.Change) -> String? {
    var grace = change.pod.deletion?.grace ?? 0
    if change.pod.isCompleted || change.pod.node == nil { grace = change.pod.ownGrace ?? 30 }
    if grace == change.pod.ownGrace, Bool.random(using: &generator) { return nil }
    return #"{"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":\#(grace)}"#
  }

  /// What a deletion of many shows: its pod as it was before.
  private func listBefore(_ change: SimulatedCluster.Change) -> String {
    let before = cluster.changes.last {
      $0.pod.uid == change.pod.uid && $0.version < change.version
    }
    let items = before.map { $0.pod.json(kind: false) } ?? ""
    return #"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":""#
      + #"\#(change.version - 1)"},"items":[\#(items)]}"#
  }
}
