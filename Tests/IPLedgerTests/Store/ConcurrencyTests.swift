import Foundation
import IPLedger
import Testing

/// Many callers, one log: what a service that embeds the ledger relies on.
@Suite(.serialized) struct `concurrent use` {
  private static let options = Ledger.Options(clock: { .seconds(1_800_000_000) })

  private static func directory() -> String {
    NSTemporaryDirectory() + "ipledger-concurrent-\(UInt64.random(in: 0 ... .max))"
  }

  private static func events(_ count: Int) throws -> [Event] {
    let lines = (0..<count).map { index in
      "10:\(index / 60 % 60 < 10 ? "0" : "")\(index / 60 % 60)  web-\(index)#u\(index)  "
        + "gets 10.0.\(index / 250).\(index % 250 + 1)"
    }
    return try Timeline(lines.joined(separator: "\n")).events
  }

  @Test func `two hundred callers at once: each has its own position, and all is durable`()
    async throws
  {
    let path = Self.directory()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let events = try Self.events(200)
    var positions: [Int: Position] = [:]
    do {
      let ledger = try Ledger.open(at: path, options: Self.options)
      defer { ledger.close() }
      try await withThrowingTaskGroup(of: (Int, Recording).self) { group in
        for (index, event) in events.enumerated() {
          group.addTask {
            let recording = try await ledger.record(event)
            // Durable and visible when the call returns.
            let stored = try ledger.read { try $0.event(at: recording.position) }
            #expect(stored?.event == event)
            return (index, recording)
          }
        }
        for try await (index, recording) in group {
          #expect(recording.isNew)
          positions[index] = recording.position
        }
      }
    }
    #expect(Set(positions.values.map(\.rawValue)) == Set(1...200))
    let again = try Ledger.open(at: path, options: Self.options)
    defer { again.close() }
    let log = try again.events(after: .origin, limit: 1000)
    #expect(log.map(\.position.rawValue) == Array(1...200))
    for (index, position) in positions {
      #expect(log[Int(position.rawValue) - 1].event == events[index])
    }
    #expect(try again.replay(scratch: NSTemporaryDirectory()).isEqual)
  }

  @Test func `a bad event among concurrent ones fails alone`() async throws {
    let story = try Story(cluster: ClusterName("lab"))
    let events = try Self.events(60)
    try await story.ledger.record(events[0])
    let uid = try #require(events[0].uid)
    let failures = await withTaskGroup(of: Int?.self) { group in
      for index in events.indices.dropFirst() {
        group.addTask {
          do {
            guard let identity = events[index].identity else { return index }
            // Every tenth claims the uid of another pod.
            let event = index % 10 == 0 ? events[index].renamed(identity, uid) : events[index]
            try await story.ledger.record(event)
            return nil
          } catch LedgerError.identityChanged {
            return index
          } catch {
            Issue.record("\(error)")
            return nil
          }
        }
      }
      return await group.reduce(into: Set<Int>()) { set, index in
        if let index { set.insert(index) }
      }
    }
    #expect(failures == [10, 20, 30, 40, 50])
    #expect(try story.ledger.read { try $0.head } == Position(55))
    #expect(try story.ledger.replay(scratch: story.scratch).isEqual)
  }

