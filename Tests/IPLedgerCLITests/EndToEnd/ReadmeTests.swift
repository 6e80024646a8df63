import Foundation
import Testing

/// Every command that the README shows with its output is run, and says what the README shows.
@Suite(.serialized) struct `the README` {
  @Test func `every example says what it shows`() throws {
    let directory = try Directory()
    let bin = Program.path.deletingLastPathComponent().path
    let ledger = directory.url.appending(path: "ledger").path
    let environment = ["PATH": "\(bin):/usr/bin:/bin", "IPLEDGER_PATH": ledger]
    let recording = "fixtures/rolling-restart/watch.jsonl.gz"
    // What tools/quickstart leaves behind.
    _ = try shell(
      "ipledger ingest --cluster demo \(recording)", directory, environment)
    let examples = try Self.examples()
    #expect(examples.count >= 10)
    for example in examples {
      let command = example.command.replacing(".build/quickstart", with: directory.url.path)
      let outcome = try shell(command, directory, environment)
      let said = outcome.output.replacing(directory.url.path, with: ".build/quickstart")
      #expect(said == example.output, "$ \(example.command)\n\(outcome.errors)")
      let status: Int32 = example.output.hasPrefix("waiting:") ? 1 : 0
      #expect(outcome.status == status, "$ \(example.command)\n\(outcome.errors)")
    }
  }

  /// A command and what the README says that it prints.
  private struct Example {
    var command: String
    var output: String
  }

  /// The examples in the README's `console` blocks, in order.
  private static func examples() throws -> [Example] {
    let readme = try String(
      contentsOf: Recordings.root.appending(path: "README.md"), encoding: .utf8)
    var examples: [Example] = []
    var isInBlock = false
    for line in readme.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isInBlock = line == "```console"
      } else if isInBlock, line.hasPrefix("$ ") {
        examples.append(Example(command: String(line.dropFirst(2)), output: ""))
      } else if isInBlock {
        examples[examples.count - 1].output += line + "\n"
      }
    }
    // An empty line before the next command is the README's, not the program's.
    return examples.map { example in
      var example = example
      if example.output.hasSuffix("\n\n") { example.output.removeLast() }
      return example
    }
  }

  private func shell(
    _ command: String, _ directory: Directory, _ environment: [String: String]
  ) throws -> Program.Outcome {
    try Program.run(
      ["-c", "cd '\(Recordings.root.path)' && \(command)"], in: directory,
      environment: environment, executable: URL(filePath: "/bin/sh"))
  }
}
