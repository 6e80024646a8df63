import IPLedger
import IPLedgerKubernetes
import Logging

/// Turns what a cluster's API sends into facts, and records them.
///
/// Everything comes to it as lines of a watch, in the form that `ipledger ingest` reads: the items of a
/// list as added, and a bookmark behind them; a watch that goes on from a stored version begins with a
/// bookmark at it. What is kept with ``StreamFile`` is exactly that, so ingesting it gives the same.
actor WatchRecorder {
  /// What lines told who reads them.
  struct Heard: Sendable {
    /// The last version.
    var version: UInt64?
    /// Why the server ends the watch, where it does.
    var end: End?

    /// Why a server ends a watch.
    struct End: Sendable {
      /// Whether the version at which the watch stands is too old.
      var isGone: Bool
      /// In the server's words.
      var message: String?
    }
  }

  /// So many events share a transaction at the most, give or take those of one line.
  private static let batch = 2000
  /// How far the watch has come is said so often at the most: each time is an event.
  private static let betweenAdvances = Duration.seconds(5)
  /// It ticks each second: where that is much longer ago, the process was stopped meanwhile.
  private static let longestTick = Duration.seconds(4)

  private let ledger: Ledger
  private let name: String
  private let logger: Logger
  private var options: ObservationOptions
  private var observer: PodObserver
  private let nodes: NodeDirectory?
  private var file: StreamFile?
  private var line = 0
  private var hasNews = false
  private var isInGap = false
  /// Why something that was observed could not be recorded: what is known here is ahead of the ledger then, so
  /// nothing more may be recorded.
  private var failure: RecordingFailure?
  private var disconnectedAt: Instant?
  private let now: @Sendable () -> Instant
  private var isRecording = false
  private var advancedAt = ContinuousClock.now
  private var tickedAt = ContinuousClock.now
  private var heardAt: Instant?
  private var counted = WatchFigures()
  /// The version that was taken in last, and is recorded.
  private(set) var position: UInt64 = 0

  /// A recorder of one cluster's watch.
  init(
    _ ledger: Ledger, _ options: ObservationOptions, nodes: NodeDirectory?,
    keeping file: consuming StreamFile?, name: String, logger: Logger,
    now: @escaping @Sendable () -> Instant
  ) throws {
    self.ledger = ledger
    self.now = now
    self.nodes = nodes
    self.name = name
    self.logger = logger
    var options = options
    options.announcesRestarts = true
    options.epoch = try ledger.read { view in try view.epoch(of: options.cluster) }
    self.options = options
    var file = file
    try file?.write(PodLine.opening(options.opening), receivedAt: nil)
    self.file = file
    observer = PodObserver(options)
  }

  /// Whether the lines of the watch are kept in a file.
  var keepsLines: Bool { file != nil }

  /// What was done so far.
  var figures: WatchFigures {
    var figures = counted
    figures.silenceSeconds = heardAt.map {
      Double(now().microseconds - $0.microseconds) / 1_000_000
    }
    return figures
  }

  // MARK: What happens to the watch

  /// The version from which the watch can go on, as the ledger has it.
  func resumption() throws -> UInt64? {
    let (cluster, scope) = (options.cluster, options.scope)
    return try ledger.read { view in try view.resumption(of: cluster, scope)?.value }
  }

  /// Makes sure that a server shows the cluster that the ledger knows by this name.
  ///
  /// The ledger has seen all changes up to a version, so it knows the pods that the server shows at versions up
  /// to it. Where it knows none of them, this is another cluster.
  ///
  /// - Parameters:
  ///   - pods: Some pods.
  ///   - version: The version up to which the ledger has seen all changes.
  /// - Throws: ``WatchError`` where it is another cluster; errors of the ledger.
  func requireSameCluster(_ pods: [PodObject], upTo version: UInt64) throws {
    let cluster = options.cluster
    let uids = pods.compactMap { $0.uidOfAddressed(upTo: version) }
    guard !uids.isEmpty else { return }
    let isKnown = try ledger.read { view in
      try uids.contains { try view.knows($0, of: cluster) }
    }
    guard !isKnown else { return }
    throw WatchError(
      .configuration,
      "this is not the cluster that the ledger knows as \(cluster): it has seen all changes up to "
        + "\(version), and none of the \(uids.count) pods that \(name) shows from before",
      remedy: "check the context; if the cluster was made anew, give it another name with --cluster"
    )
  }

  /// The watch goes on from a version that the ledger had.
  func resume(at version: UInt64) async throws {
    try await take([PodLine.bookmark(at: version)], receivedAt: nil)
  }

  /// The watch has a connection.
  ///
  /// - Parameter isAgain: Whether there was one before, which ended at the same version.
  /// - Throws: ``RecordingFailure``.
  func connected(isAgain: Bool) async throws {
    counted.isConnected = true
    guard isAgain else { return }
    counted.reconnects += 1
    try await record(observer.resume())
  }

  /// A connection of the watch has ended.
  func disconnected() async throws {
    counted.isConnected = false
    disconnectedAt = now()
    guard failure == nil else { return }
    try await record(observer.pause())
  }

  /// The version at which the watch stands is too old: what happened since cannot be told any more.
  func lost(_ why: String) async throws {
    try await take([PodLine.gone(why)], receivedAt: nil)
  }

  /// All pods were listed.
  ///
  /// - Parameters:
  ///   - list: The pods.
  ///   - version: The version of the list.
  ///   - receivedAt: When its first page had come: all pages are of that version.
  /// - Throws: ``RecordingFailure``; `CancellationError`.
  func listed(_ list: PodList, at version: UInt64, receivedAt: Instant?) async throws {
    let reached = try max(position, resumption() ?? 0)
    // Before anything of it is taken in.
    if version >= reached { try requireSameCluster(list.items.map(\.pod), upTo: reached) }
    var shown = list.shown(at: version, from: line + 1)
    count(lines: shown.count)
    try await learnNodes(of: shown)
    if list.others > 0 {
      logger.error("\(list.others) items of the list are no pods and were left out")
      counted.refused += list.others
    }
    let before = observer
    var (events, _) = observe(&shown, receivedAt: receivedAt, isFresh: true)
    if try fellBack(events, at: version, behind: reached) {
      logger.warning("resource versions fell back: etcd was restored, or the cluster made anew")
      observer = before
      options.epoch = observer.epoch + 1
      options.nodeClasses = [:]
      counted.observed.add(observer.summary)
      observer = PodObserver(options)
      try keep(PodLine.opening(options.opening))
      try await learnNodes(of: shown)
      (events, _) = observe(&shown, receivedAt: receivedAt, isFresh: true)
    }
    counted.lists += 1
    heardAt = now()
    if isInGap, let disconnectedAt {
      counted.gapSeconds += Double(now().microseconds - disconnectedAt.microseconds) / 1_000_000
    }
    isInGap = false
    try keep(shown, receivedAt: receivedAt, isFresh: true)
    // From here on the watch can go on.
    try await record(events + observer.advance())
    position = version
  }

  /// Whether a list shows that the cluster's versions fell back.
  private func fellBack(
    _ events: [Event], at version: UInt64, behind reached: UInt64
  ) throws(RecordingFailure) -> Bool {
    do {
      return try ledger.read { view in
        try version < reached || events.contains { try EpochRule.fellBack($0, in: view) }
      }
    } catch {
      throw fail(error)
    }
  }

  /// Something was observed that is not in the ledger: from now on nothing more is recorded.
  private func fail(_ cause: any Error) -> RecordingFailure {
    let failure = RecordingFailure(cause: cause)
    self.failure = failure
    return failure
  }

  /// Takes in lines of the watch.
  ///
  /// - Parameters:
  ///   - lines: Whole lines.
  ///   - receivedAt: An upper bound of when they were received, on the server's clock.
  ///   - isFresh: Whether they came when they were waited for. Others may have been sent long before, so what
  ///     they are silent about may have happened.
  /// - Returns: How far the watch has come, and whether it ends; an error other than 410 is told, and
  ///   not taken in: the watch can go on where it stands.
  /// - Throws: ``WatchError`` where a line makes no sense; ``RecordingFailure``; `CancellationError`.
  @discardableResult
  func take(
    _ lines: [[UInt8]], receivedAt: Instant?, isFresh: Bool = false
  ) async throws -> Heard {
    let arrivedAt = now()
    var shown = try read(lines)
    try await learnNodes(of: shown)
    let isFresh = isFresh && tickedAt.duration(to: .now) < Self.longestTick
    let (events, heard) = observe(&shown, receivedAt: receivedAt, isFresh: isFresh)
    if heard.end?.isGone == true {
      counted.gaps += 1
      isInGap = true
    }
    try keep(shown, receivedAt: receivedAt, isFresh: isFresh)
    try await record(events)
    position = heard.version ?? position
    heardAt = arrivedAt
    counted.lagSeconds = Double(now().microseconds - arrivedAt.microseconds) / 1_000_000
    return heard
  }

  /// Says how far the watch has come, where that was not said for a while and nothing is being recorded.
  func tick() async throws {
    let now = ContinuousClock.now
    tickedAt = now
    guard hasNews, !isRecording, advancedAt.duration(to: now) >= Self.betweenAdvances else {
      return
    }
    try await record(observer.advance())
  }

  /// The watch is over.
  func finish() async throws {
    guard failure == nil else { return }
    try await record(observer.finish())
    counted.observed.add(observer.summary)
    observer = PodObserver(options)
    try file?.close()
  }

  // MARK: Lines and events

  /// What lines say.
  ///
  /// - Throws: ``WatchError`` where one makes no sense: it may come better the next time.
  private func read(_ lines: [[UInt8]]) throws(WatchError) -> [ShownLine] {
    var shown: [ShownLine] = []
    for (index, bytes) in lines.enumerated() {
      let number = line + index + 1
      do throws(InputError) {
        let document = try WatchLine.read(bytes, number: number, of: name)
        shown.append(ShownLine(document: document, bytes: bytes))
      } catch {
        // What stands in it may be a secret of some pod.
        logger.error("line \(number) makes no sense and was left out: \(error.code)")
        counted.refused += 1
        throw WatchError(.busy, "line \(number) of \(name) makes no sense", remedy: "")
      }
    }
    count(lines: lines.count)
    return shown
  }

  private func count(lines: Int) {
    line += lines
    counted.lines += lines
  }

  /// Has the classes of the nodes that documents name known, and kept, before the documents are.
  private func learnNodes(of shown: [ShownLine]) async throws {
    guard let nodes else { return }
    let names = Set(shown.compactMap(\.document.nodeName))
    for (name, nodeClass) in try await nodes.classes(of: names).sorted(by: { $0.key < $1.key })
    where options.nodeClasses[name] != nodeClass {
      options.nodeClasses[name] = nodeClass
      observer.learn(nodeClass, ofNode: name)
      try keep(PodLine.node(name, nodeClass))
    }
  }

  /// What lines say; one that makes no sense is replaced by one that says so.
  private func observe(
    _ shown: inout [ShownLine], receivedAt: Instant?, isFresh: Bool
  ) -> (events: [Event], heard: Heard) {
    var events: [Event] = []
    var heard = Heard()
    for index in shown.indices {
      let document = shown[index].document
      guard case .watchEvent(_, let object, _) = document.content else { continue }
      switch object {
      case .pod(let pod): heard.version = UInt64(pod.metadata.resourceVersion) ?? heard.version
      case .bookmark(let version, _): heard.version = version.flatMap(UInt64.init) ?? heard.version
      case .status(let status):
        let isGone = status.code == StatusObject.gone
        heard.end = Heard.End(isGone: isGone, message: status.message ?? status.reason)
        guard isGone else { continue }
      case .other: heard.end = Heard.End(isGone: false, message: nil)
      case .node, .opening, .passedOver: break
      }
      do throws(ObservationError) {
        let readAt = Self.time(of: shown[index], receivedAt, isFresh: isFresh)
        events += try observer.observe(document, readAt: readAt)
      } catch {
        // One object that makes no sense is no reason to see none of the others.
        counted.refused += 1
        logger.error("a pod was left out: \(error)")
        events += observer.passOver(heard.version)
        shown[index].bytes = PodLine.passedOver(at: heard.version)
      }
    }
    hasNews = true
    return (events, heard)
  }

  /// When a line was received, as far as that counts: a bookmark that waited here to be read is old, and
  /// would vouch for what was not read yet.
  private static func time(
    of line: ShownLine, _ receivedAt: Instant?, isFresh: Bool
  ) -> Instant? {
    line.isBookmark && !isFresh ? nil : receivedAt
  }

  private func keep(
    _ shown: [ShownLine], receivedAt: Instant?, isFresh: Bool
  ) throws(RecordingFailure) {
    guard file != nil else { return }
    do {
      for line in shown {
        let time = Self.time(of: line, receivedAt, isFresh: isFresh)
        try file?.write(line.bytes, receivedAt: time)
      }
      try file?.flush()
    } catch {
      throw fail(error)
    }
  }

  private func keep(_ line: [UInt8]) throws(RecordingFailure) {
    do {
      try file?.write(line, receivedAt: nil)
    } catch {
      throw fail(error)
    }
  }

  private func record(_ events: [Event]) async throws(RecordingFailure) {
    if let failure { throw failure }
    guard !events.isEmpty else { return }
    isRecording = true
    defer { isRecording = false }
    do {
      try await recordAll(events)
    } catch {
      throw fail(error)
    }
  }

  private func recordAll(_ events: [Event]) async throws {
    var rest = events[...]
    while !rest.isEmpty {
      let part = Array(rest.prefix(Self.batch))
      rest = rest.dropFirst(Self.batch)
      try await record(part: part)
    }
    if events.contains(where: { $0.kind == .watched }) {
      advancedAt = .now
      hasNews = false
    }
  }

  private func record(part: [Event]) async throws {
    do {
      for recording in try await ledger.record(contentsOf: part) { count(recording) }
    } catch let error as LedgerError where error.isOfOneEvent {
      // All of them or none: one by one, only that one is left out.
      for event in part {
        do {
          count(try await ledger.record(event))
        } catch let error as LedgerError where error.isOfOneEvent {
          counted.refused += 1
          logger.error("an event was left out: \(error)")
          for statement in observer.passOver(event.evidence?.resourceVersion.value) {
            count(try await ledger.record(statement))
          }
        }
      }
    }
  }

  private func count(_ recording: Recording) {
    if recording.isNew {
      counted.appended += 1
      counted.head = recording.position
    } else {
      counted.known += 1
    }
  }
}

extension ObservationOptions {
  /// What a watch says of itself in what it keeps.
  var opening: WatchOpening { WatchOpening(cluster: cluster, epoch: epoch, scope: scope) }
}

extension PodObject {
  /// Its uid, where it has an address of its own at a version not behind another one.
  fileprivate func uidOfAddressed(upTo version: UInt64) -> PodUID? {
    guard !spec.hostNetwork, nonEmpty(status.podIP) != nil,
      let own = UInt64(metadata.resourceVersion), own <= version
    else { return nil }
    return try? PodUID(metadata.uid)
  }
}

extension InputDocument {
  /// The node that its pod runs on.
  fileprivate var nodeName: String? {
    guard case .watchEvent(_, .pod(let pod), _) = content else { return nil }
    return nonEmpty(pod.spec.nodeName)
  }
}

/// Why what was observed could not be recorded: that is not the cluster's fault, and waiting mends nothing.
struct RecordingFailure: Error {
  let cause: any Error
}
