import ArgumentParser
import IPLedger

/// Withdraws a pool.
struct PoolWithdraw: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "withdraw",
    abstract: "Hand out nothing new of a pool; what is bound or retained stays.",
    discussion: """
      Answers withdrawn or unchanged, or refused with exit code 1 where there is no such pool. \
      JSON and CSV are those of 'ipledger pool define'.

      Example:
        ipledger pool withdraw 10.0.4.0/24 --network vpc-1
      """)

  @Argument(
    help: "The pool's prefix, such as 10.0.4.0/24.", transform: AddressPrefix.init(parsing:))
  var prefix: AddressPrefix

  @Option(
    help: "The address space. Without it: the only one with pools.",
    transform: NetworkName.init(_:))
  var network: NetworkName?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("From this instant on, instead of now.", valueName: "t"),
    transform: TimeExpression.init(parsing:))
  var at: TimeExpression?

  @OptionGroup var options: LedgerOptions

  func run() async throws {
    let now = options.currentTime
    let ledger = try options.openToWrite()
    let network = try ledger.read { view in try view.pools(of: nil).map(\.network) }
      .meant(by: self.network)
    let outcome = try await ledger.withdraw(
      prefix, of: network, at: at?.instant(now: now) ?? now)
    try options.finish(with: PoolAnswer(outcome, prefix, network))
  }
}
