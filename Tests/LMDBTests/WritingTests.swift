import Glibc
import Testing

@testable import LMDB

private struct Refused: Error, Equatable {}

@Suite(.serialized) struct WritingTests {
  let directory: TemporaryDirectory
  let environment: Environment

  init() throws {
    directory = try TemporaryDirectory()
    environment = try Environment.open(at: directory.path, options: scratch)
  }

  /// Read code shared between reads and writes.
  private static func total(_ txn: borrowing ReadTransaction) throws -> Int {
    guard let table = try txn.table("t") else { return 0 }
    return try txn.count(table)
  }

  @Test func `a fault reaches the thread that writes, and a request to end does not`() throws {
    let (fault, end) = try environment.write { _ in
      var blocked = sigset_t()
      unsafe pthread_sigmask(SIG_BLOCK, nil, &blocked)
      return unsafe (sigismember(&blocked, SIGSEGV), sigismember(&blocked, SIGTERM))
    }
    #expect(fault == 0)
    #expect(end == 1)
  }

  @Test func `a body that throws leaves nothing behind`() throws {
    try environment.store(["a": "1"], in: "t")
    #expect(throws: Refused()) {
      try environment.write { txn in
        let table = try txn.createTable("t")
        try txn.put(table, "b".bytes, [])
        #expect(try Self.total(txn.reading) == 2)
        throw Refused()
      }
    }
    #expect(try environment.read { txn in try Self.total(txn) } == 1)
  }

  @Test func `a write sees its own changes`() throws {
    let seen = try environment.write { txn in
      let table = try txn.createTable("t")
      try txn.put(table, [1], [10])
      try txn.put(table, [1], [11])
      try txn.put(table, [2], [20])
      try txn.delete(table, [2])
      return try txn.reading.get(table, [1])
    }
    #expect(seen == [11])
    #expect(try environment.read { txn in try Self.total(txn) } == 1)
  }

  @Test func `putIfAbsent, delete and append say what they did`() throws {
    try environment.write { txn in
      let table = try txn.createTable("t")
      #expect(try txn.putIfAbsent(table, [5], [1]))
      #expect(try !txn.putIfAbsent(table, [5], [2]))
      #expect(try txn.reading.get(table, [5]) == [1])
      try txn.append(table, [6], [])
      #expect(code { try txn.append(table, [6], []) } == .keyOutOfOrder)
      #expect(code { try txn.append(table, [4], []) } == .keyOutOfOrder)
      #expect(try txn.delete(table, [6]))
      #expect(try !txn.delete(table, [6]))
      try txn.append(table, [7], [])
    }
    #expect(try environment.read { txn in try Self.total(txn) } == 2)
  }

  @Test func `writes run in order of submission, on one thread`() throws {
    let order = Gathering<Int>()
    for number in 0..<200 {
      environment.submit { txn in
        try txn.put(txn.createTable("t"), "\(number)".bytes, [])
        return number
      } completion: { result in
        order.add((try? result.get()) ?? -1)
      }
    }
    order.wait(for: 200)
    #expect(order.values == Array(0..<200))
  }

  @Test func `blocking writes from many threads are all there`() throws {
    let environment = environment
    onThreads(8) { thread in
      for number in 0..<50 {
        let stored: Void? = try? environment.write { txn in
          try txn.put(txn.createTable("t"), "\(thread)-\(number)".bytes, [])
        }
        #expect(stored != nil)
      }
    }
    #expect(try environment.read { txn in try Self.total(txn) } == 400)
  }

  @Test func `an asynchronous write suspends until the commit`() async throws {
    let environment = environment
    try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<50 {
        group.addTask {
          try await environment.write { txn in
            try txn.put(txn.createTable("t"), "\(number)".bytes, [])
            return number
          }
        }
      }
      for try await number in group {
        let stored = try environment.text("\(number)", in: "t")
        #expect(stored == "")
      }
    }
    await #expect(throws: Refused()) {
      try await environment.write { _ in throw Refused() }
    }
  }

  @Test func `a completion may read and submit`() throws {
    let environment = environment
    let found = Gathering<String?>()
    environment.submit { txn in
      try txn.put(txn.createTable("t"), "a".bytes, "1".bytes)
    } completion: { _ in
      found.add(try? environment.text("a", in: "t"))
      environment.submit { _ in
      } completion: { _ in
        found.add("again")
      }
    }
    found.wait(for: 2)
    #expect(found.values == ["1", "again"])
  }

  @Test func `a scan goes on after its entries are deleted`() throws {
    let counts = try environment.write { txn in
      let table = try txn.createTable("t")
      for number in 0..<1_000 {
        let key = [UInt8(number >> 8), UInt8(number & 255)]
        try txn.put(table, key, [UInt8](repeating: 0, count: 99))
      }
      var visited = 0
      try txn.reading.scan(table) { key, _ in
        visited += 1
        if key[1] % 3 == 0 { try txn.delete(table, key) }
        return .next
      }
      let left = try txn.reading.count(table)
      try txn.reading.scan(table, reverse: true) { key, _ in
        visited += 1
        try txn.delete(table, key)
        return .next
      }
      return [visited, left, try txn.reading.count(table)]
    }
    let deleted = (0..<1_000).count { UInt8($0 & 255) % 3 == 0 }
    #expect(counts == [2_000 - deleted, 1_000 - deleted, 0])
  }
}
