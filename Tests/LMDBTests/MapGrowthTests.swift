import Foundation
import Testing

@testable import LMDB

@Suite(.serialized) struct MapGrowthTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private static let tiny = Environment.Options(mapSize: 64 << 10, durability: .none)

  @Test func `a map that is too small grows, in one transaction or in many`() throws {
    let environment = try Environment.open(at: directory.path, options: Self.tiny)
    try environment.write { txn in
      let table = try txn.createTable("t")
      try txn.put(table, [1], [UInt8](repeating: 1, count: 3 << 20))
    }
    for number in 0..<40 {
      try environment.write { txn in
        let table = try txn.createTable("t")
        try txn.put(table, [2, UInt8(number)], [UInt8](repeating: 1, count: 200 << 10))
      }
    }
    #expect(try environment.statistics().mapSize > 8 << 20)
    #expect(try environment.read { txn in try txn.table("t").map { try txn.count($0) } } == 41)
  }

  @Test func `a body that swallows the error runs again all the same`() throws {
    let environment = try Environment.open(at: directory.path, options: Self.tiny)
    let stored = try environment.write { txn -> Bool in
      let table = try txn.createTable("t")
      return code { try txn.put(table, [1], [UInt8](repeating: 1, count: 1 << 20)) } == nil
    }
    #expect(stored)
    #expect(try environment.read { txn in try txn.table("t").map { try txn.count($0) } } == 1)
  }

  @Test func `readers go on while the map grows`() throws {
    let environment = try Environment.open(at: directory.path, options: Self.tiny)
    try environment.store(["a": "1"], in: "t")
    onThreads(4) { thread in
      for number in 0..<60 {
        if thread == 0 {
          let stored: Void? = try? environment.write { txn in
            let table = try txn.createTable("u")
            try txn.put(table, [UInt8(number)], [UInt8](repeating: 1, count: 100 << 10))
          }
          #expect(stored != nil)
        } else {
          #expect((try? environment.text("a", in: "t")) == "1")
        }
      }
    }
    #expect(try environment.statistics().mapSize >= 6 << 20)
  }

  @Test func `a map grown by another process is adopted, with its new tables`() async throws {
    let environment = try Environment.open(at: directory.path, options: Self.tiny)
    try store("1", in: environment)
    let path = directory.path
    await #expect(processExitsWith: .success) { [path = path as String] in
      let other = try Environment.open(at: path, options: scratch)
      try await other.write { txn in
        let table = try txn.createTable("other")
        try txn.put(table, [1], [UInt8](repeating: 1, count: 4 << 20))
      }
      other.close()
    }
    let size = try environment.read { txn in
      try txn.table("other").flatMap { try txn.get($0, [1])?.count }
    }
    #expect(size == 4 << 20)
    await #expect(processExitsWith: .success) { [path = path as String] in
      let other = try Environment.open(at: path, options: scratch)
      try await other.write { txn in
        try txn.drop("other")
        let table = try txn.createTable("another")
        try txn.put(table, [1], [UInt8](repeating: 1, count: 9 << 20))
      }
      other.close()
    }
    try store("2", in: environment)
    #expect(try environment.text("a", in: "t") == "2")
    #expect(try environment.read { txn in try txn.tableNames() } == ["another", "t"])
    // The handle of the table that the other process dropped is still open here.
    try environmentRecreates("other", in: environment)
  }

  private func store(_ value: String, in environment: Environment) throws {
    try environment.store(["a": value], in: "t")
  }

  private func environmentRecreates(_ name: String, in environment: Environment) throws {
    try environment.store(["a": "new"], in: name)
    #expect(try environment.text("a", in: name) == "new")
    #expect(try environment.read { txn in try txn.tableNames() } == ["another", "other", "t"])
  }
}
