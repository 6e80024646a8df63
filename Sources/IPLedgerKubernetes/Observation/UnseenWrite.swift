import IPLedger

/// A request that may have changed pods without showing what became of them.
struct UnseenWrite {
  /// What a request of its kind can do.
  enum Effect: Equatable {
    /// It makes a new pod: nobody who was there is another.
    case creation
    /// It makes a new version of a pod that holds what it held: a binding, or an eviction that was
    /// refused.
    case otherFields
    /// It changes metadata or spec; without the last finalizer a pod may be gone.
    case object
    /// It changes addresses or phase.
    case status
    /// It asks for an end.
    case deletion(Grace)

    /// Whether a pod may have lost an address by it.
    var mayRelease: Bool { self != .otherFields && self != .creation }
  }

  /// How much time a deletion leaves.
  enum Grace: Equatable {
    case seconds(Int)
    /// What the pod's spec says.
    case own
    /// The log does not tell.
    case unknown
  }

  /// The pod; absent where the request names none, and any of the namespace may be meant.
  var identity: PodIdentity?
  /// Absent where pods of all namespaces may be meant.
  var namespace: String?
  var effect: Effect
  var receivedAt: Instant
  var stageAt: Instant

  /// From the request to its answer.
  var span: ClosedRange<Instant> { min(receivedAt, stageAt)...stageAt }
}

/// What pods may have become without being shown, until they are.
struct AuditDoubts {
  /// When requests about one pod were on their way, those that can change addresses or phase, and
  /// others.
  private struct Doubt {
    var status: ClosedRange<Instant>?
    var other: ClosedRange<Instant>?

    var last: Instant? { greater(status?.upperBound, other?.upperBound) }

    /// Drops what was complete before an instant at which the pod is known.
    mutating func settle(by instant: Instant) {
      if let end = status?.upperBound, end <= instant { status = nil }
      if let end = other?.upperBound, end <= instant { other = nil }
    }
  }

  private var named: [PodIdentity: Doubt] = [:]
  /// When requests that name no pod were last complete, by namespace; of all, where it is empty.
  private var everybody: [String: Instant] = [:]
  private var greatestCount = 1024

  mutating func add(_ write: UnseenWrite) {
    guard write.effect != .creation else { return }
    guard let identity = write.identity else {
      let namespace = write.namespace ?? ""
      everybody[namespace] = max(everybody[namespace] ?? .earliest, write.stageAt)
      return
    }
    var doubt = named[identity] ?? Doubt()
    if write.effect == .status {
      doubt.status = union(doubt.status, write.span)
    } else {
      doubt.other = union(doubt.other, write.span)
    }
    named[identity] = doubt
  }

  /// Whether a request that showed nothing may have changed a pod since it was last shown and
  /// before it was shown again.
  ///
  /// - Parameters:
  ///   - identity: The pod.
  ///   - since: An instant at or after which it was as it is known.
  ///   - end: When it was shown again.
  ///   - ofStatus: Whether only what can change addresses or phase counts.
  /// - Returns: Whether one may have.
  func concern(
    _ identity: PodIdentity, since: Instant?, by end: Instant, ofStatus: Bool
  ) -> Bool {
    let since = since ?? .earliest
    if let last = everybody[""], last > since { return true }
    if let last = everybody[identity.namespace], last > since { return true }
    guard let doubt = named[identity] else { return false }
    return [doubt.status, ofStatus ? nil : doubt.other].compactMap(\.self).contains { span in
      span.upperBound > since && span.lowerBound < end
    }
  }

  /// A pod was shown: what was complete before it was asked for is known.
  mutating func settle(_ identity: PodIdentity, by instant: Instant) {
    guard var doubt = named[identity] else { return }
    doubt.settle(by: instant)
    named[identity] = doubt.last == nil ? nil : doubt
  }

  /// Forgets what concerns nobody who is known, when there is much of it.
  mutating func forget(before limit: Instant, except known: () -> Set<PodIdentity>) {
    guard named.count > greatestCount else { return }
    let known = known()
    named = named.filter { identity, doubt in
      known.contains(identity) || doubt.last.map { $0 >= limit } ?? false
    }
    greatestCount = max(1024, 2 * named.count)
  }

  private func union(
    _ left: ClosedRange<Instant>?, _ right: ClosedRange<Instant>
  ) -> ClosedRange<Instant> {
    guard let left else { return right }
    return min(left.lowerBound, right.lowerBound)...max(left.upperBound, right.upperBound)
  }
}
