import IPLedger
import Synchronization
import Testing

/// R18: the sweep that acts by itself.
@Suite(.serialized) struct `the sweeper` {
  /// A clock that a test moves: sleeping moves it, and what was slept is kept.
  private final class TestClock: Sendable {
    private struct State {
      var now: Instant
      var sleeps: [Duration] = []
      /// Steps that the clock makes during its so-manieth sleep.
      var steps: [Int: Microseconds] = [:]
    }
    private let state: Mutex<State>
    let limit: Int

    init(at instant: Instant, sleeps limit: Int, steps: [Int: Microseconds] = [:]) {
      state = Mutex(State(now: instant, steps: steps))
      self.limit = limit
    }

    var now: Instant { state.withLock { $0.now } }
    var sleeps: [Duration] { state.withLock { $0.sleeps } }

    func sleep(_ length: Duration) throws {
      try state.withLock { state in
        guard state.sleeps.count < limit else { throw CancellationError() }
        let (seconds, attoseconds) = length.components
        let step = state.steps[state.sleeps.count] ?? .zero
        state.now =
          state.now
          + Microseconds(seconds * 1_000_000 + attoseconds / 1_000_000_000_000) + step
        state.sleeps.append(length)
      }
    }

    var sweeper: Sweeper.Clock {
      Sweeper.Clock(now: { self.now }, sleep: { try self.sleep($0) })
    }
  }

  private func ended(_ diary: Diary, _ clock: TestClock) async throws -> [String] {
    let ended = Mutex<[String]>([])
    try await Sweeper(diary.ledger, clock: clock.sweeper).run { ends in
      let now = clock.now.story
      ended.withLock { list in
        list += ends.map { "\(now) \($0.identity.name) \($0.endedAt.story)" }
      }
    }
    return ended.withLock { $0 }
  }

  private static let story = """
    10:00    pool 10.0.0.0/24
    10:01    a-0#1 asks keep 1
    10:01    a-1#1 asks keep 1
    10:02    a-0#1 goes
    10:02:10 a-1#1 goes
    """

  @Test func `R18: it sleeps until the next deadline, and never longer than its limit`()
    async throws
  {
    let diary = try Diary()
    _ = try await diary.tell(Self.story)
    let clock = TestClock(at: try Instant(story: "11:01:15"), sleeps: 5)
    #expect(
      try await ended(diary, clock) == ["11:02 a-0 11:02", "11:02:10 a-1 11:02:10"])
    #expect(clock.sleeps == [.seconds(30), .seconds(15), .seconds(10), .seconds(30), .seconds(30)])
  }

  @Test func `R18: it survives a clock that steps, in both directions`() async throws {
    let diary = try Diary()
    _ = try await diary.tell(Self.story)
    let clock = TestClock(
      at: try Instant(story: "10:30"), sleeps: 4, steps: [1: .hours(2), 2: .hours(-1)])
    // What is due is ended with its own deadline, whenever the sweep comes.
    #expect(
      try await ended(diary, clock) == ["12:31 a-0 11:02", "12:31 a-1 11:02:10"])
  }

  @Test func `R18: many that are due are ended in transactions of bounded size`() async throws {
    let diary = try Diary()
    _ = try await diary.tell("10:00 pool 10.0.0.0/16")
    let count = Sweeper.batch * 2 + 7
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<count {
        let (identity, uid) = try Timeline.pod("p-\(number)#1", diary.story.cluster)
        let at = try Instant(story: "10:01")
        group.addTask {
          _ = try await diary.ledger.assign(
            AssignRequest(identity: identity, uid: uid, at: at, retainHours: 1))
          try await diary.ledger.delete(PodNotice(identity: identity, uid: uid, at: at))
        }
      }
      try await group.waitForAll()
    }
    #expect(try await diary.answer("11:00 expire") == "expired 0")
    #expect(try await diary.answer("11:01 expire") == "expired \(count)")
    #expect(try await diary.answer("11:02 expire") == "expired 0")
    #expect(try diary.ledger.replay(scratch: diary.story.scratch).isEqual)
  }

  @Test func `R18: a pod that came back is not expired, nor one that was released`() async throws {
    let wrong = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/24
      10:01 a-0#1 asks keep 1     -> fresh 10.0.0.0
      10:01 a-1#1 asks keep 1     -> fresh 10.0.0.1
      10:02 a-0#1 goes            -> retained until 11:02
      10:02 a-1#1 goes            -> retained until 11:02
      10:03 a-0#2 asks keep 1     -> reused 10.0.0.0
      10:04 release a-1 by alice  -> released 1
      12:00 expire                -> expired 0
      """)
    #expect(wrong == [])
  }
}
