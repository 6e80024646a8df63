/// News of a pod that the ledger is told to act on.
public struct PodNotice: Hashable, Sendable {
  /// The pod.
  public var identity: PodIdentity
  /// The incarnation.
  public var uid: PodUID
  /// When it happened.
  public var instant: Instant
  /// When the deletion was asked for, where that was before; the period of retention counts from
  /// the first time that it was (R15).
  ///
  /// One after ``instant`` counts as that; a completion has none.
  public var requestedAt: Instant?

  /// News of an incarnation at an instant.
  public init(
    identity: PodIdentity, uid: PodUID, at instant: Instant, requestedAt: Instant? = nil
  ) {
    self.identity = identity
    self.uid = uid
    self.instant = instant
    self.requestedAt = requestedAt
  }
}

/// What became of a pod's addresses with some news of it.
public struct Disposition: Hashable, Sendable {
  /// What became of them.
  public enum Change: Hashable, Sendable {
    /// They are kept for the identity, and nobody has them.
    case retained
    /// They are free, but for the cool-down of their pool.
    case released
    /// Nothing: they are where they were.
    case unchanged
    /// The news cannot be true.
    case refused(Refusal)
  }

  /// What became of them.
  public var change: Change
  /// The addresses, where the pod has or had any.
  public var addresses: [Address]
  /// From when on they are free; absent while the pod is there, and where they are not retained.
  public var deadline: Instant?
  /// The event that was appended; absent where all was known.
  public var position: Position?
}
