import IPLedger

/// An unbroken run of a watch: first what was there, then every change.
struct WatchSegment {
  /// Whether the items so far may all be initial ones, in no order.
  var isListing = true
  /// Who was listed.
  var listed: [PodUID] = []
  /// The greatest version of a listed item.
  var listedVersion: UInt64 = 0
  /// From which version on every change was seen, as far as that was said.
  var from: UInt64?
  /// The version that the watch has come to.
  var through: UInt64 = 0
  /// An upper bound of when the change at `through` was made.
  var throughBound: Instant?
  /// When the last line was received.
  var receivedAt: Instant?
  /// Pods that were just added, while it is open whether they were created now, or are the first
  /// items of a watch that was begun anew without a word: the next line tells.
  var pending: [(sighting: PodSighting, receivedAt: Instant?)] = []
  /// Who is in the list on suspicion only, and so may come in it once more.
  var carried: Set<PodUID> = []
  /// Whether a list was begun anew before it ended, so that nobody knows where the newer one began.
  var isListUnclear = false
  /// The newest stamp in any change so far.
  var newestStamp: Instant?
  /// How long after its stamp a change was received, at the most, in microseconds.
  var greatestLag: Int64 = 0

  /// How long an unbroken watch may take to deliver a change, in microseconds, besides what was
  /// seen of it: ten seconds.
  static let deliveryAllowance: Int64 = 10_000_000

  /// Until when nothing can have happened that was not delivered: the watch still delivered later.
  var watchedUntil: Instant? {
    receivedAt?.adding(microseconds: -(Self.deliveryAllowance + greatestLag))
  }
}

extension PodObserver {
  mutating func observeWatch(
    _ type: WatchEventType, _ object: WatchObject, receivedAt: Instant?
  ) throws(ObservationError) -> [Event] {
    source = .watch
    switch object {
    case .pod(let pod):
      return try observeWatch(type, PodSighting(pod, options), receivedAt)
    case .bookmark(let version, let initialEventsEnd):
      summary.skip(.bookmark)
      guard let version = version.flatMap(UInt64.init) else { return [] }
      return observeBookmark(version, initialEventsEnd, receivedAt)
    case .status, .other:
      summary.skip(.serverError)
      let events = listPending() + interruptWatch()
      pods = [:]
      watch = WatchSegment()
      return events
    }
  }

  private mutating func observeWatch(
    _ type: WatchEventType, _ sighting: PodSighting, _ receivedAt: Instant?
  ) throws(ObservationError) -> [Event] {
    var events: [Event] = []
    if isRestart(type, sighting) {
      events += restartWatch(sighting)
    } else if type == .added, !watch.isListing {
      watch.pending.append((sighting, receivedAt))
      return []
    }
    if type == .added { return events + list(sighting, receivedAt) }
    events += confirmPending()
    if watch.isListing { events += goLive(at: sighting.version, isChange: true) }
    watch.receivedAt = greater(watch.receivedAt, receivedAt)
    let context = liveContext(sighting, receivedAt)
    defer { reach(sighting, receivedAt) }
    if sighting.isHostNetwork { return events + skipHostNetwork(sighting, context) }
    if type == .deleted { return events + observeRemoval(sighting, context) }
    return events + take(sighting, context)
  }

  /// An item of a list, or one that may be.
  private mutating func list(_ sighting: PodSighting, _ receivedAt: Instant?) -> [Event] {
    watch.carried.remove(sighting.uid)
    watch.receivedAt = greater(watch.receivedAt, receivedAt)
    watch.listed.append(sighting.uid)
    watch.listedVersion = max(watch.listedVersion, sighting.version)
    let context = SightingContext(
      source: .list, isExactChange: false, knownWithout: nil, receivedAt: receivedAt)
    if sighting.isHostNetwork { return skipHostNetwork(sighting, context) }
    return take(sighting, context)
  }

