import AsyncHTTPClient
import IPLedger
import IPLedgerKubernetes
import Logging

/// Follows the pods of one cluster as client-go's reflector does: lists them, watches from there, goes
/// on where a watch ended, and lists again where that cannot be.
struct Reflector {
  /// The items of one page of a list.
  private static let pageSize = "500"
  /// So many pods are looked at, to see whether this is the cluster that it was.
  private static let sampleSize = "50"
  /// For how long a watch is asked for, in seconds: the server ends it then, as client-go lets it.
  private static let watchSeconds = 300...600
  /// A watch that ends sooner, without a change, is not asked for again at once.
  private static let shortestWatch = Duration.seconds(1)
  /// What is read after so long a wait was not there before.
  static let shortestWait = Duration.milliseconds(50)
  /// No cluster has more pages of pods.
  private static let mostPages = 20_000
  /// A connection that lasted so long was a good one.
  private static let goodConnection = Duration.seconds(10)

  let server: APIServer
  let selection: PodSelection
  let recorder: WatchRecorder
  let logger: Logger
  /// Our clock, against which the server's is measured.
  let now: @Sendable () -> Instant
  /// Waits; a test need not.
  let sleep: @Sendable (Duration) async throws -> Void

  private let clock: SharedServerClock
  private let shortestWait: Duration
  private var position: UInt64?
  private var isSynced = false
  /// Whether there was a connection at this position, or before it without a gap.
  private var hasWatched = false

  init(
    _ server: APIServer, _ selection: PodSelection, into recorder: WatchRecorder,
    clock: SharedServerClock, logger: Logger,
    now: @escaping @Sendable () -> Instant, freshAfter shortestWait: Duration,
    sleep: @escaping @Sendable (Duration) async throws -> Void
  ) {
    self.server = server
    self.selection = selection
    self.recorder = recorder
    self.clock = clock
    self.logger = logger
    self.now = now
    self.shortestWait = shortestWait
    self.sleep = sleep
  }

  /// Lists all pods once.
  ///
  /// - Throws: ``WatchError`` where that does not go within a few attempts.
  mutating func listOnce() async throws {
    try await retrying(attempts: 4) { reflector in try await reflector.list() }
  }

  /// Follows the pods until the task is cancelled.
  ///
  /// - Throws: ``WatchError`` for what nobody can mend but a person, before the first success;
  ///   ``RecordingFailure``.
  mutating func run() async throws {
    position = try await recorder.resumption()
    if let position {
      logger.info("the ledger has all changes up to \(position): the watch goes on there")
      try await recorder.resume(at: position)
    }
    var backoff = Backoff()
    while !Task.isCancelled {
      try await retrying { reflector in
        if reflector.position == nil { try await reflector.list() }
      }
      let began = ContinuousClock.now
      let before = position
      // Also where a connection broke, the server may have been restored meanwhile.
      try await retrying { reflector in
        try await reflector.requirePosition()
        try await reflector.watch()
      }
      // A server that ends each watch at once, or has forgotten each list at once, is left in peace.
      if position != nil, position != before || began.duration(to: .now) > Self.shortestWatch {
        backoff.reset()
      } else {
        let pause = backoff.pause()
        logger.info("the watch ended at once", metadata: ["pause": "\(Backoff.words(pause))"])
        try await sleep(pause)
      }
    }
  }

  /// Does something again and again until it goes well, with pauses.
  private mutating func retrying(
    attempts: Int = .max, _ body: (inout Reflector) async throws -> Void
  ) async throws {
    var backoff = Backoff()
    var failures = 0
    while true {
      let began = ContinuousClock.now
      do {
        return try await body(&self)
      } catch let error as WatchError {
        if error.code == .gone, position != nil {
          try await lose(error.message)
          return
        }
        failures += 1
        guard failures < attempts, error.code != .configuration, isSynced || error.isTransient
        else { throw error }
        if began.duration(to: .now) > Self.goodConnection { backoff.reset() }
        try await backoff.rest(after: error, logger, sleep)
      }
    }
  }

  /// The watch cannot go on where it stands, and the recorder is to be told.
  private mutating func lose(_ why: String) async throws {
    forgetPosition(why)
    try await recorder.lost(why)
  }

  private mutating func forgetPosition(_ why: String) {
    logger.warning("changes were missed, the pods are listed again: \(why)")
    position = nil
  }

  /// Asks whether the server has come as far as this watch.
  ///
  /// A server that was restored from a backup, or made anew, takes a version that it has not reached, and then
  /// says nothing until it has.
  private mutating func requirePosition() async throws {
    guard let position else { return }
    let (_, bytes) = try await server.body(
      selection.path, selection.query + [("limit", Self.sampleSize)])
    let page = try read(bytes, keepsBytes: false)
    guard let version = page.metadata.resourceVersion.flatMap(UInt64.init) else { return }
    guard version < position else {
      try await recorder.requireSameCluster(page.items.map(\.pod), upTo: position)
      return
    }
    try await lose("the server is at version \(version), and the watch had come to \(position)")
  }

  // MARK: Listing

