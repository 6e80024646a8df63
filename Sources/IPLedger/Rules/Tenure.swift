/// When something about an incarnation changed, as facts alone tell it: at a change, or before it
/// and after another.
///
/// It becomes ``Bounds`` when the staircases and the coverage are consulted, which happens when it
/// is read (R8a).
package struct Moment: Hashable, Sendable {
  /// The first change at which it was so.
  package var at: ResourceVersion
  /// Whether that very change made it so.
  package var isExactChange: Bool
  /// The last change at which it was known not to be so.
  package var after: ResourceVersion?
  /// The time of the change `at`, by its own evidence.
  package var change: Bounds
  /// It was not before this, whatever else is known: the pod's creation.
  package var notBefore: Instant?
  /// It was not after this, whatever else is known.
  package var notAfter: Instant?
}

/// Why a tenure ended.
public enum TenureEnd: UInt8, Hashable, Sendable, CaseIterable {
  /// The pod's object was removed.
  case deleted = 1
  /// Its object was removed by force.
  case forced = 2
  /// The pod ended, on a node where that gives the address up (R9).
  case completed = 3
  /// Another incarnation of the pod appeared (R10).
  case superseded = 4
  /// A full list did not have it any more (R10).
  case missing = 5
  /// The pod has other addresses now.
  case moved = 6
  /// The pod lives on without an address.
  case dropped = 7
}

/// One incarnation's use of one address, as facts alone tell it.
package struct Tenure: Hashable, Sendable {
  /// The address.
  package var address: Address
  /// When it began.
  package var start: Moment
  /// When and why it ended; absent while nothing says that it did.
  package var end: End?
  /// The last change at which it was known to hold.
  package var lastKnown: ResourceVersion

  /// When and why a tenure ended.
  package struct End: Hashable, Sendable {
    package var moment: Moment
    package var cause: TenureEnd

    package init(moment: Moment, cause: TenureEnd) {
      self.moment = moment
      self.cause = cause
    }
  }

  package init(address: Address, start: Moment, end: End?, lastKnown: ResourceVersion) {
    self.address = address
    self.start = start
    self.end = end
    self.lastKnown = lastKnown
  }

  /// Whether nothing but inference can have ended it: no fact about the incarnation itself did.
  package var isOpen: Bool { end == nil || end?.cause == .superseded }

  /// Whether two tenures of one address in one cluster overlap as far as the order of changes tells
  /// (R11).
  package func mayOverlap(_ later: Tenure) -> Bool {
    guard let end else { return true }
    return later.start.at < end.moment.at
  }
}
