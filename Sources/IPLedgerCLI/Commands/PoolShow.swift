import ArgumentParser
import IPLedger
import IPLedgerArchive

/// All of one pool.
struct PoolShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show all of one pool: its definition, its use, and what becomes free when.",
    discussion: """
      How many become free within a time counts those within the shorter ones, too; the next ones \
      are the soonest ten instants.

      JSON has what 'ipledger pool list' has, and definedAt, exclude, coolDownSeconds, forecast, \
      next and conflicts; CSV has the same without next.

      Example:
        ipledger pool show 10.0.4.0/24
      """)

  @OptionGroup var pool: PoolOptions

  @OptionGroup var options: LedgerOptions

  func run() throws {
    let now = options.currentTime
    let ledger = try options.openToRead()
    let pools = try ledger.read { view in try view.poolStatuses(of: pool.network, at: now) }
    let network = try pools.map(\.pool.network).meant(by: pool.network)
    let ofNetwork = pools.filter { $0.pool.network == network }
    guard let found = ofNetwork.first(where: { $0.pool.prefix == pool.prefix }) else {
      let known = ofNetwork.map(\.pool.prefix.description).joined(separator: ", ")
      throw Failure.refused(
        "the network \(network) has no pool \(pool.prefix); it has \(known.isEmpty ? "none" : known)"
      )
    }
    let details = PoolDetails(status: found, instant: now)
    var output = Output()
    switch options.output {
    case .table: output.lines(details.lines(Terminal.style))
    case .json, .csv: output.write([details], csv: options.output == .csv)
    }
    try output.flush()
  }
}
