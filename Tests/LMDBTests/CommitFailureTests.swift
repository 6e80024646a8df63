import Foundation
import Testing

@testable import LMDB

@Suite(.serialized) struct CommitFailureTests {
  /// A limit on the size of files makes a write system call fail in the middle of a commit.
  @Test func `after a failed commit the outcome is unknown, and writes are refused`() async throws {
    let directory = try TemporaryDirectory()
    await #expect(processExitsWith: .success) { [path = directory.path as String] in
      try failCommit(path)
    }
    let environment = try Environment.open(at: directory.path)
    let text = try environment.text("a", in: "t")
    #expect(text == "1")
  }

  @Test func `errors say what to do`() throws {
    let error = LMDBError(returnCode: -30_790, subject: "/ledger", action: "beginning to read")
    #expect(error.code == .readersFull)
    #expect(error.cause?.returnCode == -30_790)
    #expect(
      error.description == """
        /ledger: beginning to read failed: every reader slot is taken by a live reader; end some, \
        or open with a larger maxReaders (LMDB -30790: MDB_READERS_FULL: Environment maxreaders \
        limit reached)
        """)
  }
}

private func failCommit(_ path: String) throws {
  let environment = try Environment.open(at: path)
  try environment.store(["a": "1"], in: "t")
  _ = signal(SIGXFSZ, SIG_IGN)
  var limit = rlimit(rlim_cur: 256 << 10, rlim_max: .max)
  guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(4) }
  let large: @Sendable (borrowing WriteTransaction) throws -> Void = { txn in
    let table = try txn.createTable("t")
    try txn.put(table, "a".bytes, "2".bytes)
    try txn.put(table, "large".bytes, [UInt8](repeating: 1, count: 1 << 20))
  }
  guard code({ try environment.write(large) }) == .commitOutcomeUnknown else { exit(2) }
  guard code({ try environment.store([:], in: "t") }) == .commitOutcomeUnknown else { exit(3) }
  environment.close()
  exit(EXIT_SUCCESS)
}
