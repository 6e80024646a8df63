import IPLedger
import Synchronization
import Testing

/// R23: those who wait for a pod's addresses.
@Suite(.serialized) struct `waiting for the old incarnation` {
  @Test func `R23: it returns as soon as the old incarnation is gone`() async throws {
    let diary = try Diary(clock: "d1 10:02")
    _ = try await diary.tell("10:00 pool 10.0.0.0/24\n10:01 web-0#a asks keep 48")
    let waiter = Task {
      // Long polling: only this process's own news can wake it in time.
      try await diary.ledger.assignWhenFree(
        diary.request("web-0#b", at: "10:02"), polling: .seconds(3600))
    }
    while diary.ledger.waitingRoom.count == 0 { await Task.yield() }
    try await diary.ledger.delete(diary.notice("web-0#a", at: "10:01:30"))
    #expect(try await waiter.value.words == "reused 10.0.0.0")
  }

  @Test func `R23: it returns when time alone has freed what is kept`() async throws {
    let clock = Shared(try Instant(story: "d1 10:02"))
    let diary = try Diary(clock: { clock.state.withLock { $0 } })
    _ = try await diary.tell(
      "10:00 pool 10.0.0.0/24\n10:01 web-0#a asks keep 48\n10:04 web-0#a goes -> retained until d3 10:04"
    )
    let waiter = Task {
      try await diary.ledger.assignWhenFree(diary.request("web-0#b", at: "10:02"))
    }
    while diary.ledger.waitingRoom.count == 0 { await Task.yield() }
    let later = try Instant(story: "d1 10:05")
    clock.state.withLock { $0 = later }
    #expect(try await waiter.value.words == "reused 10.0.0.0")
  }

  @Test func `R23: who takes nothing from those who wait is answered at once`() async throws {
    let diary = try Diary(clock: "d1 10:02")
    _ = try await diary.tell("10:00 pool 10.0.0.0/24\n10:01 web-0#a asks keep 48")
    let waiter = Task {
      try await diary.ledger.assignWhenFree(diary.request("web-0#b", at: "10:02"))
    }
    while diary.ledger.waitingRoom.count == 0 { await Task.yield() }
    // The one that has it, and one that asks for what cannot be.
    let again = try await diary.ledger.assignWhenFree(diary.request("web-0#a", at: "10:02"))
    #expect(again.words == "fresh 10.0.0.0")
    var wrong = try diary.request("web-0#c", at: "10:02")
    wrong.retainHours = 0
    let refused = try await diary.ledger.assignWhenFree(wrong)
    #expect(refused.words == "refused policy-invalid")
    try await diary.ledger.delete(diary.notice("web-0#a", at: "10:01:30"))
    #expect(try await waiter.value.words == "reused 10.0.0.0")
  }

