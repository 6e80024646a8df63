import Foundation

/// The recorded rolling restart, whole and in parts.
enum Recordings {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The watch with receive times, gzip'd: web-0 and web-1 before, between and after two restarts.
  static let rollingRestart = root.appending(path: "fixtures/rolling-restart/watch.jsonl.gz").path

  /// Its lines.
  static func lines() throws -> [String] {
    let directory = try Directory()
    let outcome = try Program.run(
      ["-dc", rollingRestart], in: directory, executable: URL(filePath: "/bin/gzip"))
    return outcome.output.split(separator: "\n").map(String.init)
  }

  /// The uid of the first incarnation of web-0.
  static let firstUID = "d8517233-9666-468a-a9b9-0d53f5ac014e"

  /// The recording without the later incarnations of web-0: as if it had been scaled down.
  static func withoutComeback() throws -> Data {
    let kept = try lines().filter { !$0.contains(#""name":"web-0""#) || $0.contains(firstUID) }
    return data(kept)
  }

  /// Lines as an input.
  static func data(_ lines: [String]) -> Data { Data((lines.joined(separator: "\n") + "\n").utf8) }

  /// The time at which all tests record and ask, where nothing else is said.
  static let now = ["--now", "2026-11-23T06:00:00Z"]

  /// A directory in which `ledger` holds the whole recording, of the cluster `prod`.
  static func ledger() throws -> Directory {
    let directory = try Directory()
    try ingest([rollingRestart, "--cluster", "prod"], in: directory)
    return directory
  }

  /// A directory in which `ledger` holds the recording without web-0's comeback.
  static func scaledDown() throws -> Directory {
    let directory = try Directory()
    try ingest(["-", "--cluster", "prod"], in: directory, input: withoutComeback())
    return directory
  }

  /// Ingests something into `ledger`.
  static func ingest(_ arguments: [String], in directory: Directory, input: Data? = nil) throws {
    let outcome = try Program.run(
      ["ingest", "--ledger", "ledger"] + arguments + now, in: directory, input: input)
    guard outcome.status == 0 else { throw IngestFailed(errors: outcome.errors) }
  }

  struct IngestFailed: Error {
    let errors: String
  }
}
