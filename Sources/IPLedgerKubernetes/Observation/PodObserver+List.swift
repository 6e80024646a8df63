import IPLedger

/// The list that is being read.
struct ListedPods {
  /// The pages of one list, which may be in several sources.
  struct Pages {
    /// The version of all of them; absent where they differ.
    var version: String?
    var uids: [PodUID] = []
    var isConsistent = true
  }

  var items: [PodUID] = []
  var greatestVersion: UInt64 = 0
  /// The pages before this one, where the last of them says that there are more.
  var pages: Pages?
}

extension PodObserver {
  mutating func beginList(_ header: ListHeader) -> [Event] {
    source = .list
    list.items = []
    list.greatestVersion = 0
    return []
  }

  mutating func observeItem(
    _ pod: PodObject, receivedAt: Instant?
  ) throws(ObservationError) -> [Event] {
    let sighting = try PodSighting(pod, options)
    list.items.append(sighting.uid)
    list.greatestVersion = max(list.greatestVersion, sighting.version)
    let context = SightingContext(
      source: .list, isExactChange: false, knownWithout: nil, receivedAt: receivedAt)
    if sighting.isHostNetwork { return skipHostNetwork(sighting, context) }
    // Each list stands for itself: what an earlier one showed is no memory of a watch.
    pods[sighting.uid] = nil
    defer { if !sighting.addresses.isEmpty { pods[sighting.uid] = nil } }
    return take(sighting, context)
  }

  mutating func endList(
    _ metadata: ListMetadata, receivedAt: Instant?
  ) throws(ObservationError) -> [Event] {
    let version: UInt64
    let hasVersion = !(metadata.resourceVersion ?? "").isEmpty
    if let text = metadata.resourceVersion, !text.isEmpty {
      guard let number = UInt64(text) else {
        throw ObservationError(
          message: "the list's resourceVersion \(quoted(text)) is not a decimal number")
      }
      version = number
    } else {
      // kubectl's List has none: it shows the cluster at its newest item or later.
      version = list.greatestVersion
    }
    var pages = list.pages ?? ListedPods.Pages(version: metadata.resourceVersion)
    pages.uids += list.items
    if pages.version != metadata.resourceVersion { pages.isConsistent = false }
    let hasMore = !(metadata.continueToken ?? "").isEmpty
    list.pages = hasMore ? pages : nil
    list.items = []
    guard version > 0 else { return [] }
    if let receivedAt, hasVersion {
      marks.add(self.version(version), stamp: nil, receivedAt: receivedAt, madeBy: nil)
    }
    let isComplete =
      options.isFullList && options.scope == .cluster && !hasMore && pages.isConsistent
    if options.isFullList, !pages.isConsistent, !hasMore { summary.warn(.pagesDiffer) }
    let uids = isComplete ? pages.uids : pages.uids.suffix(metadata.itemCount)
    var presence = SourceWatched.Presence(
      resourceVersion: self.version(version), isComplete: isComplete, uids: uids)
    presence.isVersionAtLeast = !hasVersion
    let through = SourceWatched.Point(
      resourceVersion: self.version(version), notAfter: receivedAt)
    return [
      watched(
        .synced, .list, through: through, presence: presence, marks: marks.take(atEnd: true))
    ]
  }

  /// A pod printed without an event type: it may be in a list that was begun anew, so changes of it
  /// may not have been seen; and the last one of all may be its removal.
  mutating func observePrint(
    _ pod: PodObject, receivedAt: Instant?
  ) throws(ObservationError) -> [Event] {
    source = source ?? .list
    let sighting = try PodSighting(pod, options)
    let known = pods[sighting.uid]
    let isNext = known.map { $0.version < sighting.version } ?? false
    let context = SightingContext(
      source: isNext ? .watch : .list, isExactChange: false, knownWithout: known?.version,
      receivedAt: receivedAt)
    if sighting.isHostNetwork { return skipHostNetwork(sighting, context) }
    if let known, sighting.version <= known.version {
      summary.skip(.nothingNew)
      return []
    }
    if sighting.request?.gracePeriodSeconds == 0 {
      summary.skip(.perhapsGone)
      guard known == nil || known?.hasCompleted == false, known != nil, sighting.phase != nil else {
        return []
      }
    }
    return take(sighting, context)
  }
}
