import Foundation
import IPLedger
import IPLedgerKubernetes
import RecordedClusters
import Synchronization
import TestSupport
import Testing

@testable import IPLedgerWatch

/// What a ledger says, as far as it has to be the same however the cluster was watched.
struct Said: Hashable, Sendable {
  /// Which incarnation had which address.
  var tenures: Set<[String]> = []
  /// What is kept, and until when.
  var reservations: Set<[String]> = []
  /// Which addresses had several holders at once.
  var conflicts: Set<[String]> = []

  init(_ ledger: Ledger) throws {
    try ledger.read { view in
      let network = try NetworkName("lab")
      for text in ["0.0.0.0/0", "::/0"] {
        for address in try view.addresses(in: AddressPrefix(parsing: text), of: network) {
          for span in try view.history(of: address) {
            let uids = span.holders.map(\.pod.uid.rawValue).sorted()
            for uid in uids { tenures.insert(["\(address)", uid]) }
            if span.kind == .conflicted { conflicts.insert(["\(address)"] + uids) }
          }
        }
      }
      for kept in try view.reservations(at: .latest) {
        reservations.insert([
          "\(kept.identity)", "\(kept.nodeClass)", kept.uid.rawValue, "\(kept.addresses)",
          "\(kept.hours)", "\(kept.since.map { "\($0)" } ?? "")",
          "\(kept.deadline.map { "\($0)" } ?? "")",
        ])
      }
    }
  }

  /// What the recorded file says.
  static func file(of recording: RecordedCluster) async throws -> Said {
    let place = try TemporaryLedger()
    let (events, _) = try facts(in: [recording.file("watch.jsonl.gz")])
    try await place.ledger.record(contentsOf: events)
    return try Said(place.ledger)
  }
}

/// What the recordings tell when they come from an API server.
@Suite(.serialized) struct `a watch of what was recorded` {
  private static func truth(
    _ recording: RecordedCluster, _ ledger: Ledger
  ) throws -> Score {
    let truth = try Truth(recording, end: try recording.end)
    return try ledger.read { view in try Score(truth, view, network: NetworkName("lab")) }
  }

  @Test(arguments: RecordedCluster.all)
  func `tells what ingesting the file tells`(_ recording: RecordedCluster) async throws {
    let parts = try PlayedCluster.parts(of: recording)
    let played = try PlayedWatch(at: parts[0].receivedAt)
    await played.cluster.list(parts[0])
    let server = try await PlayedServer(played.cluster, played.clock, tls: Certificates.server())
    var access = ClusterAccess(name: "lab", server: "https://127.0.0.1:\(server.port)")
    access.trust = .authorities(.file(Certificates.path("ca.pem")))
    let api = try played.api(access)
    // Both clocks are one, and each change comes once the one before has: none waits to be read.
    let watch = try played.watch(api, knowing: 0...0, freshAfter: .zero)
    try await watch.running { try await played.play(parts, to: watch) }
    let figures = await watch.figures
    #expect(figures.refused == 0)
    #expect(figures.gaps == parts.count - 1)
    #expect(try Said(played.place.ledger) == (try await Said.file(of: recording)))
    let score = try Self.truth(recording, played.place.ledger)
    #expect(score.wrong == [])
    let (events, _) = try facts(in: [recording.file("watch.jsonl.gz")])
    let file = try TemporaryLedger()
    try await file.ledger.record(contentsOf: events)
    let before = try Self.truth(recording, file.ledger)
    #expect(score.unknown <= before.unknown)
    #expect(score.exact >= before.exact, "watched: \(score); from the file: \(before)")
    #expect(try played.place.ledger.replay(scratch: NSTemporaryDirectory()).isEqual)
    await server.stop()
    await api.shutdown()
  }

