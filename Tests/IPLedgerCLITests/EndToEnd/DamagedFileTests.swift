import Foundation
import TestSupport
import Testing

/// A ledger of a megabyte, made of all recordings that are part of the project, damaged in every way.
///
/// With `IPLEDGER_DEEP` each byte is changed in turn; otherwise one in some hundreds.
@Suite(.serialized) struct `a damaged file` {
  private static let isDeep = Seeds.isDeep
  private static let processes = 2

  /// A directory with a ledger in which each recording is told of so many clusters: with four, of about a
  /// megabyte.
  private func ledger(twins: Int) throws -> Directory {
    let directory = try Directory()
    let fixtures = Recordings.root.appending(path: "fixtures").path
    for (cluster, files) in [
      ("restart", ["rolling-restart/watch.jsonl.gz", "rolling-restart/audit.jsonl.gz"]),
      ("resumed", ["resumed-watch/watch.jsonl.gz", "resumed-watch/audit.jsonl.gz"]),
      ("edges", ["api-edges/watch.jsonl.gz", "api-edges/audit.jsonl.gz"]),
    ] {
      for twin in ["a", "b", "c", "d"].prefix(twins) {
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
    let directory = try ledger(twins: 4)
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

  @Test func `whoever writes into a damaged file, or copies it, ends with a message`() throws {
    let directory = try Directory()
    let requests = Recordings.root.appending(path: "fixtures/decided-restart/requests.jsonl").path
    for command in [["apply", requests], ["compact"]] {
      let made = try Program.run(command + ["--ledger", "ledger"] + Recordings.now, in: directory)
      #expect(made.status == 0, "\(made.errors)")
    }
    let file = directory.url.appending(path: "ledger/data.mdb")
    let intact = try Data(contentsOf: file)
    let page = 4096
    var refused = 0
    // The bytes of a leaf page's header that say where its entries lie, one bit after the other.
    let leaves = stride(from: 2 * page, to: intact.count, by: page)
      .filter { intact[$0 + 10] == 2 && intact[$0 + 11] == 0 }
    #expect(leaves.count > 8)
    for (index, leaf) in leaves.enumerated() {
      var damaged = intact
      damaged[leaf + 12 + index % 4] ^= UInt8(1 << (index * 3 % 8))
      for command in [
        ["backup", "copy"], ["expire"],
        ["assign", "prod/default/new", "--uid", "u", "--network", "vpc-1"],
      ] {
        try damaged.write(to: file)
        try? FileManager.default.removeItem(at: directory.url.appending(path: "copy"))
        let outcome = try Program.run(
          command + ["--ledger", "ledger"] + Recordings.now, in: directory,
          environment: ["SWIFT_BACKTRACE": "enable=no"])
        let comment: Comment =
          "page \(leaf / page), \(command[0]): \(outcome.status) \(outcome.errors)"
        #expect([0, 1, 70, 74].contains(outcome.status), comment)
        #expect(outcome.status == 0 || !(outcome.output + outcome.errors).isEmpty, comment)
        refused += outcome.status == 74 ? 1 : 0
        let left = try FileManager.default.contentsOfDirectory(atPath: directory.url.path)
        #expect(!left.contains { $0.contains(".partial") }, comment)
      }
    }
    #expect(refused > 4)
  }

  @Test(arguments: ["cut", "zero", "swap"])
  func `no page that is cut off, of zeros or elsewhere makes a wrong answer`(
    _ kind: String
  ) throws {
    let directory = try ledger(twins: 2)
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
