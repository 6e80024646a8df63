import Foundation
import TestSupport
import Testing

/// A ledger of a megabyte, made of all recordings that are part of the project, damaged in every way.
///
/// With `IPLEDGER_DEEP` each byte is changed in turn; otherwise one in some hundreds.
@Suite(.serialized) struct `a damaged file` {
  private static let isDeep = Seeds.isDeep
  private static let processes = 2

  /// A directory with a ledger of about a megabyte.
  private func ledger() throws -> Directory {
    let directory = try Directory()
    let fixtures = Recordings.root.appending(path: "fixtures").path
    for (cluster, files) in [
      ("restart", ["rolling-restart/watch.jsonl.gz", "rolling-restart/audit.jsonl.gz"]),
      ("resumed", ["resumed-watch/watch.jsonl.gz", "resumed-watch/audit.jsonl.gz"]),
      ("edges", ["api-edges/watch.jsonl.gz", "api-edges/audit.jsonl.gz"]),
    ] {
      for twin in ["a", "b"] {
        try Recordings.ingest(
          ["--cluster", cluster + twin] + files.map { "\(fixtures)/\($0)" }, in: directory)
      }
    }
    for command in [["apply", "\(fixtures)/decided-restart/requests.jsonl"], ["compact"]] {
      let outcome = try Program.run(command + ["--ledger", "ledger"], in: directory)
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    return directory
  }

  @Test(.timeLimit(.minutes(60)))
  func `no changed byte makes a wrong answer or a crash without a message`() async throws {
    let directory = try ledger()
    let path = directory.url.appending(path: "ledger")
    let size = try Data(contentsOf: path.appending(path: "data.mdb")).count
    #expect(size > 900_000)
    let step = Self.isDeep ? 1 : 653
    let share = (size + Self.processes - 1) / Self.processes
    let tally = try await withThrowingTaskGroup(of: DamageRun.Tally.self) { group in
      for process in 0..<Self.processes {
        group.addTask {
          try DamageRun(ledger: path, kind: "flip")
            .run(process * share..<min(size, (process + 1) * share), by: step)
        }
      }
      return try await group.reduce(DamageRun.Tally(), +)
    }
    #expect(tally.wrong == [])
    #expect(tally.all >= size / step)
    #expect(tally.refused > 0)
    Report.line(
      "bytes flipped",
      "\(tally.all) of a ledger of \(size) bytes: \(tally.same) changed no answer, \(tally.refused) "
        + "refused, \(tally.faulted) ended with a message, \(tally.hidden) hid a row that check "
        + "found, \(tally.wrong.count) wrong answers")
  }

  @Test(arguments: ["cut", "zero", "swap"])
  func `no page that is cut off, of zeros or elsewhere makes a wrong answer`(
    _ kind: String
  ) throws {
    let directory = try ledger()
    let path = directory.url.appending(path: "ledger")
    let pages = try Data(contentsOf: path.appending(path: "data.mdb")).count / 4096
    let step = Self.isDeep ? 1 : 3
    let tally = try DamageRun(ledger: path, kind: kind).run(0..<pages, by: step)
    #expect(tally.wrong == [])
    #expect(tally.all >= pages / step)
    #expect(tally.refused + tally.faulted + tally.hidden > pages / step / 5)
    Report.line(
      "pages damaged (\(kind))",
      "\(tally.all): \(tally.same) changed no answer, \(tally.refused) refused, \(tally.faulted) "
        + "ended with a message, \(tally.hidden) hid a row that check found, "
        + "\(tally.wrong.count) wrong answers")
  }
}