  /// How the answers of a server go, by chance.
  private static func behaviour(_ seed: UInt64)
    -> @Sendable (PlayedServer.Request)
    -> PlayedServer.Behaviour
  {
    let source = Chance(seed)
    return { request in
      guard !request.path.hasPrefix("/api/v1/nodes") else { return .good }
      return source.draw { random in
        guard request.query["watch"] != nil else {
          switch Int.random(in: 0..<24, using: &random) {
          case 0: return .refuses(status: 429, retryAfter: 0)
          case 1: return .refuses(status: 500, retryAfter: nil)
          case 2: return .breaks
          default: return .good
          }
        }
        let lines = Int.random(in: 0..<12, using: &random)
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return .good
        case 1, 2: return .endsAfter(lines: lines)
        case 3, 4, 5:
          return .breaksAfter(lines: lines, bytes: Int.random(in: 0..<4000, using: &random))
        case 6: return .trickles(bytes: Int.random(in: 1..<300, using: &random))
        case 7: return .refuses(status: 429, retryAfter: 0)
        case 8: return .tellsError(afterLines: lines)
        default: return .breaks
        }
      }
    }
  }

  @Test(arguments: Seeds.chosen(kept: [], few: 6, many: 200))
  func `is the same however the connection is cut`(_ seed: UInt64) async throws {
    let recording = RecordedCluster.all[Int(seed) % RecordedCluster.all.count]
    let parts = try PlayedCluster.parts(of: recording)
    let played = try PlayedWatch(at: parts[0].receivedAt)
    await played.cluster.list(parts[0])
    let server = try await PlayedServer(
      played.cluster, played.clock, behave: Self.behaviour(seed))
    let api = try played.api(PlayedWatch.access(server))
    let watch = try played.watch(api)
    try await watch.running { try await played.play(parts, to: watch) }
    #expect(await watch.figures.refused == 0)
    #expect(await watch.figures.gaps == parts.count - 1)
    #expect(try Said(played.place.ledger) == (try await Said.file(of: recording)))
    #expect(try Self.truth(recording, played.place.ledger).wrong == [])
    #expect(try played.place.ledger.replay(scratch: NSTemporaryDirectory()).isEqual)
    await server.stop()
    await api.shutdown()
  }

  @Test func `says of a gap that it is one`() async throws {
    // Every tenth change the server forgets what was, while the watch is away.
    let recording = RecordedCluster.resumedWatch
    let parts = try PlayedCluster.parts(of: recording)
    let played = try PlayedWatch(at: parts[0].receivedAt)
    await played.cluster.list(parts[0])
    let isAway = Away()
    let server = try await PlayedServer(played.cluster, played.clock) { _ in
      isAway.value ? .refuses(status: 503, retryAfter: nil) : .good
    }
    let api = try played.api(PlayedWatch.access(server))
    let watch = try played.watch(api)
    try await watch.running {
      try await watch.reaches(parts[0].version)
      for (index, (pod, type, change)) in parts[0].changes.enumerated() {
        if index % 40 == 20 {
          isAway.value = true
          await played.cluster.disconnect()
        }
        await played.cluster.change(pod, type, change)
        if index % 40 == 35 {
          await played.cluster.compact()
          isAway.value = false
        }
        if !isAway.value { try await watch.reaches(change.version) }
      }
    }
    #expect(await watch.figures.gaps > 3)
    let score = try Self.truth(recording, played.place.ledger)
    #expect(score.wrong == [])
    #expect(score.exact > 0)
    #expect(score.bounded > 0)
    await server.stop()
    await api.shutdown()
  }

  @Test func `keeps a file that says what the ledger was told`() async throws {
    var motion = FastMotion(pods: 60, changesInADay: 864_000, seed: 7)
    let played = try PlayedWatch(at: motion.now)
    await played.cluster.list(motion.list())
    // A hundred nodes run pods; some are virtual, and some become it.
    let virtual = (0..<100).filter { $0 % 3 == 0 }.map {
      ("node-\($0)", ["type": "virtual-kubelet"])
    }
    await played.cluster.label(Dictionary(uniqueKeysWithValues: virtual))
    let server = try await PlayedServer(played.cluster, played.clock)
    let api = try played.api(PlayedWatch.access(server))
    let folder = try Folder(["stream": ""])
    var options = PodWatch.Options()
    options.file = folder.file("stream")
    for round in 0..<4 {
      let watch = try played.watch(api, options)
      let task = Task { try await watch.run() }
      try await watch.reaches(motion.version)
      for index in 0..<150 {
        let (pod, type, change) = motion.next()
        await played.cluster.change(pod, type, change)
        guard index == 75 else { continue }
        await played.cluster.label(["node-\(round + 1)": ["type": "virtual-kubelet"]])
        guard round == 1 else { continue }
        await played.cluster.compact()
        await played.cluster.disconnect()
      }
      try await watch.reaches(motion.version)
      task.cancel()
      try await task.value
    }
    let file = try TemporaryLedger()
    let (events, summary) = try facts(in: [.file(folder.file("stream"))])
    try await file.ledger.record(contentsOf: events)
    let (told, read) = (
      try Self.podEvents(of: played.place.ledger), try Self.podEvents(of: file.ledger)
    )
    #expect(told.subtracting(read) == [])
    #expect(read.subtracting(told) == [])
    #expect(
      told.contains { if case .deleted(let end) = $0 { end.cause == .forced } else { false } })
    #expect(summary.skipped[.node] ?? 0 > 30)
    await server.stop()
    await api.shutdown()
  }

  /// All events of pods.
  private static func podEvents(of ledger: Ledger) throws -> Set<Event> {
    Set(
      try ledger.events(after: .origin, limit: 100_000).map(\.event).filter { $0.kind != .watched })
  }

  private static func opening(
    _ cluster: String = "lab", _ scope: SourceWatched.Scope = .cluster
  ) throws -> WatchOpening {
    WatchOpening(cluster: try ClusterName(cluster), epoch: 0, scope: scope)
  }

  @Test func `begins its file behind the last whole line`() throws {
    let opening = try Self.opening()
    let first = String(decoding: PodLine.opening(opening), as: UTF8.self)
    for (text, left) in [
      ("", ""), (String(first.prefix(20)), ""), ("\(first)\na\n", "\(first)\na\n"),
      ("\(first)\na\nb", "\(first)\na\n"), (first, ""),
    ] {
      let folder = try Folder(["stream": text])
      var file = try StreamFile(path: folder.file("stream"), opening: opening)
      try file.write(Array("{}".utf8), receivedAt: nil)
      try file.close()
      #expect(try String(contentsOfFile: folder.file("stream"), encoding: .utf8) == left + "{}\n")
    }
    let folder = try Folder(["none": ""])
    var made = try StreamFile(path: folder.file("made"), opening: opening)
    try made.close()
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("made"))
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test func `leaves a file to the watch that has it`() throws {
    let folder = try Folder(["none": ""])
    let path = folder.file("stream")
    var first = try StreamFile(path: path, opening: try Self.opening())
    try first.write(PodLine.opening(try Self.opening()), receivedAt: nil)
    try first.flush()
    let before = try String(contentsOfFile: path, encoding: .utf8)
    let error = #expect(throws: WatchError.self) {
      try StreamFile(path: path, opening: try Self.opening())
    }
    #expect(error?.code == .file)
    #expect(error?.message.contains("is being written by another watch") == true)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == before)
    try first.close()
    var second = try StreamFile(path: path, opening: try Self.opening())
    try second.close()
  }

  @Test func `leaves other files as they are`() throws {
    let other = try Self.opening("other")
    let part = try Self.opening("lab", .namespace("web"))
    for text in [
      "a text without an end", "a text\n", #"{"type":"ADDED","object":{}}"# + "\n",
      String(decoding: PodLine.opening(other), as: UTF8.self) + "\n",
      String(decoding: PodLine.opening(part), as: UTF8.self) + "\n",
      String(repeating: "x", count: 20_000),
    ] {
      let folder = try Folder(["stream": text])
      #expect(throws: WatchError.self) {
        try StreamFile(path: folder.file("stream"), opening: try Self.opening())
      }
      #expect(try String(contentsOfFile: folder.file("stream"), encoding: .utf8) == text)
    }
  }

  @Test func `keeps a file that tells of a restored server and of what was left out`() async throws
  {
    var motion = FastMotion(pods: 20, changesInADay: 864_000, seed: 11, version: 5_000)
    let played = try PlayedWatch(at: motion.now)
    await played.cluster.list(motion.list())
    let server = try await PlayedServer(played.cluster, played.clock)
    let api = try played.api(PlayedWatch.access(server))
    let folder = try Folder(["none": ""])
    var options = PodWatch.Options()
    options.file = folder.file("stream")
    let watch = try played.watch(api, options)
    let task = Task { try await watch.run() }
    try await watch.reaches(motion.version)
    for _ in 0..<30 {
      let (pod, type, change) = motion.next()
      await played.cluster.change(pod, type, change)
    }
    // One that makes no sense.
    let bad = motion.skip()
    let object =
      #"{"kind":"Pod","metadata":{"name":"x","namespace":"d","uid":"u","resourceVersion":"\#(bad)","creationTimestamp":"yesterday"}}"#
    await played.cluster.change(
      nil, "MODIFIED",
      PlayedCluster.Change(
        version: bad, line: PlayedCluster.line("MODIFIED", Array(object.utf8)),
        receivedAt: motion.now))
    for _ in 0..<30 {
      let (pod, type, change) = motion.next()
      await played.cluster.change(pod, type, change)
    }
    try await watch.reaches(motion.version)
    // An hour later the server was restored, and counts from further back.
    var later = FastMotion(
      pods: 10, changesInADay: 86_400, seed: 4, version: 10,
      at: motion.now.adding(microseconds: 3_600_000_000))
    await played.cluster.restart(with: later.list())
    await played.cluster.disconnect()
    for _ in 0..<1_000 where await watch.figures.lists < 2 {
      try await Task.sleep(for: .milliseconds(10))
    }
    let (pod, type, change) = later.next()
    await played.cluster.change(pod, type, change)
    for _ in 0..<1_000 where await watch.recorder.position != change.version {
      try await Task.sleep(for: .milliseconds(10))
    }
    task.cancel()
    try await task.value
    let file = try TemporaryLedger()
    let (events, _) = try facts(in: [.file(folder.file("stream"))])
    try await file.ledger.record(contentsOf: events)
    let told = try Self.podEvents(of: played.place.ledger)
    #expect(told == (try Self.podEvents(of: file.ledger)))
    #expect(Set(told.compactMap { $0.evidence?.resourceVersion.epoch }) == [0, 1])
    // What was left out is covered by neither.
    for ledger in [played.place.ledger, file.ledger] {
      let spans = try ledger.read { view in try view.status(at: .latest).clusters.flatMap(\.spans) }
      #expect(
        !spans.contains { span in
          (span.fromVersion?.value ?? 0) < bad && bad <= (span.throughVersion?.value ?? 0)
        }, "\(spans)")
    }
    // What is ingested where it came from says nothing new of any pod.
    try await played.place.ledger.record(contentsOf: events)
    #expect(try Self.podEvents(of: played.place.ledger) == told)
    await server.stop()
    await api.shutdown()
  }

  @Test(arguments: [false, true])
  func `a bookmark that waited vouches for nothing`(_ isFresh: Bool) async throws {
    let motion = FastMotion(pods: 20, changesInADay: 86_400, seed: 11)
    let played = try PlayedWatch(at: motion.now)
    await played.cluster.list(motion.list())
    let server = try await PlayedServer(played.cluster, played.clock)
    let api = try played.api(PlayedWatch.access(server))
    var options = PodWatch.Options()
    options.isOnce = true
    let watch = try played.watch(api, options, knowing: 0...0)
    try await watch.run()
    let place = try played.place.ledger.read { view in
      try #require(
        try view.addresses(in: AddressPrefix(parsing: "10.0.0.0/8"), of: NetworkName("lab")).first)
    }
    let recorder = try WatchRecorder(
      played.place.ledger, PlayedWatch.observation(), nodes: nil, keeping: nil, name: "test",
      logger: played.logger, now: { played.clock.now })
    try await recorder.resume(at: motion.version)
    let later = motion.now.adding(microseconds: 60_000_000)
    try await recorder.take(
      [PodLine.bookmark(at: motion.version + 5)], receivedAt: later, isFresh: isFresh)
    try await recorder.finish()
    let answers = try played.place.ledger.read { view in
      try [40, 55].map { seconds in
        try view.audit(place, at: motion.now.adding(microseconds: seconds * 1_000_000))
      }
    }
    // Ten seconds a watch may take to deliver.
    #expect(answers[0].certainty == (isFresh ? .exact : .bounded))
    #expect(answers[1].certainty == .bounded)
    await server.stop()
    await api.shutdown()
  }

  @Test func `keeps a file that ingest reads to the same end`() async throws {
    let recording = RecordedCluster.rollingRestart
    let parts = try PlayedCluster.parts(of: recording)
    let played = try PlayedWatch(at: parts[0].receivedAt)
    await played.cluster.list(parts[0])
    let server = try await PlayedServer(played.cluster, played.clock)
    let api = try played.api(PlayedWatch.access(server))
    let path = NSTemporaryDirectory() + "ipledger-record-\(UInt64.random(in: 0 ... .max)).jsonl"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var options = PodWatch.Options()
    options.file = path
    let watch = try played.watch(api, options)
    try await watch.running { try await played.play(parts, to: watch) }
    let file = try TemporaryLedger()
    let (events, _) = try facts(in: [.file(path)])
    try await file.ledger.record(contentsOf: events)
    #expect(try Said(file.ledger) == Said(played.place.ledger))
    await server.stop()
    await api.shutdown()
  }
}

/// Whether something is away.
private final class Away: Sendable {
  private let state = Mutex(false)
  var value: Bool {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}

/// Chance that follows from a seed, for whoever asks.
final class Chance: Sendable {
  private let state: Mutex<SplitMix64>

  init(_ seed: UInt64) { state = Mutex(SplitMix64(seed: seed)) }

  func draw<Value: Sendable>(_ body: (inout SplitMix64) -> Value) -> Value {
    state.withLock { body(&$0) }
  }
}
