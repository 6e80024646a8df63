import ArgumentParser
import Foundation
import IPLedger
import IPLedgerArchive

/// Makes a ledger of an export.
struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make a ledger of an export: the same log, byte for byte.",
    discussion: """
      The ledger, as given by --ledger or the usual path, must not exist. It gets its name only once \
      the whole file has been read, its count and its digest are right and the ledger has been \
      checked as 'ipledger check' does it: of an import that fails nothing is left.

      JSON is one object: path, head, events; CSV has the same.

      Examples:
        ipledger import ledger-2026-11-24.jsonl --ledger /var/lib/ipledger
        gzip -dc ledger.jsonl.gz | ipledger import -
      """)

  @Argument(help: ArgumentHelp("The export; - for standard input.", valueName: "file"))
  var file: String

  @OptionGroup var options: LedgerOptions

  func run() throws {
    let path = try options.path()
    try Inputs.requireReadable(file)
    var lines = try ExportLines(file)
    try LedgerOptions.makeParent(of: path)
    var line = ProgressLine(isShown: Terminal.showsProgress)
    defer { line.clear() }
    let report: CheckReport
    do {
      report = try LogImport.makeLedger(
        at: path, scratch: SystemClock.scratchDirectory, clock: options.clock
      ) {
        line.update("import", done: Int(clamping: $0.rawValue), of: nil, unit: .events)
      } from: {
        try lines.next()
      }
    } catch LedgerError.unsound(_, let report) {
      // What was made of the export is gone by now: it is the export that has to be looked at.
      throw Failure(
        message: "no ledger wrote this log: \(report.findings.first.map { "\($0)" } ?? ""); "
          + "nothing was imported: take the whole file as 'ipledger export' wrote it",
        status: .badData)
    }
    line.clear()
    try CopyAnswer(path: path, report: report, verb: "Imported to").write(options.output)
  }
}

/// The lines of an export, every one of them.
private struct ExportLines {
  private var reader: LineReader
  /// The lines that have been read, the next one last.
  private var waiting: [LineReader.Line] = []
  private var number = 0

  init(_ path: String) throws(Failure) {
    reader = try LineReader(path, limit: LogImport.maximumLineBytes)
  }

  mutating func next() throws(Failure) -> Data? {
    while waiting.isEmpty {
      guard let more = try reader.next() else { return nil }
      waiting = more.reversed()
    }
    guard let line = waiting.popLast() else { return nil }
    number += 1
    guard line.number == number else { throw bad("line \(number) is empty") }
    guard let bytes = line.bytes else {
      throw bad("line \(number) has more than \(LogImport.maximumLineBytes) bytes, as no event has")
    }
    return bytes
  }

  private func bad(_ what: String) -> Failure {
    Failure(
      message: "\(what); nothing was imported: take the whole file as 'ipledger export' wrote it",
      status: .badData)
  }
}
