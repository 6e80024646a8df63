import Foundation
import IPLedger
import IPLedgerKubernetes
import RecordedClusters
import Synchronization
import TestSupport
import Testing

@testable import IPLedgerWatch

/// How lists and watches go on, and what is said of it.
@Suite(.serialized) struct `lists and watches` {
  /// A small cluster in motion, and a server that shows it.
  private struct Stage: Sendable {
    var motion = FastMotion(pods: 30, changesInADay: 86_400, seed: 3)
    let played: PlayedWatch
    let server: PlayedServer
    let api: ClusterAPI

    init(
      patience: APIServer.Patience = APIServer.Patience(),
      behave: @escaping @Sendable (PlayedServer.Request) -> PlayedServer.Behaviour = { _ in .good }
    ) async throws {
      played = try PlayedWatch(at: motion.now)
      await played.cluster.list(motion.list())
      server = try await PlayedServer(played.cluster, played.clock, behave: behave)
      api = try played.api(PlayedWatch.access(server), patience: patience)
    }

    /// So many changes happen.
    mutating func change(_ count: Int) async {
      for _ in 0..<count {
        let (pod, type, change) = motion.next()
        await played.cluster.change(pod, type, change)
      }
    }

    func end() async {
      await api.shutdown()
      await server.stop()
    }
  }

  /// The spans between which a cluster was watched.
  private static func spans(_ ledger: Ledger) throws -> [LedgerStatus.Span] {
    try ledger.read { view in
      try view.status(at: .latest).clusters.flatMap(\.spans)
    }
  }

  @Test func `a watch that ended goes on in the next process without a gap`() async throws {
    var stage = try await Stage()
    for round in 0..<3 {
      let watch = try stage.played.watch(stage.api)
      let task = Task { try await watch.run() }
      try await watch.reaches(stage.motion.version)
      await stage.change(40)
      try await watch.reaches(stage.motion.version)
      task.cancel()
      try await task.value
      let figures = await watch.figures
      #expect(figures.gaps == 0)
      #expect(figures.lists == (round == 0 ? 1 : 0))
      await stage.change(round == 1 ? 25 : 0)
    }
    let spans = try Self.spans(stage.played.place.ledger)
    #expect(spans.count == 1, "\(spans)")
    #expect(spans.first?.throughVersion?.value == stage.motion.version)
    await stage.end()
  }

  @Test func `a gap parts what was watched`() async throws {
    var stage = try await Stage()
    for _ in 0..<2 {
      let watch = try stage.played.watch(stage.api)
      let task = Task { try await watch.run() }
      try await watch.reaches(stage.motion.version)
      await stage.change(10)
      try await watch.reaches(stage.motion.version)
      task.cancel()
      try await task.value
      await stage.change(10)
      await stage.played.cluster.compact()
    }
    #expect(try Self.spans(stage.played.place.ledger).count == 2)
    await stage.end()
  }

