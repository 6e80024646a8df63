import IPLedger

/// An unbroken run of a watch: first what was there, then every change.
struct WatchSegment {
  /// Whether the items so far may all be initial ones, in no order.
  var isListing = true
  /// The items so far.
  var items = InitialItems()
  /// Who was listed, where not all of them are certain, and at which version.
  var roll: (listed: ListedRoll, version: UInt64, isFull: Bool)?
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
  /// Who may have been shown as an item of this list already, or of what came before it.
  var carried: Set<PodUID> = []
  /// The pods on the host network that were shown, of which nothing else is remembered.
  var onHostNetwork: Set<PodUID> = []
  /// Whether a list was begun anew before it ended, so that nobody knows where the newer one began.
  var isListUnclear = false
  /// The newest stamp in any change so far.
  var newestStamp: Instant?
  /// How long after its stamp a change was received, at the most, in microseconds.
  var greatestLag: Int64 = 0

  /// How long an unbroken watch may take to deliver a change, in microseconds, besides what was
  /// seen of it: ten seconds.
  static let deliveryAllowance: Int64 = 10_000_000

  /// How long after its creation a pod may be shown as new, in microseconds.
  var greatestDelay: Int64 { Self.deliveryAllowance + greatestLag }

  /// A run after this one, by the same observer.
  var next: WatchSegment {
    var next = WatchSegment()
    next.greatestLag = greatestLag
    return next
  }

  /// When a line came that shows that the watch delivers at once: a bookmark, or a change that was made
  /// just before; known of a watch whose client says what happens to it.
  var currentAt: Instant?

  /// Until when nothing can have happened that was not delivered: the watch still delivered later.
  ///
  /// - Parameter isAnnounced: Whether the client says when the watch is begun anew: then it may have been
  ///   away for long, and what comes first is old.
  /// - Returns: The instant; `nil` where nothing tells.
  func watchedUntil(_ isAnnounced: Bool) -> Instant? {
    guard isAnnounced else { return receivedAt?.adding(microseconds: -greatestDelay) }
    return currentAt?.adding(microseconds: -Self.deliveryAllowance)
  }

  /// Notes that a line came.
  ///
  /// - Parameters:
  ///   - receivedAt: When.
  ///   - stamp: The newest stamp in it; `nil` for a bookmark, which is as new as its sending.
  mutating func hear(_ receivedAt: Instant?, stamp: Instant?) {
    guard let receivedAt else { return }
    let isCurrent =
      stamp.map { receivedAt <= $0.adding(microseconds: Self.deliveryAllowance) } ?? true
    if isCurrent { currentAt = greater(currentAt, receivedAt) }
  }
}
