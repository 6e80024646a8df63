import ArgumentParser
import Foundation
import IPLedger
import IPLedgerKubernetes
import IPLedgerWatch

/// Records what a cluster does, straight from its API.
struct Watch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Record what a cluster does, straight from its API, for as long as it runs.",
    discussion: """
      Lists the pods and watches them, as kubectl would: with --kubeconfig, $KUBECONFIG, \
      ~/.kube/config or, in a pod, its service account. It needs list and watch of pods; \
      get, list and watch of nodes, whose labels tell whether they are virtual (else their names \
      do); and get of the namespace kube-system, whose uid names the cluster where --cluster does not.

      How far it has come is in the ledger. Started again, it goes on there; where the server \
      does not have what came since any more, it lists again, and what happened in between is \
      bounded or unknown in every answer.

      It logs to its error output, for people on a terminal, else as JSON. SIGTERM or Ctrl-C ends \
      it; then it says what it did. JSON and CSV have cluster, network, lines, appended, known, \
      refused, lists, reconnects, gaps and head.

      Examples:
        ipledger watch
        ipledger watch --context prod-eu --context prod-us
        ipledger watch --once --cluster prod --record today.jsonl
      """)

  @Option(
    help: ArgumentHelp(
      "The kubeconfig.", discussion: "Without it: $KUBECONFIG, else ~/.kube/config.",
      valueName: "path"))
  var kubeconfig: String?

  @Option(help: "A context of the kubeconfig; may be given several times.")
  var context: [String] = []

  @Option(
    help: "What the ledger calls the cluster. Without it: the uid of its namespace kube-system.",
    transform: ClusterName.init(_:))
  var cluster: ClusterName?

  @OptionGroup var source: SourceOptions

  @Option(help: "Watch the pods of one namespace only.")
  var namespace: String?

  @Option(help: "Watch only the pods that a label selector matches.")
  var selector: String?

  @Option(
    help: ArgumentHelp(
      "Write all that comes into a file, too, which ingest reads.", valueName: "file"))
  var record: String?

  @Flag(help: "List the pods once, record them, and end.")
  var once = false

  @Flag(help: "Do not write down the ends of reservations; they end all the same (see expire).")
  var noExpire = false

  @Option(
    help: ArgumentHelp(
      "Answer /metrics (Prometheus), /healthz and /readyz at this port.", valueName: "port"))
  var metricsPort: Int?

  @OptionGroup var options: LedgerOptions

  func validate() throws {
    if context.count > 1, cluster != nil {
      throw ValidationError("--cluster names one cluster: leave it away with several contexts")
    }
    if context.count > 1, record != nil {
      throw ValidationError("--record keeps one watch: start one process for each context")
    }
    if let repeated = Dictionary(grouping: context, by: \.self).first(where: { $0.value.count > 1 })
    {
      throw ValidationError("--context \(repeated.key) is given twice")
    }
    if let namespace { try SourceOptions.requireNamespace(namespace) }
    if selector?.isEmpty == true {
      throw ValidationError("--selector is empty: leave it away for all pods")
    }
    if let metricsPort, !(0...65535).contains(metricsPort) {
      throw ValidationError("--metrics-port is a port, from 0 (any that is free) to 65535")
    }
  }

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let accesses = try Self.accesses(kubeconfig, context, environment)
    let ledger = try options.openToWrite(create: true)
    defer { ledger.close() }
    let session = WatchSession(self, ledger, environment: environment)
    let outcome = try await session.run(accesses)
    var output = Output()
    if options.output == .table {
      output.lines(outcome.flatMap(\.words))
    } else {
      output.write(outcome, csv: options.output == .csv)
    }
    try output.flush()
  }

  /// How to reach the clusters that are named, as kubectl finds them.
  static func accesses(
    _ path: String?, _ contexts: [String], _ environment: [String: String]
  ) throws -> [ClusterAccess] {
    if let config = try Kubeconfig.load(path: path, environment: environment) {
      guard !contexts.isEmpty else { return [try config.access(context: nil)] }
      return try contexts.map { try config.access(context: $0) }
    }
    if contexts.isEmpty, let access = try ServiceAccount.access(environment: environment) {
      return [access]
    }
    throw Failure.usage(
      "which cluster is to be watched? There is no kubeconfig at the usual place, and this is no pod: "
        + "give --kubeconfig PATH, or set KUBECONFIG")
  }
}
