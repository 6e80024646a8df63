import ArgumentParser
import IPLedger
import IPLedgerArchive

/// Frees a reservation early.
struct Release: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release",
    abstract: "Free a retained address before its deadline, with a name and a reason.",
    discussion: """
      Frees all addresses of the reservation (R2, R19); name and reason are kept in the log. \
      Refused, with exit code 1, while a pod holds it.

      JSON and CSV are those of 'ipledger expire'.

      Examples:
        ipledger release default/web-0 --by alice --reason 'scaled down for good'
        ipledger release 10.0.4.17 --by alice --reason 'address is needed elsewhere'
      """)

  @Argument(
    help: ArgumentHelp("A pod as [CLUSTER/]NAMESPACE/POD, or an IP that is retained."),
    transform: Target.init(parsing:))
  var target: Target

  @Option(help: ArgumentHelp("Who frees it.", valueName: "who"))
  var by: String

  @Option(help: ArgumentHelp("Why.", valueName: "text"))
  var reason: String

  @Option(help: "The address space, where an IP is in several.", transform: NetworkName.init(_:))
  var network: NetworkName?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "From when on it is free, instead of now: deletions up to then are covered.", valueName: "t"),
    transform: TimeExpression.init(parsing:))
  var at: TimeExpression?

  @OptionGroup var options: LedgerOptions

  func validate() throws {
    if case .prefix(let prefix) = target {
      throw ValidationError("\(prefix) is a prefix: a release is of one pod or one address")
    }
    if by.isEmpty || reason.isEmpty {
      throw ValidationError("--by and --reason are kept in the log: neither may be empty")
    }
  }

  func run() async throws {
    let instant = try options.pastInstant(at)
    let ledger = try options.openToWrite()
    let identity = try ledger.read { view in
      switch try view.subject(of: target, network: network) {
      case .pod(let identity): identity
      case .address(let address): try view.keeper(of: address, at: instant)
      case .prefix(let prefix, _): throw Failure.usage("\(prefix) is not one address")
      }
    }
    let ended = try await ledger.release(identity, at: instant, by: by, reason: reason)
      .map { EndedReservation(end: $0, isDryRun: false) }
    var output = Output()
    if options.output == .table {
      output.lines(ended.map(\.words))
    } else {
      output.write(ended, csv: options.output == .csv)
    }
    try output.flush()
  }
}

extension LedgerView {
  /// For whom an address is retained.
  ///
  /// - Throws: A ``Failure`` where it is retained for nobody.
  func keeper(of address: Address, at instant: Instant) throws -> PodIdentity {
    let keepers = try reservations(at: instant).filter { $0.addresses.contains(address) }
    if let retained = keepers.first(where: { $0.state == .retained }) { return retained.identity }
    guard let bound = keepers.first else {
      throw Failure.refused("\(address.ip) is retained for nobody at \(instant)")
    }
    throw Failure.refused(
      "\(address.ip) was not freed: the pod \(bound.identity) holds it (uid \(bound.uid)); "
        + "it can be freed once the pod is gone")
  }
}
