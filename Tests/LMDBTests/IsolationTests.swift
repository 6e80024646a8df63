import Foundation
import Testing

@testable import LMDB

@Suite(.serialized) struct IsolationTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test func `a reader never sees half a commit`() throws {
    let environment = try Environment.open(at: directory.path, options: scratch)
    try environment.store(["a": "0", "b": "0"], in: "t")
    onThreads(4) { thread in
      for number in 0..<500 {
        if thread == 0 {
          try? environment.store(["a": "\(number)", "b": "\(number)"], in: "t")
        } else {
          let same = try? environment.read { txn -> Bool in
            guard let table = try txn.table("t") else { return false }
            let first = try txn.get(table, "a".bytes)
            return try first == txn.get(table, "b".bytes)
          }
          #expect(same == true)
        }
      }
    }
  }

  @Test func `more readers than slots get an error, and slots are used again`() throws {
    let options = Environment.Options(mapSize: 1 << 20, maxReaders: 2, durability: .none)
    let environment = try Environment.open(at: directory.path, options: options)
    try environment.store(["a": "1"], in: "t")
    let inside = Gathering<Int>()
    let leave = Gathering<Int>()
    let done = Gathering<Int>()
    for number in 0..<2 {
      Thread {
        try? environment.read { _ in
          inside.add(number)
          leave.wait(for: 1)
        }
        done.add(number)
      }.start()
    }
    inside.wait(for: 2)
    #expect(code { try environment.text("a", in: "t") } == .readersFull)
    leave.add(1)
    done.wait(for: 2)
    for _ in 0..<10 { #expect(try environment.text("a", in: "t") == "1") }
  }

  @Test func `closing waits for the readers in progress`() throws {
    let environment = try Environment.open(at: directory.path, options: scratch)
    try environment.store(["a": "1"], in: "t")
    let events = Gathering<String>()
    let started = Gathering<Int>()
    Thread {
      try? environment.read { txn in
        started.add(1)
        Thread.sleep(forTimeInterval: 0.1)
        if let table = try txn.table("t"), try txn.contains(table, "a".bytes) {
          events.add("read")
        }
      }
    }.start()
    started.wait(for: 1)
    environment.close()
    events.add("closed")
    #expect(events.values == ["read", "closed"])
  }

  @Test func `the slot of a reader that was killed is freed`() async throws {
    let environment = try Environment.open(at: directory.path, options: scratch)
    try await environment.write { txn in _ = try txn.createTable("t") }
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = directory.path as String] in
      let other = try Environment.open(at: path, options: scratch)
      try other.read { _ in _ = kill(getpid(), SIGKILL) }
    }
    #expect(try environment.statistics().readers == 1)
    #expect(try environment.clearStaleReaders() == 1)
    #expect(try environment.statistics().readers == 0)
  }

  @Test func `slots of killed readers are found when they are needed`() async throws {
    let options = Environment.Options(mapSize: 1 << 24, maxReaders: 1, durability: .none)
    let environment = try Environment.open(at: directory.path, options: options)
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = directory.path as String] in
      let other = try Environment.open(at: path, options: scratch)
      try other.read { _ in _ = kill(getpid(), SIGKILL) }
    }
    #expect(try environment.text("a", in: "t") == nil)
  }
}
