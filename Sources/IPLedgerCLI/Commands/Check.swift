import ArgumentParser
import IPLedger
import IPLedgerArchive

/// Walks through everything that is stored.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check every byte of the ledger that anything rests on, and tell what to do.",
    discussion: """
      Walks all pages of the file without believing them, so no damage can crash it: the size \
      of the file, the trees of all tables, the list of free pages, the checksum of each event \
      and each row, positions without a gap, times that do not fall. Where that is sound, folds \
      the log in a temporary directory ($TMPDIR) and compares each projection with it, byte for \
      byte, and what the ledger decided with itself. Others may read and write meanwhile.

      Exits with 0 where nothing was found and with 1 where something was. Standard output says \
      what, with the first bad position, and what to do.

      JSON is one object: sound, head, events, rows, tenures, conflicts, pages, folded, \
      findings, findingCount, firstBadPosition, remedy (none, rebuild, move or restore). CSV has \
      the findings: place, found.

      Example:
        ipledger check
      """)

  @OptionGroup var options: LedgerOptions

  func run() throws {
    let path = try options.path()
    let line = SharedProgressLine(isShown: Terminal.showsProgress)
    defer { line.clear() }
    let report = try Ledger.check(at: path, scratch: SystemClock.scratchDirectory) {
      line.update($0)
    }
    line.clear()
    var output = Output()
    switch options.output {
    case .table: output.lines(report.lines(options.advice, Terminal.style))
    case .json: output.line(report.json.text)
    case .csv: output.text(report.csv)
    }
    try output.flush()
    if !report.isSound { throw ExitCode(ExitReason.refused.rawValue) }
  }
}
