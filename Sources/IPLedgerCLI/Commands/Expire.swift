import ArgumentParser
import IPLedger
import IPLedgerArchive

/// Writes down the ends of reservations that are due.
struct Expire: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "expire",
    abstract: "Record the end of every reservation whose deadline has passed.",
    discussion: """
      Expiry is logical: from its deadline on a reservation is free in every answer, also \
      without this (R18). It writes it down, for those who follow the log.

      JSON has cluster, namespace, name, nodeClass, network, addresses, deadline, endedAt, \
      cause, by, reason and recorded; CSV has the same.

      Examples:
        ipledger expire --dry-run
        ipledger expire
      """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("What is due at this instant, instead of now.", valueName: "t"),
    transform: TimeExpression.init(parsing:))
  var at: TimeExpression?

  @Flag(help: "Only say what is due.")
  var dryRun = false

  @OptionGroup var options: LedgerOptions

  func run() async throws {
    let now = options.currentTime
    let instant = at?.instant(now: now) ?? now
    guard dryRun || instant <= now else {
      throw Failure.usage(
        "--at \(instant) has not come yet: what is due then can only be told, with --dry-run")
    }
    let ledger = try dryRun ? options.openToRead() : options.openToWrite()
    let ended = try await ledger.expire(at: instant, dryRun: dryRun)
      .map { EndedReservation(end: $0, isDryRun: dryRun) }
    var output = Output()
    if options.output == .table {
      output.lines(ended.map(\.words))
    } else {
      output.write(ended, csv: options.output == .csv)
    }
    try output.flush()
    if ended.isEmpty { Terminal.note("nothing is due at \(instant)\n") }
  }
}
