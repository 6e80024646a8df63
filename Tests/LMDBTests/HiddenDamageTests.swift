import Foundation
import Testing

@testable import LMDB

/// Damage that LMDB meets and does not tell: the root of a table's tree is looked for when a cursor is
/// opened, which cannot fail.
@Suite(.serialized) struct HiddenDamageTests {
  private static let name = "a-table-with-a-name-of-its-own"
  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    let environment = try Environment.open(at: directory.path, options: scratch)
    try environment.store(["key": "value"], in: Self.name)
    try environment.store(["key": "value"], in: "sound")
    environment.close()
    // The table's record stands behind its name, the number of the root page in its last 8 bytes.
    let file = URL(filePath: directory.dataFile)
    var bytes = try Data(contentsOf: file)
    var place = bytes.startIndex
    while let found = bytes.range(of: Data(Self.name.utf8), in: place..<bytes.endIndex) {
      place = found.upperBound
      // What is left of an older page in one that was used again is no record.
      guard bytes[place + 41..<place + 48].allSatisfy({ $0 == 0 }) else { continue }
      bytes[place + 45] = 1
    }
    try bytes.write(to: file)
  }

  @Test func `a root page that is missing is damage, to whoever reads`() throws {
    let environment = try Environment.open(at: directory.path, options: scratch)
    defer { environment.close() }
    #expect(code { try environment.text("key", in: Self.name) } == .corrupted)
    for read in Self.reads {
      let found = code {
        try environment.read { txn in
          guard let table = try txn.table(Self.name) else { return }
          try read(txn, table)
        }
      }
      #expect(found == .corrupted)
    }
    #expect(try environment.text("key", in: "sound") == "value")
  }

  private static let reads: [@Sendable (borrowing ReadTransaction, Table) throws -> Void] = [
    { txn, table in _ = try txn.first(table) },
    { txn, table in _ = try txn.floor(table, "key".bytes) },
    { txn, table in try txn.scan(table) { _, _ in .next } },
    { txn, table in _ = try txn.contains(table, "key".bytes) },
  ]

  @Test func `a write does not go on over it, also where its body does`() throws {
    let environment = try Environment.open(at: directory.path, options: scratch)
    defer { environment.close() }
    for write in Self.writes {
      let found = code {
        try environment.write { txn in
          guard let table = try txn.reading.table(Self.name),
            let sound = try txn.reading.table("sound")
          else { return }
          try txn.put(sound, "key".bytes, "changed".bytes)
          try write(txn, table)
        }
      }
      #expect(found == .corrupted)
    }
    #expect(try environment.text("key", in: "sound") == "value")
    try environment.store(["key": "later"], in: "sound")
    #expect(try environment.text("key", in: "sound") == "later")
  }

  private static let writes: [@Sendable (borrowing WriteTransaction, Table) throws -> Void] = [
    { txn, table in try txn.put(table, "key".bytes, []) },
    { txn, table in try txn.delete(table, "key".bytes) },
    { txn, table in try txn.append(table, "z".bytes, []) },
    { txn, table in _ = try txn.reading.get(table, "key".bytes) },
    { txn, table in _ = try? txn.reading.get(table, "key".bytes) },
    { txn, table in
      _ = try? txn.reading.get(table, "key".bytes)
      try txn.put(table, "key".bytes, [])
    },
  ]
}
