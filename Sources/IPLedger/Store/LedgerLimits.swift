/// What a ledger takes at most; each is refused by name where it is passed.
///
/// The limits of names are with their types: ``ClusterName/maximumLength``,
/// ``PodIdentity/maximumNameLength``, ``PodIdentity/maximumNamespaceLength``, ``PodUID/maximumLength``;
/// those of retention in ``RetentionPolicy/allowedHours``, of pools in ``Pool/maximumCoolDown``. The
/// article *Limits* has all of them.
public enum LedgerLimits {
  /// The largest event, in bytes of its payload: a list of half a million pods.
  public static let maximumEventBytes = 16 << 20

  /// The longest selector of a source that showed a selection of pods, in bytes.
  public static let maximumSelectorLength = 4096

  /// How many addresses a pod has at most: Kubernetes gives it one of each family, other networks
  /// one for each interface.
  public static let maximumAddressesPerPod = 64

  /// How many events are recorded in one transaction at most, so that the pages that it changes fit
  /// memory.
  public static let maximumEventsPerBatch = 100_000

  /// How far ahead of the ledger's clock any time in an event may be.
  ///
  /// Clocks differ by seconds; one that is a day ahead is set wrong, and what it says would make
  /// answers wrong until that day has come.
  public static let maximumClockLead = Microseconds.hours(24)

  /// How far ahead of the ledger's clock the instant of a decision may be.
  ///
  /// Who asks may do so from another machine, whose clock differs by seconds. Until a later instant
  /// has come, the ledger would say that what it gave away is free.
  public static let maximumDecisionLead = Microseconds.minutes(5)
}

extension LogWriter {
  /// Refuses what no event can be: the types of Swift allow more than the log does.
  static func checkForm(of event: Event) throws(LedgerError) {
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

  /// Refuses what is beyond the limits.
  ///
  /// - Parameters:
  ///   - event: The event.
  ///   - payload: Its payload.
  ///   - now: What time it is by the ledger's clock.
  /// - Throws: The refusal.
  static func checkLimits(
    of event: Event, _ payload: [UInt8], now: Instant
  ) throws(LedgerError) {
    if case .created(let created) = event,
      created.addresses.count > LedgerLimits.maximumAddressesPerPod
    {
      throw .tooManyAddresses(created.identity, count: created.addresses.count)
    }
    let lead =
      event.isDecided ? LedgerLimits.maximumDecisionLead : LedgerLimits.maximumClockLead
    let latest = now.adding(microseconds: lead.count)
    if !event.isBy(latest), let (name, time) = event.times.first(where: { $0.time > latest }) {
      throw .fromTheFuture(event.kind, field: name, time, now: now)
    }
    let bytes = payload.count
    guard bytes <= LedgerLimits.maximumEventBytes else {
      throw .eventTooLarge(event.kind, bytes: bytes)
    }
    // One event that cannot be read would close the ledger: whatever it is, it does not get in.
    do {
      _ = try Event(kind: event.kind, payload: payload[...])
    } catch {
      throw .notStorable(event.kind, why: "\(error)")
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
