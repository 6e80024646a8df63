import ArgumentParser
import IPLedger
import IPLedgerArchive

/// Defines a pool.
struct PoolDefine: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "define",
    abstract: "Let addresses be handed out, or change a pool's exclusions and cool-down.",
    discussion: """
      Nothing is excluded that is not named: a /24 has 256 addresses. Of a pool that is there, what \
      is not named stays as it is: its zone, its cool-down and its exclusions, which --exclude \
      replaces. What a pod has stays its own, also where it is excluded now. A ledger is made \
      where there is none.

      Answers defined or unchanged, or refused with exit code 1, such as where it overlaps \
      another pool. JSON has result, reason, position and message; CSV has the same.

      Examples:
        ipledger pool define 10.0.4.0/24 --network vpc-1 --exclude 10.0.4.0/29
        ipledger pool define 10.0.4.0/24 --zone cn-a --cool-down 5m
      """)

  @Argument(
    help: "The addresses, such as 10.0.4.0/24 or fd00::/64.",
    transform: AddressPrefix.init(parsing:))
  var prefix: AddressPrefix

  @Option(
    help: "The address space, such as a VPC. Without it: the only one with pools.",
    transform: NetworkName.init(_:))
  var network: NetworkName?

  @Option(
    help: "The zone whose pods get them. Without it: the only one of the network, else default.",
    transform: ZoneName.init(_:))
  var zone: ZoneName?

  @Option(
    help: ArgumentHelp(
      "Never hand these out: an address, a prefix, FIRST-LAST or none; may be repeated.",
      valueName: "range"),
    transform: Exclusion.init(parsing:))
  var exclude: [Exclusion] = []

  @Option(
    help: ArgumentHelp(
      "How long an address has to have been free before another pod gets it.",
      valueName: "length"),
    transform: DurationExpression.init(parsing:))
  var coolDown: DurationExpression?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("From this instant on, instead of now.", valueName: "t"),
    transform: TimeExpression.init(parsing:))
  var at: TimeExpression?

  @OptionGroup var options: LedgerOptions

  func run() async throws {
    let instant = try options.pastInstant(at)
    let ledger: Ledger
    do {
      // Without a name there has to be a ledger that knows one.
      ledger = try options.openToWrite(create: network != nil)
    } catch LedgerError.noLedger where network == nil {
      throw Failure.usage("which network is it of? None has a pool yet: give --network NAME")
    }
    let network = try ledger.poolNetwork(meantBy: self.network)
    try options.finish(with: try await define(in: ledger, network, at: instant))
  }

  private func define(
    in ledger: Ledger, _ network: NetworkName, at instant: Instant
  ) async throws -> PoolAnswer {
    let pools = try ledger.read { view in try view.pools(of: network) }
    let known = pools.first { $0.prefix == prefix }
    let zones = Set(pools.map(\.zone))
    let exclusions =
      exclude.isEmpty ? known?.exclusions ?? [] : exclude.compactMap(\.range)
    let pool: Pool
    do {
      pool = try Pool(
        network: network,
        zone: zone ?? known?.zone ?? (zones.count == 1 ? zones.first : nil) ?? .default,
        prefix: prefix, exclusions: exclusions,
        coolDown: coolDown?.length ?? known?.coolDown ?? .zero)
    } catch {
      return PoolAnswer(refusing: error)
    }
    return PoolAnswer(try await ledger.define(pool, at: instant), pool)
  }

  /// Addresses that are not handed out; `none` stands for none.
  struct Exclusion {
    let range: AddressRange?

    init(parsing text: String) throws {
      range = text == "none" ? nil : try AddressRange(parsing: text)
    }
  }
}
