import Foundation
import Testing

/// R2: an address in another network is another address, so a cluster keeps its network.
@Suite(.serialized) struct `the network of a cluster` {
  @Test func `it is kept when it is not named again`() throws {
    let directory = try Directory()
    let ledger = directory.url.appending(path: "ledger").path
    func ingest(_ more: String...) throws -> Program.Outcome {
      try Program.run(
        ["ingest", "--ledger", ledger, "--cluster", "prod", Recordings.rollingRestart] + more,
        in: directory)
    }
    #expect(try ingest("--network", "vpc").status == 0)
    let again = try ingest()
    #expect(again.status == 0)
    #expect(again.output.contains("network vpc"))
    #expect(again.output.contains("0 events appended"))
  }

  @Test func `another one is refused, with what to do`() throws {
    let directory = try Directory()
    let ledger = directory.url.appending(path: "ledger").path
    let first = try Program.run(
      "ingest", "--ledger", ledger, "--cluster", "prod", Recordings.rollingRestart, in: directory)
    #expect(first.status == 0)
    let other = try Program.run(
      "ingest", "--ledger", ledger, "--cluster", "prod", "--network", "other",
      Recordings.rollingRestart, in: directory)
    #expect(other.status == 64)
    #expect(other.errors.contains("knows the pods of prod in the network prod, not in other"))
  }

  @Test func `what ended since is still shown as it was kept then`() throws {
    let directory = try Directory()
    let ledger = directory.url.appending(path: "ledger").path
    let shell = URL(filePath: "/bin/sh")
    let cut = try Program.run(
      [
        "-c",
        "gzip -dc '\(Recordings.rollingRestart)' | head -n 38 | "
          + "'\(Program.path.path)' ingest --ledger '\(ledger)' --cluster prod -",
      ], in: directory, executable: shell)
    #expect(cut.status == 0, "\(cut.errors)")
    func kept() throws -> String {
      try Program.run(
        "reservations", "--ledger", ledger, "--state", "retained", "--at",
        "2026-11-24T00:00:00Z", "-o", "json", in: directory
      ).output
    }
    let before = try kept()
    #expect(before.contains("web-0"))
    let expired = try Program.run(
      "expire", "--ledger", ledger, "--now", "2026-11-26T00:00:00Z", in: directory)
    #expect(expired.status == 0, "\(expired.errors)")
    #expect(try kept() == before)
  }
}