  private mutating func list() async throws {
    do {
      try await list(inPages: true)
    } catch let error as WatchError where error.code == .gone {
      // The pages are of a version that is gone: all at once needs none to be kept.
      logger.info("the list was gone before its last page was read; it is read at once")
      try await list(inPages: false)
    }
  }

  private mutating func list(inPages: Bool) async throws {
    var list = PodList()
    var pages = 0
    let keepsBytes = await recorder.keepsLines
    var continueToken: String?
    var version: UInt64?
    var receivedAt: Instant?
    repeat {
      var query = selection.query
      if inPages { query.append(("limit", Self.pageSize)) }
      if let continueToken { query.append(("continue", continueToken)) }
      let (answer, bytes) = try await server.body(selection.path, query)
      learn(answer)
      // All pages are of the version of the first one.
      receivedAt = receivedAt ?? clock.latest(at: answer.receivedAt)
      let page = try read(bytes, keepsBytes: keepsBytes)
      list.add(page)
      pages += 1
      guard pages < Self.mostPages else {
        throw WatchError(
          .unexpected, "the list of \(server.access.server) does not end: \(pages) pages",
          remedy: "ask for \(selection.path) with curl: something between answers for the server")
      }
      continueToken = nonEmpty(page.metadata.continueToken)
      version = page.metadata.resourceVersion.flatMap(UInt64.init) ?? version
    } while continueToken != nil
    guard let version else {
      throw WatchError(
        .unexpected, "the list of \(server.access.server) has no resourceVersion",
        remedy: "check that the server's URL is that of a Kubernetes API")
    }
    try await recorder.listed(list, at: version, receivedAt: receivedAt)
    position = version
    isSynced = true
    hasWatched = false
    logger.info(
      "listed", metadata: ["pods": "\(list.items.count)", "resourceVersion": "\(version)"])
  }

  private func read(_ bytes: [UInt8], keepsBytes: Bool) throws(WatchError) -> ListPage {
    do {
      return try ListPage(
        bytes, named: "the list of \(server.access.server)", keepsBytes: keepsBytes)
    } catch {
      throw WatchError(
        .unexpected, "\(server.access.server) answered with something else than a list of pods",
        remedy: "a proxy or a login page may have answered: ask for \(selection.path) with curl")
    }
  }

  // MARK: Watching

  /// Watches from where it stands, until the server ends the watch.
  private mutating func watch() async throws {
    // What is listed next, where it was lost meanwhile.
    guard let start = position else { return }
    let query =
      selection.query + [
        ("watch", "1"), ("allowWatchBookmarks", "true"), ("resourceVersion", "\(start)"),
        ("timeoutSeconds", "\(Int.random(in: Self.watchSeconds))"),
      ]
    let answer = try await server.get(selection.path, query)
    learn(answer)
    try await recorder.connected(isAgain: hasWatched)
    isSynced = true
    hasWatched = true
    logger.debug("watching", metadata: ["resourceVersion": "\(start)"])
    do {
      try await read(answer)
    } catch let error as RecordingFailure {
      throw error
    } catch {
      try await recorder.disconnected()
      throw APIServer.failure(error, server.access)
    }
    try await recorder.disconnected()
  }

  private mutating func read(_ answer: APIServer.Answer) async throws {
    var splitter = LineSplitter()
    var buffers = answer.body.makeAsyncIterator()
    while true {
      let askedAt = ContinuousClock.now
      guard let buffer = try await buffers.next() else { break }
      let isFresh = askedAt.duration(to: .now) >= shortestWait
      let receivedAt = clock.latest(at: now())
      let lines = try splitter.lines(in: buffer)
      guard !lines.isEmpty else { continue }
      let heard = try await recorder.take(lines, receivedAt: receivedAt, isFresh: isFresh)
      position = heard.version ?? position
      guard let end = heard.end else { continue }
      let words = end.message ?? "the server ended the watch with an error"
      guard end.isGone else { throw WatchError(.busy, words, remedy: "") }
      forgetPosition(words)
      return
    }
    guard !splitter.isWithinLine else {
      throw WatchError(.unreachable, "the watch broke within a line", remedy: "")
    }
  }

  private func learn(_ answer: APIServer.Answer) {
    guard let date = answer.date,
      let step = clock.learn(date, sentAt: answer.sentAt, receivedAt: answer.receivedAt)
    else { return }
    logger.warning(
      "the server's clock was set", metadata: ["seconds": "\(Double(step) / 1_000_000)"])
  }
}

/// Which pods are watched, and how the API is asked for them.
struct PodSelection: Sendable {
  let scope: SourceWatched.Scope
  private let namespace: String?
  private let selector: String?

  /// All pods, those of a namespace, or those that a label selector matches.
  init(namespace: String?, selector: String?) {
    self.namespace = namespace
    self.selector = selector
    if let selector {
      scope = .selection(namespace.map { "\($0): \(selector)" } ?? selector)
    } else {
      scope = namespace.map { .namespace($0) } ?? .cluster
    }
  }

  /// The path of the API.
  var path: String {
    namespace.map { "/api/v1/namespaces/\(Percent.encoded($0))/pods" } ?? "/api/v1/pods"
  }

  /// What is asked for with each request.
  var query: [(name: String, value: String)] {
    selector.map { [("labelSelector", $0)] } ?? []
  }
}
