import IPLedger
import Testing

@testable import IPLedgerKubernetes

/// Changes that an audit log has a line of, but does not show.
@Suite(.serialized) struct `requests that show nothing` {
  /// How a log hides that x was removed.
  struct Removal: CustomStringConvertible, Sendable {
    let description: String
    var answer = AuditLog.Answer.status
    var verb = "delete"
    var subresource: String?
    var request = "null"
    var code = 200
    var ownGrace = 30

    static let now = #"{"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":0}"#
    static let eviction = #"{"kind":"Eviction","apiVersion":"policy/v1","metadata":{"name":"x"}}"#

    static let all = [
      Removal(description: "a delete with grace 0, answered with a status", request: now),
      Removal(description: "a delete of which only the fact is logged", answer: .nothing),
      Removal(
        description: "an eviction of which only the fact is logged", answer: .nothing,
        verb: "create", subresource: "eviction", code: 201),
      Removal(
        description: "an eviction of a pod that takes no time", verb: "create",
        subresource: "eviction", request: eviction, code: 201, ownGrace: 0),
      Removal(
        description: "a deletion of many that broke off", verb: "deletecollection", request: now,
        code: 500),
      Removal(description: "a delete that timed out", request: now, code: 504),
    ]
  }

  @Test(arguments: Removal.all)
  func `R20: what may have removed a pod at once is not covered`(_ removal: Removal) async throws {
    var log = AuditLog.running { $0.ownGrace = removal.ownGrace }
    log.hide(
      removal.answer, as: (removal.verb, removal.subresource), request: removal.request,
      code: removal.code
    ) { $0.delete("x", grace: 0) }
    log.goOn()
    let told = try await Telling([log.lines])
    #expect(try told.audit("10.0.0.2", at: 7.9) == "held x")
    for instant in [8.0, 8.5, 30] {
      let answer = try told.audit("10.0.0.2", at: instant)
      #expect(answer != "held x", "at \(instant)")
    }
    #expect(told.summary.skipped[.unclearRequest] == (removal.code >= 500 ? 1 : nil))
  }

  @Test func `R20: an eviction that leaves the pod its time does not break the log`() async throws {
    var log = AuditLog.running()
    log.hide(.status, as: ("create", "eviction"), request: Removal.eviction, code: 201) {
      $0.delete("x", grace: 30)
    }
    log.show { cluster in
      cluster.wait(seconds: 10)
      cluster.delete("x", grace: 0)
    }
    log.goOn()
    let told = try await Telling([log.lines])
    #expect(try told.audit("10.0.0.2", at: 12) == "held x")
    #expect(try told.audit("10.0.0.2", at: 20) == "free")
    #expect(try told.tenures("10.0.0.2") == ["x 3.0..3.004 to 18.0..18.004 deleted"])
  }

  @Test func `R20: a refused eviction and a talk with a container break nothing`() async throws {
    var log = AuditLog.running()
    log.hide(.status, as: ("create", "eviction"), request: Removal.eviction, code: 429) {
      $0.annotate("x")
    }
    log.hide(.nothing, as: ("create", "exec"), code: 101) { $0.annotate("x") }
    log.goOn()
    let told = try await Telling([log.lines])
    #expect(try told.audit("10.0.0.2", at: 30) == "held x")
  }

  @Test func `R20: a short request within a longer one does not vouch for it`() async throws {
    var log = AuditLog.running()
    log.show { $0.create("y", uid: "y") }
    // Removed at 8.0, answered at 8.7; between them somebody patches y at 8.5.
    log.hide(.nothing, answered: 0.7) { $0.delete("x", grace: 0) }
    log.hide(.nothing) { cluster in
      cluster.wait(seconds: 0.5)
      cluster.annotate("y")
    }
    log.goOn()
    let told = try await Telling([log.lines])
    for instant in [8.1, 8.3, 8.49, 8.6, 30] {
      let answer = try told.audit("10.0.0.2", at: instant)
      #expect(answer != "held x", "at \(instant)")
    }
  }

  /// x completes or moves at 8 s, and its kubelet patches it again at 14.5 s.
  ///
  /// Both are not shown, or not even logged. The patch at 15.1 s shows what x has become.
  @Test(arguments: ["complete", "move"], [false, true])
  func `R8a: what came before a change that is shown is not dated by it`(
    _ what: String, _ isLogged: Bool
  ) async throws {
    var log = AuditLog.running()
    let changes: [(inout SimulatedCluster) -> Void] = [
      { cluster in
        if what == "move" { return cluster.report("x") { $0.addresses = ["10.0.0.5"] } }
        cluster.complete("x")
      },
      { cluster in
        cluster.wait(seconds: 6.5)
        cluster.report("x") { _ in }
      },
    ]
    for change in changes {
      if isLogged { log.hide(.nothing, change) } else { log.leaveOut(change) }
    }
    log.show { cluster in
      cluster.wait(seconds: 0.6)
      cluster.annotate("x")
    }
    log.goOn()
    let told = try await Telling([log.lines])
    for instant in [9.0, 12, 14.6, 15] {
      let answer = try told.audit("10.0.0.2", at: instant)
      #expect(answer != "held x", "at \(instant)")
    }
    let cause = what == "move" ? "moved" : "completed"
    #expect(try told.tenures("10.0.0.2") == ["x 3.0..3.004 to 3.0..15.104 \(cause)"])
  }

  @Test func `R8a: an address that was given unseen is not dated by the next patch`() async throws {
    var log = AuditLog()
    log.show { cluster in
      cluster.wait(seconds: 1)
      cluster.create("x", uid: "x")
      cluster.bind("x", to: "node-1")
      cluster.wait(seconds: 2)
    }
    log.hide(.nothing) { $0.run("x", ["10.0.0.2"]) }
    log.hide(.nothing) { cluster in
      cluster.wait(seconds: 6.5)
      cluster.report("x") { _ in }
    }
    log.show { cluster in
      cluster.wait(seconds: 0.6)
      cluster.annotate("x")
    }
    log.goOn()
    let told = try await Telling([log.lines])
    #expect(try told.tenures("10.0.0.2") == ["x 1.0..10.104"])
  }

  /// x completes unseen at 8 s and is deleted at 15 s; the answer shows both.
  @Test func `R9: an end that only the removed object shows came some time before`() async throws {
    var log = AuditLog.running()
    log.hide(.nothing) { $0.complete("x") }
    log.show { cluster in
      cluster.wait(seconds: 7)
      cluster.delete("x", grace: 0)
    }
    log.goOn()
    let told = try await Telling([log.lines])
    for instant in [9.0, 12, 14.9] {
      let answer = try told.audit("10.0.0.2", at: instant)
      #expect(answer != "held x", "at \(instant)")
    }
    #expect(try told.tenures("10.0.0.2") == ["x 3.0..3.004 to 3.0..10.0 completed"])
  }
}
