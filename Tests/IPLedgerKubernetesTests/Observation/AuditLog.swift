import IPLedger

@testable import IPLedgerKubernetes

/// An audit log that a test writes while the cluster lives: what it shows whole, and what it hides.
struct AuditLog {
  /// What stands in a line in the place of the pod.
  enum Answer: String {
    /// The pod is not logged.
    case nothing = "null"
    case status = #"{"kind":"Status","apiVersion":"v1","status":"Success","code":200}"#
  }

  var cluster = SimulatedCluster()
  private var logged: [(stage: Instant, line: String)] = []
  private var version = 0

  /// The lines in the order of their answers.
  var lines: [String] { logged.sorted { $0.stage < $1.stage }.map(\.line) }

  /// Changes the cluster, and logs each change whole: received 3 ms before it, answered 4 ms after
  /// it, or as late as is said.
  mutating func show(answered after: Double = 0.004, _ body: (inout SimulatedCluster) -> Void) {
    body(&cluster)
    for change in cluster.changes where change.version > version {
      add(change, after: after, response: nil, request: "null", code: 200)
    }
    version = cluster.version
  }

  /// Changes the cluster without showing the pods: as a request of this kind, with this answer.
  mutating func hide(
    _ answer: Answer, as kind: (verb: String, subresource: String?)? = nil,
    request: String = "null", code: Int = 200, answered after: Double = 0.004,
    _ body: (inout SimulatedCluster) -> Void
  ) {
    body(&cluster)
    for var change in cluster.changes where change.version > version {
      if let kind { (change.verb, change.subresource) = (kind.verb, kind.subresource) }
      add(change, after: after, response: answer.rawValue, request: request, code: code)
    }
    version = cluster.version
  }

  /// Changes the cluster without a line.
  mutating func leaveOut(_ body: (inout SimulatedCluster) -> Void) {
    body(&cluster)
    version = cluster.version
  }

  /// A patch that changes nothing, received now and answered 3 ms later: it shows the pod as it is.
  mutating func patchNothing(_ uid: String) {
    guard var change = cluster.changes.last(where: { $0.pod.uid == uid }) else { return }
    (change.verb, change.subresource) = ("patch", nil)
    let stage = cluster.now.adding(microseconds: 3_000)
    logged.append(
      (stage, SimulatedCluster.auditLine(change, received: cluster.now, stage: stage)))
  }

  private mutating func add(
    _ change: SimulatedCluster.Change, after: Double, response: String?, request: String, code: Int
  ) {
    let stage = change.at.adding(microseconds: Int64(after * 1_000_000))
    let line = SimulatedCluster.auditLine(
      change, received: change.at.adding(microseconds: -3_000), stage: stage, response: response,
      request: request, code: code)
    logged.append((stage, line))
  }

  /// x has .2 from 3 s on; it is 8 s now.
  static func running(_ body: (inout SimulatedPod) -> Void = { _ in }) -> AuditLog {
    var log = AuditLog()
    log.show { cluster in
      cluster.wait(seconds: 1)
      cluster.create("x", uid: "x", body)
      cluster.bind("x", to: "node-1")
      cluster.wait(seconds: 2)
      cluster.run("x", ["10.0.0.2"])
      cluster.wait(seconds: 5)
    }
    return log
  }

  /// A minute later another pod is created.
  mutating func goOn() {
    show { cluster in
      cluster.wait(seconds: 60)
      cluster.create("q", uid: "q")
    }
  }
}
