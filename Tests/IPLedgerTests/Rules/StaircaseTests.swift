import Foundation
import LMDB
import TestSupport
import Testing

@testable import IPLedger

/// R8a: what stretches of staircases say is what all bounds say that were ever added, in whatever order
/// and in however many pieces.
@Suite(.serialized) struct `staircases in stretches` {
  private typealias Time = Staircases.Time

  private static let clusters = ["a", "ab"].compactMap { try? ClusterName($0) }

  /// Bounds of changes near the ends of stretches, of several clusters and epochs.
  private static func times(_ random: inout SplitMix64) -> [Time] {
    let scale = Int64([3, 40, 4_000].randomElement(using: &random) ?? 3)
    return (0..<Int.random(in: 1...120, using: &random)).compactMap { _ in
      let borders: [UInt64] = [0, 256, 512, 768, 1 << 40, .max - 255]
      let border = borders.randomElement(using: &random) ?? 0
      let step = UInt64.random(in: 0...3, using: &random)
      let place = Bool.random(using: &random) ? border &+ step : border &- step
      guard let cluster = clusters.randomElement(using: &random) else { return nil }
      let earliest = Int64.random(in: -scale...scale, using: &random)
      let reach = Int64.random(in: 0...scale, using: &random)
      var bounds = Bounds(
        earliest: Instant(microseconds: earliest), latest: Instant(microseconds: earliest + reach))
      if Int.random(in: 0..<4, using: &random) == 0 { bounds.earliest = nil }
      if Int.random(in: 0..<4, using: &random) == 0 { bounds.latest = nil }
      return Time(
        cluster: cluster,
        version: ResourceVersion(epoch: .random(in: 0...1, using: &random), place), bounds: bounds)
    }
  }

  /// The staircases by their definition: all bounds looked at, each time.
  private struct Model {
    let times: [Time]

    /// The step that counts at a version, of the changes of its cluster and epoch.
    private func step(
      _ cluster: ClusterName, _ version: ResourceVersion, isEarliest: Bool
    ) -> (version: ResourceVersion, instant: Instant)? {
      var found: (version: ResourceVersion, instant: Instant)?
      for time in times where time.cluster == cluster && time.version.epoch == version.epoch {
        guard let bound = isEarliest ? time.bounds.earliest : time.bounds.latest,
          isEarliest ? time.version <= version : time.version >= version
        else { continue }
        if let known = found {
          if known.instant == bound {
            // The first to say it, seen from where it comes.
            if isEarliest ? known.version <= time.version : known.version >= time.version {
              continue
            }
          } else if isEarliest ? known.instant > bound : known.instant < bound {
            continue
          }
        }
        found = (time.version, bound)
      }
      return found
    }

    /// By how much any lower bound is later than an upper bound of the same change or a later one.
    func disagreement(of cluster: ClusterName) -> Int64 {
      let own = times.filter { $0.cluster == cluster }
      var most: Int64 = 0
      for one in own {
        guard let earliest = one.bounds.earliest else { continue }
        for other in own where other.version.epoch == one.version.epoch {
          guard other.version >= one.version, let latest = other.bounds.latest else { continue }
          most = max(most, earliest.microseconds - latest.microseconds)
        }
      }
      return most
    }

    func bound(_ cluster: ClusterName, _ version: ResourceVersion, isEarliest: Bool) -> Instant? {
      var place = version
      while let own = step(cluster, place, isEarliest: isEarliest) {
        let other = step(cluster, own.version, isEarliest: !isEarliest)
        guard let other, isEarliest ? other.instant < own.instant : other.instant > own.instant
        else {
          return own.instant
        }
        let value = own.version.value
        guard isEarliest ? value > 0 : value < .max else { return nil }
        place = ResourceVersion(epoch: place.epoch, isEarliest ? value - 1 : value + 1)
      }
      return nil
    }
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func `each bound is the one that all changes together give`(_ seed: UInt64) async throws {
    var random = SplitMix64(seed: seed)
    let times = Self.times(&random)
    let size = Int.random(in: 1...times.count, using: &random)
    let pieces = stride(from: 0, to: times.count, by: size).map {
      Array(times[$0..<min($0 + size, times.count)])
    }
    let model = Model(times: times)
    let told = try await rows(of: pieces) { tables, txn in
      for cluster in Self.clusters {
        let disagreement = try Staircases(tables).disagreement(of: cluster, in: txn)
        #expect(disagreement == model.disagreement(of: cluster))
      }
      for time in times {
        for version in [time.version.value, time.version.value &+ 1, time.version.value &- 1] {
          let place = ResourceVersion(epoch: time.version.epoch, version)
          for staircases in [Staircases(tables), Staircases(tables, cache: StaircaseCache())] {
            let earliest = try staircases.earliest(time.cluster, place, in: txn)
            #expect(earliest == model.bound(time.cluster, place, isEarliest: true))
            let latest = try staircases.latest(time.cluster, place, in: txn)
            #expect(latest == model.bound(time.cluster, place, isEarliest: false))
          }
        }
      }
    }
    let shuffled = times.shuffled(using: &random).map { [$0] }
    #expect(try await rows(of: shuffled) { _, _ in } == told)
  }

