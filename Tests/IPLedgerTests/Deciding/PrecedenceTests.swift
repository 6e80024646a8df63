import IPLedger
import Testing

/// The order of the table in the article *Decide addresses*: of all that is wrong, the first line
/// counts.
@Suite(.serialized) struct `the order of refusals` {
  /// What can be wrong with a request, in the order in which it counts.
  enum Fault: Int, CaseIterable, Comparable {
    case uidOfAnotherPod, badHours, hasAddresses, oldIncarnation, addressHeld, unknownNetwork
    case unknownZone, unknownFamily, exhausted

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    var answer: String {
      switch self {
      case .uidOfAnotherPod: "refused identity-invalid"
      case .badHours: "refused policy-invalid"
      case .hasAddresses: "fresh 10.9.0.0"
      case .addressHeld: "refused address-held"
      case .oldIncarnation: "waiting for web-0#old"
      case .unknownNetwork: "refused network-unknown"
      case .unknownZone: "refused zone-unknown"
      case .unknownFamily: "refused family-unknown"
      case .exhausted: "refused pool-exhausted"
      }
    }
  }

  /// Every pair of faults that one request can have.
  static let pairs: [(Fault, Fault)] = Fault.allCases.flatMap { first in
    Fault.allCases.compactMap { second in
      guard first < second else { return nil }
      // A uid that has addresses, or whose reservation fits, asks for no other network, zone or
      // family; and a pod with another reservation cannot have two.
      let isFitting = first == .addressHeld || first == .oldIncarnation
      if isFitting, second != .exhausted, second != .addressHeld { return nil }
      if first == .uidOfAnotherPod, second == .hasAddresses { return nil }
      if first == .hasAddresses, second == .addressHeld || second == .oldIncarnation { return nil }
      // What follows an unknown network cannot be known of it.
      if first == .unknownNetwork { return nil }
      if first == .unknownZone, second == .unknownFamily || second == .exhausted { return nil }
      if first == .unknownFamily, second == .exhausted { return nil }
      return (first, second)
    }
  }

  @Test(arguments: pairs) func `R23: of two faults the earlier line counts`(
    _ first: Fault, _ second: Fault
  ) async throws {
    #expect(try await answer([first, second]) == first.answer)
  }

  @Test(arguments: Fault.allCases) func `R23: each fault alone has its answer`(
    _ fault: Fault
  ) async throws {
    #expect(try await answer([fault]) == fault.answer)
  }

  private func answer(_ faults: Set<Fault>) async throws -> String {
    let diary = try Diary()
    if !faults.contains(.unknownNetwork) {
      _ = try await diary.answer("10:00 pool 10.0.0.0/31 in a")
    }
    if faults.contains(.uidOfAnotherPod) {
      _ = try await diary.tell(
        "10:01 pool 10.8.0.0/30 in a network side\n10:01 other#x asks in a network side")
    }
    if faults.contains(.hasAddresses) {
      _ = try await diary.tell(
        "10:01 pool 10.9.0.0/30 in z network mine\n10:01 web-0#x asks in z network mine")
    }
    if faults.contains(.oldIncarnation) || faults.contains(.addressHeld) {
      _ = try await diary.answer("10:02 web-0#old asks keep 48 in a")
    }
    if faults.contains(.addressHeld) {
      if !faults.contains(.oldIncarnation) { _ = try await diary.answer("10:03 web-0#old goes") }
      for event in try Timeline("10:04 thief#t gets 10.0.0.0 [at 700]").events {
        try await diary.ledger.record(event)
      }
    }
    if faults.contains(.exhausted) {
      for number in 0..<3 { _ = try await diary.answer("10:05 filler-\(number)#f asks in a") }
    }
    let hours = faults.contains(.badHours) ? 0 : 48
    let zone = faults.contains(.unknownZone) ? "nowhere" : "a"
    let families = faults.contains(.unknownFamily) ? "6" : "4"
    var request = AssignRequest(
      identity: try diary.story.identity("web-0"),
      uid: try PodUID(faults.contains(.uidOfAnotherPod) ? "other#x" : "web-0#x"),
      at: try Instant(story: "10:06"), zone: try ZoneName(zone),
      families: families == "6" ? [.ipv6] : [.ipv4], retainHours: hours)
    request.node = "node-1"
    return try await diary.ledger.assign(request).words
  }

  @Test func `an exhausted pool says with what, and when the next is free`() async throws {
    let diary = try Diary()
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/30 in a cool 600
      10:01 a-0#1 asks keep 1 in a -> fresh 10.0.0.0
      10:01 a-1#1 asks in a        -> fresh 10.0.0.1
      10:01 a-2#1 asks in a        -> fresh 10.0.0.2
      10:01 a-3#1 asks in a        -> fresh 10.0.0.3
      10:02 a-0#1 goes             -> retained until 11:02
      10:03 a-1#1 goes             -> released
      """)
    #expect(wrong == [])
    let decision = try await diary.ledger.assign(
      AssignRequest(
        identity: try diary.story.identity("b"), uid: try PodUID("b"),
        at: try Instant(story: "10:04")))
    guard case .refused(.poolExhausted(let state)) = decision else {
      Issue.record("it is not exhausted: \(decision)")
      return
    }
    #expect(state.bound == 2)
    #expect(state.retained == 1)
    #expect(state.coolingDown == 1)
    #expect(state.nextAt?.story == "10:13")
    let next = try Instant(story: "10:13")
    #expect(
      Refusal.poolExhausted(state).description.hasSuffix(
        "2 bound, 1 retained, 1 cooling down; the next is free at \(next)"))
  }
}