  @Test func `R23: first come, first served`() async throws {
    let diary = try Diary(clock: "d1 10:02")
    _ = try await diary.tell("10:00 pool 10.0.0.0/24\n10:01 web-0#p0 asks keep 48")
    let order = Shared<[Int]>([])
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 1...8 {
        let count = diary.ledger.waitingRoom.count
        group.addTask {
          let decision = try await diary.ledger.assignWhenFree(
            diary.request("web-0#p\(number)", at: "10:02"), polling: .seconds(3600))
          #expect(decision.words == "reused 10.0.0.0")
          order.state.withLock { $0.append(number) }
          try await diary.ledger.delete(diary.notice("web-0#p\(number)", at: "10:02"))
        }
        while diary.ledger.waitingRoom.count == count { await Task.yield() }
      }
      try await diary.ledger.delete(diary.notice("web-0#p0", at: "10:01:30"))
      try await group.waitForAll()
    }
    #expect(order.state.withLock { $0 } == Array(1...8))
  }

  @Test func `R23: who is cancelled leaves the queue, and the next has its turn`() async throws {
    let diary = try Diary(clock: "d1 10:02")
    _ = try await diary.tell("10:00 pool 10.0.0.0/24\n10:01 web-0#a asks keep 48")
    let first = Task {
      try await diary.ledger.assignWhenFree(
        diary.request("web-0#b", at: "10:02"), polling: .seconds(3600))
    }
    while diary.ledger.waitingRoom.count < 1 { await Task.yield() }
    let second = Task {
      try await diary.ledger.assignWhenFree(
        diary.request("web-0#c", at: "10:02"), polling: .seconds(3600))
    }
    while diary.ledger.waitingRoom.count < 2 { await Task.yield() }
    first.cancel()
    await #expect(throws: CancellationError.self) { try await first.value }
    try await diary.ledger.delete(diary.notice("web-0#a", at: "10:01:30"))
    #expect(try await second.value.words == "reused 10.0.0.0")
    #expect(diary.ledger.waitingRoom.count == 0)
  }

  @Test func `a task that was cancelled before it waits does not wait`() async throws {
    let diary = try Diary(clock: "d1 10:02")
    _ = try await diary.tell("10:00 pool 10.0.0.0/24\n10:01 web-0#a asks keep 48")
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return try await diary.ledger.assignWhenFree(diary.request("web-0#b"))
    }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  /// Nothing is appended that would wake whoever stands behind.
  @Test(.timeLimit(.minutes(10)))
  func `R23: tasks that ask for one uid that has its addresses are all answered`() async throws {
    for _ in 0..<60 {
      let diary = try Diary(clock: "d1 10:02")
      _ = try await diary.tell("10:00 pool 10.0.0.0/24\n10:01 web-0#a asks keep 48")
      try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<8 {
          group.addTask {
            try await diary.ledger.assignWhenFree(
              diary.request("web-0#a", at: "10:02"), polling: .seconds(3600)
            ).words
          }
        }
        for try await words in group { #expect(words == "fresh 10.0.0.0") }
      }
    }
  }

  @Test func `R23: 64 tasks assign, delete and recreate: no address twice, nobody starves`()
    async throws
  {
    let diary = try Diary(clock: "d1 10:02")
    _ = try await diary.tell("09:00 pool 10.0.0.0/25")
    let holders = Shared<[Address: String]>([:])
    let decisions = Shared(0)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<64 {
        group.addTask {
          for round in 0..<20 {
            // Two tasks share a pod: the second waits until the first has ended it.
            let pod = "web-\(task / 2)#\(task)-\(round)"
            let decision = try await diary.ledger.assignWhenFree(
              diary.request(pod, at: "10:00"), polling: .seconds(3600))
            guard let addresses = decision.assignment?.addresses else {
              Issue.record("\(pod): \(decision.words)")
              return
            }
            holders.state.withLock { holders in
              for address in addresses {
                #expect(holders[address] == nil)
                holders[address] = pod
              }
            }
            await Task.yield()
            holders.state.withLock { holders in for address in addresses { holders[address] = nil }
            }
            try await diary.ledger.delete(diary.notice(pod, at: "10:00"))
            decisions.state.withLock { $0 += 2 }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(decisions.state.withLock { $0 } == 64 * 20 * 2)
    #expect(try diary.ledger.replay(scratch: diary.story.scratch).isEqual)
  }
}

extension Diary {
  fileprivate func request(
    _ pod: String, at instant: String = "10:00", hours: Int? = 48
  ) throws -> AssignRequest {
    let (identity, uid) = try Timeline.pod(pod, story.cluster)
    return AssignRequest(
      identity: identity, uid: uid, at: try Instant(story: instant), retainHours: hours)
  }

  fileprivate func notice(_ pod: String, at instant: String) throws -> PodNotice {
    let (identity, uid) = try Timeline.pod(pod, story.cluster)
    return PodNotice(identity: identity, uid: uid, at: try Instant(story: instant))
  }
}

/// What several tasks change.
private final class Shared<Value: Sendable>: Sendable {
  let state: Mutex<Value>

  init(_ value: Value) { state = Mutex(value) }
}
