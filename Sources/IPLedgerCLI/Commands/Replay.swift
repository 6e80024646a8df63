import ArgumentParser
import IPLedger

/// Folds the log again.
struct Replay: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fold the log from nothing, and tell whether the stored projections are the same.",
    discussion: """
      Without options: compares table by table, byte for byte, in a temporary directory ($TMPDIR), \
      and exits with 1 if anything differs. --rebuild puts what the log gives in place, while \
      readers and writers go on. --to prints the state as the ledger knew it at a position, or at \
      a recording time: the last that is known of each address, and what was kept.

      JSON without --to is one object with head, equal and tables; with it, spans as \
      'ipledger audit' prints them and then reservations as 'ipledger reservations' does. CSV \
      with --to has the spans only.

      Examples:
        ipledger replay
        ipledger replay --to 1200
        ipledger replay --rebuild
      """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Print the state as of a position or a recording time.", valueName: "position|t"),
    transform: AsOf.init(parsing:))
  var to: AsOf?

  @Flag(help: "Put the result in place of the stored projections.")
  var rebuild = false

  @OptionGroup var options: LedgerOptions

  func validate() throws {
    if rebuild, to != nil {
      throw ValidationError("--rebuild folds the whole log: leave --to away")
    }
  }

  func run() async throws {
    if let to {
      try printState(to)
    } else if rebuild {
      try await putInPlace()
    } else {
      try compare()
    }
  }

  private func compare() throws {
    let ledger = try options.openToRead()
    let head = try ledger.read { view in try view.head }
    var line = ProgressLine(isShown: Terminal.showsProgress)
    let report = try ledger.replay(scratch: SystemClock.scratchDirectory) { reached in
      line.update("replay", reached, of: head)
    }
    line.clear()
    var output = Output()
    switch options.output {
    case .table: output.lines(report.lines(Terminal.style))
    case .json: output.line(report.json.text)
    case .csv: output.text(report.csv)
    }
    try output.flush()
    if !report.isEqual { throw ExitCode(ExitReason.refused.rawValue) }
  }

  private func putInPlace() async throws {
    let ledger = try options.openToWrite()
    let head = try ledger.read { view in try view.head }
    let line = SharedProgressLine(isShown: Terminal.showsProgress)
    let reached = try await ledger.rebuild { position in
      line.update("rebuild", position, of: head)
    }
    line.clear()
    var output = Output()
    switch options.output {
    case .table:
      output.line("Rebuilt: the projections are what the log gives up to position \(reached).")
    case .json:
      let rebuilt: JSON = ["rebuilt": .integer(Int(clamping: reached.rawValue))]
      output.line(rebuilt.text)
    case .csv: output.text(CSV.line(["rebuilt"]) + CSV.line([reached.description]))
    }
    try output.flush()
  }

  private func printState(_ asOf: AsOf) throws {
    let ledger = try options.openToRead()
    let head = try ledger.position(asOf, now: options.currentTime)
    guard head > .origin else {
      throw Failure.refused("nothing had been recorded by then: the log begins at position 1")
    }
    let recordedAt = try ledger.read { view in try view.event(at: head)?.recordedAt }
    var line = ProgressLine(isShown: Terminal.showsProgress)
    let scratch = SystemClock.scratchDirectory
    let state = try ledger.read(asOf: head, scratch: scratch) { reached in
      line.update("replay", reached, of: head)
    } _: { view in
      try LedgerState(view, at: recordedAt ?? options.currentTime)
    }
    line.clear()
    var output = Output()
    if options.output == .table {
      output.lines(state.lines(head, Terminal.style))
    } else {
      output.write(state.spans, csv: options.output == .csv)
      if options.output == .json { output.write(more: state.reservations, csv: false) }
    }
    try output.flush()
  }
}
