import Foundation
import Testing

/// `check`, `backup`, `restore` and `compact` as their users meet them.
@Suite(.serialized) struct CheckTests {
  private func run(_ arguments: String..., in directory: Directory) throws -> Program.Outcome {
    try Program.run(arguments, in: directory)
  }

  /// Changes the first byte of some text in the ledger's file where the place satisfies a condition.
  private func damage(
    _ text: String, in directory: Directory, until isWanted: () throws -> Bool
  ) throws {
    let file = directory.url.appending(path: "ledger/data.mdb")
    let intact = try Data(contentsOf: file)
    var place = intact.startIndex
    while let found = intact.range(of: Data(text.utf8), in: place..<intact.endIndex) {
      place = found.upperBound
      var damaged = intact
      damaged[found.lowerBound] ^= 1
      try damaged.write(to: file)
      if try isWanted() { return }
    }
    Issue.record("no such place")
  }

  @Test func `a damaged event is named by its position, and refused as evidence`() throws {
    let directory = try Recordings.ledger()
    try damage("virtual-kubelet-cn-wulanchabu-b", in: directory) {
      try run("check", "--ledger", "ledger", in: directory).output.contains("position 2:")
    }
    let check = try run("check", "--ledger", "ledger", in: directory)
    #expect(check.status == 1)
    #expect(check.output.contains("The first bad position is 2."))
    #expect(check.output.contains("ipledger restore BACKUP"))
    let json = try run("check", "--ledger", "ledger", "-o", "json", in: directory)
    #expect(json.output.contains(#""sound":false"#))
    #expect(json.output.contains(#""firstBadPosition":2,"remedy":"restore""#))
    let question = ["audit", "192.168.4.11", "--at", "2026-11-23T05:39:48Z", "--ledger", "ledger"]
    let answer = try Program.run(question, in: directory)
    #expect(answer.status == 74)
    #expect(answer.output == "")
    #expect(answer.errors.contains("position 2"))
    let trusting = try Program.run(question + ["--no-verify"], in: directory)
    #expect(trusting.status == 0)
    let backup = try run("backup", "copy", "--ledger", "ledger", in: directory)
    #expect(backup.status == 74)
    #expect(backup.errors.contains("position 2"))
    #expect(backup.errors.contains("'ipledger check --ledger ledger' tells all of it"))
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.url.path)
    #expect(!names.contains { $0.hasPrefix("copy") })
  }

  @Test func `a damaged row is to be folded again`() throws {
    let directory = try Recordings.ledger()
    try damage("virtual-kubelet-cn-wulanchabu-b", in: directory) {
      try run("check", "--ledger", "ledger", in: directory).output.contains("tenures")
    }
    let check = try run("check", "--ledger", "ledger", in: directory)
    #expect(check.status == 1)
    #expect(check.output.contains("replay --rebuild"))
    #expect(check.output.contains("'ipledger replay --rebuild --ledger ledger' folds"))
    let replay = try run("replay", "--ledger", "ledger", in: directory)
    #expect(replay.output.contains("'ipledger replay --rebuild --ledger ledger' puts"))
    let usual = try Program.run(["check"], in: directory, environment: ["IPLEDGER_PATH": "ledger"])
    #expect(usual.output.contains("'ipledger replay --rebuild' folds"))
    #expect(try run("replay", "--rebuild", "--ledger", "ledger", in: directory).status == 0)
    #expect(try run("check", "--ledger", "ledger", in: directory).status == 0)
  }

  @Test func `a backup is whole, and is brought back`() throws {
    let directory = try Recordings.ledger()
    #expect(try run("backup", "copy", "--ledger", "ledger", in: directory).status == 0)
    let history = try run("history", "-o", "json", "--ledger", "ledger", in: directory)
    #expect(
      try run("history", "-o", "json", "--ledger", "copy", in: directory).output == history.output)
    let again = try run("backup", "copy", "--ledger", "ledger", in: directory)
    #expect(again.status == 64)
    #expect(again.errors.contains("is there already"))
    let restored = try run("restore", "copy", "--ledger", "new", "-o", "json", in: directory)
    #expect(restored.output == #"{"path":"new","head":20,"events":20}"# + "\n")
    #expect(
      try run("history", "-o", "json", "--ledger", "new", in: directory).output == history.output)
    #expect(try run("restore", "copy", "--ledger", "new", in: directory).status == 64)
    let nothing = try run("restore", "none", "--ledger", "other", in: directory)
    #expect(nothing.status == 74)
  }

  @Test func `a backup needs a place of its own, and a folder for it`() throws {
    let directory = try Recordings.ledger()
    let nowhere = try run("backup", "none/copy", "--ledger", "ledger", in: directory)
    #expect(nowhere.status == 74)
    #expect(nowhere.errors.contains("there is no folder none; make it with 'mkdir -p none'"))
    for path in ["ledger/copy", "ledger/../ledger/copy/"] {
      let within = try run("backup", path, "--ledger", "ledger", in: directory)
      #expect(within.status == 64)
      #expect(within.errors.contains("is within the directory of the ledger ledger"))
    }
    let restored = try run("restore", "ledger", "--ledger", "", in: directory)
    #expect(restored.status == 64)
    #expect(restored.errors.contains("the path of the ledger is empty"))
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.url.path + "/ledger")
    #expect(Set(names) == ["data.mdb", "lock.mdb", "pid-namespace"])
  }

  @Test func `a folder for what is thrown away has to be there`() throws {
    let directory = try Recordings.ledger()
    for command in [["check"], ["replay"], ["backup", "copy"], ["replay", "--to", "3"]] {
      let outcome = try Program.run(
        command + ["--ledger", "ledger"], in: directory, environment: ["TMPDIR": "/none/there"])
      #expect(outcome.status == 74, "\(command)")
      #expect(outcome.errors.contains("no ledger was touched"), "\(outcome.errors)")
      #expect(outcome.errors.contains("set TMPDIR"), "\(outcome.errors)")
    }
  }

  @Test func `a damaged backup is not brought back`() throws {
    let directory = try Recordings.ledger()
    try damage("virtual-kubelet-cn-wulanchabu-b", in: directory) {
      try run("check", "--ledger", "ledger", in: directory).output.contains("position 2:")
    }
    let restored = try run("restore", "ledger", "--ledger", "new", in: directory)
    #expect(restored.status == 74)
    #expect(restored.errors.contains("position 2"))
    #expect(!FileManager.default.fileExists(atPath: directory.url.appending(path: "new").path))
  }

  @Test func `compacting gives room back, and is refused while the ledger is in use`() throws {
    let directory = try Recordings.ledger()
    // A rebuild leaves the pages of the projections that were in force before.
    #expect(try run("replay", "--rebuild", "--ledger", "ledger", in: directory).status == 0)
    let history = try run("history", "-o", "json", "--ledger", "ledger", in: directory)
    let (process, _, _) = try Program.process(
      ["ingest", "-", "--cluster", "prod", "--ledger", "ledger"], in: directory)
    let pipe = Pipe()
    process.standardInput = pipe
    try process.run()
    var refused: Program.Outcome?
    // The other process takes a moment to open the ledger.
    for _ in 0..<500 where refused == nil {
      let outcome = try run("compact", "--ledger", "ledger", in: directory)
      if outcome.status != 0 { refused = outcome }
    }
    #expect(refused?.status == 74)
    #expect(refused?.errors.contains("no process has it open") == true)
    try pipe.fileHandleForWriting.close()
    process.waitUntilExit()
    let outcome = try run("compact", "--ledger", "ledger", "-o", "csv", in: directory)
    #expect(outcome.status == 0)
    #expect(outcome.output.hasPrefix("path,head,events,bytes_before,bytes_after\r\nledger,20,20,"))
    #expect(try run("check", "--ledger", "ledger", in: directory).status == 0)
    #expect(
      try run("history", "-o", "json", "--ledger", "ledger", in: directory).output == history.output
    )
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.url.path + "/ledger")
    #expect(!names.contains("compact.partial"))
  }
}
