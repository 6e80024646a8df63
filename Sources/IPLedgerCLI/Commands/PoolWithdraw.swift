import ArgumentParser
import IPLedger
import IPLedgerArchive

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

  @OptionGroup var pool: PoolOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("From this instant on, instead of now.", valueName: "t"),
    transform: TimeExpression.init(parsing:))
  var at: TimeExpression?

  @OptionGroup var options: LedgerOptions

  func run() async throws {
    let instant = try options.pastInstant(at)
    let ledger = try options.openToWrite()
    let network = try ledger.poolNetwork(meantBy: pool.network)
    let outcome = try await ledger.withdraw(pool.prefix, of: network, at: instant)
    try options.finish(with: PoolAnswer(outcome, pool.prefix, network))
  }
}
