import ArgumentParser
import IPLedger
import IPLedgerArchive

/// What is kept for whom.
struct Reservations: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reservations",
    abstract: "List the addresses that are kept: for whom, until when, soonest first.",
    discussion: """
      A reservation is bound while its pod's object is there, also of one that has completed \
      and uses the address no more, and retained from then on until its deadline: the deletion \
      plus the hours (R15). What has no deadline comes last.

      JSON has state, cluster, namespace, name, uid, nodeClass, network, addresses, hours, \
      since (when the deletion was asked for) and deadline; CSV has the same.

      Examples:
        ipledger reservations --state retained
        ipledger reservations --expiring-within 6h -o json
      """)

  @Option(help: "Only those in this state.")
  var state: ReservationStatus.State?

  @Option(
    help: ArgumentHelp("Only those that are free within this time.", valueName: "length"),
    transform: DurationExpression.init(parsing:))
  var expiringWithin: DurationExpression?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("As they stand at this instant, instead of now.", valueName: "t"),
    transform: TimeExpression.init(parsing:))
  var at: TimeExpression?

  @OptionGroup var verification: VerifyOption

  @OptionGroup var options: LedgerOptions

  func run() throws {
    let now = options.currentTime
    let instant = at?.instant(now: now) ?? now
    let ledger = try options.openToRead()
    let found = try ledger.read { view in try view.reservations(at: instant) }.filter {
      isWanted($0, at: instant)
    }
    if verification.verify {
      try ledger.read { view in for reservation in found { try view.verify(reservation) } }
    }
    var output = Output()
    if options.output == .table {
      var table = TextTable(ReservationStatus.tableHeader)
      for reservation in found { table.add(reservation.tableRow(at: instant)) }
      if !table.isEmpty { output.lines(table.lines(Terminal.style)) }
    } else {
      output.write(found, csv: options.output == .csv)
    }
    try output.flush()
    if found.isEmpty { Terminal.note("no reservation matches at \(instant)\n") }
  }

  private func isWanted(_ reservation: ReservationStatus, at instant: Instant) -> Bool {
    if let state, reservation.state != state { return false }
    guard let expiringWithin else { return true }
    return reservation.deadline.map { $0 <= instant + expiringWithin.length } ?? false
  }
}