  /// The pods that were just added were created then: the watch goes on without a break.
  private mutating func confirmPending() -> [Event] {
    let pending = watch.pending
    watch.pending = []
    var events: [Event] = []
    for (sighting, receivedAt) in pending {
      watch.receivedAt = greater(watch.receivedAt, receivedAt)
      let context = liveContext(sighting, receivedAt)
      events +=
        sighting.isHostNetwork
        ? skipHostNetwork(sighting, context)
        : take(sighting, context, isCreation: options.scope.isWhole)
      reach(sighting, receivedAt)
    }
    return events
  }

  /// The watch was begun anew, where the pods that were just added were the first items: it covers
  /// nothing beyond what came before them.
  mutating func listPending() -> [Event] {
    let pending = watch.pending
    watch.pending = []
    var events = presencesWithoutAddress() + interruptWatch()
    pods = [:]
    watch = WatchSegment()
    for (sighting, receivedAt) in pending { events += list(sighting, receivedAt) }
    watch.carried = Set(pending.map(\.sighting.uid))
    return events
  }

  private func liveContext(_ sighting: PodSighting, _ receivedAt: Instant?) -> SightingContext {
    SightingContext(
      source: .watch, isExactChange: true,
      knownWithout: watch.through < sighting.version ? watch.through : nil, receivedAt: receivedAt)
  }

  /// Whether an item shows that the watch was begun anew, though no error said so.
  private func isRestart(_ type: WatchEventType, _ sighting: PodSighting) -> Bool {
    guard !watch.isListing else {
      return type == .added && pods[sighting.uid] != nil
        && !watch.carried.contains(sighting.uid)
    }
    if sighting.version <= watch.through { return true }
    guard type == .added else { return false }
    // A pod is created without an address; within a selection it may come back with one.
    return pods[sighting.uid] != nil
      || watch.pending.contains { $0.sighting.uid == sighting.uid }
      || (options.scope.isWhole && !sighting.addresses.isEmpty)
  }

  private mutating func restartWatch(_ sighting: PodSighting) -> [Event] {
    let fellBack =
      sighting.version <= watch.through && sighting.newestStamp != nil
      && watch.throughBound.map { bound in
        sighting.newestStamp.map { $0 > bound.adding(microseconds: EpochRule.tolerance) } ?? false
      } ?? false
    guard !watch.isListing else {
      // Nobody knows where the newer list began: neither who is in it nor who is not is certain.
      watch.isListUnclear = true
      watch.listed = []
      pods = [:]
      return []
    }
    if !fellBack { return listPending() }
    let events = listPending()
    options.epoch += 1
    summary.warn(.versionsFellBack)
    return events
  }

  /// The initial items are over: who was listed was there, and from here on every change is seen.
  ///
  /// - Parameters:
  ///   - version: The first change that was seen, or a version up to which there was none.
  ///   - isChange: Whether it is a change.
  /// - Returns: What that says of the source.
  private mutating func goLive(at version: UInt64, isChange: Bool) -> [Event] {
    watch.isListing = false
    guard !watch.listed.isEmpty else {
      (watch.from, watch.through) = (version, version)
      return [watched(.began, .watch, from: point(version, nil))]
    }
    // The list is newer than its newest item, nobody knows by how much: a deletion leaves no item.
    // Up to the first change after it nothing happened to who was listed.
    let start = isChange ? max(watch.listedVersion, version > 0 ? version - 1 : 0) : version
    (watch.from, watch.through) = (start, start)
    return [showListed(at: start)]
  }

  /// Who was listed, as present at a version.
  private mutating func showListed(at version: UInt64) -> Event {
    let presence = SourceWatched.Presence(
      resourceVersion: self.version(version), isComplete: false, uids: watch.listed)
    watch.listed = []
    return watched(.synced, .watch, through: point(version, nil), presence: presence)
  }

  private mutating func observeBookmark(
    _ version: UInt64, _ initialEventsEnd: Bool, _ receivedAt: Instant?
  ) -> [Event] {
    var events: [Event] = []
    // The end of the initial items in the middle of a watch: it was begun anew before them.
    if initialEventsEnd, !watch.isListing { events += listPending() }
    if !initialEventsEnd { events += confirmPending() }
    watch.receivedAt = greater(watch.receivedAt, receivedAt)
    if initialEventsEnd {
      watch.isListing = false
      watch.from = version
      watch.through = version
      let presence = SourceWatched.Presence(
        resourceVersion: self.version(version),
        isComplete: options.scope == .cluster && !watch.isListUnclear, uids: watch.listed)
      watch.listed = []
      events.append(
        watched(.synced, .watch, through: point(version, receivedAt), presence: presence))
    } else if watch.isListing {
      events += goLive(at: version, isChange: false)
    }
    marks.add(self.version(version), stamp: nil, receivedAt: receivedAt, madeBy: nil)
    if version > watch.through {
      watch.through = version
      watch.throughBound = receivedAt
    }
    return events
  }

