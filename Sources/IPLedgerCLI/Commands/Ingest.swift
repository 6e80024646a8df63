import ArgumentParser
import IPLedger
import IPLedgerArchive
import IPLedgerKubernetes

/// Records what a cluster did.
struct Ingest: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ingest",
    abstract: "Record what a cluster did: watch events, lists of pods, or the audit log.",
    discussion: """
      Reads, gzip'd or not, and finds out which it is: watch events, one JSON object a line \
      (kubectl get pods -A -w -o json --output-watch-events, or the API's); a PodList or \
      kubectl's List; pods one after another (kubectl get pods -w -o json); the API server's \
      audit log. Ingesting the same again records nothing twice.

      Nothing in a stream tells whether it is of all pods: it is taken as the whole cluster's, \
      unless --namespace or --selector says otherwise.

      At the end it says how many events were appended and known, what was skipped and why, \
      what is suspicious, and what was covered. CSV has the columns section, item and count.

      Examples:
        kubectl get pods -A -w -o json --output-watch-events |
          ipledger ingest --stamp --cluster prod -
        kubectl get --raw /api/v1/pods | ipledger ingest --full -
        ipledger ingest --cluster prod /var/log/kubernetes/audit*.log
      """)

  @Option(
    help: "The cluster that the inputs are from; may be left away where the ledger knows only one.",
    transform: ClusterName.init(_:))
  var cluster: ClusterName?

  @Option(
    help: "The address space of its pods, such as a VPC. Without it: the cluster's name.",
    transform: NetworkName.init(_:))
  var network: NetworkName?

  @Option(help: "The annotations that ask for a fixed IP.")
  var dialect: DialectName = .acs

  @Option(help: "The form of the inputs, where it is not to be found out.")
  var format: InputFormat?

  @Option(help: "The inputs show the pods of one namespace only.")
  var namespace: String?

  @Option(help: "The inputs show only the pods that a selector matches.")
  var selector: String?

  @Flag(
    help: "A list is of all namespaces, without a selector: a pod that is missing from it is gone.")
  var full = false

  @Flag(help: "Take the time of reading as receive time: for a stream that is piped in live.")
  var stamp = false

  @OptionGroup var options: LedgerOptions

  @Argument(help: ArgumentHelp("Files, or - for standard input.", valueName: "file"))
  var files: [String]

  func validate() throws {
    if namespace != nil, selector != nil {
      throw ValidationError("--namespace and --selector exclude each other: give --selector alone")
    }
    if let namespace { try Self.requireNamespace(namespace) }
    if full, namespace != nil || selector != nil {
      throw ValidationError(
        "--full says that a list shows all pods: leave it away with --namespace or --selector")
    }
    if files.count(where: { $0 == "-" }) > 1 {
      throw ValidationError("standard input (-) can be read only once")
    }
  }

  func run() async throws {
    try files.forEach(Inputs.requireReadable)
    let (ledger, cluster) = try openLedger()
    let handoff = Handoff<Reading>(capacity: Reading.capacity)
    var observation = try observation(of: cluster, in: ledger)
    observation.epoch = try ledger.read { view in try view.epoch(of: cluster) }
    var run = IngestRun(ledger, observation)
    if files.contains("-") { Interrupt.leaveToSender() }
    inputs.start(into: handoff)
    var failure: (any Error)?
    do {
      try await run.record(from: handoff)
    } catch {
      failure = error
    }
    if let failure {
      // What was recorded is told, too, but not where an answer is expected.
      if run.tally.observed.documents > 0 {
        Terminal.note(run.tally.sentences.joined(separator: "\n") + "\n")
      }
      throw failure
    }
    if run.tally.observed.documents == 0 {
      Terminal.note("nothing was read: whatever was to write the input has written nothing\n")
    }
    var output = Output()
    switch options.output {
    case .table: output.lines(run.tally.lines(Terminal.style))
    case .json: output.line(run.tally.json.text)
    case .csv: output.text(run.tally.csv)
    }
    try output.flush()
  }

  private var inputs: InputThread {
    InputThread(
      sources: files.map { $0 == "-" ? .standardInput : .file($0) }, format: format,
      clock: stamp ? options.clock : nil, showsProgress: Terminal.showsProgress)
  }

  private func observation(
    of cluster: ClusterName, in ledger: Ledger
  ) throws -> ObservationOptions {
    let known = try ledger.read { view in try view.networks(of: cluster) }
    var observation = ObservationOptions(
      cluster: cluster, network: try Self.network(of: cluster, given: network, known: known))
    observation.dialect = dialect.dialect
    observation.isFullList = full
    if let namespace { observation.scope = .namespace(namespace) }
    if let selector { observation.scope = .selection(selector) }
    return observation
  }

  /// Opens the ledger, and makes it where the cluster is named; else the ledger has to know the
  /// cluster.
  private func openLedger() throws -> (Ledger, ClusterName) {
    if let cluster { return (try options.openToWrite(create: true), cluster) }
    do {
      let ledger = try options.openToWrite()
      let known = try ledger.read { view in try view.clusters() }
      if known.count == 1, let only = known.first { return (ledger, only) }
      throw Self.clusterWanted(known)
    } catch LedgerError.noLedger {
      throw Self.clusterWanted([])
    }
  }

  /// The network of a cluster's pods: the one that the ledger knows, since an address in another one
  /// would be another address (R2).
  static func network(
    of cluster: ClusterName, given: NetworkName?, known: [NetworkName]
  ) throws -> NetworkName {
    guard let first = known.first else { return given ?? NetworkName(of: cluster) }
    guard let given else { return first }
    guard known.contains(given) else {
      throw Failure.usage(
        "the ledger knows the pods of \(cluster) in the network \(first), not in \(given): leave "
          + "--network away, or give what is another cluster another name with --cluster")
    }
    return given
  }

  /// Throws where a name cannot be that of a namespace.
  static func requireNamespace(_ name: String) throws {
    do {
      _ = try PodIdentity(cluster: ClusterName("any"), namespace: name, name: "any")
    } catch {
      throw ValidationError("--namespace: \(error)")
    }
  }

  static func clusterWanted(_ known: [ClusterName]) -> Failure {
    let names = known.map(\.rawValue).joined(separator: ", ")
    return .usage(
      known.isEmpty
        ? "which cluster is this? The ledger knows none yet: give --cluster NAME"
        : "which cluster is this? The ledger knows \(names): give --cluster NAME")
  }
}

/// A dialect by its name on the command line.
enum DialectName: String, CaseIterable, ExpressibleByArgument, Sendable {
  /// Alibaba Cloud ACS.
  case acs
  /// Alibaba Cloud ECI.
  case eci

  /// The annotations.
  var dialect: Dialect {
    switch self {
    case .acs: .acs
    case .eci: .eci
    }
  }
}
