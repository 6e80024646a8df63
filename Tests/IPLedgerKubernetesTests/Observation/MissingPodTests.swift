import IPLedger
import Testing

@testable import IPLedgerKubernetes

/// Lists, and who is missing from them.
@Suite(.serialized) struct `lists and who is missing` {
  /// x has .2 from 1 s on; watched from its creation to 11 s; at 21 s it goes, and q that was new.
  private func gap() -> (cluster: SimulatedCluster, seen: Int) {
    var cluster = SimulatedCluster()
    cluster.create("x", uid: "x")
    cluster.bind("x", to: "node-1")
    cluster.wait(seconds: 1)
    cluster.run("x", ["10.0.0.2"])
    for uid in ["p", "q"] {
      cluster.wait(seconds: 5)
      cluster.create(uid, uid: uid)
    }
    // A watch that ends right after ADDED may have been begun anew there; this change tells.
    cluster.annotate("q")
    let seen = cluster.version
    cluster.wait(seconds: 10)
    cluster.delete("q", grace: 0)
    cluster.delete("x", grace: 0)
    return (cluster, seen)
  }

  private func told(_ list: String, _ cluster: SimulatedCluster, _ seen: Int) async throws
    -> Telling
  {
    try await Telling([
      cluster.watch(
        after: 100, through: seen, initial: true, receive: { $0.adding(microseconds: 100_000) }),
      [list],
    ]) { $0.isFullList = true }
  }

  @Test func `R10: a full list ends who is missing, after what was seen of it`() async throws {
    let (cluster, seen) = gap()
    let told = try await told(cluster.list(at: cluster.version), cluster, seen)
    #expect(try told.audit("10.0.0.2", at: 8) == "held x")
    #expect(try told.tenures("10.0.0.2") == ["x 1.0..1.1 to 11.0..- missing"])
  }

  @Test func `R10: a list of kubectl's ends nobody at its newest item`() async throws {
    let (cluster, seen) = gap()
    let list = cluster.list(at: cluster.version, kind: "List", isVersioned: false)
    let told = try await told(list, cluster, seen)
    let answer = try told.audit("10.0.0.2", at: 8)
    #expect(answer == "held x")
  }
}
