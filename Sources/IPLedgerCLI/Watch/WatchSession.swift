import Foundation
import IPLedger
import IPLedgerKubernetes
import IPLedgerWatch
import Logging
import ServiceLifecycle
import Synchronization
import UnixSignals

/// The watches of one run of the program: one for each cluster, and one ledger.
struct WatchSession {
  private let command: Watch
  private let ledger: Ledger
  private let environment: [String: String]
  private let logger: Logger
  private let line: LiveLine?

  init(_ command: Watch, _ ledger: Ledger, environment: [String: String]) {
    self.command = command
    self.ledger = ledger
    self.environment = environment
    let line = Terminal.showsProgress ? LiveLine() : nil
    self.line = line
    logger = Logger(label: "ipledger") { _ in StreamLog(above: line) }
  }

  /// Watches until the process is told to end, or until one of the watches cannot go on.
  func run(_ accesses: [ClusterAccess]) async throws -> [WatchOutcome] {
    let outcomes = Outcomes()
    let status = StatusBoard(ledger, now: command.options.clock)
    var services: [ServiceGroupConfiguration.ServiceConfiguration] = []
    if let port = command.metricsPort {
      services.append(.init(service: StatusServer(status, port: port, logger: logger)))
    }
    if !command.noExpire {
      services.append(
        .init(service: Sweeping(ledger: ledger, clock: command.options.clock, logger: logger)))
    }
    if let line { services.append(.init(service: Showing(status: status, line: line))) }
    let watching = Watching(accesses: accesses) { access in
      outcomes.add(try await watch(access, status))
    }
    services.append(
      .init(service: watching, successTerminationBehavior: .gracefullyShutdownGroup))
    var configuration = ServiceGroupConfiguration(
      services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    configuration.maximumGracefulShutdownDuration = .seconds(30)
    try await ServiceGroup(configuration: configuration).run()
    return outcomes.all.sorted { $0.cluster.rawValue < $1.cluster.rawValue }
  }

  private func watch(_ access: ClusterAccess, _ status: StatusBoard) async throws -> WatchOutcome {
    var logger = logger
    logger[metadataKey: "context"] = "\(access.name)"
    let api = try ClusterAPI(
      access, environment: environment, logger: logger, clock: command.options.clock)
    do {
      let outcome = try await watch(api, status)
      await api.shutdown()
      return outcome
    } catch {
      await api.shutdown()
      throw error
    }
  }

  private func watch(_ api: ClusterAPI, _ status: StatusBoard) async throws -> WatchOutcome {
    let cluster: ClusterName
    if let named = command.cluster {
      cluster = named
    } else {
      let attempts = command.once ? 1 : Int.max
      cluster = try ClusterName(
        try await cancelWhenGracefulShutdown { try await api.clusterUID(attempts: attempts) })
    }
    let observation = try command.source.observation(of: cluster, in: ledger)
    var options = PodWatch.Options()
    options.namespace = command.namespace
    options.selector = command.selector
    options.file = command.record
    options.isOnce = command.once
    let watch = try PodWatch(api, into: ledger, observation, options)
    status.add(watch, of: cluster)
    try await watch.run()
    return WatchOutcome(
      cluster: cluster, network: observation.network, figures: await watch.figures)
  }
}

/// What the watches did, as each of them ends.
private final class Outcomes: Sendable {
  private let outcomes = Mutex<[WatchOutcome]>([])

  var all: [WatchOutcome] { outcomes.withLock { $0 } }

  func add(_ outcome: WatchOutcome) { outcomes.withLock { $0.append(outcome) } }
}

/// All watches at once; over when the last one is, or the first that fails.
private struct Watching: Service {
  let accesses: [ClusterAccess]
  let watch: @Sendable (ClusterAccess) async throws -> Void

  func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for access in accesses {
        group.addTask {
          do {
            try await watch(access)
          } catch is CancellationError {
            // It was told to end before it had begun.
          }
        }
      }
      try await group.waitForAll()
    }
  }
}

/// Shows each second how the watches go.
private struct Showing: Service {
  let status: StatusBoard
  let line: LiveLine

  func run() async throws {
    defer { line.end() }
    try? await cancelWhenGracefulShutdown {
      while true {
        line.show(await status.line)
        try await Task.sleep(for: .seconds(1))
      }
    }
  }
}

/// Writes down the ends of reservations.
private struct Sweeping: Service {
  let ledger: Ledger
  let clock: @Sendable () -> Instant
  let logger: Logger

  func run() async throws {
    do {
      try await cancelWhenGracefulShutdown {
        try await Sweeper(ledger, clock: Sweeper.Clock(now: clock)).run { ended in
          logger.info("reservations ended", metadata: ["count": "\(ended.count)"])
        }
      }
    } catch is CancellationError {
      // As it was meant.
    }
  }
}
