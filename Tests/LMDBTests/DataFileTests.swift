import Foundation
import Testing

@testable import LMDB

@Suite(.serialized) struct DataFileTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func fill(_ entries: Int = 2_000) throws {
    let environment = try Environment.open(at: directory.path, options: scratch)
    defer { environment.close() }
    try environment.write { txn in
      let table = try txn.createTable("t")
      for number in 0..<entries {
        try txn.put(table, "\(number)".bytes, [UInt8](repeating: 7, count: 100))
      }
    }
  }

  private func resize(to size: UInt64) throws {
    let file = try FileHandle(forWritingTo: URL(filePath: directory.dataFile))
    try file.truncate(atOffset: size)
    try file.close()
  }

  @Test(arguments: [100_000, 8_192, 5_000, 4_200])
  func `a file cut short is refused before it can crash the process`(_ size: UInt64) throws {
    try fill()
    try resize(to: size)
    #expect(code { try Environment.open(at: directory.path) } == .truncated)
  }

  @Test func `a file that lost its last page is refused`() throws {
    try fill()
    let size = try #require(
      FileManager.default.attributesOfItem(atPath: directory.dataFile)[.size] as? UInt64)
    try resize(to: size - 4_096)
    #expect(code { try Environment.open(at: directory.path) } == .truncated)
  }

  @Test(arguments: [10, 150, 20_000])
  func `a file that is not LMDB's is refused`(_ size: Int) throws {
    try Data(repeating: 0x2E, count: size).write(to: URL(filePath: directory.dataFile))
    #expect(code { try Environment.open(at: directory.path) } == .invalid)
  }

  @Test func `a file of another format version is refused`() throws {
    try fill(1)
    let file = try FileHandle(forWritingTo: URL(filePath: directory.dataFile))
    try file.seek(toOffset: 20)
    try file.write(contentsOf: Data([2]))
    try file.close()
    #expect(code { try Environment.open(at: directory.path) } == .versionMismatch)
  }

  @Test func `an empty file is a new environment`() throws {
    _ = FileManager.default.createFile(atPath: directory.dataFile, contents: nil)
    let environment = try Environment.open(at: directory.path, options: scratch)
    try environment.store(["a": "1"], in: "t")
    #expect(try environment.text("a", in: "t") == "1")
  }

  /// LMDB never writes pages that one transaction takes and gives back, so the file of a sound
  /// environment may end before its last page.
  @Test(arguments: [1, 20, 300])
  func `a file that is short of free pages only is accepted`(_ rounds: Int) throws {
    var environment = try Environment.open(at: directory.path, options: scratch)
    for round in 0..<rounds {
      try environment.write { txn in
        let table = try txn.createTable("t")
        try txn.put(table, "\(round)".bytes, [1])
        try txn.put(table, "large".bytes, [UInt8](repeating: 7, count: 50_000 + 1_000 * round))
        try txn.delete(table, "large".bytes)
      }
    }
    let used = try environment.statistics().usedBytes
    environment.close()
    let size = try #require(
      FileManager.default.attributesOfItem(atPath: directory.dataFile)[.size] as? Int)
    if rounds > 1 { #expect(size < used) }
    environment = try Environment.open(at: directory.path, options: scratch)
    #expect(try environment.text("0", in: "t") == "\u{1}")
  }
}
