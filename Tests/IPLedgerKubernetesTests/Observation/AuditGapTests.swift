import IPLedger
import Testing

@testable import IPLedgerKubernetes

/// What the audit log says, and what it leaves out.
@Suite(.serialized) struct `audit logs` {
  private static let status = #"{"kind":"Status","apiVersion":"v1","status":"Success","code":201}"#

  /// x has .2 from 3 s on; at 8 s somebody asks for its end; the log goes on to 68 s.
  private func lines(
    finalizers: [String] = [], _ ending: (inout SimulatedCluster) -> String
  ) -> [String] {
    var cluster = SimulatedCluster()
    cluster.wait(seconds: 1)
    cluster.create("x", uid: "x") { $0.finalizers = finalizers }
    cluster.bind("x", to: "node-1")
    cluster.wait(seconds: 2)
    cluster.run("x", ["10.0.0.2"])
    cluster.wait(seconds: 5)
    var lines = cluster.audit()
    lines.append(ending(&cluster))
    cluster.wait(seconds: 60)
    let before = cluster.version
    cluster.create("q", uid: "q")
    return lines + cluster.audit(from: before)
  }

  private func line(
    _ verb: String, _ cluster: SimulatedCluster, subresource: String? = nil, response: String,
    request: String = "null", uri: String = "/api/v1/namespaces/default/pods"
  ) -> String {
    guard let pod = cluster.changes.last(where: { $0.pod.uid == "x" })?.pod else { return "" }
    let change = SimulatedCluster.Change(
      kind: .modified, pod: pod, at: cluster.now, verb: verb, subresource: subresource)
    return SimulatedCluster.auditLine(
      change, received: cluster.now, stage: cluster.now.adding(microseconds: 5_000),
      response: response, request: request, uri: uri)
  }

  @Test func `R8a: a deletecollection with grace 0 ends who has no finalizers`() async throws {
    let request = #"{"kind":"DeleteOptions","gracePeriodSeconds":0}"#
    for finalizers in [[], ["example.com/keep"]] {
      for uri in ["/api/v1/namespaces/default/pods", "/pods?dryRun=All"] {
        let lines = lines(finalizers: finalizers) { cluster in
          line(
            "deletecollection", cluster, response: cluster.list(at: cluster.version),
            request: request, uri: uri)
        }
        let told = try await Telling([lines])
        let isGone = finalizers.isEmpty && !uri.contains("dryRun")
        #expect(try told.audit("10.0.0.2", at: 30) == (isGone ? "free" : "held x"))
        let end = isGone ? " to 8.0..8.005 deleted" : ""
        #expect(try told.tenures("10.0.0.2") == ["x 3.0..3.004\(end)"])
      }
    }
  }

  @Test func `R20: a deletion without its pod is not covered`() async throws {
    let lines = lines { cluster in
      cluster.delete("x", grace: 0)
      return line("delete", cluster, response: "null")
    }
    let told = try await Telling([lines])
    #expect(told.summary.skipped[.noResponseObject] == 1)
    let answer = try told.audit("10.0.0.2", at: 30)
    #expect(answer != "held x")
  }

  @Test func `R8a: an eviction with grace 0 ends its pod`() async throws {
    let lines = lines { cluster in
      cluster.delete("x", grace: 0)
      return line(
        "create", cluster, subresource: "eviction", response: Self.status,
        request: #"{"kind":"Eviction","apiVersion":"policy/v1","metadata":{"name":"x"},"#
          + #""deleteOptions":{"gracePeriodSeconds":0}}"#)
    }
    let told = try await Telling([lines])
    let answer = try told.audit("10.0.0.2", at: 30)
    #expect(answer != "held x")
  }

  @Test func `R8a: a patch that changes nothing does not date the binding before it`() async throws
  {
    var cluster = SimulatedCluster()
    cluster.create("n", uid: "n")
    cluster.create("x", uid: "x")
    cluster.bind("x", to: "node-1")
    cluster.wait(seconds: 1)
    cluster.bind("n", to: "node-1")
    let bound = cluster.version
    // Received 2 ms after the kubelet's report was committed, answered before it was.
    cluster.wait(seconds: 1)
    cluster.run("x", ["10.0.0.2"])
    let run = cluster.now
    cluster.wait(seconds: 60)
    cluster.create("q", uid: "q")
    var patch = try #require(cluster.changes.first { $0.version == bound })
    (patch.verb, patch.subresource) = ("patch", nil)
    var lines = cluster.audit()
    let report = try #require(lines.firstIndex { $0.contains(#""subresource":"status""#) })
    lines.insert(
      SimulatedCluster.auditLine(
        patch, received: run.adding(microseconds: 2_000), stage: run.adding(microseconds: 3_000)),
      at: report)
    let told = try await Telling([lines])
    let tenures = try told.tenures("10.0.0.2")
    #expect(tenures == ["x 2.0..2.004"])
  }
}
