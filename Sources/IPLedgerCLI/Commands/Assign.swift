import ArgumentParser
import IPLedger
import IPLedgerArchive

/// Gives a new pod its addresses.
struct Assign: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assign",
    abstract: "Give a new pod its addresses, or say why not.",
    discussion: """
      Answers reused (it came back in time and has its old addresses again), fresh (others, of \
      the pools of its zone), waiting (they are kept for it, but the old incarnation is not \
      gone) or refused. Decision and record are one: no two pods ever get one address (R23). \
      The same uid gets the same answer again.

      Exit codes: 0 reused or fresh, 1 waiting or refused.

      JSON has result, addresses, zone, reason, waitingFor, position and message: what 'ipledger \
      apply' answers; CSV has the same.

      Examples:
        ipledger assign prod/default/web-0 --uid $uid --retain-hours 48
        ipledger assign default/web-0 --uid $uid --retain-hours 48 --wait -o json
        ipledger assign default/web-0 --uid any --retain-hours 48 --dry-run
      """)

  @OptionGroup var pod: PodOptions

  @Option(
    help: "The pod's cluster, which may be new; else as in the pod's name, or the only one known.",
    transform: ClusterName.init(_:))
  var cluster: ClusterName?

  @Option(
    help: "The address space, such as a VPC. Without it: the cluster's name.",
    transform: NetworkName.init(_:))
  var network: NetworkName?

  @Option(
    help: "The zone whose pools it gets addresses of. Without it: the only one of the network.",
    transform: ZoneName.init(_:))
  var zone: ZoneName?

  @Option(
    help: ArgumentHelp(
      "One address of this family; may be repeated. Without it: what the zone's pools have.",
      valueName: "family"))
  var family: [FamilyName] = []

  @Option(help: ArgumentHelp("The node's name.", valueName: "name"))
  var node: String?

  @Option(
    help: ArgumentHelp(
      "The node's class. Without it: what the node's name suggests, else ecs.", valueName: "class"))
  var nodeClass: NodeClassName?

  @Option(
    help: ArgumentHelp(
      "The compute class. Without it: general-purpose (R13).", valueName: "class"))
  var computeClass: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Keep its addresses for so many hours when it is gone, 1 to 8760. Without it: not at all.",
      valueName: "n"))
  var retainHours: Int?

  @Flag(
    help: "Wait until the old incarnation is gone, however long; standard error says for whom.")
  var wait = false

  @Flag(help: "Only say what would be answered now, and why; nothing is written.")
  var dryRun = false

  @OptionGroup var options: LedgerOptions

  func validate() throws {
    if wait, dryRun { throw ValidationError("--dry-run does not wait: leave --wait away") }
  }

  func run() async throws {
    // What is only tried may be of a time that has not come.
    let now = options.currentTime
    let instant = try dryRun ? pod.at?.instant(now: now) ?? now : options.pastInstant(pod.at)
    let ledger = try dryRun ? options.openToRead() : options.openToWrite()
    let request = AssignRequest(
      identity: try pod.identity(in: ledger, cluster: cluster), uid: pod.uid,
      at: instant, network: network, zone: zone,
      families: family.isEmpty ? nil : Set(family.map(\.family)), node: node,
      nodeClass: nodeClass?.nodeClass, computeClass: computeClass, retainHours: retainHours)
    if dryRun {
      let decision = try ledger.read { view in try view.preview(request) }
      try options.finish(with: AssignAnswer(decision: decision, instant: request.instant))
      return
    }
    if wait {
      let first = try ledger.read { view in try view.preview(request) }
      if case .waiting = first {
        Terminal.note(AssignAnswer(decision: first, instant: request.instant).words + "\n")
      }
    }
    let decision =
      wait ? try await ledger.assignWhenFree(request) : try await ledger.assign(request)
    try options.finish(with: AssignAnswer(decision: decision, instant: request.instant))
  }
}
