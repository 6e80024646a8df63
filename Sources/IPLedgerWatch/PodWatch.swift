public import IPLedger
public import IPLedgerKubernetes
public import ServiceLifecycle

/// Watches the pods of a cluster, and records what happens in a ledger.
///
/// What the API shows is in the ledger before the next of it is read, so memory does not grow where the
/// disk is slow. Together with the events the ledger keeps how far the watch has come: after any end, a
/// watch of the same cluster goes on there, and where the server still has what came since, nothing is
/// missing.
public struct PodWatch: Service {
  /// What is watched, and how.
  public struct Options: Sendable {
    /// Only the pods of one namespace.
    public var namespace: String?
    /// Only the pods that a label selector matches.
    public var selector: String?
    /// A file in which the watch is kept, too.
    public var file: String?
    /// Whether the pods are only listed, once.
    public var isOnce = false

    /// All pods of the cluster, until the task is cancelled.
    public init() {}
  }

  /// The pods are listed after the nodes, where those can be had within this time.
  private static let patienceForNodes = Duration.seconds(10)

  private let api: ClusterAPI
  private let options: Options
  let recorder: WatchRecorder
  private let nodes: NodeDirectory
  private let selection: PodSelection
  private let clock: SharedServerClock
  private let probes: Bool
  private let shortestWait: Duration
  private let sleep: @Sendable (Duration) async throws -> Void

  /// A watch that records in a ledger.
  ///
  /// - Parameters:
  ///   - api: The cluster's API.
  ///   - ledger: Where events are recorded.
  ///   - observation: The names of the cluster and its network, and the dialect.
  ///   - options: What is watched, and how.
  /// - Throws: ``WatchError`` where the file cannot be written; `LedgerError`.
  public init(
    _ api: ClusterAPI, into ledger: Ledger, _ observation: ObservationOptions, _ options: Options
  ) throws {
    try self.init(api, into: ledger, observation, options, probes: true) {
      try await Task.sleep(for: $0)
    }
  }

  init(
    _ api: ClusterAPI, into ledger: Ledger, _ observation: ObservationOptions, _ options: Options,
    clock: SharedServerClock = SharedServerClock(), probes: Bool = false,
    freshAfter wait: Duration = Reflector.shortestWait,
    sleep: @escaping @Sendable (Duration) async throws -> Void
  ) throws {
    self.api = api
    shortestWait = wait
    self.clock = clock
    self.probes = probes
    self.options = options
    self.sleep = sleep
    selection = PodSelection(namespace: options.namespace, selector: options.selector)
    var observation = observation
    observation.scope = selection.scope
    let opening = observation.opening
    let file = try options.file.map { path throws(WatchError) in
      try StreamFile(path: path, opening: opening)
    }
    nodes = NodeDirectory(api.server, logger: api.logger)
    recorder = try WatchRecorder(
      ledger, observation, nodes: nodes, keeping: file,
      name: "the watch of \(api.server.access.server)", logger: api.logger, now: api.now)
  }

  /// What was done so far.
  public var figures: WatchFigures {
    get async { await recorder.figures }
  }

  /// Watches until the task is cancelled or shut down; what came until then is recorded.
  ///
  /// - Throws: ``WatchError`` for what only a person can mend, before anything was listed or watched;
  ///   `LedgerError` where the ledger cannot be written.
  public func run() async throws {
    do {
      try await follow()
    } catch let failure as RecordingFailure {
      throw failure.cause
    }
  }

  private func follow() async throws {
    let (recorder, nodes) = (recorder, nodes)
    let ticker = Task {
      while !Task.isCancelled {
        try await Task.sleep(for: .seconds(1))
        try await recorder.tick()
      }
    }
    let prober = Task {
      guard probes, !options.isOnce else { return }
      try await ServerClockProbe(server: api.server, clock: clock, now: api.now).run()
    }
    let follower = Task { [isOnce = options.isOnce] in try await nodes.run(isOnce: isOnce) }
    defer {
      ticker.cancel()
      prober.cancel()
      follower.cancel()
    }
    do {
      try await cancelWhenGracefulShutdown { try await nodes.wait(atMost: Self.patienceForNodes) }
      try await cancelWhenGracefulShutdown {
        var reflector = Reflector(
          api.server, selection, into: recorder, clock: clock, logger: api.logger, now: api.now,
          freshAfter: shortestWait, sleep: sleep)
        if options.isOnce {
          try await reflector.listOnce()
        } else {
          try await reflector.run()
        }
      }
    } catch is CancellationError {
      // As it was meant.
    } catch {
      try? await recorder.finish()
      throw error
    }
    // The task may be cancelled; what is known is written down all the same.
    try await Task { try await recorder.finish() }.value
  }
}
