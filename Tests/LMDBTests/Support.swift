import Foundation
import LMDB

/// A directory of a test's own, removed with it.
final class TemporaryDirectory: Sendable {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory
      .appending(path: "lmdb-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    path = url.path(percentEncoded: false).trimmingSuffix("/")
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var dataFile: String { "\(path)/data.mdb" }
}

extension String {
  fileprivate func trimmingSuffix(_ suffix: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
  }

  /// The string's UTF-8, as a key or a value.
  var bytes: [UInt8] { Array(utf8) }
}

/// The code of the `LMDBError` that `body` throws, or `nil` if it throws none.
func code<R>(_ body: () throws -> R) -> LMDBError.Code? {
  do {
    _ = try body()
    return nil
  } catch {
    return (error as? LMDBError)?.code
  }
}

/// Options for a scratch environment: tests do not wait for the disk.
let scratch = Environment.Options(mapSize: 1 << 24, durability: .none)

extension Environment {
  /// Stores text under text, in a table that is made if need be.
  func store(_ entries: [String: String], in table: String) throws {
    try write { txn in
      let table = try txn.createTable(table)
      for (key, value) in entries { try txn.put(table, key.bytes, value.bytes) }
    }
  }

  /// The text under `key`, or `nil` when it or the table is absent.
  func text(_ key: String, in table: String) throws -> String? {
    try read { txn in
      guard let table = try txn.table(table) else { return nil }
      return try txn.get(table, key.bytes).map { String(decoding: $0, as: UTF8.self) }
    }
  }
}
