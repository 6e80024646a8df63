import LMDB
import Synchronization
import Testing

@testable import IPLedger

/// Requests that share a transaction.
@Suite struct `group commit` {
  private static func request(_ weight: Int) -> GroupCommit.Request {
    GroupCommit.Request(weight: weight) { _, _ in
    } completion: { _ in
    }
  }

  @Test func `requests share a transaction up to so many events`() {
    let writes = GroupCommit()
    for weight in [3000, 1000, 96, 1, 5000, 2] { _ = writes.enqueue(Self.request(weight)) }
    var sizes: [[Int]] = []
    while let group = writes.next() { sizes.append(group.requests.map(\.weight)) }
    // One that is larger by itself goes alone.
    #expect(sizes == [[3000, 1000, 96], [1], [5000], [2]])
  }

  @Test func `what comes in while a group is written joins it, where it fits`() throws {
    let writes = GroupCommit()
    #expect(writes.enqueue(Self.request(10)))
    let group = try #require(writes.next())
    for weight in [20, 4066, 1] {
      let isFirst = writes.enqueue(Self.request(weight))
      #expect(!isFirst)
    }
    let written = (0..<5).map { writes.request($0, of: group)?.weight }
    #expect(written == [10, 20, 4066, nil, nil])
    // Written again, it is the same.
    #expect((0..<4).map { writes.request($0, of: group)?.weight } == [10, 20, 4066, nil])
    #expect(writes.next()?.requests.map(\.weight) == [1])
    #expect(writes.next() == nil)
    #expect(writes.enqueue(Self.request(1)))
  }

  @Test func `nothing joins one that is larger by itself`() throws {
    let writes = GroupCommit()
    _ = writes.enqueue(Self.request(5000))
    let group = try #require(writes.next())
    _ = writes.enqueue(Self.request(1))
    #expect(writes.request(1, of: group) == nil)
  }

  @Test func `a request that comes in meanwhile is durable with the first, and refused alone`()
    async throws
  {
    let story = try Story(cluster: ClusterName("lab"))
    let events = try Timeline(
      "10:00  web-0#u0  gets 10.0.0.1\n10:01  web-1#u1  gets 10.0.0.2\n10:02  web-2#u2  gets 10.0.0.3"
    ).events
    let ledger = story.ledger
    let happened = Mutex<[String]>([])
    @Sendable func note(_ what: String) {
      happened.withLock { if !$0.contains(what) { $0.append(what) } }
    }
    await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
      let left = Mutex(3)
      @Sendable func finished() {
        let isLast = left.withLock { left in
          left -= 1
          return left == 0
        }
        if isLast { done.resume() }
      }
      func request(
        _ name: String,
        _ body:
          @escaping @Sendable (inout LogWriter, borrowing WriteTransaction)
          throws -> Void
      ) -> GroupCommit.Request {
        GroupCommit.Request(weight: 1) { writer, txn in
          note("\(name) is written")
          try body(&writer, txn)
        } completion: { result in
          if case .success = result {
            note("\(name) is durable")
          } else {
            note("\(name) is refused")
          }
          finished()
        }
      }
      let second = request("second") { writer, txn in _ = try writer.append(events[1], in: txn) }
      let third = request("third") { _, _ in throw LedgerError.batchTooLarge(events: 7) }
      let isJoined = Mutex(false)
      let first = request("first") { writer, txn in
        _ = try writer.append(events[0], in: txn)
        let isNow = isJoined.withLock { isJoined in
          defer { isJoined = true }
          return !isJoined
        }
        guard isNow else { return }
        for request in [second, third] { #expect(!ledger.writes.enqueue(request)) }
      }
      #expect(ledger.writes.enqueue(first))
      ledger.drain()
    }
    #expect(
      happened.withLock(\.self) == [
        "first is written", "second is written", "third is written", "third is refused",
        "first is durable", "second is durable",
      ])
    #expect(try ledger.head == Position(2))
    #expect(try ledger.replay(scratch: story.scratch).isEqual)
  }
}
