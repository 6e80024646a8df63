import ArgumentParser
import IPLedger
import IPLedgerArchive

/// Folds the log again.
struct Replay: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Fold the log from nothing, and tell whether the stored projections are the same.",
    discussion: """
      Without options: compares table by table, byte for byte, in a temporary directory ($TMPDIR), \
      and exits with 1 if anything differs. --rebuild puts what the log gives in place, while \
      readers and writers go on. --to prints the state as the ledger knew it at a position, or at \
      a recording time: the last that is known of each address, and what was kept.

      --retain-hours asks what other hours would have changed, by the rules (R15 to R19): which \
      pods that came back would have lost or kept their addresses, and how many addresses would \
      have been retained at most. It stands for the hours of every pod whose addresses are \
      retained; those that release theirs stay so. Where the bounds of what happened leave it \
      open, it says so.

      JSON without --to is one object with head, equal and tables; with it, spans as \
      'ipledger audit' prints them and then reservations as 'ipledger reservations' does. CSV \
      with --to has the spans only.

      JSON with --retain-hours has one object for each recreation that differs or may differ: \
      kind (recreation), cluster, namespace, name, nodeClass, previousUid, uid, network, \
      addresses, outcome, recorded, hypothetical, since (when the deletion was asked for), \
      returned, gapSeconds, recordedHours, recordedDeadline, hypotheticalDeadline, \
      sameAddresses, evidence. Outcome is would-be-kept, would-be-lost or uncertain. The last \
      object has kind (summary), head, retainHours, compared, kept, lost, wouldBeKept, \
      wouldBeLost, uncertain, undated, recordedPeak and hypotheticalPeak. CSV has the recreations \
      only.

      Examples:
        ipledger replay
        ipledger replay --to 1200
        ipledger replay --rebuild
        ipledger replay --retain-hours 12
      """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Print the state as of a position or a recording time.", valueName: "position|t"),
    transform: AsOf.init(parsing:))
  var to: AsOf?

  @Flag(help: "Put the result in place of the stored projections.")
  var rebuild = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Tell what so many hours of retention would have changed (1 to 8760).", valueName: "n"))
  var retainHours: Int?

  @OptionGroup var options: LedgerOptions

  func validate() throws {
    try validateHours()
    if rebuild, to != nil {
      throw ValidationError("--rebuild folds the whole log: leave --to away")
    }
  }

  private func validateHours() throws {
    guard let retainHours else { return }
    if rebuild || to != nil {
      throw ValidationError(
        "--retain-hours asks about the whole log and changes nothing: leave --to and --rebuild away"
      )
    }
    let allowed = RetentionPolicy.allowedHours
    guard allowed.contains(retainHours) else {
      throw ValidationError(
        "--retain-hours takes whole hours from \(allowed.lowerBound) to \(allowed.upperBound) "
          + "(R12), not \(retainHours)")
    }
  }

  func run() async throws {
    if let retainHours {
      try askWhatIf(retainHours)
    } else if let to {
      try printState(to)
    } else if rebuild {
      try await putInPlace()
    } else {
      try compare()
    }
  }

  private func compare() throws {
    let ledger = try options.openToRead()
    let head = try ledger.head
    var line = ProgressLine(isShown: Terminal.showsProgress)
    defer { line.clear() }
    let report = try ledger.replay(scratch: SystemClock.scratchDirectory) { reached in
      line.update("replay", reached, of: head)
    }
    line.clear()
    var output = Output()
    switch options.output {
    case .table: output.lines(report.lines(Terminal.style).map(options.advice.completed))
    case .json: output.line(report.json.text)
    case .csv: output.text(report.csv)
    }
    try output.flush()
    if !report.isEqual { throw ExitCode(ExitReason.refused.rawValue) }
  }

  private func putInPlace() async throws {
    let ledger = try options.openToWrite()
    let head = try ledger.head
    let line = SharedProgressLine(isShown: Terminal.showsProgress)
    defer { line.clear() }
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

  private func askWhatIf(_ hours: Int) throws {
    let answer = try options.openToRead().read { view in try view.whatIf(retainHours: hours) }
    var output = Output()
    if options.output == .table {
      output.lines(answer.lines(Terminal.style))
    } else {
      output.write(answer.differing, csv: options.output == .csv)
      if options.output == .json { output.line(answer.summary.text) }
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
    defer { line.clear() }
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
