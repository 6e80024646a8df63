import ArgumentParser
import IPLedger
import IPLedgerArchive

/// How the pools are used.
struct PoolList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the pools: how many addresses are free, bound, retained, cooling down.",
    discussion: """
      Also those that were withdrawn, as long as anything of them is bound or retained. Next free is \
      when the next retained address becomes free if its pod does not come back.

      JSON has network, zone, prefix, capacity, free, neverUsed, bound, retained, coolingDown, \
      conflicted, nextFreeAt and withdrawnAt; CSV has the same.

      Examples:
        ipledger pool list
        ipledger pool list --network vpc-1 -o json
      """)

  @Option(help: "Only those of this address space.", transform: NetworkName.init(_:))
  var network: NetworkName?

  @OptionGroup var options: LedgerOptions

  func run() throws {
    let now = options.currentTime
    let ledger = try options.openToRead()
    let pools = try ledger.read { view in try view.poolStatuses(of: network, at: now) }
    var output = Output()
    if options.output == .table {
      var table = TextTable(PoolStatus.tableHeader)
      for pool in pools { table.add(pool.tableRow) }
      if !table.isEmpty { output.lines(table.lines(Terminal.style) + [""] + pools.totals) }
    } else {
      output.write(pools, csv: options.output == .csv)
    }
    try output.flush()
    if pools.isEmpty {
      let place = network.map { " in the network \($0)" } ?? ""
      Terminal.note("there is no pool\(place): define one with 'ipledger pool define'\n")
    }
  }
}
