import ArgumentParser
import IPLedger
import IPLedgerArchive

/// The ledger in figures.
struct Status: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show the ledger in figures: events, pods, coverage, size, warnings, conflicts.",
    discussion: """
      JSON is one object; CSV has the columns item and value, without the clusters' coverage.

      Example:
        ipledger status -o json
      """)

  @OptionGroup var options: LedgerOptions

  func run() throws {
    let ledger = try options.openToRead()
    let now = options.currentTime
    let report = StatusReport(
      path: ledger.path, status: try ledger.read { view in try view.status(at: now) },
      storage: try ledger.storage())
    var output = Output()
    switch options.output {
    case .table: output.lines(report.lines(Terminal.style))
    case .json: output.line(report.json.text)
    case .csv: output.text(report.csv)
    }
    try output.flush()
  }
}