  @Test func `a namespace or a selection covers no more than itself`() async throws {
    for (namespace, selector) in [("default", nil), (nil, "app=app"), ("default", "app in (a, b)")]
    {
      var stage = try await Stage()
      var options = PodWatch.Options()
      options.namespace = namespace
      options.selector = selector
      let watch = try stage.played.watch(stage.api, options)
      try await watch.running { [version = stage.motion.version] in
        try await watch.reaches(version)
      }
      await stage.change(1)
      for request in stage.server.requests where request.path.hasSuffix("pods") {
        #expect(
          request.path == (namespace.map { "/api/v1/namespaces/\($0)/pods" } ?? "/api/v1/pods"))
        #expect(request.query["labelSelector"] == selector)
      }
      let ledger = stage.played.place.ledger
      let scope = try Self.spans(ledger).first?.scope
      #expect(
        scope
          == (selector.map { text in .selection(namespace.map { "\($0): \(text)" } ?? text) }
            ?? .namespace("default")))
      // Nobody watched all pods, so of an address that nobody was seen with nothing is known.
      let verdict = try ledger.read { view in
        try view.audit(
          Address(network: NetworkName("lab"), ip: IPAddress(parsing: "10.9.9.9")),
          at: stage.played.clock.now
        ).verdict
      }
      #expect(verdict == .unknown)
      await stage.end()
    }
  }

  @Test func `a connection that says nothing is given up`() async throws {
    var patience = APIServer.Patience()
    patience.silence = .milliseconds(150)
    var stage = try await Stage(patience: patience)
    let watch = try stage.played.watch(stage.api)
    let task = Task { try await watch.run() }
    try await watch.reaches(stage.motion.version)
    for _ in 0..<400 where await watch.figures.reconnects < 2 {
      try await Task.sleep(for: .milliseconds(20))
    }
    #expect(await watch.figures.reconnects >= 2)
    await stage.change(5)
    try await watch.reaches(stage.motion.version)
    task.cancel()
    try await task.value
    #expect(await watch.figures.gaps == 0)
    await stage.end()
  }

  @Test func `a list whose version is gone between two pages is read at once`() async throws {
    let stage = Mutex<PlayedCluster?>(nil)
    let part = FastMotion(pods: 30, changesInADay: 86_400, seed: 3).list()
    var built = try await Stage { request in
      // While the second page is on its way, everything changes.
      if request.query["continue"] != nil, let cluster = stage.withLock({ $0.take() }) {
        let isDone = DispatchSemaphore(value: 0)
        Task {
          await cluster.list(
            PlayedCluster.Part(
              version: part.version + 50, receivedAt: part.receivedAt, pods: part.pods, changes: [])
          )
          isDone.signal()
        }
        isDone.wait()
      }
      return .good
    }
    stage.withLock { $0 = built.played.cluster }
    let watch = try built.played.watch(built.api)
    try await watch.running { try await watch.reaches(part.version + 50) }
    #expect(await watch.figures.lists == 1)
    #expect(
      built.server.requests.contains {
        $0.path == "/api/v1/pods" && $0.query["limit"] == nil && $0.query["watch"] == nil
      })
    await built.change(0)
    await built.end()
  }

  @Test func `a refusal in the middle of life is waited for`() async throws {
    let code = Mutex(0)
    var stage = try await Stage { request in
      let status = code.withLock { $0 }
      return status == 0 ? .good : .refuses(status: status, retryAfter: nil)
    }
    let watch = try stage.played.watch(stage.api)
    let task = Task { try await watch.run() }
    try await watch.reaches(stage.motion.version)
    for status in [401, 403, 404, 429, 500] {
      code.withLock { $0 = status }
      await stage.played.cluster.disconnect()
      await stage.change(5)
      try await Task.sleep(for: .milliseconds(100))
      code.withLock { $0 = 0 }
      try await watch.reaches(stage.motion.version)
    }
    task.cancel()
    try await task.value
    #expect(await watch.figures.gaps == 0)
    await stage.end()
  }

  @Test func `a full disk ends it, and nothing is said to be covered that was not recorded`()
    async throws
  {
    let stage = try await Stage()
    var options = PodWatch.Options()
    options.file = "/dev/full"
    let watch = try stage.played.watch(stage.api, options)
    let error = await #expect(throws: WatchError.self) { try await watch.run() }
    #expect(error?.description.contains("/dev/full") == true)
    #expect(try Self.spans(stage.played.place.ledger).isEmpty)
    await stage.end()
  }

  /// A pod that makes no sense.
  private static func bad(_ version: UInt64, at instant: Instant) -> PlayedCluster.Change {
    let object = Array(
      """
      {"kind":"Pod","apiVersion":"v1","metadata":{"name":"bad","namespace":"default","uid":"bad",\
      "resourceVersion":"\(version)","creationTimestamp":"yesterday"},"spec":{},"status":{}}
      """.utf8)
    return PlayedCluster.Change(
      version: version, line: PlayedCluster.line("MODIFIED", object), receivedAt: instant)
  }

  @Test func `a pod that makes no sense is left out, and so is its change from what is covered`()
    async throws
  {
    var stage = try await Stage()
    let watch = try stage.played.watch(stage.api)
    let task = Task { try await watch.run() }
    try await watch.reaches(stage.motion.version)
    await stage.change(5)
    let bad = stage.motion.skip()
    await stage.played.cluster.change(nil, "MODIFIED", Self.bad(bad, at: stage.motion.now))
    await stage.change(5)
    try await watch.reaches(stage.motion.version)
    task.cancel()
    try await task.value
    #expect(await watch.figures.refused == 1)
    let spans = try Self.spans(stage.played.place.ledger)
    #expect(spans.count == 2)
    #expect(
      !spans.contains {
        ($0.fromVersion?.value ?? 0) < bad && bad <= ($0.throughVersion?.value ?? 0)
      })
    await stage.end()
  }

  @Test func `a server that was made anew begins a new epoch`() async throws {
    let stage = try await Stage()
    let watch = try stage.played.watch(stage.api)
    let task = Task { try await watch.run() }
    try await watch.reaches(stage.motion.version)
    // The versions begin again, an hour later by the stamps.
    var later = FastMotion(
      pods: 10, changesInADay: 86_400, seed: 4, version: 10,
      at: stage.motion.now.adding(microseconds: 3_600_000_000))
    let part = later.list()
    // It is watched, and is another one before it takes a connection again.
    while await !watch.figures.isConnected { try await Task.sleep(for: .milliseconds(1)) }
    await stage.played.cluster.restart(with: part)
    await stage.played.cluster.disconnect()
    for _ in 0..<400 where await watch.figures.lists < 2 {
      try await Task.sleep(for: .milliseconds(20))
    }
    let (pod, type, change) = later.next()
    await stage.played.cluster.change(pod, type, change)
    for _ in 0..<400 where await watch.recorder.position != change.version {
      try await Task.sleep(for: .milliseconds(20))
    }
    task.cancel()
    try await task.value
    let status = try stage.played.place.ledger.read { view in try view.status(at: .latest) }
    #expect(status.clusters.first?.epochs == 1)
    #expect(try stage.played.place.ledger.replay(scratch: NSTemporaryDirectory()).isEqual)
    await stage.end()
  }

  @Test func `another cluster under the same name is refused`() async throws {
    let first = try await Stage()
    let watch = try first.played.watch(first.api)
    try await watch.running { try await watch.reaches(first.motion.version) }
    // Another one, whose versions are ahead.
    let motion = FastMotion(pods: 30, changesInADay: 86_400, seed: 9, version: 1_005)
    let played = try PlayedWatch(at: motion.now)
    await played.cluster.list(motion.list())
    let server = try await PlayedServer(played.cluster, played.clock)
    let api = try played.api(PlayedWatch.access(server))
    let before = try first.played.place.ledger.read { view in try view.head }
    for isOnce in [false, true] {
      var options = PodWatch.Options()
      options.isOnce = isOnce
      let other = try PodWatch(
        api, into: first.played.place.ledger, try PlayedWatch.observation(), options)
      let error = await #expect(throws: WatchError.self) { try await other.run() }
      #expect(error?.description.contains("not the cluster") == true)
    }
    // Nothing of it was taken in, but that the watch was to go on.
    let after = try first.played.place.ledger.read { view in try view.head }
    #expect(after.rawValue <= before.rawValue + 2)
    #expect(try Self.spans(first.played.place.ledger).count == 1)
    await api.shutdown()
    await server.stop()
    await first.end()
  }

  @Test func `a node's labels go before its name`() async throws {
    let stage = try await Stage()
    let watch = try stage.played.watch(stage.api)
    await stage.played.cluster.label(["node-7": ["type": "virtual-kubelet"], "node-8": ["a": "b"]])
    try await watch.running { try await watch.reaches(stage.motion.version) }
    var found: [String: (NodeClass, NodeClass.Ground)] = [:]
    for event in try stage.played.place.ledger.events(after: .origin, limit: 1000) {
      guard case .created(let created) = event.event, let node = created.description.node,
        let nodeClass = created.description.nodeClass,
        let ground = created.description.nodeClassGround
      else { continue }
      found[node] = (nodeClass, ground)
    }
    #expect(try #require(found["node-7"]) == (.virtual, .label))
    // A label that says nothing leaves it to the name (R17).
    #expect(try #require(found["node-8"]) == (.ecs, .name))
    #expect(try #require(found["node-9"]) == (.ecs, .name))
    // They are listed, and what was not is asked for once.
    let asked = stage.server.requests.filter { $0.path.hasPrefix("/api/v1/nodes/") }.map(\.path)
    #expect(asked.count == Set(asked).count)
    #expect(!asked.contains("/api/v1/nodes/node-7") && asked.contains("/api/v1/nodes/node-9"))
    let forms = stage.server.requests.filter { $0.path == "/api/v1/nodes" }
      .map { $0.headers["accept"] ?? "" }
    #expect(forms.allSatisfy { $0.hasPrefix("application/json;as=PartialObjectMetadata") })
    await stage.end()
  }

  /// The classes of the nodes that a directory knows, once one of them is as expected.
  private static func classes(
    _ nodes: NodeDirectory, _ name: String, becomes expected: NodeClass?
  ) async throws -> [String: NodeClass?] {
    for _ in 0..<2000 {
      let known = try await nodes.classes(of: [name, "a", "b"])
      if known[name] == .some(expected) { return known }
      try await Task.sleep(for: .milliseconds(5))
    }
    return try await nodes.classes(of: [name, "a", "b"])
  }

  @Test func `nodes are listed in pages and followed`() async throws {
    let stage = try await Stage()
    let virtual = ["type": "virtual-kubelet"]
    await stage.played.cluster.label(["a": virtual, "b": [:], "c": [:], "d": virtual, "e": [:]])
    let nodes = NodeDirectory(stage.api.server, logger: stage.played.logger)
    let task = Task { try await nodes.run() }
    try await nodes.wait(atMost: .seconds(10))
    #expect(
      try await nodes.classes(of: ["a", "b", "d"]) == ["a": .virtual, "b": nil, "d": .virtual])
    #expect(stage.server.requests.count { $0.query["watch"] == nil } == 3)
    await stage.played.cluster.label(["b": virtual, "f": virtual])
    #expect(try await Self.classes(nodes, "b", becomes: .virtual)["b"] == .virtual)
    #expect(try await Self.classes(nodes, "f", becomes: .virtual)["f"] == .virtual)
    // A label goes, and a node.
    await stage.played.cluster.label(["a": [:]])
    #expect(try await Self.classes(nodes, "a", becomes: nil)["a"] == .some(nil))
    await stage.played.cluster.removeNode("f")
    await stage.played.cluster.label(["g": virtual])
    #expect(try await Self.classes(nodes, "g", becomes: .virtual)["g"] == .virtual)
    #expect(try await nodes.classes(of: ["f"]) == [:])
    // A connection that breaks loses nothing that is there afterwards.
    await stage.played.cluster.disconnect()
    await stage.played.cluster.label(["h": virtual])
    #expect(try await Self.classes(nodes, "h", becomes: .virtual)["h"] == .virtual)
    task.cancel()
    await stage.end()
  }

  @Test func `who may not read nodes goes by their names`() async throws {
    let stage = try await Stage { request in
      request.path.hasPrefix("/api/v1/nodes") ? .refuses(status: 403, retryAfter: nil) : .good
    }
    await stage.played.cluster.label(["node-7": ["type": "virtual-kubelet"]])
    let watch = try stage.played.watch(stage.api)
    try await watch.running { try await watch.reaches(stage.motion.version) }
    let text = stage.played.log.text
    #expect(text.components(separatedBy: "nodes may not be read").count == 2, "\(text)")
    // A list, a list that is followed, and one node.
    #expect(stage.server.requests.count { $0.path.hasPrefix("/api/v1/nodes") } <= 3)
    await stage.end()
  }

  @Test(arguments: ["/api/v1/nodes", "/api/v1/nodes/node-9"])
  func `nodes that hang keep no pod from being recorded for long`(_ path: String) async throws {
    let stage = try await Stage { request in
      request.path == path ? .hangs(milliseconds: 40_000) : .good
    }
    await stage.played.cluster.label(["node-7": ["type": "virtual-kubelet"]])
    let watch = try stage.played.watch(stage.api)
    let began = ContinuousClock.now
    let task = Task { try await watch.run() }
    for _ in 0..<3_000 where await watch.recorder.position < stage.motion.version {
      try await Task.sleep(for: .milliseconds(10))
    }
    #expect(await watch.recorder.position == stage.motion.version)
    #expect(began.duration(to: .now) < .seconds(25))
    task.cancel()
    try await task.value
    await stage.end()
  }

  @Test func `who may only get nodes asks for each`() async throws {
    let stage = try await Stage { request in
      request.path == "/api/v1/nodes" ? .refuses(status: 403, retryAfter: nil) : .good
    }
    await stage.played.cluster.label(["node-7": ["type": "virtual-kubelet"]])
    let nodes = NodeDirectory(stage.api.server, logger: stage.played.logger)
    #expect(try await nodes.classes(of: ["node-7", "node-8"]) == ["node-7": .virtual])
    await stage.end()
  }

  @Test func `two clusters fill one ledger`() async throws {
    let place = try TemporaryLedger()
    let stages = [try await Stage(), try await Stage()]
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, stage) in stages.enumerated() {
        let cluster = try ClusterName("lab-\(index)")
        let watch = try PodWatch(
          stage.api, into: place.ledger,
          ObservationOptions(cluster: cluster, network: NetworkName(of: cluster)),
          PodWatch.Options())
        group.addTask {
          try await watch.running { try await watch.reaches(stage.motion.version) }
        }
      }
      try await group.waitForAll()
    }
    #expect(
      try place.ledger.read { view in try view.clusters().map(\.rawValue) } == ["lab-0", "lab-1"])
    for stage in stages { await stage.end() }
  }
}
