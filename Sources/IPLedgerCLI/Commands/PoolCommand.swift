import ArgumentParser
import IPLedger

/// The addresses that the ledger may hand out.
struct PoolCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pool",
    abstract: "Define, withdraw and show the pools of addresses that may be handed out.",
    discussion: """
      A pool is a prefix of a zone in a network, less what is excluded. From its definition on \
      the ledger is the authority on its addresses: one that nobody was given is free.
      """,
    subcommands: [PoolDefine.self, PoolWithdraw.self, PoolList.self, PoolShow.self])
}

/// Which pool is meant.
struct PoolOptions: ParsableArguments {
  @Argument(
    help: "The pool's prefix, such as 10.0.4.0/24.", transform: AddressPrefix.init(parsing:))
  var prefix: AddressPrefix

  @Option(
    help: "The address space. Without it: the only one with pools.",
    transform: NetworkName.init(_:))
  var network: NetworkName?
}

extension Ledger {
  /// The network that is meant: the one that is named, else the only one with pools.
  ///
  /// - Throws: A ``Failure`` that lists them.
  func poolNetwork(meantBy given: NetworkName?) throws -> NetworkName {
    try read { view in try view.pools(of: nil).map(\.network) }.meant(by: given)
  }
}

extension [NetworkName] {
  /// The network that is meant: the one that is named, else the only one with pools.
  ///
  /// - Throws: A ``Failure`` that lists them.
  func meant(by given: NetworkName?) throws(Failure) -> NetworkName {
    if let given { return given }
    let known = Set(self).sorted()
    if known.count == 1, let only = known.first { return only }
    let names = known.map(\.rawValue).joined(separator: ", ")
    throw .usage(
      known.isEmpty
        ? "which network is it of? None has a pool yet: give --network NAME"
        : "which network is it of? There are pools in \(names): give --network NAME")
  }
}
