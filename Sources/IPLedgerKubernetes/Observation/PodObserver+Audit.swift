import IPLedger

/// How far an audit log was read.
///
/// Its lines stand in the order in which responses were complete, so two changes of one pod may
/// stand the wrong way round. They wait here until none can come before them.
struct AuditProgress {
  /// How long a request may be on its way while later ones are logged, in microseconds: two
  /// seconds.
  static let reach: Int64 = 2_000_000

  /// A change of a pod.
  struct Change {
    var sighting: PodSighting
    var isCreation: Bool
    var isRemoval: Bool
    /// The version of the removal, where that is not the object's own.
    var removalVersion: UInt64?
    var requestReceivedAt: Instant?
    var stageAt: Instant
  }

  /// The changes that wait, by version.
  var waiting: [Change] = []
  /// The versions that recent answers showed, with the ends of their requests.
  private var answers: [(stageAt: Instant, version: UInt64)] = []
  /// The greatest version that any earlier answer showed.
  private var answeredBefore: UInt64 = 0
  /// The pods whose objects a request changed without showing them: until they are seen again, their
  /// version may be newer than the one that is known.
  var unseen: Set<PodIdentity> = []
  /// When the first line was logged, or since how far the log was read was last said.
  var from: Instant?
  /// The latest line.
  var through: Instant?

  var isEmpty: Bool { waiting.isEmpty }

  /// Remembers which version an answer showed.
  private mutating func note(_ change: Change) {
    answers.append((change.stageAt, change.sighting.version))
    guard let through, answers.count > 64 else { return }
    let limit = through.adding(microseconds: -5 * Self.reach)
    for answer in answers where answer.stageAt < limit {
      answeredBefore = max(answeredBefore, answer.version)
    }
    answers.removeAll { $0.stageAt < limit }
  }

  /// The greatest version that an answer showed which was complete by an instant: whoever asked
  /// afterwards and changed something has a greater one.
  func versionAnswered(by instant: Instant) -> UInt64 {
    answers.reduce(answeredBefore) { $1.stageAt < instant ? max($0, $1.version) : $0 }
  }

  mutating func add(_ change: Change) {
    note(change)
    let place = waiting.lastIndex { $0.sighting.version <= change.sighting.version }
    waiting.insert(change, at: place.map { $0 + 1 } ?? 0)
  }

  /// The changes that nothing can come before any more.
  mutating func due(all: Bool) -> [Change] {
    guard let through, !all else {
      defer { waiting = [] }
      return waiting
    }
    let limit = through.adding(microseconds: -Self.reach)
    let count = waiting.prefix { $0.stageAt < limit }.count
    defer { waiting.removeFirst(count) }
    return Array(waiting.prefix(count))
  }
}

extension PodObserver {
  mutating func observeAudit(_ event: AuditEvent) throws(ObservationError) -> [Event] {
    source = .audit
    let received = try instant(event.requestReceivedTimestamp, "requestReceivedTimestamp")
    let stage = try instant(event.stageTimestamp, "stageTimestamp")
    if let stage {
      audit.from = audit.from ?? stage
      audit.through = greater(audit.through, stage)
    }
    guard let reason = skip(event) else {
      guard let stage else {
        throw ObservationError(message: "an audit event has no stageTimestamp")
      }
      try wait(for: event, received, stage)
      return drainAudit(all: false)
    }
    summary.skip(reason)
    return try observeUnseen(event, reason, received, stage)
  }

