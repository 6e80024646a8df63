import AsyncHTTPClient
import IPLedger
import Logging

/// The classes of a cluster's nodes, as their labels tell them (R17).
///
/// The nodes are listed and watched; only their metadata is asked for. A node that a pod is on before the watch
/// has shown it is asked for by itself. Who may not read nodes goes by their names; that is said once.
actor NodeDirectory {
  private static let path = "/api/v1/nodes"
  private static let pageSize = "500"
  /// For how long a watch is asked for, in seconds.
  private static let watchSeconds = 300...600
  /// A watch that ends sooner is not asked for again at once.
  private static let shortestWatch = Duration.seconds(1)
  /// Who may not read nodes may be allowed to later.
  private static let pauseWhereForbidden = Duration.seconds(600)
  /// For so long nodes are asked for one by one, before pods are recorded with the classes of their names: a
  /// label is no reason to keep anything from being recorded for long.
  private static let patience = Duration.seconds(3)
  /// No cluster has more pages of nodes.
  private static let mostPages = 2_000
  /// A page of their metadata has some hundred kB.
  private static let longestPage = 64 << 20
  /// A connection that lasted so long was a good one.
  private static let goodConnection = Duration.seconds(10)

  private let server: APIServer
  private let logger: Logger
  /// The classes of the nodes that are there; `nil` where the labels of one tell none.
  private var classes: [String: NodeClass?] = [:]
  /// Nodes that could not be had when they were asked for; they are asked for again with the next list or watch.
  private var unreadable: Set<String> = []
  private var mayGet = true
  private var hasToldForbidden = false
  private var hasToldFailure = false
  /// Whether a first list has come, or failed.
  private var hasBegun = false
  private var position: String?

  init(_ server: APIServer, logger: Logger) {
    self.server = server
    self.logger = logger
  }

  // MARK: What is known

  /// The classes of nodes; of those that cannot be had just now nothing is said.
  ///
  /// - Parameter names: The nodes' names.
  /// - Returns: For each node that could be had its class, or `nil` where its labels tell none.
  /// - Throws: `CancellationError`.
  func classes(of names: Set<String>) async throws -> [String: NodeClass?] {
    let unknown = names.filter { classes[$0] == nil && !unreadable.contains($0) }.sorted()
    if !unknown.isEmpty {
      try await within(Self.patience) { [self] in
        for name in unknown { try await ask(for: name) }
      }
      // Whoever was not had in time is not asked for again and again.
      unreadable.formUnion(unknown.filter { classes[$0] == nil })
    }
    return classes.filter { names.contains($0.key) }
  }

  private func ask(for name: String) async throws {
    guard mayGet else { return }
    do {
      let path = "\(Self.path)/\(Percent.encoded(name))"
      let (_, bytes) = try await server.body(path, limit: 16 << 20, as: .metadata)
      if let node = NodeMetadata(answered: bytes) { learn(node, named: name) }
    } catch let error as WatchError where error.code == .forbidden {
      mayGet = false
      note(error)
    } catch let error as WatchError where error.code == .unexpected {
      // It went away meanwhile.
    } catch let error as WatchError {
      note(error)
    }
  }

  private func learn(_ node: NodeMetadata, named name: String) {
    classes.updateValue(NodeClass(nodeLabels: node.metadata?.labels ?? [:]), forKey: name)
    unreadable.remove(name)
  }

  /// Says once that the nodes cannot be had.
  private func note(_ error: WatchError) {
    if error.code == .forbidden {
      guard !hasToldForbidden else { return }
      hasToldForbidden = true
      logger.notice(
        "nodes may not be read, so their names tell their class: allow get, list and watch of nodes to change that"
      )
    } else if !hasToldFailure {
      hasToldFailure = true
      logger.warning(
        "nodes cannot be read now, so the names of some tell their class: \(error.message)")
    }
  }

  // MARK: Following

  /// Waits until the nodes were listed or could not be, but not for long.
  ///
  /// - Throws: `CancellationError`.
  func wait(atMost limit: Duration) async throws {
    let end = ContinuousClock.now.advanced(by: limit)
    while !hasBegun, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(10)) }
  }

  /// Follows the nodes until the task is cancelled.
  ///
  /// - Parameter isOnce: Whether they are only listed, once.
  /// - Throws: `CancellationError`.
  func run(isOnce: Bool = false) async throws {
    var backoff = Backoff()
    while true {
      let began = ContinuousClock.now
      do {
        if position == nil { try await list() }
        hasBegun = true
        guard !isOnce else { return }
        let watchedFrom = ContinuousClock.now
        try await watch()
        if watchedFrom.duration(to: .now) > Self.shortestWatch {
          backoff.reset()
        } else {
          try await Task.sleep(for: backoff.pause())
        }
      } catch let error as WatchError {
        hasBegun = true
        note(error)
        guard !isOnce else { return }
        // What was missed matters to nobody: what is there now is asked for.
        position = nil
        if began.duration(to: .now) > Self.goodConnection { backoff.reset() }
        try await Task.sleep(
          for: error.code == .forbidden
            ? Self.pauseWhereForbidden : backoff.pause(atLeast: error.retryAfter))
      }
    }
  }

  private func list() async throws {
    var pages = 0
    var found: [NodeMetadata] = []
    var version: String?
    var continueToken: String?
    repeat {
      var query = [("limit", Self.pageSize)]
      if let continueToken { query.append(("continue", continueToken)) }
      let (_, bytes) = try await server.body(
        Self.path, query, limit: Self.longestPage, as: .metadataList)
      guard let page = NodePage(answered: bytes) else {
        throw WatchError(.unexpected, "what was answered is no list of nodes", remedy: "")
      }
      found += page.items ?? []
      pages += 1
      guard pages < Self.mostPages else {
        throw WatchError(.unexpected, "the list of nodes does not end", remedy: "")
      }
      version = page.metadata.resourceVersion ?? version
      continueToken = nonEmpty(page.metadata.continueToken)
    } while continueToken != nil
    unreadable = []
    classes = [:]
    for node in found { if let name = node.metadata?.name { learn(node, named: name) } }
    position = version
    logger.info("listed nodes", metadata: ["nodes": "\(classes.count)"])
  }

  private func watch() async throws {
    guard let position else { return }
    let answer = try await server.get(
      Self.path,
      [
        ("watch", "1"), ("allowWatchBookmarks", "true"), ("resourceVersion", position),
        ("timeoutSeconds", "\(Int.random(in: Self.watchSeconds))"),
      ], as: .metadata)
    unreadable = []
    var splitter = LineSplitter()
    do {
      for try await buffer in answer.body {
        for line in try splitter.lines(in: buffer) { try take(line) }
      }
    } catch {
      throw APIServer.failure(error, server.access)
    }
  }

  private func take(_ bytes: [UInt8]) throws(WatchError) {
    guard let line = NodeLine(answered: bytes), line.type != "ERROR" else {
      throw WatchError(.gone, "the watch of nodes ended", remedy: "")
    }
    position = line.object.metadata?.resourceVersion ?? position
    guard let name = line.object.metadata?.name else { return }
    switch line.type {
    case "ADDED", "MODIFIED": learn(line.object, named: name)
    case "DELETED": classes[name] = nil
    default: break
    }
  }
}
