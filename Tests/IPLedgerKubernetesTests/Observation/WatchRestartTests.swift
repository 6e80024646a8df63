import IPLedger
import Testing

@testable import IPLedgerKubernetes

/// Watches of kubectl's that begin anew in one stream without a word.
@Suite(.serialized) struct `watches that begin anew without a word` {
  /// a has .2 from 1 s to 20 s and is seen until 3 s; b is created at 30 s, bound to a node at
  /// 31 s, and given .3 at 33 s if it runs; the second run begins at 60 s.
  private func gap(isRunning: Bool) -> (cluster: SimulatedCluster, seen: Int, again: Int) {
    var cluster = SimulatedCluster()
    cluster.create("a", uid: "a")
    cluster.bind("a", to: "node-1")
    cluster.wait(seconds: 1)
    cluster.run("a", ["10.0.0.2"])
    cluster.wait(seconds: 2)
    cluster.annotate("a")
    let seen = cluster.version
    cluster.wait(seconds: 17)
    cluster.delete("a", grace: 0)
    cluster.wait(seconds: 10)
    cluster.create("b", uid: "b")
    cluster.wait(seconds: 1)
    cluster.bind("b", to: "node-1")
    cluster.wait(seconds: 2)
    if isRunning { cluster.run("b", ["10.0.0.3"]) }
    cluster.wait(seconds: 27)
    let again = cluster.version
    cluster.annotate("b")
    cluster.wait(seconds: 60)
    cluster.annotate("b")
    return (cluster, seen, again)
  }

  private func receive(_ isTimed: Bool) -> ((Instant) -> Instant)? {
    isTimed ? { $0.adding(microseconds: 100_000) } : nil
  }

  private func expectUnsure(_ told: Telling) throws {
    for instant in [25.0, 35, 50] {
      let answer = try told.audit("10.0.0.2", at: instant)
      #expect(answer != "held a", "at \(instant)")
    }
  }

  @Test(arguments: [false, true])
  func `R20: a new pod that is on a node already was not created just now`(
    _ isTimed: Bool
  ) async throws {
    let (cluster, seen, again) = gap(isRunning: false)
    let first = cluster.watch(
      after: seen - 1, through: seen, initial: true, bookmark: false, receive: receive(isTimed))
    let second = cluster.watch(
      after: again, through: cluster.version, initial: true, bookmark: false,
      receive: receive(isTimed))
    try expectUnsure(try await Telling([first + second]))
  }

  @Test(arguments: [false, true])
  func `R20: two lists with nobody in both are not one`(_ isTimed: Bool) async throws {
    let (cluster, seen, again) = gap(isRunning: true)
    let quiet = cluster.watch(
      after: seen, through: seen, initial: true, bookmark: false, receive: receive(isTimed))
    for last in [again, cluster.version] {
      let second = cluster.watch(
        after: again, through: last, initial: true, bookmark: false, receive: receive(isTimed))
      try expectUnsure(try await Telling([quiet + second]))
    }
  }

  @Test(arguments: [false, true])
  func `R20: a pod on the host network that comes once more tells of a new list`(
    _ isTimed: Bool
  ) async throws {
    var cluster = SimulatedCluster()
    cluster.create("agent", uid: "agent") { $0.hostNetwork = true }
    cluster.create("a", uid: "a")
    cluster.bind("a", to: "node-1")
    cluster.wait(seconds: 5)
    cluster.run("a", ["10.0.0.2"])
    cluster.wait(seconds: 2)
    let seen = cluster.version
    cluster.wait(seconds: 17)
    cluster.delete("a", grace: 0)
    cluster.wait(seconds: 10)
    cluster.annotate("agent")
    cluster.wait(seconds: 30)
    let quiet = cluster.watch(
      after: seen, through: seen, initial: true, bookmark: false, receive: receive(isTimed))
    let again = cluster.watch(
      after: cluster.version, through: cluster.version, initial: true, bookmark: false,
      receive: receive(isTimed))
    try expectUnsure(try await Telling([quiet + again]))
  }

  @Test(arguments: [false, true])
  func `R20: a list that was cut is no part of the full one behind it`(_ isTimed: Bool) async throws
  {
    let (cluster, seen, again) = gap(isRunning: true)
    let cut = cluster.watch(
      after: seen, through: seen, initial: true, bookmark: false, receive: receive(isTimed))
    let second = cluster.watch(
      after: again, through: cluster.version, initial: true, receive: receive(isTimed))
    let told = try await Telling([cut + second])
    try expectUnsure(told)
    #expect(try told.audit("10.0.0.3", at: 90) == "held b")
  }

  /// c was created after all that is known of a and b; a later line about the first of them tells
  /// that all three stand in one list.
  @Test(arguments: ["a", "c"])
  func `R20: a later line tells that a list is one`(_ uid: String) async throws {
    var cluster = SimulatedCluster()
    for (index, uid) in ["a", "b", "c"].enumerated() {
      cluster.create(uid, uid: uid)
      cluster.bind(uid, to: "node-1")
      cluster.run(uid, ["10.0.0.\(index + 1)"])
      cluster.wait(seconds: 10)
    }
    let listed = cluster.version
    for _ in 0..<2 {
      cluster.wait(seconds: 10)
      cluster.annotate(uid)
    }
    let told = try await Telling([
      cluster.watch(after: listed, through: cluster.version, initial: true, bookmark: false)
    ])
    let answer = try told.audit("10.0.0.2", at: 45)
    #expect(answer == (uid == "a" ? "held b" : "held? b"))
  }

  /// d is listed, then w and d, then w alone: three runs, of which the first two show no change.
  @Test func `R20: a pod that comes once more may stand in a third list`() async throws {
    var cluster = SimulatedCluster()
    cluster.create("d", uid: "d")
    cluster.bind("d", to: "node-1")
    var runs = [(cluster.version, cluster.version)]
    cluster.wait(seconds: 10)
    cluster.create("w", uid: "w")
    cluster.run("d", ["10.0.0.2"])
    runs.append((cluster.version, cluster.version))
    cluster.wait(seconds: 10)
    cluster.delete("d", grace: 0)
    let third = cluster.version
    for _ in 0..<2 {
      cluster.wait(seconds: 10)
      cluster.annotate("w")
    }
    runs.append((third, cluster.version))
    let lines = runs.flatMap { first, last in
      cluster.watch(
        after: first, through: last, initial: true, bookmark: false,
        shuffledBy: { $0.sorted { $0.uid > $1.uid } })
    }
    let told = try await Telling([lines])
    let answer = try told.audit("10.0.0.2", at: 25)
    #expect(answer != "held d")
  }

  @Test func `R8a: an address in a print may be older than the print before it`() async throws {
    var cluster = SimulatedCluster()
    cluster.create("x", uid: "x")
    cluster.bind("x", to: "node-1")
    let first = cluster.state(after: cluster.version).map { $0.json() }
    cluster.wait(seconds: 10)
    cluster.run("x", ["10.0.0.2"])
    cluster.wait(seconds: 40)
    cluster.report("x") { _ in }
    let told = try await Telling([first + cluster.state(after: cluster.version).map { $0.json() }])
    #expect(try told.tenures("10.0.0.2") == ["x 0.0..52.0"])
  }
}