  /// A request about pods whose answer does not show the pod.
  private mutating func observeUnseen(
    _ event: AuditEvent, _ reason: Skip, _ received: Instant?, _ stage: Instant?
  ) throws(ObservationError) -> [Event] {
    var events = drainAudit(all: false)
    guard let received, let stage, event.isSuccessfulPodWrite else { return events }
    let identity = event.objectRef.flatMap { reference in
      try? PodIdentity(
        cluster: options.cluster, namespace: reference.namespace ?? "", name: reference.name ?? "")
    }
    if event.objectRef?.subresource == "eviction" {
      guard let identity, let known = pods.first(where: { $0.value.identity == identity }) else {
        return events + breakAudit(from: received, to: stage)
      }
      audit.unseen.insert(identity)
      // Whether its finalizers keep it is not known: only its graceful end is sure to be logged.
      let isGraceful =
        event.deleteRequest?.gracePeriodSeconds != 0 && !known.value.hasCompleted
        && known.value.description.node != nil
      return isGraceful ? events : events + breakAudit(from: received, to: stage)
    }
    if reason == .noResponseObject {
      events += breakAudit(from: received, to: stage)
    } else if let identity {
      audit.unseen.insert(identity)
    }
    return events
  }

  /// The log does not show what a request did: it covers what was before it and what comes after.
  private mutating func breakAudit(from received: Instant, to stage: Instant) -> [Event] {
    guard let from = audit.from else { return [] }
    audit.from = max(from, stage)
    guard from <= received else { return [] }
    return [
      watched(
        .interrupted, .audit, from: SourceWatched.Point(notAfter: from),
        through: SourceWatched.Point(notBefore: received, notAfter: received),
        marks: marks.take(atEnd: false))
    ]
  }

  /// Why an audit event says nothing about a pod's addresses, where it does not.
  private func skip(_ event: AuditEvent) -> Skip? {
    guard event.stage == "ResponseComplete" else { return .otherStage }
    guard event.objectRef?.isPods ?? false else { return .otherRequest }
    guard ["create", "update", "patch", "delete", "deletecollection"].contains(event.verb) else {
      return .otherRequest
    }
    guard (event.responseCode ?? 0) < 400 else { return .failedRequest }
    guard !event.isDryRun else { return .dryRun }
    switch event.response {
    case .pod, .podList: return nil
    case .other: return .otherRequest
    case .none: return .noResponseObject
    }
  }

  private mutating func wait(
    for event: AuditEvent, _ received: Instant?, _ stage: Instant
  ) throws(ObservationError) {
    switch event.response {
    case .pod(let pod):
      let sighting = try PodSighting(pod, options)
      audit.add(
        AuditProgress.Change(
          sighting: sighting, isCreation: event.verb == "create" && isWholeObject(event),
          isRemoval: isRemoved(sighting, event), removalVersion: nil, requestReceivedAt: received,
          stageAt: stage))
    case .podList(let version, let pods):
      // The items are shown as they were before: they were asked to go, and some went at once.
      for pod in pods {
        let sighting = try PodSighting(pod, options)
        let isGone =
          !sighting.hasFinalizers
          && (sighting.phase != nil || sighting.node == nil
            || event.deleteRequest?.gracePeriodSeconds == 0
            || sighting.request?.gracePeriodSeconds == 0)
        if !isGone { audit.unseen.insert(sighting.identity) }
        let listed = version.flatMap(UInt64.init) ?? sighting.version
        audit.add(
          AuditProgress.Change(
            sighting: sighting, isCreation: false, isRemoval: isGone,
            removalVersion: max(listed, sighting.version) + 1, requestReceivedAt: received,
            stageAt: stage))
      }
    case .other, .none: break
    }
  }

  private func isWholeObject(_ event: AuditEvent) -> Bool {
    (event.objectRef?.subresource ?? "").isEmpty
  }

  /// Whether a response shows an object that this request removed.
  private func isRemoved(_ sighting: PodSighting, _ event: AuditEvent) -> Bool {
    guard !sighting.hasFinalizers, let request = sighting.request else { return false }
    if request.gracePeriodSeconds == 0 { return true }
    return event.verb == "delete" && (sighting.phase != nil || sighting.node == nil)
  }

  mutating func drainAudit(all: Bool) -> [Event] {
    audit.due(all: all).flatMap { take($0) }
  }

