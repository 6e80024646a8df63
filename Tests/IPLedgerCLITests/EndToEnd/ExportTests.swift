import Foundation
import Testing

/// `export` and `import` as their users meet them.
@Suite(.serialized) struct ExportTests {
  private func run(_ arguments: String..., in directory: Directory) throws -> Program.Outcome {
    try Program.run(arguments, in: directory)
  }

  @Test func `an import of an export gives the same log, and the digest is sha256sum's`() throws {
    let directory = try Recordings.ledger()
    let export = try run("export", "log.jsonl", "--ledger", "ledger", in: directory)
    #expect(export.status == 0)
    #expect(export.output == "")
    let file = directory.url.appending(path: "log.jsonl")
    let text = try String(contentsOf: file, encoding: .utf8)
    let lines = text.split(separator: "\n")
    #expect(lines.count == 22)
    let body = lines.dropLast().joined(separator: "\n") + "\n"
    let sum = try Program.run(
      ["-"], in: directory, input: Data(body.utf8), executable: URL(filePath: "/usr/bin/sha256sum"))
    let digest = String(sum.output.prefix { $0 != " " })
    #expect(lines.last.map(String.init) == #"{"events":20,"sha256":"\#(digest)"}"#)
    #expect(export.errors == "exported 20 events, sha256 \(digest)\n")
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    let imported = try run("import", "log.jsonl", "--ledger", "new", "-o", "json", in: directory)
    #expect(imported.output == #"{"path":"new","head":20,"events":20}"# + "\n")
    let again = try run("export", "--ledger", "new", in: directory)
    #expect(again.output == text)
    #expect(again.errors == export.errors)
  }

  @Test func `decisions are exported, too`() throws {
    let directory = try Directory()
    let requests = Recordings.root.appending(path: "fixtures/decided-restart/requests.jsonl").path
    #expect(try run("apply", requests, "--ledger", "ledger", in: directory).status == 0)
    let export = try run("export", "--ledger", "ledger", in: directory)
    let imported = try Program.run(
      ["import", "-", "--ledger", "new"], in: directory, input: Data(export.output.utf8))
    #expect(imported.status == 0)
    #expect(try run("export", "--ledger", "new", in: directory).output == export.output)
    let pools = ["pool", "show", "192.168.4.0/24", "--at", "2026-11-24", "-o", "json"]
    #expect(
      try Program.run(pools + ["--ledger", "new"], in: directory).output
        == Program.run(pools + ["--ledger", "ledger"], in: directory).output)
  }

  @Test func `what is there is not overwritten`() throws {
    let directory = try Recordings.ledger()
    try directory.write("mine", to: "log.jsonl")
    let export = try run("export", "log.jsonl", "--ledger", "ledger", in: directory)
    #expect(export.status == 64)
    #expect(export.errors.contains("is there already"))
    #expect(try run("export", "good.jsonl", "--ledger", "ledger", in: directory).status == 0)
    let imported = try run("import", "good.jsonl", "--ledger", "ledger", in: directory)
    #expect(imported.status == 64)
    #expect(try run("export", "no/such/folder", "--ledger", "ledger", in: directory).status == 74)
  }

  @Test func `a changed log with the right digest is refused by its line`() throws {
    let directory = try Recordings.ledger()
    let export = try run("export", "--ledger", "ledger", in: directory).output
    var lines = export.split(separator: "\n").dropLast().map(String.init)
    let known = try #require(lines.firstIndex { $0.contains(Recordings.firstUID) })
    let index = try #require(
      lines.indices.first { $0 > known && lines[$0].contains(Recordings.firstUID) })
    lines[index] = lines[index].replacing(#""name":"web-0""#, with: #""name":"web-9""#)
    let body = Recordings.data(lines)
    let sum = try Program.run(
      ["-"], in: directory, input: body, executable: URL(filePath: "/usr/bin/sha256sum"))
    let digest = String(sum.output.prefix { $0 != " " })
    let outcome = try Program.run(
      ["import", "-", "--ledger", "new"], in: directory,
      input: body + Data(#"{"events":20,"sha256":"\#(digest)"}"#.utf8) + Data("\n".utf8))
    #expect(outcome.status == 65)
    for words in ["line \(index + 1): the uid \(Recordings.firstUID)", "nothing was imported"] {
      #expect(outcome.errors.contains(words), "\(outcome.errors)")
    }
    #expect(!outcome.errors.contains("--cluster"), "\(outcome.errors)")
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.url.path)
    #expect(!names.contains { $0.hasPrefix("new") })
  }

  @Test func `wrong files get an error that says what to do, and leave nothing`() throws {
    let directory = try Directory()
    try directory.write("", to: "empty")
    try directory.write("{\"kind\":\"List\",\"items\":[]}\n", to: "list")
    try directory.write("\n\n", to: "blank")
    for (name, path, words) in [
      ("empty", "empty", "expected the header, found the end"),
      ("a list", "list", "the header of an export"),
      ("blank lines", "blank", "expected the header, found the end"),
      ("gzip", Recordings.rollingRestart, "gzip: unpack it"),
      ("none", "none", "cannot be read"),
    ] {
      let outcome = try run("import", path, "--ledger", "new", in: directory)
      #expect(outcome.status == (name == "none" ? 74 : 65), "\(name)")
      #expect(outcome.errors.contains(words), "\(name): \(outcome.errors)")
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.url.path)
    #expect(!names.contains { $0.hasPrefix("new") })
  }
}
