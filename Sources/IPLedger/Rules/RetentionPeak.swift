/// The most addresses that were retained at one instant.
public struct RetentionPeak: Hashable, Sendable {
  /// How many addresses.
  public var addresses: Int
  /// The first instant at which there were so many; absent where none was ever retained.
  public var at: Instant?
}

/// Finds the peak of many spans: a sweep over their beginnings and ends.
package struct PeakSweep: Sendable {
  private var changes: [(at: Instant, by: Int)] = []

  package init() {}

  /// Counts addresses that are retained in a span, where there is one.
  package mutating func add(_ span: Range<Instant>?, addresses: Int) {
    guard let span else { return }
    changes.append((span.lowerBound, addresses))
    changes.append((span.upperBound, -addresses))
  }

  /// The most at one instant; spans are half-open, so what ends at an instant is not retained then
  /// (R3).
  package func peak() -> RetentionPeak {
    var peak = RetentionPeak(addresses: 0, at: nil)
    var retained = 0
    for change in changes.sorted(by: { ($0.at, $0.by) < ($1.at, $1.by) }) {
      retained += change.by
      if retained > peak.addresses { peak = RetentionPeak(addresses: retained, at: change.at) }
    }
    return peak
  }
}
