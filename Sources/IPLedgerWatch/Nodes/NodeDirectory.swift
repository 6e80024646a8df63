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
  /// A node is asked for so often where it cannot be had.
  private static let attempts = 3
  private static let pauseBetweenAttempts = Duration.milliseconds(300)

  private let server: APIServer
  private let logger: Logger
  /// The classes of the nodes that are there; `nil` where the labels of one tell none.
  private var classes: [String: NodeClass?] = [:]
  /// Nodes that could not be had when they were asked for; they are asked for again with the next list or watch.
  private var unreadable: Set<String> = []
  private var isForbidden = false
  private var mayGet = true
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
    for name in names.sorted() where classes[name] == nil && !unreadable.contains(name) {
      try await ask(for: name)
    }
    return classes.filter { names.contains($0.key) }
  }

  private func ask(for name: String) async throws {
    for attempt in 1...Self.attempts where mayGet {
      do {
        let path = "\(Self.path)/\(Percent.encoded(name))"
        let (_, bytes) = try await server.body(path, limit: 16 << 20, as: .metadata)
        if let node = NodeMetadata(answered: bytes) {
          learn(node, named: name)
          return
        }
      } catch let error as WatchError where error.code == .forbidden {
        mayGet = false
        forbid()
        break
      } catch let error as WatchError where error.code == .unexpected {
        // It went away meanwhile.
        unreadable.insert(name)
        return
      } catch is WatchError {
        // A label is no reason to keep anything from being recorded for long.
      }
      if attempt < Self.attempts { try await Task.sleep(for: Self.pauseBetweenAttempts) }
    }
    unreadable.insert(name)
    guard mayGet else { return }
    logger.warning("the node \(name) cannot be read, so its name tells its class")
  }

  private func learn(_ node: NodeMetadata, named name: String) {
    classes.updateValue(NodeClass(nodeLabels: node.metadata?.labels ?? [:]), forKey: name)
    unreadable.remove(name)
  }

  /// It was allowed, after all.
  private func allow() {
    (isForbidden, mayGet) = (false, true)
    unreadable = []
  }

  private func forbid() {
    guard !isForbidden else { return }
    isForbidden = true
    logger.notice(
      "nodes may not be read, so their names tell their class: allow list and watch of nodes to change that"
    )
  }

  // MARK: Following

  /// Lists the nodes, where that goes at once: whoever is seen then has its class from the beginning.
  ///
  /// - Throws: `CancellationError`.
  func begin() async throws {
    do {
      try await list()
    } catch let error as WatchError {
      note(error)
    }
  }

  /// Follows the nodes until the task is cancelled.
  ///
  /// - Throws: `CancellationError`.
  func run() async throws {
    var backoff = Backoff()
    while true {
      do {
        if position == nil { try await list() }
        let began = ContinuousClock.now
        try await watch()
        if began.duration(to: .now) > Self.shortestWatch {
          backoff.reset()
        } else {
          try await Task.sleep(for: backoff.pause())
        }
      } catch let error as WatchError {
        note(error)
        // What was missed matters to nobody: what is there now is asked for.
        position = nil
        let isForbidden = error.code == .forbidden
        try await Task.sleep(
          for: isForbidden ? Self.pauseWhereForbidden : backoff.pause(atLeast: error.retryAfter))
      }
    }
  }

  private func note(_ error: WatchError) {
    guard error.code == .forbidden else {
      logger.debug("the nodes cannot be followed: \(error.message)")
      return
    }
    forbid()
  }

  private func list() async throws {
    var found: [NodeMetadata] = []
    var version: String?
    var continueToken: String?
    repeat {
      var query = [("limit", Self.pageSize)]
      if let continueToken { query.append(("continue", continueToken)) }
      let (_, bytes) = try await server.body(Self.path, query, as: .metadataList)
      guard let page = NodePage(answered: bytes) else {
        throw WatchError(.unexpected, "what was answered is no list of nodes", remedy: "")
      }
      found += page.items ?? []
      version = page.metadata.resourceVersion ?? version
      continueToken = page.metadata.continueToken.flatMap { $0.isEmpty ? nil : $0 }
    } while continueToken != nil
    allow()
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
    allow()
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
