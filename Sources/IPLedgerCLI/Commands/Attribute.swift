import ArgumentParser
import IPLedger

/// Tells of each row of a log whose address it was.
struct Attribute: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attribute",
    abstract: "Add to each row of a log which pod had its address at its time.",
    discussion: """
      Reads rows with an address and a time, CSV or one JSON object a line, and writes them back as \
      they are, in their order, with six columns or members added: cluster, namespace, pod, uid, \
      verdict and certainty, as 'ipledger audit --at' would answer for each.

      Where an answer is bounded or conflicted and several may have had the address, each column \
      names all of them in the same order, with spaces between. A retained address names the pod \
      that it is kept for; free and unknown name nobody.

      A row that cannot be read is passed through with the verdict 'unreadable', and counted; a line \
      that is no JSON object becomes the member 'line' of one. What became of the rows is told on \
      standard error.

      JSON: a member of a member is named with dots, such as source.ip. Times are RFC 3339, or \
      numbers with --unix. Memory stays bounded, whatever the size and the order of the input.

      Examples:
        ipledger attribute --address-column src --time-column start --unix s f.csv
        ipledger attribute --address-column src.ip --prefix src_ flows.jsonl |
          ipledger attribute --address-column dst.ip --prefix dst_ -
      """)

  @Option(
    help: ArgumentHelp(
      "The column of the address: its name, or its number from 1.", valueName: "column"))
  var addressColumn = "address"

  @Option(
    help: ArgumentHelp(
      "The column of the time: its name, or its number from 1.", valueName: "column"))
  var timeColumn = "time"

  @Option(
    help: ArgumentHelp(
      "Times are numbers since 1970: s, ms, us or ns.", valueName: "unit"))
  var unix: RowTime.Unit?

  @Flag(help: "Take times without a zone as UTC.")
  var utc = false

  @Option(help: "The form of the rows, where it is not to be found out.")
  var format: RowForm?

  @Flag(inversion: .prefixedNo, help: "The first record of CSV has the names of the columns.")
  var header = true

  @Option(help: ArgumentHelp("What the names of the added columns begin with.", valueName: "text"))
  var prefix = ""

  @Option(
    help: "The address space, where the ledger knows several.", transform: NetworkName.init(_:))
  var network: NetworkName?

  @OptionGroup var verification: VerifyOption

  @OptionGroup var options: LedgerOptions

  @Argument(help: ArgumentHelp("A file, or - for standard input.", valueName: "file"))
  var file = "-"

  func validate() throws {
    guard options.output == .table else {
      throw ValidationError("rows are written in the form in which they are read: leave -o away")
    }
    if unix != nil, utc {
      throw ValidationError(
        "--unix says that times are numbers, which need no zone: leave --utc away")
    }
    if addressColumn == timeColumn {
      throw ValidationError(
        "the address and the time cannot both stand in \(quoted(addressColumn))")
    }
  }

  func run() async throws {
    if file != "-" { try Inputs.requireReadable(file) }
    let ledger = try options.openToRead()
    if let network {
      let known = try ledger.read { view in try view.networks() }
      guard known.contains(network) else {
        throw Failure.usage(
          "the ledger knows no network \(network); it knows "
            + known.map(\.rawValue).joined(separator: ", "))
      }
    }
    let columns = RowColumns(
      address: addressColumn, time: timeColumn, prefix: prefix,
      clock: RowTime(unit: unix, assumesUTC: utc))
    let run = AttributeRun(
      ledger: ledger, columns: columns, network: network, verifies: verification.verify,
      hasHeader: header)
    let size = RowBlockSize(tasks: AttributeRun.tasks)
    let tally = try await run.attribute(RowReader(file, form: format, size: size))
    if tally.rows == 0 {
      Terminal.note("nothing was read: the input has no rows\n")
      return
    }
    Terminal.note(tally.sentences(columns).joined(separator: "\n") + "\n")
    if tally.read == 0 {
      throw Failure(
        message: "no row could be read: name the columns with --address-column and --time-column",
        status: .badData)
    }
  }
}
