import Foundation
import Testing

@testable import IPLedgerCLI

/// The hand-off between the thread that reads and the task that records.
@Suite(.serialized) struct HandoffTests {
  @Test func `everything arrives in order, a bounded amount at a time`() async {
    let handoff = Handoff<Int>(capacity: 8)
    Thread.detachNewThread {
      for number in 0..<5000 { _ = handoff.put(number) }
      handoff.close()
    }
    var received: [Int] = []
    loop: while true {
      switch await handoff.take() {
      case .items(let items):
        #expect(items.count <= 8)
        received += items
      case .idle: break
      case .end: break loop
      }
    }
    #expect(received == Array(0..<5000))
  }

  @Test func `a reader that waits for room learns that nobody wants more`() async {
    let handoff = Handoff<Int>(capacity: 1)
    let isDone = Handoff<Bool>(capacity: 8)
    Thread.detachNewThread {
      // The first waits for room, which the close gives; the second finds it closed.
      _ = handoff.put(1)
      _ = isDone.put(handoff.put(2))
    }
    guard case .items([1]) = await handoff.take() else {
      Issue.record("the first item did not arrive")
      return
    }
    handoff.close()
    guard case .items(let answers) = await isDone.take() else {
      Issue.record("the reader never came back")
      return
    }
    // Whether the second came before the close or after it, the reader is not left waiting.
    #expect(answers.count == 1)
  }

  @Test func `a tick wakes a task that waits`() async {
    let handoff = Handoff<Int>(capacity: 8)
    Thread.detachNewThread {
      usleep(20_000)
      handoff.tick()
    }
    guard case .idle = await handoff.take() else {
      Issue.record("no tick arrived")
      return
    }
  }
}
