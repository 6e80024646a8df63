import IPLedger
import Testing

@testable import IPLedgerKubernetes

/// Which request made a version, where several answers show it (R8a).
@Suite(.serialized) struct `the request that made a version` {
  @Test func `R8a: of two that overlap, either may have made it`() async throws {
    var log = AuditLog()
    log.show { cluster in
      cluster.create("x", uid: "x")
      cluster.bind("x", to: "node-1")
      cluster.wait(seconds: 10.5)
    }
    // The kubelet's report: received at 10.497, stored at 10.5, answered at 10.510.
    log.show(answered: 0.01) { $0.run("x", ["10.0.0.2"]) }
    log.cluster.wait(seconds: 0.002)
    log.patchNothing("x")
    log.goOn()
    let told = try await Telling([log.lines])
    #expect(try told.tenures("10.0.0.2") == ["x 10.497..10.505"])
  }

  /// x is annotated at 20.0 s and evicted at 20.1; at 20.3 y is given .2 by a request that is
  /// answered at 20.7; a patch of x at 20.5 shows that it was asked to go.
  @Test func `R8a: an eviction behind a change that still waits is not forgotten`() async throws {
    var log = AuditLog()
    log.show { cluster in
      for uid in ["y", "x"] {
        cluster.create(uid, uid: uid)
        cluster.bind(uid, to: "node-1")
        cluster.wait(seconds: 5)
      }
      cluster.run("x", ["10.0.0.9"])
      cluster.wait(seconds: 10)
      cluster.annotate("x")
    }
    log.hide(
      .status, as: ("create", "eviction"),
      request: #"{"kind":"Eviction","apiVersion":"policy/v1","metadata":{"name":"x"}}"#, code: 201
    ) { cluster in
      cluster.wait(seconds: 0.1)
      cluster.delete("x", grace: 30)
    }
    log.show(answered: 0.4) { cluster in
      cluster.wait(seconds: 0.2)
      cluster.run("y", ["10.0.0.2"])
    }
    log.cluster.wait(seconds: 0.2)
    log.patchNothing("x")
    log.goOn()
    let told = try await Telling([log.lines])
    #expect(try told.tenures("10.0.0.2") == ["y 20.297..20.7"])
  }

  @Test func `R8a: at the end of a log another line may still tell`() async throws {
    var log = AuditLog()
    log.show { cluster in
      cluster.create("x", uid: "x")
      cluster.bind("x", to: "node-1")
      cluster.wait(seconds: 10)
    }
    log.leaveOut { $0.run("x", ["10.0.0.2"]) }
    log.cluster.wait(seconds: 0.002)
    log.patchNothing("x")
    let told = try await Telling([log.lines])
    #expect(try told.tenures("10.0.0.2") == ["x 0.0..10.005"])
  }
}