  @Test func `events that are recorded together are recorded all or not at all`() async throws {
    let story = try Story(cluster: ClusterName("lab"))
    let events = try Self.events(5)
    try await story.ledger.record(events[0])
    let before = try story.projections()
    let uid = try #require(events[0].uid)
    let identity = try #require(events[3].identity)
    await #expect(throws: LedgerError.self) {
      try await story.ledger.record(contentsOf: [
        events[1], events[2], events[3].renamed(identity, uid), events[4],
      ])
    }
    #expect(try story.ledger.read { try $0.head } == Position(1))
    #expect(try story.projections() == before)
    let together = try await story.ledger.record(contentsOf: [events[1], events[0], events[2]])
    #expect(together.map(\.position.rawValue) == [2, 1, 3])
    #expect(together.map(\.isNew) == [true, false, true])
    let twice = try await story.ledger.record(
      contentsOf: [events[3], events[4], events[4], events[3]])
    #expect(twice.map(\.position.rawValue) == [4, 5, 5, 4])
    #expect(twice.map(\.isNew) == [true, true, false, false])
    #expect(try await story.ledger.record(contentsOf: []).isEmpty)
  }

  @Test(.timeLimit(.minutes(10)))
  func `the log is followed from a position on, as it grows`() async throws {
    let story = try Story(cluster: ClusterName("lab"))
    let events = try Self.events(40)
    try await story.ledger.record(contentsOf: Array(events[..<10]))
    let follower = Task {
      var seen: [RecordedEvent] = []
      for try await event in story.ledger.events(after: Position(4), every: .milliseconds(5)) {
        seen.append(event)
        if seen.count == 36 { break }
      }
      return seen
    }
    for event in events[10...] { try await story.ledger.record(event) }
    let seen = try await follower.value
    #expect(seen.map(\.position.rawValue) == Array(5...40))
    #expect(seen.map(\.event) == Array(events[4...]))
  }

  @Test(.timeLimit(.minutes(10)))
  func `a follower ends when its task is cancelled`() async throws {
    let story = try Story(cluster: ClusterName("lab"))
    let follower = Task {
      for try await _ in story.ledger.events(after: .origin, every: .milliseconds(5)) {}
      return true
    }
    try await Task.sleep(for: .milliseconds(20))
    follower.cancel()
    #expect(try await follower.value)
  }

  @Test func `a second opening of one path in a process is refused, until the first is closed`()
    throws
  {
    let path = Self.directory()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let first = try Ledger.open(at: path, options: Self.options)
    #expect(throws: (any Error).self) { try Ledger.open(at: path, options: Self.options) }
    #expect(throws: (any Error).self) {
      try Ledger.open(
        at: path + "/../" + (path as NSString).lastPathComponent, options: Self.options)
    }
    first.close()
    let second = try Ledger.open(at: path, options: Self.options)
    second.close()
  }

  @Test(.timeLimit(.minutes(10)))
  func `a reader never sees an event without what it changes`() async throws {
    let story = try Story(cluster: ClusterName("lab"))
    let events = try Self.events(120)
    let writer = Task {
      try await withThrowingTaskGroup { group in
        for event in events {
          group.addTask { _ = try await story.ledger.record(event) }
        }
        try await group.waitForAll()
      }
    }
    var heads: [UInt64] = []
    repeat {
      let (head, counted, tenures) = try story.ledger.read { view in
        let status = try view.status(at: Instant(story: "12:00"))
        return (try view.head.rawValue, status.events.values.reduce(0, +), status.tenures)
      }
      #expect(UInt64(counted) == head)
      #expect(UInt64(tenures) == head)
      heads.append(head)
      await Task.yield()
    } while heads.last != 120 && heads.count < 100_000
    try await writer.value
    #expect(heads == heads.sorted())
    #expect(heads.last == 120)
  }

  @Test(.timeLimit(.minutes(10)))
  func `readers and writers go on during a rebuild, and it misses nothing`() async throws {
    let story = try Story(cluster: ClusterName("lab"))
    let events = try Self.events(200)
    try await story.ledger.record(contentsOf: Array(events[..<100]))
    async let rebuilt = story.ledger.rebuild()
    try await withThrowingTaskGroup { group in
      for event in events[100...] { group.addTask { _ = try await story.ledger.record(event) } }
      try await group.waitForAll()
    }
    #expect(try await rebuilt >= Position(100))
    #expect(try story.ledger.replay(scratch: story.scratch).isEqual)
    #expect(try story.ledger.read { try $0.head } == Position(200))
  }
}
