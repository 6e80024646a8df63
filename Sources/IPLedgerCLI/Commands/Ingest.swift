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
      audit log. Ingesting the same again records nothing twice. Nodes in it tell by their \
      labels which of them are virtual, for the pods behind them.

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

  @OptionGroup var source: SourceOptions

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
    if let namespace { try SourceOptions.requireNamespace(namespace) }
    if selector?.isEmpty == true {
      throw ValidationError("--selector is empty: leave it away for all pods")
    }
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
    var observation = try source.observation(of: cluster, in: ledger)
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

  static func clusterWanted(_ known: [ClusterName]) -> Failure {
    let names = known.map(\.rawValue).joined(separator: ", ")
    return .usage(
      known.isEmpty
        ? "which cluster is this? The ledger knows none yet: give --cluster NAME"
        : "which cluster is this? The ledger knows \(names): give --cluster NAME")
  }
}
