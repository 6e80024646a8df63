import Foundation
import IPLedger
import IPLedgerKubernetes
import Logging
import RecordedClusters
import Synchronization
import TestSupport

@testable import IPLedgerWatch

/// A watch of a played cluster, and the ledger that it fills.
struct PlayedWatch: Sendable {
  let cluster: PlayedCluster
  let clock: PlayedClock
  let place: TemporaryLedger
  let log = KeptLog()

  init(at instant: Instant = .seconds(1_764_000_000)) throws {
    clock = PlayedClock(instant)
    cluster = PlayedCluster(clock)
    place = try TemporaryLedger()
  }

  /// The names that answers have.
  static func observation() throws -> ObservationOptions {
    ObservationOptions(cluster: try ClusterName("lab"), network: try NetworkName("lab"))
  }

  /// A logger that keeps what it is told.
  var logger: Logger {
    Logger(label: "test") { [log] _ in log }
  }

  /// The API of a server.
  func api(
    _ access: ClusterAccess, patience: APIServer.Patience = APIServer.Patience()
  ) throws -> ClusterAPI {
    try ClusterAPI(
      access, environment: [:], patience: patience, logger: logger, now: { [clock] in clock.now })
  }

  /// Where a server without TLS is.
  static func access(_ server: PlayedServer) -> ClusterAccess {
    ClusterAccess(name: "lab", server: "http://127.0.0.1:\(server.port)")
  }

  /// A watch of a server; pauses are short.
  func watch(
    _ api: ClusterAPI, _ options: PodWatch.Options = PodWatch.Options(),
    knowing difference: ClosedRange<Int64>? = nil,
    freshAfter wait: Duration = Reflector.shortestWait
  ) throws -> PodWatch {
    try PodWatch(
      api, into: place.ledger, try Self.observation(), options,
      clock: SharedServerClock(ServerClock(difference: difference)), freshAfter: wait
    ) { _ in
      try await Task.sleep(for: .milliseconds(1))
    }
  }

  /// Plays parts of a recording to a watch that is running, each change once the one before has come.
  func play(_ parts: [PlayedCluster.Part], to watch: PodWatch) async throws {
    for (index, part) in parts.enumerated() {
      if index > 0 { await cluster.disconnect() }
      await cluster.list(part)
      try await watch.reaches(part.version)
      for (pod, type, change) in part.changes {
        await cluster.change(pod, type, change)
        try await watch.reaches(change.version)
      }
    }
  }
}

/// Why a test gives up.
struct NotReached: Error {
  let version: UInt64
  let position: UInt64
}

extension PodWatch {
  /// Waits until the watch has come to a version.
  func reaches(_ version: UInt64) async throws {
    for _ in 0..<40_000 {
      if await recorder.position >= version { return }
      try await Task.sleep(for: .microseconds(300))
    }
    throw NotReached(version: version, position: await recorder.position)
  }

  /// Runs while something else is done, and ends then.
  func running<Result: Sendable>(
    _ body: @Sendable () async throws -> Result
  ) async throws -> Result {
    let task = Task { try await run() }
    do {
      let result = try await body()
      task.cancel()
      try await task.value
      return result
    } catch {
      task.cancel()
      // What ended the watch is what is wrong, where anything did.
      try await task.value
      throw error
    }
  }
}

/// A log that is kept, so that a test can look for what must not be in it.
struct KeptLog: LogHandler {
  private final class Store: Sendable {
    let lines = Mutex<[String]>([])
  }

  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.trace
  private let store = Store()

  /// All that was told.
  var text: String { store.lines.withLock { $0.joined(separator: "\n") } }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let line = "\(event.level) \(event.message) \(metadata) \(event.metadata ?? [:])"
    store.lines.withLock { $0.append(line) }
  }
}
