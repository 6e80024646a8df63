import LMDB

/// The instants around one for which an answer is the same, because whatever it was compared with lies
/// on the same side of them.
struct Extent {
  private let instant: Instant
  private(set) var range: ClosedRange<Instant>

  init(around instant: Instant) {
    self.instant = instant
    range = .earliest ... .latest
  }

  /// The answer depends on which side of an edge, or whether on it, the instant lies.
  mutating func note(_ edge: Instant?) {
    guard let edge else { return }
    if edge < instant {
      let after = edge.adding(microseconds: 1)
      range = max(range.lowerBound, after)...range.upperBound
    } else if edge > instant {
      let before = edge.adding(microseconds: -1)
      range = range.lowerBound...min(range.upperBound, before)
    } else {
      range = instant...instant
    }
  }

  mutating func note(_ bounds: Bounds?) {
    note(bounds?.earliest)
    note(bounds?.latest)
  }
}

extension LedgerView {
  /// What is so at an instant, and for which instants around it the same is so.
  func findingWithExtent(
    _ address: Address, at instant: Instant, _ tenures: AddressTenures
  ) throws -> (finding: Finding, extent: ClosedRange<Instant>) {
    cache.extent = Extent(around: instant)
    defer { cache.extent = nil }
    let surroundings = try tenures.surroundings(at: instant, in: self)
    let finding = try finding(address, at: instant, surroundings)
    return (finding, cache.extent?.range ?? instant...instant)
  }

  /// Notes what an answer depends on, where anybody wants to know how long it stays the same.
  func note(_ instant: Instant?) { cache.extent?.note(instant) }

  /// Notes what an answer depends on, where anybody wants to know how long it stays the same.
  func note(_ bounds: Bounds?) { cache.extent?.note(bounds) }

  /// The number of the state of the ledger that this view shows.
  var snapshot: Int { txn.id }
}
