/// An event that the log can take, with its bytes: all is refused already that can be without looking at the
/// ledger, and so before its one writer has anything to do with it.
struct StorableEvent: Sendable {
  let event: Event
  let payload: [UInt8]

  /// - Throws: ``LedgerError/notStorable(_:why:)``, ``LedgerError/tooManyAddresses(_:count:)`` or
  ///   ``LedgerError/eventTooLarge(_:bytes:)``.
  init(_ event: Event) throws(LedgerError) {
    try Self.checkForm(of: event)
    if case .created(let created) = event,
      created.addresses.count > LedgerLimits.maximumAddressesPerPod
    {
      throw .tooManyAddresses(created.identity, count: created.addresses.count)
    }
    let payload = event.payload
    guard payload.count <= LedgerLimits.maximumEventBytes else {
      throw .eventTooLarge(event.kind, bytes: payload.count)
    }
    // One event that cannot be read would close the ledger: whatever it is, it does not get in.
    do {
      _ = try Event(kind: event.kind, payload: payload[...])
    } catch {
      throw .notStorable(event.kind, why: "\(error)")
    }
    self.event = event
    self.payload = payload
  }

  /// Refuses what no event can be: the types of Swift allow more than the log does.
  private static func checkForm(of event: Event) throws(LedgerError) {
    func refusal(_ why: String) -> LedgerError { .notStorable(event.kind, why: why) }
    if case .created(let created) = event, let hours = created.description.policy.hours,
      !RetentionPolicy.allowedHours.contains(hours)
    {
      throw refusal("it keeps addresses for \(hours) hours, expected 1 to 8760 (R12)")
    }
    if case .watched(let watched) = event {
      switch watched.scope {
      case .cluster: break
      case .namespace(let name):
        guard (try? PodIdentity(cluster: watched.cluster, namespace: name, name: "pod")) != nil
        else {
          throw refusal("it showed the namespace \(quoted(name)), which is no namespace's name")
        }
      case .selection(let selector):
        guard selector.utf8.count <= LedgerLimits.maximumSelectorLength else {
          throw refusal(
            "its selector has \(selector.utf8.count) bytes, expected at most "
              + "\(LedgerLimits.maximumSelectorLength)")
        }
      }
    }
    guard let evidence = event.evidence else { return }
    let isDecision = evidence.source == .decision
    guard isDecision == (evidence.decidedAt != nil),
      isDecision == evidence.resourceVersion.isDecided
    else {
      throw refusal("its evidence is half a decision and half an observation")
    }
  }

  /// Refuses what is further ahead of the ledger's clock than any clock is.
  ///
  /// - Parameter now: What time it is by the ledger's clock.
  /// - Throws: ``LedgerError/fromTheFuture(_:field:_:now:)``.
  func checkTimes(now: Instant) throws(LedgerError) {
    let lead =
      event.isDecided ? LedgerLimits.maximumDecisionLead : LedgerLimits.maximumClockLead
    let latest = now.adding(microseconds: lead.count)
    if !event.isBy(latest), let (name, time) = event.times.first(where: { $0.time > latest }) {
      throw .fromTheFuture(event.kind, field: name, time, now: now)
    }
  }
}

extension Event {
  /// Whether no time that an event about a pod carries is after an instant; of others that is not
  /// looked at here.
  fileprivate func isBy(_ latest: Instant) -> Bool {
    guard let evidence else { return false }
    func isBy(_ time: Instant?) -> Bool { time.map { $0 <= latest } ?? true }
    return isBy(evidence.decidedAt) && isBy(evidence.receivedAt) && isBy(evidence.creationStamp)
      && isBy(evidence.newestStamp) && isBy(evidence.precedingStamp) && isBy(evidence.fieldStamp)
      && isBy(evidence.requestReceivedAt) && isBy(evidence.stageAt)
  }

  /// The times that an event carries of what has happened, by their names; when a pod is to be gone
  /// may lie ahead.
  fileprivate var times: [(name: String, time: Instant)] {
    var times: [(String, Instant?)] = []
    switch self {
    case .expired(let event): times = [("endedAt", event.endedAt)]
    case .pool(let event): times = [("instant", event.instant)]
    case .watched(let event):
      times = [
        ("from", greater(event.from?.notBefore, event.from?.notAfter)),
        ("through", greater(event.through?.notBefore, event.through?.notAfter)),
      ]
      times += event.marks.map { ("marks", greater($0.notBefore, $0.notAfter)) }
    case .created, .deleting, .completed, .deleted:
      guard let evidence else { return [] }
      times = [
        ("decidedAt", evidence.decidedAt), ("receivedAt", evidence.receivedAt),
        ("creationTimestamp", evidence.creationStamp), ("newestStamp", evidence.newestStamp),
        ("newestStampBefore", evidence.precedingStamp), ("fieldStamp", evidence.fieldStamp),
        ("requestReceivedTimestamp", evidence.requestReceivedAt),
        ("stageTimestamp", evidence.stageAt),
      ]
    }
    return times.compactMap { name, time in time.map { (name, $0) } }
  }
}