  /// The rows of both staircases once all pieces were added.
  private func rows(
    of pieces: [[Time]],
    _ look: @escaping @Sendable (Tables, borrowing ReadTransaction) throws -> Void
  ) async throws -> [[[UInt8]]] {
    let path = NSTemporaryDirectory() + "ipledger-stairs-\(UInt64.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let environment = try Environment.open(at: path)
    defer { environment.close() }
    return try await environment.write { txn in
      let tables = try Tables(creating: 0, in: txn)
      for piece in pieces { try Staircases(tables).add(piece, in: txn) }
      try look(tables, txn.reading)
      return try [Tables.Kind.earliest, .latest, .disagreements].map { kind in
        var rows: [[UInt8]] = []
        try tables.scan(kind, .all, in: txn.reading) { key, content in
          rows.append(key + content)
          return .next
        }
        return rows
      }
    }
  }

  @Test(
    arguments: [
      // Nothing, no step, a width beyond eight bytes, half a step.
      [], [0, 0, 0, 0, 0, 0, 0, 0, 7],
      [9, 0, 0, 0, 0, 0, 0, 0, 7] + Array(repeating: 1, count: 10),
      [1, 0, 0, 0, 0, 0, 0, 0, 7, 3, 0, 4],
      // Places or heights that do not rise, two steps of no height.
      [1, 0, 0, 0, 0, 0, 0, 0, 7, 3, 3, 0, 4], [1, 0, 0, 0, 0, 0, 0, 0, 7, 3, 4, 0, 0],
      [0, 0, 0, 0, 0, 0, 0, 0, 7, 3, 4],
      // A greater width than is needed, a first step that is higher than itself.
      [1, 0, 0, 0, 0, 0, 0, 0, 7, 3, 0], [2, 0, 0, 0, 0, 0, 0, 0, 7, 3, 4, 0, 0, 0, 4],
      [1, 0, 0, 0, 0, 0, 0, 0, 7, 3, 4, 1, 4],
    ] as [[UInt8]])
  func `a row that is no staircase within its stretch is refused`(_ bytes: [UInt8]) {
    #expect(throws: (any Error).self) { try Stretch(start: 512, decoding: bytes) }
  }

  @Test func `a row says of each step its place and how much higher it is than the first`() throws {
    var stretch = Stretch(start: 512)
    stretch.steps = [(512, -3), (513, 0), (767, 300)].map { Stretch.Step(place: $0, height: $1) }
    let head: [UInt8] = [2, 255, 255, 255, 255, 255, 255, 255, 253]
    #expect(stretch.encoded == head + [0, 1, 255] + [0, 0, 0, 3, 1, 47])
    #expect(try Stretch(start: 512, decoding: stretch.encoded).steps == stretch.steps)
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func `a step is found in the row as among the steps`(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let starts: [UInt64] = [0, 512, .max - 255]
    let reaches: [Int64] = [0, 1, 300, 1 << 40, .max]
    let start = starts.randomElement(using: &random) ?? 0
    let reach = reaches.randomElement(using: &random) ?? 0
    var stretch = Stretch(start: start)
    let count = Int.random(in: 1...256, using: &random)
    let places = Set((0..<count).map { _ in UInt64.random(in: 0...255, using: &random) }).sorted()
    var height = Int64.random(in: Int64.min...(-reach), using: &random)
    for place in places {
      stretch.steps.append(Stretch.Step(place: start + place, height: height))
      let (next, isBeyond) = height.addingReportingOverflow(
        Int64.random(in: 1...max(1, reach / 256), using: &random))
      if isBeyond { break }
      height = next
    }
    let row = stretch.encoded
    #expect(try Stretch(start: start, decoding: row).steps == stretch.steps)
    for place in start...(start + 255) {
      let found = try Stretch.step(at: place, from: start, in: row.span)
      #expect(found == stretch.steps.last { $0.place <= place })
    }
    #expect(try Stretch.step(at: .max, from: start, in: row.span) == stretch.steps.last)
  }
}
