import IPLedger

// The lines of an audit log: what waits, and what is left open.

extension PodObserver {
  mutating func observeAudit(_ event: AuditEvent) throws(ObservationError) -> [Event] {
    source = .audit
    let received = try instant(event.requestReceivedTimestamp, "requestReceivedTimestamp")
    let stage = try instant(event.stageTimestamp, "stageTimestamp")
    if let stage {
      audit.from = audit.from ?? stage
      audit.through = greater(audit.through, stage)
    }
    switch event.outcome {
    case .shown:
      guard let stage else {
        throw ObservationError(message: "an audit event has no stageTimestamp")
      }
      try wait(for: event, received, stage)
    case .unseen(let effect, let reason):
      summary.skip(reason)
      if let stage { leaveOpen(event, effect, received ?? stage, stage) }
    case .nothing(let reason):
      summary.skip(reason)
    }
    return drainAudit(all: false)
  }

  /// A request about pods whose answer does not show what it did.
  private mutating func leaveOpen(
    _ event: AuditEvent, _ effect: UnseenWrite.Effect, _ received: Instant, _ stage: Instant
  ) {
    let object = event.objectRef
    let identity = object.flatMap { object in
      try? PodIdentity(
        cluster: options.cluster, namespace: object.namespace ?? "", name: object.name ?? "")
    }
    audit.add(
      UnseenWrite(
        identity: identity, namespace: object?.namespace, effect: effect, receivedAt: received,
        stageAt: stage))
  }

  private mutating func wait(
    for event: AuditEvent, _ received: Instant?, _ stage: Instant
  ) throws(ObservationError) {
    let subresource = event.objectRef?.subresource ?? ""
    let request = AuditProgress.Request(
      writesStatus: !subresource.isEmpty, receivedAt: received, stageAt: stage)
    switch event.response {
    case .pod(let pod):
      let sighting = try PodSighting(pod, options)
      audit.add(
        AuditProgress.Change(
          sighting: sighting, isCreation: event.verb == "create" && subresource.isEmpty,
          isRemoval: isRemoved(sighting, event), removalVersion: nil, requests: [request]))
    case .podList(let version, let pods):
      // The items are shown as they were before: they were asked to go, and some went at once.
      for pod in pods {
        let sighting = try PodSighting(pod, options)
        let isGone = !sighting.hasFinalizers && isEndedAtOnce(sighting, event.grace)
        if !isGone {
          audit.add(
            UnseenWrite(
              identity: sighting.identity, namespace: sighting.identity.namespace,
              effect: sighting.hasFinalizers ? .otherFields : .deletion(event.grace),
              receivedAt: received ?? stage, stageAt: stage))
        }
        let listed = version.flatMap(UInt64.init) ?? sighting.version
        audit.add(
          AuditProgress.Change(
            sighting: sighting, isCreation: false, isRemoval: isGone,
            removalVersion: max(listed, sighting.version) + 1, requests: [request]))
      }
    case .other, .none: break
    }
  }

  /// Whether a response shows an object that this request removed.
  private func isRemoved(_ sighting: PodSighting, _ event: AuditEvent) -> Bool {
    guard !sighting.hasFinalizers, let request = sighting.request else { return false }
    if request.gracePeriodSeconds == 0 { return true }
    return event.verb == "delete" && (sighting.phase != nil || sighting.node == nil)
  }

  /// Whether a deletion leaves no time to a pod that is shown as it was before it.
  private func isEndedAtOnce(_ sighting: PodSighting, _ grace: UnseenWrite.Grace) -> Bool {
    if sighting.phase != nil || sighting.node == nil { return true }
    if sighting.request?.gracePeriodSeconds == 0 { return true }
    return switch grace {
    case .seconds(let seconds): seconds == 0
    case .own: sighting.ownGrace == 0
    case .unknown: false
    }
  }

  /// What nothing in the log can come before any more.
  mutating func drainAudit(all: Bool) -> [Event] {
    let limit = audit.limit
    var events: [Event] = []
    for due in audit.due(all: all) {
      switch due {
      case .change(let change):
        // A line that would say more of it may stand in the log's next file.
        events += take(change, isCertain: limit.map { change.shownAt < $0 } ?? false)
      case .unseen(let write):
        judge(write, isCertain: limit.map { write.stageAt < $0 } ?? false)
      }
    }
    if let limit {
      audit.doubts.forget(before: limit) { Set(pods.values.map(\.identity)) }
    }
    return events
  }

  /// What a request did that shows nothing: where it may have taken an address away, the log does
  /// not cover the cluster meanwhile.
  private mutating func judge(_ write: UnseenWrite, isCertain: Bool) {
    if isCertain, case .deletion(let grace) = write.effect, let identity = write.identity {
      let known = pods.filter { $0.value.identity == identity }
      if known.count == 1, let pod = known.first, isGraceful(grace, pod.value, write) {
        pods[pod.key]?.hadGrace = true
        return
      }
    }
    audit.breaks.append(write.span)
  }

  /// Whether a deletion leaves a pod time for certain, so that its end is to be logged yet.
  private func isGraceful(
    _ grace: UnseenWrite.Grace, _ pod: PodMemory, _ write: UnseenWrite
  ) -> Bool {
    guard !pod.hasCompleted, pod.description.node != nil,
      !audit.doubts.concern(
        pod.identity, since: pod.shownAt, by: write.stageAt, ofStatus: true)
    else { return false }
    return switch grace {
    case .seconds(let seconds): seconds != 0
    case .own: (pod.ownGrace ?? 0) != 0
    case .unknown: false
    }
  }

  // MARK: Coverage

  /// How far the log was read since that was last said.
  mutating func advanceAudit(_ phase: SourceWatched.Phase) -> [Event] {
    let marks = marks.take(atEnd: phase == .interrupted)
    guard let from = audit.from, let through = audit.through, let limit = audit.limit else {
      return marks.isEmpty ? [] : [watched(phase, .audit, marks: marks)]
    }
    // Of what is still open it is not known whether the log covers it.
    let open = audit.undecided.map(\.span.lowerBound).min()
    let sure = max(from, min(limit, open ?? limit))
    var events: [Event] = []
    var start = from
    for span in audit.breaks.sorted(by: { $0.lowerBound < $1.lowerBound })
    where span.lowerBound <= sure {
      // What happened at the very instant belongs to the request.
      let end = span.lowerBound.adding(microseconds: -1)
      if start <= end {
        events.append(
          watched(
            .interrupted, .audit, from: SourceWatched.Point(notAfter: start),
            through: SourceWatched.Point(notBefore: end, notAfter: end)))
      }
      start = max(start, span.upperBound)
    }
    audit.breaks.removeAll { $0.lowerBound <= sure }
    audit.from = max(start, sure)
    guard start <= sure else {
      return marks.isEmpty ? events : events + [watched(phase, .audit, marks: marks)]
    }
    return events + [
      watched(
        phase, .audit, from: SourceWatched.Point(notAfter: start),
        through: SourceWatched.Point(notBefore: sure, notAfter: through), marks: marks)
    ]
  }

  mutating func interruptAudit() -> [Event] { advanceAudit(.interrupted) }
}
