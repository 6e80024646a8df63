import Foundation
import Testing

/// Callers that have closed standard input, output or error: the next file that is opened would get the
/// number, and what was meant for a person would go into the ledger.
@Suite(.serialized) struct `closed streams` {
  /// Runs a command through a shell that closes something first.
  private func run(_ words: String, in directory: Directory) throws -> Program.Outcome {
    try Program.run(
      ["-c", "\(Program.path.path) \(words)"], in: directory, executable: URL(filePath: "/bin/sh"))
  }

  @Test(arguments: ["history", "export", "status", "audit 192.168.4.11"])
  func `an answer that nobody can be given is an error, and the ledger is left alone`(
    _ command: String
  ) throws {
    let directory = try Recordings.ledger()
    let files = ["data.mdb", "pid-namespace"].map { directory.url.appending(path: "ledger/\($0)") }
    let before = try files.map { try Data(contentsOf: $0) }
    let outcome = try run("\(command) --ledger ledger >&-", in: directory)
    #expect(outcome.status == 74)
    #expect(outcome.errors.contains("standard output cannot be written"), "\(outcome.errors)")
    #expect(outcome.errors.contains("Bad file descriptor"), "\(outcome.errors)")
    #expect(try files.map { try Data(contentsOf: $0) } == before)
    let silent = try run("\(command) --ledger ledger 2>&-", in: directory)
    #expect(silent.status == 0)
    #expect(try files.map { try Data(contentsOf: $0) } == before)
  }

  @Test func `no input is no input`() throws {
    let directory = try Recordings.ledger()
    let outcome = try run("import - --ledger new <&-", in: directory)
    #expect(outcome.status == 74)
    #expect(outcome.errors.contains("standard input cannot be read"), "\(outcome.errors)")
    #expect(!FileManager.default.fileExists(atPath: directory.url.appending(path: "new").path))
  }
}