  private mutating func take(_ change: AuditProgress.Change) -> [Event] {
    let sighting = change.sighting
    var context = SightingContext(
      source: .audit, isExactChange: false, knownWithout: nil, receivedAt: nil,
      requestReceivedAt: nil, stageAt: nil)
    let known = pods[sighting.uid]
    if sighting.isHostNetwork {
      if change.isRemoval { pods[sighting.uid] = nil }
      return skipHostNetwork(sighting, context)
    }
    if change.removalVersion == nil {
      let isOwnChange = change.isCreation || change.isRemoval || isOwnChange(change, known)
      context.stageAt = change.stageAt
      context.requestReceivedAt = isOwnChange ? change.requestReceivedAt : nil
      context.isExactChange = isOwnChange && (known != nil || change.isCreation)
      context.knownWithout = known?.version
    }
    audit.unseen.remove(sighting.identity)
    if let known, sighting.version < known.version, !change.isRemoval {
      summary.skip(.nothingNew)
      return []
    }
    guard change.isRemoval else { return take(sighting, context, isCreation: change.isCreation) }
    return takeRemoval(change, context)
  }

  /// Whether the version in an answer was made by its own request: one that changed nothing shows an
  /// older version, which some other request made.
  private func isOwnChange(_ change: AuditProgress.Change, _ known: PodMemory?) -> Bool {
    let sighting = change.sighting
    guard let known, known.version < sighting.version, let received = change.requestReceivedAt,
      let stamp = sighting.newestStamp
    else { return false }
    // The server stamps what a request changes, in whole seconds.
    guard stamp.adding(microseconds: StampRule.step) > received else { return false }
    guard audit.versionAnswered(by: received) < sighting.version else { return false }
    guard audit.unseen.contains(sighting.identity) else { return true }
    return known.newestStamp.map { stamp > $0 } ?? false
  }

  private mutating func takeRemoval(
    _ change: AuditProgress.Change, _ context: SightingContext
  ) -> [Event] {
    let sighting = change.sighting
    let known = pods[sighting.uid]
    guard known.map({ $0.hadAddress || !$0.isSeenWhole }) ?? true || !sighting.addresses.isEmpty
    else {
      summary.skip(.neverHadAddress)
      pods[sighting.uid] = nil
      return []
    }
    var events: [Event] = []
    if known == nil || change.removalVersion != nil {
      var first = context
      first.isExactChange = false
      first.requestReceivedAt = nil
      events += take(sighting, first)
    }
    let version = change.removalVersion ?? max(sighting.version, (known?.version ?? 0) + 1)
    let memory = pods[sighting.uid] ?? PodMemory(sighting, epoch: options.epoch, isSeenWhole: false)
    var own = context
    own.isExactChange = true
    own.requestReceivedAt = change.requestReceivedAt
    own.stageAt = change.stageAt
    events.append(memory.removal(sighting, own, at: version))
    pods[sighting.uid] = nil
    return events
  }

  // MARK: Coverage

  /// How far the log was read since that was last said.
  mutating func advanceAudit(_ phase: SourceWatched.Phase) -> [Event] {
    let marks = marks.take(atEnd: phase == .interrupted)
    guard let from = audit.from, let through = audit.through else {
      return marks.isEmpty ? [] : [watched(phase, .audit, marks: marks)]
    }
    let sure = max(from, through.adding(microseconds: -AuditProgress.reach))
    audit.from = sure
    return [
      watched(
        phase, .audit, from: SourceWatched.Point(notAfter: from),
        through: SourceWatched.Point(notBefore: sure, notAfter: through), marks: marks)
    ]
  }

  mutating func interruptAudit() -> [Event] { advanceAudit(.interrupted) }
}

extension AuditEvent {
  /// Whether it is a request that succeeded and may have changed a pod.
  fileprivate var isSuccessfulPodWrite: Bool {
    stage == "ResponseComplete" && objectRef?.isPods ?? false && !isDryRun
      && (responseCode ?? 0) < 400
      && ["create", "update", "patch", "delete", "deletecollection"].contains(verb)
  }
}