  /// A pod's object was removed, or left the selector of the watch.
  private mutating func observeRemoval(
    _ sighting: PodSighting, _ context: SightingContext
  ) -> [Event] {
    guard sighting.request != nil else {
      summary.skip(.leftSelector)
      pods[sighting.uid] = nil
      guard options.scope == .cluster else { return [] }
      summary.warn(.selectorSuspected)
      // What was said before was believed; from here on the source vouches for nobody whom it does
      // not show.
      let events = advanceWatch(.advanced, atEnd: false)
      options.scope = .selection("unknown")
      return events
    }
    let known = pods[sighting.uid]
    guard known.map({ $0.hadAddress || !$0.isSeenWhole }) ?? true || !sighting.addresses.isEmpty
    else {
      summary.skip(.neverHadAddress)
      mark(sighting, context, preceding: known?.newestStamp, isCreation: false)
      pods[sighting.uid] = nil
      return []
    }
    // The removed object is the last state: of a pod not known before, it is all there is.
    var events: [Event] = []
    if known == nil {
      var first = context
      first.isExactChange = false
      first.knownWithout = nil
      events += take(sighting, first)
    }
    let memory = pods[sighting.uid] ?? PodMemory(sighting, epoch: options.epoch, isSeenWhole: false)
    events.append(memory.removal(sighting, context, at: sighting.version))
    pods[sighting.uid] = nil
    return events
  }

  /// The change that the watch has come to.
  private mutating func reach(_ sighting: PodSighting, _ receivedAt: Instant?) {
    watch.through = max(watch.through, sighting.version)
    watch.throughBound = receivedAt ?? sighting.newestStamp
    if let stamp = sighting.newestStamp, let receivedAt, let fresh = watch.newestStamp,
      stamp > fresh
    {
      watch.greatestLag = max(watch.greatestLag, receivedAt.microseconds - stamp.microseconds)
    }
    watch.newestStamp = greater(watch.newestStamp, sighting.newestStamp)
  }

  mutating func skipHostNetwork(
    _ sighting: PodSighting, _ context: SightingContext
  ) -> [Event] {
    summary.skip(.hostNetwork)
    mark(sighting, context, preceding: nil, isCreation: false)
    return []
  }

  // MARK: Coverage

  /// How far the watch has come since that was last said.
  mutating func advanceWatch(_ phase: SourceWatched.Phase, atEnd: Bool) -> [Event] {
    let marks = marks.take(atEnd: atEnd)
    guard let from = watch.from else {
      return marks.isEmpty ? [] : [watched(phase, .watch, marks: marks)]
    }
    watch.from = watch.through
    return [
      watched(
        phase, .watch, from: point(from, nil),
        through: SourceWatched.Point(
          resourceVersion: version(watch.through), notBefore: watch.watchedUntil,
          notAfter: watch.receivedAt),
        marks: marks)
    ]
  }

  /// The watch ended, or broke.
  mutating func interruptWatch() -> [Event] {
    var events: [Event] = []
    if watch.isListing, !watch.listed.isEmpty {
      events.append(showListed(at: watch.listedVersion))
    }
    return events + advanceWatch(.interrupted, atEnd: true)
  }

  private func point(_ version: UInt64, _ receivedAt: Instant?) -> SourceWatched.Point {
    SourceWatched.Point(resourceVersion: self.version(version), notAfter: receivedAt)
  }
}

extension SourceWatched.Scope {
  /// Whether whoever appears in it has just been created: nothing can come in from outside.
  var isWhole: Bool {
    switch self {
    case .cluster, .namespace: true
    case .selection: false
    }
  }
}
