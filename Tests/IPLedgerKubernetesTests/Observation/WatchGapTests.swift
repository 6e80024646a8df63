import IPLedger
import Testing

@testable import IPLedgerKubernetes

/// Watches as people record them: with gaps, restarts and ends.
@Suite(.serialized) struct `watches with gaps` {
  private func soon(_ at: Instant) -> Instant { at.adding(microseconds: 100_000) }

  /// x has .2 from 1 s on; p has .1 from 5 s on; x goes at 20 s and nobody watches from 5 s on.
  private func gap() -> (cluster: SimulatedCluster, seen: Int) {
    var cluster = SimulatedCluster()
    cluster.create("x", uid: "x")
    cluster.bind("x", to: "node-1")
    cluster.wait(seconds: 1)
    cluster.run("x", ["10.0.0.2"])
    cluster.wait(seconds: 1)
    cluster.create("p", uid: "p")
    cluster.bind("p", to: "node-1")
    cluster.wait(seconds: 3)
    cluster.run("p", ["10.0.0.1"])
    let seen = cluster.version
    cluster.wait(seconds: 15)
    cluster.delete("x", grace: 0)
    cluster.wait(seconds: 40)
    return (cluster, seen)
  }

  @Test func `R20: a pod that went between two kubectl streams does not hold through the second`()
    async throws
  {
    var (cluster, seen) = gap()
    let listed = cluster.version
    cluster.annotate("p")
    cluster.wait(seconds: 60)
    cluster.annotate("p")
    let first = cluster.watch(after: 100, through: seen, initial: true, receive: soon)
    let second = cluster.watch(
      after: listed, through: cluster.version, initial: true, bookmark: false,
      receive: { max(soon($0), .seconds(1_790_000_058)) })
    for lines in [second, Array(second.prefix(1))] {
      let told = try await Telling([first, lines])
      let answer = try told.audit("10.0.0.2", at: 30)
      #expect(answer != "held x")
    }
  }

  @Test func `R20: a watch that begins again without a word, with nobody there, ends coverage`()
    async throws
  {
    var (cluster, seen) = gap()
    cluster.delete("p", grace: 0)
    cluster.wait(seconds: 10)
    let first = cluster.watch(after: 100, through: seen, initial: true, receive: soon)
    let again = cluster.watch(
      after: cluster.version, through: cluster.version, initial: true, receive: soon)
    let told = try await Telling([first + again])
    let answer = try told.audit("10.0.0.2", at: 30)
    #expect(answer != "held x")
  }

  @Test func `R20: two lists of a watch, a new pod first, say nothing of who went between`()
    async throws
  {
    var (cluster, seen) = gap()
    cluster.create("n", uid: "n")
    let lists = [seen, cluster.version].map { version in
      cluster.watch(
        after: version, through: version, initial: true, bookmark: false,
        shuffledBy: { $0.sorted { $0.uid < $1.uid } }, receive: soon)
    }
    let told = try await Telling([Array(lists.joined())])
    let answer = try told.audit("10.0.0.2", at: 30)
    #expect(answer != "held x")
  }

  @Test func `R20: an inferred end is no release that was seen`() async throws {
    var (cluster, seen) = gap()
    cluster.create("z", uid: "z")
    cluster.bind("z", to: "node-1")
    cluster.run("z", ["10.0.0.2"])
    let from = cluster.version
    cluster.wait(seconds: 10)
    cluster.annotate("p")
    cluster.create("x", uid: "x'")
    cluster.bind("x'", to: "node-1")
    cluster.wait(seconds: 1)
    cluster.run("x'", ["10.0.0.9"])
    cluster.wait(seconds: 100)
    cluster.annotate("p")
    let told = try await Telling([
      cluster.watch(after: 100, through: seen, initial: true, receive: soon),
      cluster.watch(after: from, through: cluster.version, initial: false, receive: soon),
    ])
    let answer = try told.audit("10.0.0.2", at: 120)
    #expect(answer == "unknown x")
  }

  @Test func `R20: a completion that was first seen later is no release that was seen`()
    async throws
  {
    var cluster = SimulatedCluster()
    for uid in ["j", "p"] {
      cluster.create(uid, uid: uid)
      cluster.bind(uid, to: "node-1")
    }
    cluster.run("j", ["10.0.0.2"])
    let seen = cluster.version
    cluster.wait(seconds: 10)
    cluster.complete("j")
    cluster.create("z", uid: "z")
    cluster.bind("z", to: "node-1")
    cluster.run("z", ["10.0.0.2"])
    let from = cluster.version
    for uid in ["p", "j", "p"] {
      cluster.wait(seconds: 10)
      cluster.annotate(uid)
    }
    cluster.wait(seconds: 60)
    cluster.annotate("p")
    let told = try await Telling([
      cluster.watch(after: 100, through: seen, initial: true, receive: soon),
      cluster.watch(after: from, through: cluster.version, initial: false, receive: soon),
    ])
    let answer = try told.audit("10.0.0.2", at: 60)
    #expect(answer == "unknown j")
  }

  @Test func `R8a: prints that begin again bound a completion by both`() async throws {
    var cluster = SimulatedCluster()
    cluster.create("x", uid: "x")
    cluster.bind("x", to: "node-1")
    cluster.run("x", ["10.0.0.2"])
    let first = cluster.state(after: cluster.version).map { $0.json() }
    cluster.wait(seconds: 10)
    cluster.complete("x")
    cluster.wait(seconds: 50)
    cluster.annotate("x")
    let told = try await Telling([first + cluster.state(after: cluster.version).map { $0.json() }])
    #expect(try told.tenures("10.0.0.2") == ["x 0.0..2.0 to 0.0..12.0 completed"])
  }
}
