import IPLedger
import Testing

/// The pure rules of what evidence covers, and of evidence that contradicts itself.
@Suite struct `rules of coverage and evidence` {
  private static func span(
    _ scope: SourceWatched.Scope, _ from: UInt64, _ through: UInt64, epoch: UInt32 = 0
  ) -> VersionSpan {
    VersionSpan(
      scope: scope, from: ResourceVersion(epoch: epoch, from),
      through: ResourceVersion(epoch: epoch, through), watchedUntil: nil, seenUntil: nil)
  }

  @Test func `R20: a scope shows the pods that are in it, and no others`() {
    #expect(SourceWatched.Scope.cluster.shows("shop"))
    #expect(SourceWatched.Scope.namespace("shop").shows("shop"))
    #expect(!SourceWatched.Scope.namespace("shop").shows("jobs"))
    #expect(!SourceWatched.Scope.selection("app=web").shows("shop"))
  }

  @Test func `R20: a pod is known through the spans that show it and have no gap between them`() {
    var coverage = Coverage()
    coverage.versions = [
      Self.span(.namespace("shop"), 1, 20), Self.span(.cluster, 10, 15),
      Self.span(.cluster, 30, 40), Self.span(.cluster, 1, 99, epoch: 1),
    ]
    func through(_ version: UInt64, _ namespace: String) -> UInt64 {
      coverage.knownThrough(ResourceVersion(version), namespace: namespace).value
    }
    #expect(through(5, "shop") == 20)
    #expect(through(5, "jobs") == 5)
    #expect(through(12, "jobs") == 15)
    #expect(through(15, "jobs") == 15)
    #expect(through(25, "shop") == 25)
    #expect(through(30, "jobs") == 40)
  }

  @Test func `R8a: spans join where they touch, and not over a gap or from one epoch to another`() {
    let first = Self.span(.cluster, 10, 20)
    #expect(first.touches(Self.span(.cluster, 20, 30)))
    #expect(Self.span(.cluster, 20, 30).touches(first))
    #expect(!first.touches(Self.span(.cluster, 21, 30)))
    #expect(!first.touches(Self.span(.cluster, 15, 30, epoch: 1)))
  }

  @Test func `R8a: evidence that contradicts itself says nothing to others`() {
    let crossed = Bounds(earliest: .seconds(2), latest: .seconds(1))
    #expect(crossed.isCrossed)
    #expect(crossed.uncrossed == Bounds())
    let sound = Bounds(earliest: .seconds(1), latest: .seconds(1))
    #expect(!sound.isCrossed)
    #expect(sound.uncrossed == sound)
  }

  @Test func `R6: evidence of one fact adds up, whichever came first`() {
    func fact(_ isExact: Bool, _ without: UInt64?, _ change: Bounds, _ bound: Int64?) -> Fact {
      Fact(
        content: .completed(.succeeded), resourceVersion: ResourceVersion(9), change: change,
        isExactChange: isExact, knownWithout: without.map { ResourceVersion($0) },
        fieldBound: bound.map { Instant.seconds($0) })
    }
    let one = fact(true, 5, Bounds(earliest: .seconds(1), latest: .seconds(9)), 8)
    let other = fact(false, 7, Bounds(earliest: .seconds(3), latest: nil), 6)
    let both = fact(true, 7, Bounds(earliest: .seconds(3), latest: .seconds(9)), 6)
    #expect(one.merged(with: other) == both)
    #expect(other.merged(with: one) == both)
    let vague = fact(false, nil, Bounds(), nil)
    #expect(vague.merged(with: vague) == vague)
  }
}
