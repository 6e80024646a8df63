/// What is known of an instant: it lies between two bounds, either of which may be unknown (R8a).
public struct Bounds: Hashable, Sendable {
  /// It was not before this; absent where nothing says so.
  public var earliest: Instant?
  /// It was not after this; absent where nothing says so.
  public var latest: Instant?

  /// An instant between these bounds.
  public init(earliest: Instant? = nil, latest: Instant? = nil) {
    self.earliest = earliest
    self.latest = latest
  }

  /// An instant that is known to the microsecond.
  public init(exactly instant: Instant) {
    earliest = instant
    latest = instant
  }

  /// Whether the bounds contradict each other: two clocks disagree.
  package var isCrossed: Bool {
    guard let earliest, let latest else { return false }
    return earliest > latest
  }

  /// Both pieces of evidence at once: the greater lower bound and the smaller upper one.
  package func intersection(_ other: Bounds) -> Bounds {
    Bounds(
      earliest: greater(earliest, other.earliest), latest: lesser(latest, other.latest))
  }

  /// Bounds that can be shown: where two clocks disagree, nobody can say which of them is right, so
  /// neither claim bounds the instant (R8a).
  package var uncrossed: Bounds { isCrossed ? Bounds() : self }

  /// Bounds that hold for the same instant whichever of two crossed claims is right.
  ///
  /// - Parameter others: What is known besides; of it, what lies outside both claims counts.
  /// - Returns: The nearest bounds around both claims; absent where there are none.
  package func around(_ others: Bounds) -> Bounds {
    guard let earliest, let latest else { return others }
    let claims = min(earliest, latest)...max(earliest, latest)
    return Bounds(
      earliest: others.earliest.flatMap { $0 <= claims.lowerBound ? $0 : nil },
      latest: others.latest.flatMap { $0 >= claims.upperBound ? $0 : nil })
  }

  /// Whether the instant is certainly not after `instant`.
  package func isSurelyBy(_ instant: Instant) -> Bool {
    latest.map { $0 <= instant } ?? false
  }

  /// Whether the instant is certainly after `instant`.
  package func isSurelyAfter(_ instant: Instant) -> Bool {
    earliest.map { $0 > instant } ?? false
  }
}

/// The greater of two, where an absent one says nothing.
package func greater<Value: Comparable>(_ left: Value?, _ right: Value?) -> Value? {
  guard let left, let right else { return left ?? right }
  return max(left, right)
}

/// The lesser of two, where an absent one says nothing.
package func lesser<Value: Comparable>(_ left: Value?, _ right: Value?) -> Value? {
  guard let left, let right else { return left ?? right }
  return min(left, right)
}

/// What a stamp that the API server put into an object says (R8a).
package enum StampRule {
  /// Stamps are cut to whole seconds.
  package static let step: Int64 = 1_000_000
  /// A stamp is taken before admission and commit: so much later, at the most, the change was made.
  package static let slack: Int64 = 1_000_000
  /// How far after its stamp a change may have been made.
  package static let reach = step + slack
}

extension Evidence {
  /// What this observation says of the change with its resource version, all its evidence at once
  /// (R8a).
  package var changeBounds: Bounds {
    if let decidedAt { return Bounds(exactly: decidedAt) }
    var bounds = Bounds(
      earliest: greater(greater(newestStamp, creationStamp), requestReceivedAt),
      latest: lesser(receivedAt, stageAt))
    if source != .list, let newestStamp, let precedingStamp, newestStamp > precedingStamp {
      let made = newestStamp.adding(microseconds: StampRule.reach)
      bounds.latest = lesser(bounds.latest, made)
    }
    return bounds
  }

  /// An upper bound of when the field that the event is about took its value.
  ///
  /// The manager that owns it changed nothing after its stamp. It holds for listed items too, since
  /// it needs no change before this one.
  package var fieldBound: Instant? {
    fieldStamp?.adding(microseconds: StampRule.reach)
  }
}
