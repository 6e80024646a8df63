import IPLedger

// The runs of a watch: who was listed at the beginning of one, how far it came, and whether it was
// begun anew without a word.

extension PodObserver {
  // MARK: Runs that begin without a word

  /// Whether an item shows that the watch was begun anew, though no error said so.
  func isRestart(
    _ type: WatchEventType, _ sighting: PodSighting, _ receivedAt: Instant?
  ) -> Bool {
    guard !watch.isListing else {
      return type == .added && wasShown(sighting) && !watch.carried.contains(sighting.uid)
    }
    if sighting.version <= watch.through { return true }
    guard type == .added else { return false }
    // A pod is created without an address or a node; within a selection it may come back with both.
    return wasShown(sighting)
      || watch.pending.contains { $0.sighting.uid == sighting.uid }
      || (options.scope.isWhole && !(sighting.isFresh && isOnTime(sighting, receivedAt)))
  }

  /// Whether this run of the watch has shown a pod.
  private func wasShown(_ sighting: PodSighting) -> Bool {
    pods[sighting.uid] != nil || watch.onHostNetwork.contains(sighting.uid)
  }

  /// Whether a pod was received so soon after its creation as this watch delivers changes.
  private func isOnTime(_ sighting: PodSighting, _ receivedAt: Instant?) -> Bool {
    guard let created = sighting.creationStamp, let receivedAt else { return true }
    return receivedAt <= created.adding(microseconds: watch.greatestDelay)
  }

  mutating func restartWatch(_ sighting: PodSighting) -> [Event] {
    let fellBack =
      sighting.version <= watch.through && sighting.newestStamp != nil
      && watch.throughBound.map { bound in
        sighting.newestStamp.map { $0 > bound.adding(microseconds: EpochRule.tolerance) } ?? false
      } ?? false
    guard !watch.isListing else {
      // Nobody knows where the newer list began: neither who is in it nor who is not is certain.
      watch.isListUnclear = true
      watch.carried.formUnion(watch.items.suspects)
      watch.carried.remove(sighting.uid)
      watch.items = InitialItems()
      watch.onHostNetwork = []
      pods = [:]
      return []
    }
    if !fellBack { return listPending() }
    let events = listPending()
    options.epoch += 1
    summary.warn(.versionsFellBack)
    return events
  }

  /// The watch was begun anew, where the pods that were just added were the first items: it covers
  /// nothing beyond what came before them.
  mutating func listPending() -> [Event] {
    let pending = watch.pending
    watch.pending = []
    var events = presencesWithoutAddress() + interruptWatch()
    pods = [:]
    watch = watch.next
    for (sighting, receivedAt) in pending { events += list(sighting, receivedAt) }
    watch.carried = Set(pending.map(\.sighting.uid))
    return events
  }

  // MARK: Who was there at the beginning

  /// The initial items are over: who was listed was there, and from here on every change is seen.
  ///
  /// - Parameters:
  ///   - version: The first change that was seen, or a version up to which there was none.
  ///   - isChange: Whether it is a change.
  /// - Returns: What that says of the source.
  mutating func goLive(at version: UInt64, isChange: Bool) -> [Event] {
    watch.isListing = false
    guard !watch.items.isEmpty else {
      (watch.from, watch.through) = (version, version)
      return [watched(.began, .watch, from: point(version, nil))]
    }
    // The list is newer than its newest item, nobody knows by how much: a deletion leaves no item.
    // Up to the first change after it nothing happened to who was listed.
    let start = isChange ? max(watch.items.greatestVersion, version > 0 ? version - 1 : 0) : version
    (watch.from, watch.through) = (start, start)
    return [showListed(at: start)]
  }

  /// Who was listed, as present at a version.
  ///
  /// - Parameters:
  ///   - version: The version.
  ///   - receivedAt: When it was known that nobody else was listed.
  ///   - isFull: Whether nobody else was there, unless a list was begun anew among the items.
  /// - Returns: What that says of the source.
  mutating func showListed(
    at version: UInt64, receivedAt: Instant? = nil, isFull: Bool = false
  ) -> Event {
    let roll = watch.items.roll
    watch.items = InitialItems()
    watch.roll = roll.isWhole ? nil : (roll, version, isFull)
    return present(roll.certain, version, receivedAt, isComplete: isFull && roll.isWhole)
  }

  /// A change of a pod that was listed tells that it belongs to the last list, and with it those
  /// behind it.
  mutating func confirmListed(_ uid: PodUID) -> [Event] {
    guard var roll = watch.roll else { return [] }
    let known = roll.listed.certain.startIndex
    guard roll.listed.confirm(uid) else { return [] }
    watch.roll = roll.listed.isWhole ? nil : roll
    let isComplete = roll.isFull && roll.listed.isWhole
    let certain = roll.listed.certain
    let news = isComplete ? certain : certain[..<max(known, certain.startIndex)]
    return [present(news, roll.version, nil, isComplete: isComplete)]
  }

  private func present(
    _ uids: ArraySlice<PodUID>, _ version: UInt64, _ receivedAt: Instant?, isComplete: Bool
  ) -> Event {
    let presence = SourceWatched.Presence(
      resourceVersion: self.version(version), isComplete: isComplete, uids: uids)
    return watched(.synced, .watch, through: point(version, receivedAt), presence: presence)
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
          resourceVersion: version(watch.through),
          notBefore: watch.watchedUntil(options.announcesRestarts),
          notAfter: watch.receivedAt),
        marks: marks)
    ]
  }

  /// The watch ended, or broke.
  mutating func interruptWatch() -> [Event] {
    var events: [Event] = []
    if watch.isListing, !watch.items.isEmpty {
      events.append(showListed(at: watch.items.greatestVersion))
    }
    return events + advanceWatch(.interrupted, atEnd: true)
  }

  func point(_ version: UInt64, _ receivedAt: Instant?) -> SourceWatched.Point {
    SourceWatched.Point(resourceVersion: self.version(version), notAfter: receivedAt)
  }
}
