import IPLedger

extension PodObserver {
  mutating func observeWatch(
    _ type: WatchEventType, _ object: WatchObject, receivedAt: Instant?
  ) throws(ObservationError) -> [Event] {
    source = .watch
    switch object {
    case .node(let node):
      // Of a node that is gone pods may be shown yet.
      if type == .deleted { summary.skip(.node) } else { learn(node) }
      return []
    case .pod(let pod):
      return try observeWatch(type, PodSighting(pod, options), receivedAt)
    case .bookmark(let version, let initialEventsEnd):
      summary.skip(.bookmark)
      guard let version = version.flatMap(UInt64.init) else { return [] }
      return observeBookmark(version, initialEventsEnd, receivedAt)
    case .opening(let opening):
      summary.skip(.bookmark)
      let events = endWatch()
      options.announcesRestarts = true
      options.epoch = opening.epoch
      options.nodeClasses = [:]
      if options.scope == .cluster { options.scope = opening.scope }
      isEpochStated = true
      return events
    case .passedOver(let version):
      summary.skip(.bookmark)
      return passOver(version.flatMap(UInt64.init))
    case .status, .other:
      summary.skip(.serverError)
      return endWatch()
    }
  }

  /// The watch is over, and what follows is another one.
  private mutating func endWatch() -> [Event] {
    let events = listPending() + interruptWatch()
    pods = [:]
    watch = WatchSegment()
    return events
  }

  private mutating func observeWatch(
    _ type: WatchEventType, _ sighting: PodSighting, _ receivedAt: Instant?
  ) throws(ObservationError) -> [Event] {
    var events: [Event] = []
    if !options.announcesRestarts {
      if isRestart(type, sighting, receivedAt) {
        events += restartWatch(sighting)
      } else if type == .added, !watch.isListing {
        watch.pending.append((sighting, receivedAt))
        return []
      }
    }
    if type == .added, watch.isListing { return events + list(sighting, receivedAt) }
    events += confirmPending()
    if watch.isListing { events += goLive(at: sighting.version, isChange: true) }
    events += confirmListed(sighting.uid)
    watch.receivedAt = greater(watch.receivedAt, receivedAt)
    if let stamp = sighting.newestStamp { watch.hear(receivedAt, stamp: stamp) }
    let context = liveContext(sighting, receivedAt)
    let isCreation = type == .added && options.scope.isWhole
    defer { reach(sighting, receivedAt) }
    if sighting.isHostNetwork {
      if type == .deleted {
        watch.onHostNetwork.remove(sighting.uid)
      } else {
        watch.onHostNetwork.insert(sighting.uid)
      }
      return events + skipHostNetwork(sighting, context, isCreation: isCreation)
    }
    if type == .deleted { return events + observeRemoval(sighting, context) }
    return events + take(sighting, context, isCreation: isCreation)
  }

  /// An item of a list, or one that may be.
  mutating func list(_ sighting: PodSighting, _ receivedAt: Instant?) -> [Event] {
    let isRepeat = watch.carried.remove(sighting.uid) != nil
    watch.receivedAt = greater(watch.receivedAt, receivedAt)
    watch.items.append(sighting, receivedAt: receivedAt, isRepeat: isRepeat)
    let context = SightingContext(
      source: .list, isExactChange: false, knownWithout: nil, receivedAt: receivedAt)
    if sighting.isHostNetwork {
      watch.onHostNetwork.insert(sighting.uid)
      return skipHostNetwork(sighting, context)
    }
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
      if sighting.isHostNetwork { watch.onHostNetwork.insert(sighting.uid) }
      events +=
        sighting.isHostNetwork
        ? skipHostNetwork(sighting, context, isCreation: options.scope.isWhole)
        : take(sighting, context, isCreation: options.scope.isWhole)
      reach(sighting, receivedAt)
    }
    return events
  }

  private func liveContext(_ sighting: PodSighting, _ receivedAt: Instant?) -> SightingContext {
    SightingContext(
      source: .watch, isExactChange: true,
      knownWithout: watch.through < sighting.version ? watch.through : nil, receivedAt: receivedAt)
  }

  private mutating func observeBookmark(
    _ version: UInt64, _ initialEventsEnd: Bool, _ receivedAt: Instant?
  ) -> [Event] {
    var events: [Event] = []
    // The end of the initial items in the middle of a watch: it was begun anew before them.
    if initialEventsEnd, !watch.isListing { events += listPending() }
    if !initialEventsEnd {
      events += confirmPending()
      watch.hear(receivedAt, stamp: nil)
    }
    watch.receivedAt = greater(watch.receivedAt, receivedAt)
    if initialEventsEnd {
      watch.isListing = false
      watch.from = version
      watch.through = version
      events.append(
        showListed(
          at: version, receivedAt: receivedAt,
          isFull: options.scope == .cluster && !watch.isListUnclear))
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
    guard mayHaveHadAddress(sighting) else {
      mark(sighting, context, preceding: known?.newestStamp, isCreation: false)
      return skipRemoval(sighting)
    }
    var first = context
    first.isExactChange = false
    first.knownWithout = known?.version
    return remove(
      sighting, first: isKnown(sighting) ? nil : first, context, at: sighting.version)
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

  /// Leaves out a pod whose IP is its node's; its changes tell the time of others all the same.
  mutating func skipHostNetwork(
    _ sighting: PodSighting, _ context: SightingContext, isCreation: Bool = false
  ) -> [Event] {
    summary.skip(.hostNetwork)
    mark(sighting, context, preceding: nil, isCreation: isCreation)
    return []
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
