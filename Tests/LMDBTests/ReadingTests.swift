import Testing

@testable import LMDB

@Suite(.serialized) struct ReadingTests {
  let directory: TemporaryDirectory
  let environment: Environment

  init() throws {
    directory = try TemporaryDirectory()
    environment = try Environment.open(at: directory.path, options: scratch)
  }

  private func texts(
    _ range: KeyRange, reverse: Bool = false, limit: Int = .max, spans: Bool = false
  ) throws -> String {
    try environment.read { txn in
      let table = try #require(try txn.table("t"))
      var keys: [String] = []
      if spans {
        try txn.scanSpans(table, range, reverse: reverse) { key, _ in
          keys.append(String(decoding: [UInt8](copying: key), as: UTF8.self))
          return keys.count < limit ? .next : .stop
        }
      } else {
        try txn.scan(table, range, reverse: reverse) { key, _ in
          keys.append(String(decoding: key, as: UTF8.self))
          return keys.count < limit ? .next : .stop
        }
      }
      return keys.joined(separator: " ")
    }
  }

  @Test func `ranges visit what they say, both ways`() throws {
    try environment.store(
      ["a": "", "ab": "", "abc": "", "b": "", "c": "", "ca": ""], in: "t")
    let cases: [(KeyRange, String)] = [
      (.all, "a ab abc b c ca"),
      (.prefix([]), "a ab abc b c ca"),
      (.prefix("ab".bytes), "ab abc"),
      (.prefix("x".bytes), ""),
      (.prefix([0xFF]), ""),
      (.from("b".bytes), "b c ca"),
      (.from("bb".bytes), "c ca"),
      (.from("d".bytes), ""),
      (.between("ab".bytes, "c".bytes), "ab abc b"),
      (.between([], "b".bytes), "a ab abc"),
      (.between("b".bytes, "z".bytes), "b c ca"),
      (.between("b".bytes, "b".bytes), ""),
      (.between("c".bytes, "a".bytes), ""),
    ]
    for (range, expected) in cases {
      let reversed = expected.split(separator: " ").reversed().joined(separator: " ")
      for spans in [false, true] {
        #expect(try texts(range, spans: spans) == expected, "\(range)")
        #expect(try texts(range, reverse: true, spans: spans) == reversed, "\(range)")
      }
    }
    #expect(try texts(.all, limit: 2) == "a ab")
    #expect(try texts(.all, reverse: true, limit: 1) == "ca")
  }

  @Test func `a prefix of high bytes ends where it should`() throws {
    let keys: [[UInt8]] = [[0xFE, 0xFF], [0xFF], [0xFF, 0xFF], [0xFF, 0xFF, 1]]
    let found = try environment.write { txn in
      let table = try txn.createTable("t")
      for key in keys { try txn.put(table, key, []) }
      var found: [[[UInt8]]] = []
      for prefix in [[0xFE, 0xFF], [0xFF], [0xFF, 0xFF]] as [[UInt8]] {
        var visited: [[UInt8]] = []
        try txn.reading.scan(table, .prefix(prefix), reverse: true) { key, _ in
          visited.append(key)
          return .next
        }
        found.append(visited.reversed())
      }
      return found
    }
    #expect(found == [[keys[0]], Array(keys[1...]), Array(keys[2...])])
  }

  @Test(arguments: 0..<8)
  func `searches agree with a sorted array`(_ seed: UInt64) throws {
    var random = SplitMix(state: seed)
    var oracle: [[UInt8]: [UInt8]] = [:]
    for _ in 0..<(seed == 0 ? 0 : 300) { oracle[random.key()] = random.key() }
    let entries = oracle
    let sorted = entries.keys.sorted { $0.lexicographicallyPrecedes($1) }
    try environment.write { txn in
      let table = try txn.createTable("t")
      for (key, value) in entries { try txn.put(table, key, value) }
    }
    try environment.read { txn in
      let table = try #require(try txn.table("t"))
      #expect(try txn.count(table) == sorted.count)
      #expect(try txn.first(table)?.key == sorted.first)
      #expect(try txn.last(table)?.key == sorted.last)
      for _ in 0..<500 {
        let key = random.key()
        let less = sorted.last { $0.lexicographicallyPrecedes(key) }
        let greater = sorted.first { key.lexicographicallyPrecedes($0) }
        let equal = entries[key] == nil ? nil : key
        #expect(try txn.get(table, key) == entries[key])
        #expect(try txn.contains(table, key) == (equal != nil))
        #expect(try txn.lower(table, key)?.key == less)
        #expect(try txn.floor(table, key)?.key == equal ?? less)
        #expect(try txn.ceiling(table, key)?.key == equal ?? greater)
        #expect(try txn.higher(table, key)?.key == greater)
        #expect(try txn.ceiling(table, key)?.value == (equal ?? greater).flatMap { entries[$0] })
      }
    }
  }

  @Test func `keys have 1 to 511 bytes`() throws {
    let longest = [UInt8](repeating: 1, count: Environment.maximumKeySize)
    try environment.write { txn in
      let table = try txn.createTable("t")
      try txn.put(table, longest, [])
      for key in [[], longest + [1]] as [[UInt8]] {
        #expect(code { try txn.put(table, key, []) } == .badKeySize)
        #expect(code { try txn.append(table, key, []) } == .badKeySize)
        #expect(code { try txn.putIfAbsent(table, key, []) } == .badKeySize)
        #expect(code { try txn.delete(table, key) } == .badKeySize)
        #expect(code { try txn.reading.get(table, key) } == .badKeySize)
        #expect(code { try txn.reading.floor(table, key) } == .badKeySize)
      }
    }
    try environment.read { txn in
      let table = try #require(try txn.table("t"))
      #expect(try txn.get(table, longest) == [])
    }
  }

  @Test func `a snapshot does not change while it is read`() throws {
    try environment.store(["a": "1"], in: "t")
    try environment.read { txn in
      let before = txn.id
      let table = try #require(try txn.table("t"))
      let done = Gathering<Int>()
      environment.submit { txn in
        try txn.put(txn.createTable("t"), "a".bytes, "2".bytes)
        _ = try txn.createTable("new")
      } completion: { _ in
        done.add(1)
      }
      done.wait(for: 1)
      #expect(try txn.get(table, "a".bytes) == "1".bytes)
      #expect(try txn.table("new") == nil)
      #expect(try txn.tableNames() == ["t"])
      #expect(txn.id == before)
    }
    #expect(try environment.text("a", in: "t") == "2")
    #expect(try environment.read { txn in try txn.tableNames() } == ["new", "t"])
  }

  @Test func `statistics tell sizes and readers`() throws {
    try environment.store(["a": "1", "b": "2"], in: "t")
    let idle = try environment.statistics()
    #expect(idle.mapSize == scratch.mapSize)
    #expect(idle.readers == 0 && idle.oldestReader == nil)
    #expect(idle.maxReaders == Int(scratch.maxReaders))
    #expect(idle.usedBytes == (idle.lastPage + 1) * idle.pageSize)
    try environment.read { txn in
      let statistics = try environment.statistics()
      #expect(statistics.readers == 1)
      #expect(statistics.oldestReader == txn.id)
      #expect(statistics.lastTransactionID == txn.id)
      let table = try #require(try txn.table("t"))
      #expect(
        try txn.tableStatistics(table)
          == TableStatistics(depth: 1, branchPages: 0, leafPages: 1, overflowPages: 0, entries: 2))
    }
  }
}
