import IPLedgerArchive
import Testing

@testable import IPLedger
@testable import IPLedgerCLI

/// The words for each way in which a pod keeps or loses its address.
@Suite(.serialized) struct StoryTests {
  private func story(_ outcome: IncarnationStory.Outcome) throws -> IncarnationStory {
    let identity = try PodIdentity(cluster: ClusterName("c"), namespace: "n", name: "p")
    return IncarnationStory(
      pod: PodReference(identity: identity, uid: try PodUID("u"), node: nil), nodeClass: .ecs,
      description: nil, hasDifferingDescriptions: false, holdings: [], deletionRequestedAt: nil,
      retention: nil, assignment: nil, contradictions: [], outcome: outcome, evidence: [])
  }

  private func reasons() throws -> [(IncarnationStory.Reason, word: String, says: String)] {
    let taker = PodReference(
      identity: try PodIdentity(cluster: ClusterName("c"), namespace: "n", name: "thief"),
      uid: try PodUID("t"), node: nil)
    return [
      (.notRetained(.notRequested), "not-retained", "no annotation asks for a fixed IP (R12)"),
      (.notRetained(.ineligibleComputeClass), "not-retained", "(R13)"),
      (.notEnabledNow(.notRequested), "not-enabled-now", "neither takes nor restarts"),
      (
        .nodeClassChanged(from: .ecs, to: .virtual), "node-class-changed", "on a virtual node (R17)"
      ),
      (.tooLate(deadline: .epoch), "too-late", "1970-01-01T00:00:00.000000Z (R15, R18)"),
      (.taken(by: taker), "taken", "c/n/thief (uid t)"),
      (.released(by: "alice", reason: "moved"), "released", "alice had freed them: moved (R19)"),
      (.givenAnother, "given-another", "the cluster gave it others (R17)"),
    ]
  }

  @Test func `each reason has its name and its rule`() throws {
    for (reason, word, says) in try reasons() {
      let lost = try story(.lost(reason))
      #expect(lost.outcomeWord == "lost")
      #expect(lost.reasonWord == word)
      #expect(lost.outcomeWords.contains(says))
      let same = try story(.sameByChance(reason))
      #expect(same.outcomeWord == "same by chance")
      #expect(same.outcomeWords.contains("no rule gave them back"))
    }
    for outcome in [IncarnationStory.Outcome.first, .kept, .noAddress] {
      #expect(try story(outcome).reasonWord == nil)
    }
    #expect(try story(.kept).outcomeWords.contains("(R17)"))
  }

  @Test(arguments: [
    (Retention.End?.some(.expired), "until its deadline"), (.returned, "came back to it"),
    (.returnedElsewhere, "came back with other addresses"), (.taken, "taken by another pod"),
    (.released, "freed by an operator"), (nil, "by the rules until"),
  ])
  func `each end of a reservation has its words`(_ end: Retention.End?, _ says: String) throws {
    let network = try NetworkName("vpc")
    let retention = Retention(
      identity: try PodIdentity(cluster: ClusterName("c"), namespace: "n", name: "p"),
      nodeClass: .ecs, uid: try PodUID("u"),
      addresses: [Address(network: network, ip: try IPAddress(parsing: "10.0.0.1"))],
      from: Bounds(exactly: .epoch), since: .epoch, deadline: .seconds(3600), to: nil, ended: end,
      taker: nil)
    #expect(retention.words.contains("10.0.0.1 kept from 1970-01-01T00:00:00.000000Z"))
    #expect(retention.words.contains(says))
  }
}
