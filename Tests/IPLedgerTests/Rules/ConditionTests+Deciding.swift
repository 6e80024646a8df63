import Foundation
import IPLedger
import Testing

// What is decided, and when.

extension `single conditions` {
  @Test(.timeLimit(.minutes(10)))
  func `R23: who waits is asked again as of the time that it is by then`() async throws {
    let diary = try Diary(clock: "d1 10:10")
    _ = try await diary.tell("10:00 pool 10.0.0.0/24\n10:01 web-0#a asks keep 48")
    let (identity, uid) = try Timeline.pod("web-0#b", diary.story.cluster)
    let request = AssignRequest(
      identity: identity, uid: uid, at: try Instant(story: "10:02"), retainHours: 48)
    let waiter = Task {
      try await diary.ledger.assignWhenFree(request, polling: .milliseconds(5))
    }
    while diary.ledger.waitingRoom.count == 0 { await Task.yield() }
    // It goes after the instant of the request: only a later try can be answered.
    #expect(try await diary.answer("10:05 web-0#a goes") == "retained until d3 10:05")
    let decision = try await withThrowingTaskGroup(of: Decision?.self) { group in
      group.addTask { try await waiter.value }
      group.addTask {
        try await Task.sleep(for: .seconds(120))
        waiter.cancel()
        return nil
      }
      let first = try await group.next() ?? nil
      group.cancelAll()
      return first
    }
    #expect(decision?.words == "reused 10.0.0.0")
  }

  @Test func `R24: when the next address is free counts the cool-down`() async throws {
    let diary = try Diary()
    _ = try await diary.tell(
      "10:00 pool 10.0.0.0/32 cool 600\n10:01 a#1 asks\n10:02 a#1 goes")
    let (identity, uid) = try Timeline.pod("b#1", diary.story.cluster)
    let answer = try await diary.ledger.assign(
      AssignRequest(identity: identity, uid: uid, at: Instant(story: "10:03")))
    guard case .refused(.poolExhausted(let state)) = answer else {
      Issue.record("expected an exhausted pool, found \(answer)")
      return
    }
    #expect(state.nextAt == (try Instant(story: "10:12")))
  }

  @Test func `R24: of a withdrawn pool what another one has taken over is not counted`()
    async throws
  {
    let diary = try Diary()
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/30      -> defined
      10:01 a#1 asks              -> fresh 10.0.0.0
      10:02 withdraw 10.0.0.0/30  -> withdrawn
      10:03 pool 10.0.0.0/31      -> defined
      """)
    #expect(wrong == [])
    let statuses = try diary.ledger.read { view in
      try view.poolStatuses(at: Instant(story: "10:04"))
    }
    #expect(statuses.map(\.pool.prefix.description) == ["10.0.0.0/31"])
    #expect(statuses.map(\.bound) == [1])
  }
}
