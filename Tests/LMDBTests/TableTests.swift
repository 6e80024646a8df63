import Testing

@testable import LMDB

private struct Refused: Error, Equatable {}

@Suite(.serialized) struct TableTests {
  let directory: TemporaryDirectory
  let environment: Environment

  init() throws {
    directory = try TemporaryDirectory()
    environment = try Environment.open(at: directory.path, options: scratch)
  }

  private func names() throws -> [String] {
    try environment.read { txn in try txn.tableNames() }
  }

  @Test func `the handle of an aborted creation is not used again`() throws {
    let stale = Gathering<Table>()
    #expect(throws: Refused()) {
      try environment.write { txn in
        stale.add(try txn.createTable("aborted"))
        throw Refused()
      }
    }
    let table = try #require(stale.values.first)
    #expect(try names() == [])
    // LMDB gives the same number to the next table.
    try environment.store(["a": "1"], in: "other")
    try environment.read { txn in
      let absent = try txn.table("aborted")
      #expect(absent == nil)
      #expect(code { try txn.get(table, [1]) } == .tableNotFound)
      #expect(code { try txn.count(table) } == .tableNotFound)
    }
    #expect(code { try environment.write { txn in try txn.put(table, [1], []) } } == .tableNotFound)
  }

  @Test func `a table may be kept for later transactions`() throws {
    let table = try environment.write { txn in try txn.createTable("t") }
    try environment.write { txn in try txn.put(table, [1], [2]) }
    #expect(try environment.read { txn in try txn.get(table, [1]) } == [2])
    #expect(try environment.read { txn in try txn.table("t") } == table)
  }

  @Test func `a table of another environment is refused`() throws {
    let elsewhere = try TemporaryDirectory()
    let other = try Environment.open(at: elsewhere.path, options: scratch)
    let table = try other.write { txn in try txn.createTable("t") }
    try environment.store([:], in: "t")
    #expect(code { try environment.read { txn in try txn.get(table, [1]) } } == .tableNotFound)
  }

  @Test func `dropping, emptying and making again`() throws {
    try environment.store(["a": "1"], in: "t")
    try environment.store(["a": "1"], in: "u")
    try environment.write { txn in
      try txn.drop("t")
      try txn.drop("absent")
      #expect(try txn.reading.table("t") == nil)
      let table = try txn.reading.table("u")
      try txn.empty(#require(table))
    }
    #expect(try names() == ["u"])
    #expect(try environment.text("a", in: "u") == nil)
    try environment.write { txn in
      try txn.drop("u")
      let table = try txn.createTable("u")
      try txn.put(table, "b".bytes, "2".bytes)
      _ = try txn.createTable("v")
    }
    #expect(try names() == ["u", "v"])
    #expect(try environment.text("a", in: "u") == nil)
    #expect(try environment.text("b", in: "u") == "2")
  }

  @Test func `an aborted drop leaves the table`() throws {
    try environment.store(["a": "1"], in: "t")
    for _ in 0..<3 {
      #expect(throws: Refused()) {
        try environment.write { txn in
          try txn.drop("t")
          _ = try txn.createTable("new")
          throw Refused()
        }
      }
      #expect(try names() == ["t"])
      #expect(try environment.text("a", in: "t") == "1")
    }
    #expect(throws: Refused()) {
      try environment.write { txn in
        try txn.drop("t")
        let table = try txn.createTable("t")
        try txn.put(table, "a".bytes, "2".bytes)
        throw Refused()
      }
    }
    #expect(try environment.text("a", in: "t") == "1")
    try environment.store(["a": "3"], in: "t")
    #expect(try environment.text("a", in: "t") == "3")
  }

  @Test func `readers and dropping do not disturb each other`() throws {
    let environment = environment
    try environment.store(["a": "1"], in: "t")
    onThreads(4) { thread in
      for _ in 0..<200 {
        if thread == 0 {
          try? environment.write { txn in try txn.drop("t") }
          try? environment.store(["a": "1"], in: "t")
        } else {
          let found = try? environment.read { txn -> Bool in
            guard let table = try txn.table("t") else { return true }
            return try txn.get(table, "a".bytes) == "1".bytes
          }
          #expect(found == true)
        }
      }
    }
  }

  @Test func `more tables than there is room for are refused`() throws {
    let elsewhere = try TemporaryDirectory()
    let options = Environment.Options(mapSize: 1 << 20, maxTables: 2, durability: .none)
    let small = try Environment.open(at: elsewhere.path, options: options)
    try small.store([:], in: "1")
    try small.store([:], in: "2")
    #expect(code { try small.store([:], in: "3") } == .tablesFull)
    try small.store(["a": "1"], in: "2")
    #expect(try small.text("a", in: "2") == "1")
  }

  @Test(arguments: ["", "a\0b", String(repeating: "x", count: 512)])
  func `a table's name is 1 to 511 bytes without NUL`(_ name: String) throws {
    #expect(code { try environment.store([:], in: name) } == .badTableName)
    #expect(code { try environment.text("a", in: name) } == .badTableName)
  }
}
