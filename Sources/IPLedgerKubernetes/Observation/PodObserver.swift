public import IPLedger

/// Turns the documents of one source into facts.
///
/// It remembers of each living pod what its next change could change, and how far the source has
/// come; that memory grows with the number of living pods, not with the length of the source. It
/// reads no clock: times come with the documents.
public struct PodObserver: Sendable {
  /// How often, in documents, an unbroken source says how far it has come.
  static let documentsPerAdvance = 2000

  /// What became of the documents.
  public internal(set) var summary = ObservationSummary()

  var options: ObservationOptions
  var watch = WatchSegment()
  var list = ListedPods()
  var audit = AuditProgress()
  var marks = MarkSampler()
  var pods: [PodUID: PodMemory] = [:]
  /// Which kind of source it turned out to be.
  var source: Evidence.Source?
  private var documentsSinceAdvance = 0

  /// An observer of one source.
  ///
  /// - Parameters:
  ///   - options: How the source is to be taken.
  ///   - previous: The observer of the source before, where several belong together: the pages of
  ///     one list may be in several files, and nodes in a file before that of their pods.
  public init(_ options: ObservationOptions, continuing previous: PodObserver? = nil) {
    self.options = options
    if let previous {
      list.pages = previous.list.pages
      self.options.epoch = max(options.epoch, previous.options.epoch)
      self.options.nodeClasses.merge(previous.options.nodeClasses) { _, seen in seen }
    }
  }

  /// Whether the source itself says in which epoch it is.
  public internal(set) var isEpochStated = false

  /// The epoch of resource versions that the source is in: see `ResourceVersion`.
  public var epoch: UInt32 { options.epoch }

  /// Takes in the class that a node's labels tell (R17); pods that are seen from now on have it.
  ///
  /// - Parameters:
  ///   - nodeClass: The class; `nil` where the labels tell none, so that the name has to.
  ///   - name: The node's name.
  public mutating func learn(_ nodeClass: NodeClass?, ofNode name: String) {
    options.nodeClasses[name] = nodeClass
  }

  mutating func learn(_ node: NodeObject) {
    summary.skip(.node)
    learn(NodeClass(nodeLabels: node.labels), ofNode: node.name)
  }

  /// Whether the last list has further pages, though it was to be a full one: then nobody is judged
  /// missing by it.
  public var missesPages: Bool { options.isFullList && list.pages != nil }

  /// The facts in one document.
  ///
  /// - Parameters:
  ///   - document: The next one of the source.
  ///   - readAt: When it was read, where that is to count as the time of receiving it.
  /// - Returns: The facts, in the order in which they were seen; none for a document that adds
  ///   none.
  /// - Throws: ``ObservationError`` where a name, number or time in it is not valid; nothing of it
  ///   is taken in then.
  public mutating func observe(
    _ document: InputDocument, readAt: Instant?
  ) throws(ObservationError) -> [Event] {
    summary.documents += 1
    documentsSinceAdvance += 1
    var events: [Event]
    switch document.content {
    case .watchEvent(let type, let object, let receivedAt):
      let received = try instant(receivedAt, "receivedAt") ?? readAt
      events = try observeWatch(type, object, receivedAt: received)
    case .pod(let pod):
      events = try observePrint(pod, receivedAt: readAt)
    case .listBegin(let header):
      events = beginList(header)
    case .listItem(let pod):
      events = try observeItem(pod, receivedAt: readAt)
    case .listItemNode(let node):
      learn(node)
      events = []
    case .listItemOther:
      summary.skip(.otherKind)
      events = []
    case .listEnd(let metadata):
      events = try endList(metadata, receivedAt: readAt)
    case .auditEvent(let event):
      events = try observeAudit(event)
    }
    if documentsSinceAdvance >= Self.documentsPerAdvance {
      documentsSinceAdvance = 0
      events += advance()
    }
    return events
  }

  /// The facts that only the end of the source tells: how far it came, and who was there without an
  /// address.
  public mutating func finish() -> [Event] {
    var events = audit.isEmpty ? [] : drainAudit(all: true)
    // Nothing came after them that would tell whether they were created or listed.
    if !watch.pending.isEmpty { events += listPending() }
    if source != .audit, source != nil { events += presencesWithoutAddress() }
    switch source {
    case .watch: events += interruptWatch()
    case .audit: events += interruptAudit()
    case .list, .decision, nil: events += closeMarks()
    }
    return events
  }

  /// How far the source has come, for a source that goes on.
  public mutating func advance() -> [Event] {
    switch source {
    case .watch: advanceWatch(.advanced, atEnd: false)
    case .audit: advanceAudit(.advanced)
    case .list, .decision, nil: []
    }
  }

  // MARK: A watch whose connections the caller holds

