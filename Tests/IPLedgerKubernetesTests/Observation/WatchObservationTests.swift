import IPLedger
import RecordedClusters
import Testing

@testable import IPLedgerKubernetes

/// What an observer makes of a watch (R8–R10, R20).
@Suite(.serialized) struct `observing a watch` {
  private static let begin = bookmark(10, received: 1, isFirst: true)

  @Test func `R8: an address is held from its change on, not from the pod's creation`()
    async throws
  {
    let observed = try await Observed([
      [
        Self.begin,
        PodText(version: 11, phase: "Pending", node: nil, stamp: 5, created: 5)
          .line("ADDED", received: 5),
        PodText(version: 20, ips: ["10.0.0.1"], stamp: 20, created: 5).line(
          "MODIFIED", received: 20),
        bookmark(30, received: 60),
      ]
    ])
    #expect(try observed.audit("10.0.0.1", at: 10) == "free")
    #expect(try observed.audit("10.0.0.1", at: 20, fraction: ".25") == "held? a")
    #expect(try observed.audit("10.0.0.1", at: 21) == "held a")
    #expect(try observed.audit("10.0.0.1", at: 45) == "held a")
    #expect(try observed.audit("10.0.0.1", at: 58) == "held? a")
    #expect(try observed.audit("10.0.0.1", at: 70) == "unknown a")
  }

  @Test func `R20: who was listed holds, and nobody else does`() async throws {
    let observed = try await Observed([
      [
        PodText(version: 5, ips: ["10.0.0.1"]).line("ADDED", received: 30),
        bookmark(10, received: 31, isFirst: true),
        PodText(
          name: "x", uid: "x", version: 12, phase: "Pending", node: nil, stamp: 40, created: 40
        )
        .line("ADDED", received: 40),
        bookmark(13, received: 90),
      ]
    ])
    #expect(try observed.audit("10.0.0.1", at: 10) == "held a")
    // Nobody ever showed this address: complete coverage says that it was free.
    #expect(try observed.audit("10.9.9.9", at: 60) == "free")
    #expect(try observed.audit("10.9.9.9", at: 10) == "unknown")
  }

  @Test(arguments: [("node-1", "completed"), ("virtual-kubelet-1", "deleted")])
  func `R9: a completed pod gives its address up on ECS, and holds it on a virtual node`(
    _ node: String, _ end: String
  ) async throws {
    var pod = PodText(version: 11, phase: "Pending", node: nil, stamp: 2, created: 2)
    var lines = [Self.begin, pod.line("ADDED", received: 2)]
    (pod.version, pod.ips, pod.phase, pod.node, pod.stamp) = (12, ["10.0.0.1"], "Running", node, 3)
    lines.append(pod.line("MODIFIED", received: 3))
    (pod.version, pod.phase, pod.stamp) = (13, "Succeeded", 10)
    lines.append(pod.line("MODIFIED", received: 10))
    (pod.version, pod.deletion) = (14, (20, 0))
    lines.append(pod.line("DELETED", received: 20))
    lines.append(bookmark(15, received: 90))
    let observed = try await Observed([lines])
    #expect(try observed.ends("10.0.0.1") == [end])
    #expect(try observed.audit("10.0.0.1", at: 15) == (end == "completed" ? "free" : "held a"))
  }

  @Test(arguments: [false, true])
  func `R6: a source that ended before a pod was scheduled does not hide its node`(
    _ isLast: Bool
  ) async throws {
    var pod = PodText(version: 10, phase: "Pending", node: nil, stamp: 2, created: 2)
    let early = [pod.line("ADDED", received: 2), bookmark(10, received: 3, isFirst: true)]
    (pod.version, pod.node) = (11, "virtual-kubelet-1")
    var live = [pod.line("ADDED", received: 4), bookmark(11, received: 4, isFirst: true)]
    (pod.version, pod.ips, pod.phase, pod.stamp) = (12, ["10.0.0.1"], "Running", 5)
    live.append(pod.line("MODIFIED", received: 5))
    (pod.version, pod.phase, pod.stamp) = (13, "Succeeded", 10)
    live.append(pod.line("MODIFIED", received: 10))
    (pod.version, pod.deletion) = (14, (20, 0))
    live += [pod.line("DELETED", received: 20), bookmark(15, received: 60)]
    let observed = try await Observed(isLast ? [live, early] : [early, live])
    #expect(try observed.audit("10.0.0.1", at: 15) == "held a")
    #expect(try observed.ends("10.0.0.1") == ["deleted"])
  }

