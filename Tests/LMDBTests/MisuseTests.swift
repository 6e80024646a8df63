import Foundation
import Testing

@testable import LMDB

/// Calls that could only wait for themselves end the process with a message instead.
@Suite(.serialized) struct MisuseTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test func `reading inside a write is a programmer's error`() async {
    let result = await #expect(processExitsWith: .failure) { [path = directory.path as String] in
      try nest(path) { environment in
        try environment.write { _ in try environment.read { _ in } }
      }
    }
    #expect(isTrap(result))
  }

  @Test func `writing inside a write is a programmer's error`() async {
    let result = await #expect(processExitsWith: .failure) { [path = directory.path as String] in
      try nest(path) { environment in
        try environment.write { _ in try environment.write { _ in } }
      }
    }
    #expect(isTrap(result))
  }

  @Test func `writing inside a read is a programmer's error`() async {
    let result = await #expect(processExitsWith: .failure) { [path = directory.path as String] in
      try nest(path) { environment in
        try environment.read { _ in try environment.write { _ in } }
      }
    }
    #expect(isTrap(result))
  }

  @Test func `reading inside a read is a programmer's error`() async {
    let result = await #expect(processExitsWith: .failure) { [path = directory.path as String] in
      try nest(path) { environment in
        try environment.read { _ in try environment.read { _ in } }
      }
    }
    #expect(isTrap(result))
  }

  @Test func `a blocking write in a completion is a programmer's error`() async {
    let result = await #expect(processExitsWith: .failure) { [path = directory.path as String] in
      try nest(path) { environment in
        environment.submit { _ in
        } completion: { _ in
          try? environment.write { _ in }
        }
        environment.close()
      }
    }
    #expect(isTrap(result))
  }

  @Test func `closing inside a read is a programmer's error`() async {
    let result = await #expect(processExitsWith: .failure) { [path = directory.path as String] in
      try nest(path) { environment in
        try environment.read { _ in environment.close() }
      }
    }
    #expect(isTrap(result))
  }

  @Test func `a write inside scanSpans is a programmer's error`() async {
    let result = await #expect(processExitsWith: .failure) { [path = directory.path as String] in
      try nest(path) { environment in
        try environment.write { txn in
          let table = try txn.createTable("t")
          try txn.put(table, [1], [])
          try txn.reading.scanSpans(table) { _, _ in
            try txn.put(table, [2], [])
            return .next
          }
        }
      }
    }
    #expect(isTrap(result))
  }

  @Test func `reads and writes of two environments may nest`() throws {
    let elsewhere = try TemporaryDirectory()
    let first = try Environment.open(at: directory.path, options: scratch)
    let second = try Environment.open(at: elsewhere.path, options: scratch)
    try first.store(["a": "1"], in: "t")
    let found = try second.write { _ in try first.text("a", in: "t") }
    #expect(found == "1")
  }
}

/// Whether the process was ended by a failed precondition, and not by an error that was thrown.
private func isTrap(_ result: ExitTest.Result?) -> Bool {
  guard case .signal = result?.exitStatus else { return false }
  return true
}

/// Runs `body` where no `await` is possible, so that the blocking form of `write` is meant.
///
/// It ends the process with success if `body` comes back.
private func nest(_ path: String, _ body: (Environment) throws -> Void) throws {
  try body(Environment.open(at: path, options: scratch))
  exit(EXIT_SUCCESS)
}