  /// The connection of a watch ended, and may be resumed where it ended.
  ///
  /// - Returns: How far it came, and who was there without an address.
  public mutating func pause() -> [Event] {
    guard source == .watch, !watch.isListing else { return [] }
    return presencesWithoutAddress() + advanceWatch(.interrupted, atEnd: true)
  }

  /// The watch was resumed at the change with which it had ended: no change was missed.
  ///
  /// - Returns: From which change on it goes on.
  public mutating func resume() -> [Event] {
    guard source == .watch, !watch.isListing, let from = watch.from else { return [] }
    return [watched(.began, .watch, from: point(from, nil))]
  }

  /// Something was shown that cannot be taken in: what was listed is not complete, and what was watched is not
  /// all that happened.
  ///
  /// - Parameter version: The change that it was, where that can be told.
  /// - Returns: How far the watch came before it, and that it goes on behind it.
  public mutating func passOver(_ version: UInt64?) -> [Event] {
    guard source == .watch || source == nil else { return [] }
    guard !watch.isListing else {
      watch.isListUnclear = true
      return []
    }
    let events = advanceWatch(.interrupted, atEnd: false)
    let next = max(version ?? 0, watch.through + 1)
    (watch.from, watch.through) = (next, next)
    return events + [watched(.began, .watch, from: point(next, nil))]
  }

  // MARK: What all kinds of sources share

  /// Takes in a sighting of a pod: the facts that it adds.
  mutating func take(
    _ sighting: PodSighting, _ context: SightingContext, isCreation: Bool = false
  ) -> [Event] {
    if sighting.badAddresses > 0 { summary.warn(.badAddress) }
    let known = pods[sighting.uid]
    var memory =
      known ?? PodMemory(sighting, epoch: options.epoch, isSeenWhole: isCreation)
    if known == nil, sighting.grounds.rejectedHours != nil { summary.warn(.rejectedHours) }
    var context = context
    if known == nil, !isCreation {
      // How far the source had come says nothing of a pod that it had not shown.
      context.isExactChange = false
      context.knownWithout = nil
    }
    let preceding = memory.newestStamp
    let events = memory.take(sighting, context, options: options)
    pods[sighting.uid] = memory
    if events.isEmpty {
      summary.skip(.nothingNew)
      mark(sighting, context, preceding: preceding, isCreation: isCreation)
    } else {
      note(events)
      if isCreation { mark(sighting, context, preceding: preceding, isCreation: true) }
    }
    return events
  }

  /// Notes what an event's own evidence says against itself.
  private mutating func note(_ events: [Event]) {
    for event in events {
      let bounds = event.evidence?.changeBounds
      if let earliest = bounds?.earliest, let latest = bounds?.latest, earliest > latest {
        summary.warn(.clocksDisagree)
      }
    }
  }

  /// Keeps the time of a change that made no event of its own.
  mutating func mark(
    _ sighting: PodSighting, _ context: SightingContext, preceding: Instant?, isCreation: Bool
  ) {
    var madeBy = context.stageAt
    if let stamp = sighting.newestStamp, let preceding, context.isExactChange, stamp > preceding {
      madeBy = lesser(madeBy, stamp.adding(microseconds: StampRule.reach))
    }
    if isCreation, let created = sighting.creationStamp {
      madeBy = lesser(madeBy, created.adding(microseconds: StampRule.reach))
    }
    let stamp = greater(sighting.newestStamp, context.requestReceivedAt)
    // Evidence that contradicts itself is not passed on.
    if let stamp, let received = context.receivedAt, stamp > received {
      summary.warn(.clocksDisagree)
      return
    }
    marks.add(
      version(sighting.version), stamp: stamp, receivedAt: context.receivedAt, madeBy: madeBy)
  }

  func version(_ value: UInt64) -> ResourceVersion {
    ResourceVersion(epoch: options.epoch, value)
  }

  /// A statement about the source.
  func watched(
    _ phase: SourceWatched.Phase, _ source: Evidence.Source, from: SourceWatched.Point? = nil,
    through: SourceWatched.Point? = nil, presence: SourceWatched.Presence? = nil,
    marks: [SourceWatched.Mark] = []
  ) -> Event {
    .watched(
      SourceWatched(
        cluster: options.cluster, network: options.network, source: source, scope: options.scope,
        phase: phase, from: from, through: through, presence: presence, marks: marks))
  }

  private mutating func closeMarks() -> [Event] {
    let marks = marks.take(atEnd: true)
    guard !marks.isEmpty, let source else { return [] }
    return [watched(.advanced, source, marks: marks)]
  }

  /// Who is there without an address when a source, or a run of it, ends.
  func presencesWithoutAddress() -> [Event] {
    let source = source ?? .watch
    return pods.filter { $0.value.addresses.isEmpty && !$0.value.hasCompleted }
      .sorted { $0.key < $1.key }
      .map { $0.value.presenceWithoutAddress($0.key, options, source) }
  }
}
