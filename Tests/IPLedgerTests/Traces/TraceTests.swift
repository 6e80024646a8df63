import Foundation
import IPLedger
import Testing

/// Real lifetimes of pods, decided: a true test of retention and of the choice of addresses.
@Suite(.serialized) struct `traces of real clusters` {
  /// What a run over a trace came to.
  private struct Outcome {
    var reused = 0
    var fresh = 0
    var recreated = 0
    var refused = 0
    var shared: [String] = []
    var early: [String] = []
    var misordered: [String] = []
  }

  /// Who has an address, or since when it is free: the truth, kept in the simplest way.
  private struct Truth {
    var holder: [Address: String] = [:]
    var freeAt: [Address: Instant] = [:]
    var identity: [Address: String] = [:]
    var given: [Int: [Address]] = [:]
    var seen: Set<String> = []
  }

  private func run(
    _ trace: PodTrace, on ledger: Ledger, prefix: String, hours: Int?, coolDown: Microseconds
  ) async throws -> Outcome {
    let network = try NetworkName("vpc")
    let cluster = try ClusterName("trace")
    _ = try await ledger.define(
      Pool(
        network: network, zone: .default, prefix: AddressPrefix(parsing: prefix),
        coolDown: coolDown), at: .epoch)
    var outcome = Outcome()
    var truth = Truth()
    for start in stride(from: 0, to: trace.steps.count, by: 256) {
      let steps = trace.steps[start..<min(start + 256, trace.steps.count)]
      let requests = try steps.map { try request($0, network, cluster, hours) }
      for (step, answer) in zip(steps, try await ledger.decide(requests)) {
        take(step, answer, hours, coolDown, &outcome, &truth)
      }
    }
    return outcome
  }

  private func request(
    _ step: PodTrace.Step, _ network: NetworkName, _ cluster: ClusterName, _ hours: Int?
  ) throws -> DecisionRequest {
    let at = Instant(microseconds: Int64(step.second * 1_000_000))
    let identity = try PodIdentity(cluster: cluster, namespace: "trace", name: step.identity)
    let uid = try PodUID("row-\(step.incarnation)")
    guard step.isCreation else { return .delete(PodNotice(identity: identity, uid: uid, at: at)) }
    return .assign(
      AssignRequest(identity: identity, uid: uid, at: at, network: network, retainHours: hours))
  }

  /// Compares an answer with the truth, and goes on with that.
  private func take(
    _ step: PodTrace.Step, _ answer: DecisionAnswer, _ hours: Int?, _ coolDown: Microseconds,
    _ outcome: inout Outcome, _ truth: inout Truth
  ) {
    let at = Instant(microseconds: Int64(step.second * 1_000_000))
    guard case .assignment(let decision) = answer else {
      for address in truth.given.removeValue(forKey: step.incarnation) ?? [] {
        truth.holder[address] = nil
        truth.freeAt[address] = hours.map { at + .hours(Int64($0)) } ?? at
        truth.identity[address] = step.identity
      }
      return
    }
    guard let addresses = decision.assignment?.addresses else {
      outcome.refused += 1
      return
    }
    if !truth.seen.insert(step.identity).inserted { outcome.recreated += 1 }
    truth.given[step.incarnation] = addresses
    if case .reused = decision { outcome.reused += 1 } else { outcome.fresh += 1 }
    for address in addresses {
      if let other = truth.holder[address] { outcome.shared.append("\(address) \(other)") }
      truth.holder[address] = step.identity
      guard let freeAt = truth.freeAt.removeValue(forKey: address) else { continue }
      if case .reused = decision {
        if truth.identity[address] != step.identity || at >= freeAt {
          outcome.early.append("\(address) at \(at)")
        }
        continue
      }
      if freeAt + coolDown > at { outcome.early.append("\(address) at \(at)") }
      if let longer = truth.freeAt.min(by: { ($0.value, $0.key) < ($1.value, $1.key) }),
        (longer.value, longer.key) < (freeAt, address)
      {
        outcome.misordered.append("\(address) before \(longer.key)")
      }
    }
  }

  @Test(
    .enabled(if: PodTrace.isThere, PodTrace.absence),
    arguments: [(48, 10_580, 413), (1, 5317, 5676)])
  func `R15, R17: recreations of the DLRM trace come back to their addresses`(
    _ hours: Int, _ kept: Int, _ lost: Int
  ) async throws {
    let trace = try PodTrace("disaggregated_DLRM_trace.csv.gz", application: "app_name")
    let story = try Story(cluster: ClusterName("trace"))
    let outcome = try await run(
      trace, on: story.ledger, prefix: "10.0.0.0/16", hours: hours, coolDown: .minutes(5))
    #expect(trace.steps.count { $0.isCreation } == 16_591)
    #expect(Set(trace.steps.map(\.identity)).count == 5598)
    #expect(outcome.recreated == 10_993)
    #expect(outcome.reused == kept)
    #expect(outcome.recreated - outcome.reused == lost)
    #expect(outcome.refused == 0)
    #expect(outcome.shared == [])
    #expect(outcome.early == [])
    #expect(try story.ledger.replay(scratch: story.scratch).isEqual)
    // What other hours would have changed is what a run with those hours comes to.
    let other = try story.ledger.read { view in
      try view.whatIf(retainHours: hours == 48 ? 1 : 48)
    }
    #expect(other.compared == 10_993)
    #expect(other.outcomes[.kept] == 5317)
    #expect(other.outcomes[.lost] == 413)
    #expect(other.outcomes[hours == 48 ? .wouldBeLost : .wouldBeKept] == 5263)
    let peaks = [other.recordedPeak.addresses, other.hypotheticalPeak.addresses]
    #expect(hours == 48 ? peaks == [629, 168] : peaks == [168, 629])
  }

  @Test(.enabled(if: PodTrace.isThere, PodTrace.absence), arguments: [nil, 1] as [Int?])
  func `R24: the openb trace in a /24: reuse by force, in the order of coming free`(
    _ hours: Int?
  ) async throws {
    let trace = try PodTrace("openb_pod_list_default.csv.gz", application: nil)
    let story = try Story(cluster: ClusterName("trace"))
    let outcome = try await run(
      trace, on: story.ledger, prefix: "10.0.0.0/24", hours: hours, coolDown: .minutes(1))
    #expect(trace.steps.count { $0.isCreation } == 8152)
    #expect(outcome.fresh + outcome.refused == 8152)
    #expect(outcome.fresh > 4 * 256)
    #expect(outcome.shared == [])
    #expect(outcome.early == [])
    #expect(outcome.misordered == [])
    #expect(try story.ledger.replay(scratch: story.scratch).isEqual)
  }
}
