import FoundationEssentials
public import IPLedger
public import Logging

/// The API of a cluster that can be watched.
public final class ClusterAPI: Sendable {
  let server: APIServer
  let now: @Sendable () -> Instant
  let logger: Logger

  /// Makes ready to ask; nothing is connected yet.
  ///
  /// - Parameters:
  ///   - access: Where it is, and how to ask it.
  ///   - environment: The variables of the process, for the proxy.
  ///   - logger: What is told on the way; never a secret.
  ///   - clock: The machine's clock.
  /// - Throws: ``WatchError`` where the proxy is no URL.
  public convenience init(
    _ access: ClusterAccess, environment: [String: String], logger: Logger,
    clock: @escaping @Sendable () -> Instant
  ) throws(WatchError) {
    let steady = SteadyClock(at: clock())
    try self.init(
      access, environment: environment, patience: APIServer.Patience(), logger: logger,
      now: { steady.now })
  }

  init(
    _ access: ClusterAccess, environment: [String: String], patience: APIServer.Patience,
    logger: Logger, now: @escaping @Sendable () -> Instant
  ) throws(WatchError) {
    self.now = now
    self.logger = logger
    server = try APIServer(
      access, environment: environment, patience: patience, now: now)
  }

  /// What tells this cluster from all others: the uid of its namespace `kube-system`, which lives as
  /// long as the cluster.
  ///
  /// - Parameter attempts: How often it is asked for where nobody answers, with pauses.
  /// - Returns: The uid.
  /// - Throws: ``WatchError``; `CancellationError`.
  public func clusterUID(attempts: Int = 1) async throws -> String {
    var backoff = Backoff()
    var left = attempts
    while true {
      do {
        return try await askForUID()
      } catch let error as WatchError where error.isTransient && left > 1 {
        left -= 1
        try await backoff.rest(after: error, logger)
      }
    }
  }

  private func askForUID() async throws -> String {
    struct Namespace: Decodable {
      struct Metadata: Decodable { var uid: String }
      var metadata: Metadata
    }
    let (_, bytes) = try await server.body("/api/v1/namespaces/kube-system", limit: 1 << 20)
    guard let namespace = try? JSONDecoder().decode(Namespace.self, from: Data(bytes)) else {
      throw WatchError(
        .unexpected, "\(server.access.server): the namespace kube-system has no uid",
        remedy: "check that the server's URL is that of a Kubernetes API, or give --cluster NAME")
    }
    return namespace.metadata.uid
  }

  /// Closes what is open.
  public func shutdown() async { await server.shutdown() }
}
