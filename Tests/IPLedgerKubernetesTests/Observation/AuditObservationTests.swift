import IPLedger
import RecordedClusters
import Testing

@testable import IPLedgerKubernetes

/// What an observer makes of the API server's audit log (R8a).
@Suite(.serialized) struct `observing the audit log` {
  /// A pod that is created, gets an address at :10 and is what a test makes of it.
  private static func life(_ more: [String]) -> [String] {
    [
      PodText(version: 11, phase: "Pending", node: nil, stamp: 2, created: 2)
        .audited("create", at: 2, code: 201),
      PodText(version: 12, ips: ["10.0.0.1"], stamp: 10, created: 2)
        .audited("patch", at: 10, subresource: "status"),
    ] + more
      + [
        PodText(name: "z", uid: "z", version: 99, stamp: 90, created: 90).audited("create", at: 90)
      ]
  }

  @Test func `a change lies between request and response, to the millisecond`() async throws {
    let observed = try await Observed([
      Self.life([
        PodText(version: 13, ips: ["10.0.0.1"], stamp: 10, created: 2, deletion: (30, 30))
          .audited("delete", at: 30),
        PodText(version: 15, ips: ["10.0.0.1"], stamp: 10, created: 2, deletion: (31, 0))
          .audited("delete", at: 31),
      ])
    ])
    #expect(try observed.audit("10.0.0.1", at: 10, fraction: ".05") == "unknown")
    #expect(try observed.audit("10.0.0.1", at: 10, fraction: ".105") == "held? a")
    #expect(try observed.audit("10.0.0.1", at: 10, fraction: ".2") == "held a")
    #expect(try observed.audit("10.0.0.1", at: 30) == "held a")
    #expect(try observed.audit("10.0.0.1", at: 31, fraction: ".2") == "free")
    #expect(try observed.ends("10.0.0.1") == ["deleted"])
  }

  @Test func `a pod with a finalizer is gone only when that is removed`() async throws {
    let observed = try await Observed([
      Self.life([
        PodText(
          version: 13, ips: ["10.0.0.1"], stamp: 10, created: 2, deletion: (30, 0),
          finalizers: ["example.com/wait"]
        ).audited("delete", at: 30),
        PodText(version: 14, ips: ["10.0.0.1"], stamp: 40, created: 2, deletion: (30, 0))
          .audited("patch", at: 40),
      ])
    ])
    #expect(try observed.audit("10.0.0.1", at: 35) == "held a")
    #expect(try observed.audit("10.0.0.1", at: 41) == "free")
  }

  @Test func `dry runs, failures and other stages change nothing`() async throws {
    let gone = PodText(version: 13, ips: ["10.0.0.1"], stamp: 10, created: 2, deletion: (30, 0))
    let observed = try await Observed([
      Self.life([
        gone.audited("delete", at: 30, uri: "/api/v1/pods?dryRun=All"),
        gone.audited("delete", at: 30, code: 409),
        gone.audited("delete", at: 30, stage: "RequestReceived"),
      ])
    ])
    #expect(observed.summary.skipped[.dryRun] == 1)
    #expect(observed.summary.skipped[.failedRequest] == 1)
    #expect(observed.summary.skipped[.otherStage] == 1)
    #expect(try observed.audit("10.0.0.1", at: 60) == "held a")
  }

  @Test func `a request that changed nothing does not date the change before it`() async throws {
    let observed = try await Observed([
      [
        PodText(version: 12, ips: ["10.0.0.1"], stamp: 10, created: 2).audited("patch", at: 50),
        PodText(name: "z", uid: "z", version: 99, stamp: 90, created: 90).audited("create", at: 90),
      ]
    ])
    // It has had the address ever since the kubelet's stamp, not since the request.
    let spans = try observed.place.ledger.read { view in
      try view.history(
        of: Address(
          network: NetworkName(of: try ClusterName("lab")), ip: IPAddress(parsing: "10.0.0.1")))
    }
    let began = try #require(spans.first { $0.kind == .held }?.from?.latest)
    #expect(try began == Instant(rfc3339: PodText.time(12)))
    #expect(try observed.audit("10.0.0.1", at: 5) != "free")
  }

  @Test func `lines that stand the wrong way round are put right`() async throws {
    let lines = Self.life([
      PodText(version: 15, ips: ["10.0.0.1"], stamp: 10, created: 2, deletion: (31, 0))
        .audited("delete", at: 31)
    ])
    let observed = try await Observed([[lines[1], lines[0], lines[2], lines[3]]])
    // Nobody ever gave it a grace period, and it ran.
    #expect(try observed.ends("10.0.0.1") == ["forced"])
    #expect(try observed.audit("10.0.0.1", at: 20) == "held a")
  }

  @Test
  func `what a deletecollection shows was asked to go, and is gone only where nothing holds it`()
    async throws
  {
    let living = PodText(version: 12, ips: ["10.0.0.1"], stamp: 10, created: 2)
    let ended = PodText(
      name: "job", uid: "j", version: 14, ips: ["10.0.0.2"], phase: "Succeeded",
      node: "virtual-kubelet-1", stamp: 12, created: 2)
    let list =
      #"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"40"},"items":"#
      + "[\(living.json),\(ended.json)]}"
    let line = living.audited("deletecollection", at: 50).replacing(living.json, with: list)
    let observed = try await Observed([Self.life([line])])
    #expect(try observed.ends("10.0.0.1") == ["open"])
    #expect(try observed.ends("10.0.0.2") == ["deleted"])
    #expect(try observed.audit("10.0.0.2", at: 40) == "held j")
  }
}