  @Test func `a pod that leaves a selector lives on, and the watch vouches for nobody`()
    async throws
  {
    let observed = try await Observed([
      [
        PodText(version: 5, ips: ["10.0.0.1"]).line("ADDED", received: 1),
        bookmark(10, received: 2, isFirst: true),
        PodText(version: 11, ips: ["10.0.0.1"], stamp: 20).line("DELETED", received: 20),
        bookmark(12, received: 90),
      ]
    ])
    #expect(observed.summary.skipped[.leftSelector] == 1)
    #expect(observed.summary.warnings[.selectorSuspected] == 1)
    #expect(try observed.ends("10.0.0.1") == ["open"])
    #expect(try observed.audit("10.0.0.1", at: 60) != "free")
    #expect(try observed.audit("10.9.9.9", at: 60) == "unknown")
  }

  @Test func `R10: who is missing after a 410 is gone, and only bounds say when`() async throws {
    let observed = try await Observed([
      [
        PodText(version: 5, ips: ["10.0.0.1"]).line("ADDED", received: 1),
        bookmark(10, received: 2, isFirst: true),
        PodText(
          name: "x", uid: "x", version: 12, phase: "Pending", node: nil, stamp: 30, created: 30
        )
        .line("ADDED", received: 30),
        // A watch that ends right after ADDED may have been begun anew there; this line tells.
        PodText(name: "x", uid: "x", version: 13, phase: "Pending", stamp: 30, created: 30)
          .line("MODIFIED", received: 30),
        #"{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","code":410,"reason":"Expired"}}"#,
        PodText(name: "x", uid: "x", version: 12, phase: "Pending", stamp: 30, created: 30)
          .line("ADDED", received: 60),
        bookmark(40, received: 60, isFirst: true),
        PodText(
          name: "y", uid: "y", version: 50, phase: "Pending", node: nil, stamp: 80, created: 80
        )
        .line("ADDED", received: 80),
        bookmark(60, received: 120),
      ]
    ])
    #expect(observed.summary.skipped[.serverError] == 1)
    #expect(try observed.ends("10.0.0.1") == ["missing"])
    #expect(try observed.audit("10.0.0.1", at: 20) == "held a")
    #expect(try observed.audit("10.0.0.1", at: 45) == "unknown a")
    #expect(try observed.audit("10.0.0.1", at: 90) == "free")
  }

  @Test func `R8a: versions that fall back within a watch begin a new epoch`() async throws {
    let observed = try await Observed([
      [
        PodText(version: 500, ips: ["10.0.0.1"]).line("ADDED", received: 1),
        bookmark(510, received: 2, isFirst: true),
        PodText(version: 520, ips: ["10.0.0.2"], stamp: 10).line("MODIFIED", received: 10),
        PodText(name: "x", uid: "x", version: 40, ips: ["10.0.0.3"], stamp: 1200, created: 1200)
          .line("MODIFIED", received: 1200),
      ]
    ])
    #expect(observed.summary.warnings[.versionsFellBack] == 1)
    #expect(observed.events.last { $0.uid?.rawValue == "x" }?.evidence?.resourceVersion.epoch == 1)
  }

  @Test func `pods on the host network are counted and skipped`() async throws {
    let observed = try await Observed([
      [
        Self.begin,
        PodText(version: 11, ips: ["192.168.0.10"], hostNetwork: true).line(
          "MODIFIED", received: 5),
      ]
    ])
    #expect(observed.summary.skipped[.hostNetwork] == 1)
    #expect(observed.events.allSatisfy { $0.uid == nil })
  }

  @Test func `R12: bad hours are the default, with a warning`() async throws {
    let dialect = Dialect.acs
    let observed = try await Observed([
      [
        PodText(
          version: 11, ips: ["10.0.0.1"],
          annotations: [dialect.enableKey: "true", dialect.hoursKey: "1.5"]
        ).line("ADDED", received: 5)
      ]
    ])
    #expect(observed.summary.warnings[.rejectedHours] == 1)
    let status = try observed.place.ledger.read { view in
      try view.reservations(at: Instant(rfc3339: PodText.time(30)))
    }
    #expect(status.map(\.hours) == [48])
  }

  @Test(arguments: [-1, Int.min, Int.max])
  func `a grace period that no server wrote is refused`(_ grace: Int) throws {
    let json = PodText(version: 11, ips: ["10.0.0.1"], deletion: (asked: 5, grace: 0)).line("ADDED")
      .replacing(
        #""deletionGracePeriodSeconds":0"#, with: #""deletionGracePeriodSeconds":\#(grace)"#)
    #expect(throws: ObservationError.self) {
      _ = try facts(in: [.bytes(Array(json.utf8), named: "input")])
    }
  }
}
