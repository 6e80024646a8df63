import IPLedger

/// Chooses, of the times of changes that make no event of their own, about one a second (R8a).
///
/// Since stamps are whole seconds, the first change with each new stamp loses nothing of the lower
/// bounds, and the last one with it nothing of the upper bounds that stamps give; of receive times
/// the last one in each second is kept.
struct MarkSampler {
  private static let second: Int64 = 1_000_000

  private var marks: [SourceWatched.Mark] = []
  private var greatestStamp: Instant?
  private var received = Candidate()
  private var stamped = Candidate()

  /// The last change of a second, with its upper bound.
  private struct Candidate {
    var second: Int64?
    var version: ResourceVersion?
    var bound: Instant?

    /// Takes the next change; gives back the last one of the second before, when that is over.
    mutating func take(_ version: ResourceVersion, _ bound: Instant) -> SourceWatched.Mark? {
      let second = bound.microseconds.floored(by: MarkSampler.second)
      var done: SourceWatched.Mark?
      if second != self.second { done = flush() }
      if let known = self.version, known > version, self.second == second { return done }
      (self.second, self.version, self.bound) = (second, version, bound)
      return done
    }

    mutating func flush() -> SourceWatched.Mark? {
      defer { (second, version, bound) = (nil, nil, nil) }
      guard let version, let bound else { return nil }
      return SourceWatched.Mark(resourceVersion: version, notBefore: nil, notAfter: bound)
    }
  }

  /// How many marks wait to be written.
  var count: Int { marks.count }

  /// Takes in what is known of a change.
  ///
  /// - Parameters:
  ///   - version: The change.
  ///   - stamp: A lower bound by the server's clock.
  ///   - receivedAt: An upper bound by the observer's.
  ///   - madeBy: An upper bound from a stamp that this change made.
  mutating func add(
    _ version: ResourceVersion, stamp: Instant?, receivedAt: Instant?, madeBy: Instant?
  ) {
    if let stamp, greatestStamp.map({ stamp.microseconds - $0.microseconds >= Self.second }) ?? true
    {
      greatestStamp = stamp
      marks.append(SourceWatched.Mark(resourceVersion: version, notBefore: stamp, notAfter: nil))
    }
    if let receivedAt, let mark = received.take(version, receivedAt) { marks.append(mark) }
    if let madeBy, let mark = stamped.take(version, madeBy) { marks.append(mark) }
  }

  /// The marks that are complete; at the end of a source, all.
  mutating func take(atEnd: Bool) -> [SourceWatched.Mark] {
    if atEnd {
      marks += [received.flush(), stamped.flush()].compactMap(\.self)
    }
    defer { marks = [] }
    return marks.sorted { left, right in
      if left.resourceVersion != right.resourceVersion {
        return left.resourceVersion < right.resourceVersion
      }
      return (left.notAfter ?? .earliest) < (right.notAfter ?? .earliest)
    }
  }
}

extension Int64 {
  /// The quotient, rounded down.
  fileprivate func floored(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
