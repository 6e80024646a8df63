import IPLedger
import Testing

@testable import IPLedgerKubernetes

/// An audit log covers changes only: a full list within it says who was there besides (R20).
@Suite(.serialized) struct `audit logs and lists` {
  /// x was there long before, the log goes from 100 s to 200 s, a full list is made at the given second.
  private func told(listAt second: Double) async throws -> Telling {
    var cluster = SimulatedCluster()
    cluster.create("x", uid: "x")
    cluster.bind("x", to: "node-1")
    cluster.run("x", ["10.0.0.2"])
    var list: [String] = []
    var begin = 0
    for moment in 1...200 {
      cluster.wait(seconds: 1)
      if moment == Int(second) {
        // Something is stamped just before, so that the time of the list is known.
        cluster.create("l", uid: "l")
        list = [cluster.list(at: cluster.version)]
      }
      if moment == 100 { begin = cluster.version }
      if moment >= 100, moment.isMultiple(of: 10) {
        cluster.create("y\(moment)", uid: "y\(moment)")
      }
    }
    return try await Telling([cluster.audit(from: begin), list]) { $0.isFullList = true }
  }

  @Test func `R20: from a full list within it on, an audit log tells who was not there`()
    async throws
  {
    let told = try await told(listAt: 145)
    #expect(try told.audit("10.0.0.3", at: 180) == "free")
    #expect(try told.audit("10.0.0.3", at: 120) == "unknown")
  }

  @Test func `R20: a full list before it says nothing of what came between`() async throws {
    let told = try await told(listAt: 50)
    #expect(try told.audit("10.0.0.3", at: 180) == "unknown")
  }
}
