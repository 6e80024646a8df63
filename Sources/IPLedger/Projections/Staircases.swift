package import LMDB

/// The two staircases of a cluster: since resource versions order all changes, the greatest lower
/// bound of any earlier change holds for each later one, and the least upper bound of any later one
/// for each earlier one (R8a).
///
/// Only the steps are kept: a bound that another one implies is no step. What is kept is therefore a
/// function of the set of all bounds, whatever came first (R7).
package struct Staircases {
  private let tables: Tables
  private let cache: StaircaseCache?

  package init(_ tables: Tables) {
    self.init(tables, cache: nil)
  }

  /// The staircases of a view, which remembers what it has read of them.
  init(_ tables: Tables, cache: StaircaseCache?) {
    self.tables = tables
    self.cache = cache
  }

  /// One of the two staircases.
  ///
  /// The upper bounds are the lower ones seen from behind, with all bits inverted: so both rise, and one
  /// piece of code climbs both.
  enum Side: Hashable {
    /// No earlier than this: of each change and all later ones.
    case earliest
    /// No later than this: of each change and all earlier ones.
    case latest

    fileprivate var kind: Tables.Kind { self == .earliest ? .earliest : .latest }
    fileprivate var opposite: Side { self == .earliest ? .latest : .earliest }

    fileprivate func place(_ version: UInt64) -> UInt64 { self == .earliest ? version : ~version }
    fileprivate func version(_ place: UInt64) -> UInt64 { self.place(place) }

    fileprivate func height(_ instant: Instant) -> Int64 {
      self == .earliest ? instant.microseconds : ~instant.microseconds
    }

    fileprivate func instant(_ height: Int64) -> Instant {
      Instant(microseconds: self == .earliest ? height : ~height)
    }
  }

  /// One staircase of one epoch of a cluster's versions.
  struct Flight: Hashable {
    let side: Side
    let cluster: ClusterName
    let epoch: UInt32

    /// The key of the row of the stretch that begins at a place.
    fileprivate func key(_ start: UInt64) -> [UInt8] {
      Keys.version(cluster, ResourceVersion(epoch: epoch, start))
    }

    /// The place at which the stretch of a row begins, where that is a row of this one.
    fileprivate func start(ofRow key: [UInt8]) throws -> UInt64? {
      let prefix = Keys.cluster(cluster)
      guard key.count == prefix.count + 12, key.starts(with: prefix) else { return nil }
      let version = try Keys.version(endOf: key)
      return version.epoch == epoch ? version.value : nil
    }
  }

  /// A bound that some change gives to others.
  private struct Step {
    var version: ResourceVersion
    var instant: Instant
  }

  /// A lower bound of the change at a version.
  ///
  /// A step that the other staircase contradicts at its own change is not passed on: clocks disagree
  /// there.
  package func earliest(
    _ cluster: ClusterName, _ version: ResourceVersion, in txn: borrowing ReadTransaction
  ) throws -> Instant? {
    var next = try step(.earliest, cluster, version, in: txn)
    while let step = next {
      let opposite = try self.step(.latest, cluster, step.version, in: txn)
      guard let opposite, opposite.instant < step.instant else { return step.instant }
      guard let before = step.version.predecessor else { return nil }
      next = try self.step(.earliest, cluster, before, in: txn)
    }
    return nil
  }

  /// An upper bound of the change at a version; contradicted steps are not passed on, as in
  /// ``earliest(_:_:in:)``.
  package func latest(
    _ cluster: ClusterName, _ version: ResourceVersion, in txn: borrowing ReadTransaction
  ) throws -> Instant? {
    var next = try step(.latest, cluster, version, in: txn)
    while let step = next {
      let opposite = try self.step(.earliest, cluster, step.version, in: txn)
      guard let opposite, opposite.instant > step.instant else { return step.instant }
      guard let after = step.version.successor else { return nil }
      next = try self.step(.latest, cluster, after, in: txn)
    }
    return nil
  }

  /// The step of a staircase that counts at a version.
  private func step(
    _ side: Side, _ cluster: ClusterName, _ version: ResourceVersion,
    in txn: borrowing ReadTransaction
  ) throws -> Step? {
    let flight = Flight(side: side, cluster: cluster, epoch: version.epoch)
    let place = side.place(version.value)
    let start = Stretch.start(of: place)
    var found = try step(of: flight, at: place, in: start, txn)
    if found == nil, let below = try tables.lower(side.kind, flight.key(start), in: txn),
      let start = try flight.start(ofRow: below.key)
    {
      found = try Stretch.step(at: .max, from: start, in: below.content.span)
    }
    return found.map {
      Step(
        version: ResourceVersion(epoch: version.epoch, side.version($0.place)),
        instant: side.instant($0.height))
    }
  }

  /// The step at a place, where the stretch that has it has one; `nil` proves nothing.
  private func step(
    of flight: Flight, at place: UInt64, in start: UInt64, _ txn: borrowing ReadTransaction
  ) throws -> Stretch.Step? {
    if let known = cache?.content(of: flight, start) {
      return try Stretch.step(at: place, from: start, in: known.span)
    }
    let content = try tables.rowIfFound(flight.side.kind, flight.key(start), in: txn)
    guard let content else { return nil }
    cache?.remember(content, of: flight, start)
    return try Stretch.step(at: place, from: start, in: content.span)
  }

  // MARK: All of a cluster

  /// By how much a lower bound of a change is later than an upper bound of the same change, or of a later
  /// one, at the most, in microseconds; 0 where none is.
  ///
  /// Where it is 0, no clock that was read has contradicted another one, and no step is ever left out.
  package func disagreement(
    of cluster: ClusterName, in txn: borrowing ReadTransaction
  ) throws -> Int64 {
    guard let row = try tables.row(.disagreements, Keys.cluster(cluster), in: txn) else { return 0 }
    var reader = ByteReader(row)
    let disagreement = try reader.int64()
    guard disagreement > 0, reader.isAtEnd else {
      throw EventDecodingError.damaged("a disagreement of clocks is not in its stored form")
    }
    return disagreement
  }

  /// The newest epoch in which any change has a lower bound, and its greatest one.
  func last(
    of cluster: ClusterName, in txn: borrowing ReadTransaction
  ) throws -> (epoch: UInt32, earliest: Instant)? {
    let prefix = Keys.cluster(cluster)
    let behind = prefix + [UInt8](repeating: 0xFF, count: 13)
    guard let last = try tables.lower(.earliest, behind, in: txn), last.key.starts(with: prefix)
    else { return nil }
    let version = try Keys.version(endOf: last.key)
    let stretch = try Stretch(start: version.value, decoding: last.content)
    guard let step = stretch.steps.last else { return nil }
    return (version.epoch, Side.earliest.instant(step.height))
  }

  /// The first and the last instant of all steps of a cluster.
  func span(
    of cluster: ClusterName, in txn: borrowing ReadTransaction
  ) throws -> (oldest: Instant?, newest: Instant?) {
    var (oldest, newest): (Instant?, Instant?) = (nil, nil)
    for side in [Side.earliest, .latest] {
      try tables.scan(side.kind, .prefix(Keys.cluster(cluster)), in: txn) { key, content in
        let start = try Keys.version(endOf: key).value
        let steps = try Stretch(start: start, decoding: content).steps
        for step in [steps.first, steps.last].compactMap(\.self) {
          oldest = lesser(oldest, side.instant(step.height))
          newest = greater(newest, side.instant(step.height))
        }
        return .next
      }
    }
    return (oldest, newest)
  }
}

// MARK: - Adding

extension Staircases {
  /// What is known of the time of a change.
  struct Time {
    let cluster: ClusterName
    let version: ResourceVersion
    /// Where it contradicts itself it is not passed on to others.
    let bounds: Bounds
  }

  /// Adds what is known of the times of changes.
  ///
  /// - Returns: Whether that added a step.
  @discardableResult
  func add(_ times: [Time], in txn: borrowing WriteTransaction) throws -> Bool {
    var added: [(flight: Flight, steps: [Stretch.Step])] = []
    for (flight, steps) in Self.steps(of: times) {
      added.append((flight, try add(steps.sorted { $0.place < $1.place }, to: flight, in: txn)))
    }
    for (flight, steps) in added { try compare(steps, of: flight, in: txn) }
    return added.contains { !$0.steps.isEmpty }
  }

  /// The steps that some times are, by their staircases.
  private static func steps(
    of times: [Time]
  ) -> [(flight: Flight, steps: [Stretch.Step])] {
    var steps: [(flight: Flight, steps: [Stretch.Step])] = []
    var places: [Flight: Int] = [:]
    // Times come in long runs of one cluster's.
    var last: [Side: Int] = [:]
    for time in times where !time.bounds.isCrossed {
      for (side, bound) in [(Side.earliest, time.bounds.earliest), (.latest, time.bounds.latest)] {
        guard let bound else { continue }
        let flight = Flight(side: side, cluster: time.cluster, epoch: time.version.epoch)
        if last[side].map({ steps[$0].flight != flight }) ?? true {
          let place = places[flight] ?? steps.count
          if place == steps.count {
            places[flight] = place
            steps.append((flight, []))
          }
          last[side] = place
        }
        guard let place = last[side] else { continue }
        steps[place].steps.append(
          Stretch.Step(place: side.place(time.version.value), height: side.height(bound)))
      }
    }
    return steps
  }

  /// Notes by how much steps contradict the other staircase.
  ///
  /// Whichever of two bounds comes last is compared with the other one, so what is noted is a function of
  /// all bounds (R7).
  private func compare(
    _ steps: [Stretch.Step], of flight: Flight, in txn: borrowing WriteTransaction
  ) throws {
    let cached = Staircases(tables, cache: steps.count > 4 ? StaircaseCache() : nil)
    var most: Int64 = 0
    for step in steps {
      let version = ResourceVersion(epoch: flight.epoch, flight.side.version(step.place))
      let opposite = try cached.step(
        flight.side.opposite, flight.cluster, version, in: txn.reading)
      guard let opposite else { continue }
      let own = flight.side.instant(step.height)
      let (earliest, latest) =
        flight.side == .earliest ? (own, opposite.instant) : (opposite.instant, own)
      most = max(most, earliest.microseconds.subtractedSaturating(latest.microseconds))
    }
    guard most > 0, try most > disagreement(of: flight.cluster, in: txn.reading) else { return }
    var writer = ByteWriter()
    writer.int64(most)
    try tables.put(.disagreements, Keys.cluster(flight.cluster), writer.bytes, in: txn)
  }

  /// Adds steps to a staircase.
  ///
  /// - Returns: Those that no other one implied.
  private func add(
    _ steps: [Stretch.Step], to flight: Flight, in txn: borrowing WriteTransaction
  ) throws -> [Stretch.Step] {
    var added: [Stretch.Step] = []
    var open: OpenStretch?
    for step in steps {
      let start = Stretch.start(of: step.place)
      if open?.stretch.start != start {
        if let open { try write(open, flight, in: txn) }
        open = try self.open(flight, start, in: txn.reading)
      }
      guard open?.add(step) == true else { continue }
      added.append(step)
      if let above = open?.above, open?.stretch.steps.last == step, above <= step.height {
        open?.above = try flatten(flight, behind: start, upTo: step.height, in: txn)
      }
    }
    if let open { try write(open, flight, in: txn) }
    return added
  }

  /// A stretch to which steps are added.
  private struct OpenStretch {
    var stretch: Stretch
    /// How high the staircase is right before it.
    var below: Int64?
    /// The height of the first step behind it.
    var above: Int64?
    var isChanged = false

    /// Adds a step, where none before it implies it, and removes those that it implies.
    mutating func add(_ step: Stretch.Step) -> Bool {
      let index = stretch.index(behind: step.place)
      let known = index > 0 ? stretch.steps[index - 1] : nil
      if let height = known?.height ?? below, height >= step.height { return false }
      let first = known?.place == step.place ? index - 1 : index
      let rest = stretch.steps[index...]
      let last = rest.firstIndex { $0.height > step.height } ?? rest.endIndex
      stretch.steps.replaceSubrange(first..<last, with: [step])
      isChanged = true
      return true
    }
  }

  private func open(
    _ flight: Flight, _ start: UInt64, in txn: borrowing ReadTransaction
  ) throws -> OpenStretch {
    let (kind, key) = (flight.side.kind, flight.key(start))
    var open = OpenStretch(stretch: Stretch(start: start))
    if let own = try tables.rowIfFound(kind, key, in: txn) {
      open.stretch = try Stretch(start: start, decoding: own)
    }
    try tables.visitSides(of: kind, .without, key, in: txn) { side, found, content in
      guard let other = try flight.start(ofRow: [UInt8](copying: found)) else { return }
      let steps = try Stretch(start: other, decoding: [UInt8](copying: content)).steps
      switch side {
      case .below: open.below = steps.last?.height
      case .above: open.above = steps.first?.height
      }
    }
    return open
  }

  /// The stretch of a row, where that is a row of a flight.
  private func stretch(of row: Tables.Entry, _ flight: Flight) throws -> Stretch? {
    try flight.start(ofRow: row.key).map { try Stretch(start: $0, decoding: row.content) }
  }

  private func write(
    _ open: OpenStretch, _ flight: Flight, in txn: borrowing WriteTransaction
  ) throws {
    guard open.isChanged else { return }
    let key = flight.key(open.stretch.start)
    try tables.put(flight.side.kind, key, open.stretch.encoded, in: txn)
  }

  /// Removes the steps behind a stretch that are no higher than its last one.
  ///
  /// - Returns: The height of the first that is left.
  private func flatten(
    _ flight: Flight, behind start: UInt64, upTo height: Int64, in txn: borrowing WriteTransaction
  ) throws -> Int64? {
    let kind = flight.side.kind
    while let next = try tables.higher(kind, flight.key(start), in: txn.reading),
      var stretch = try stretch(of: next, flight)
    {
      let left = stretch.steps.drop { $0.height <= height }
      if left.count == stretch.steps.count { return left.first?.height }
      guard let first = left.first else {
        try txn.delete(tables[kind], next.key)
        continue
      }
      stretch.steps = Array(left)
      try tables.put(kind, next.key, stretch.encoded, in: txn)
      return first.height
    }
    return nil
  }
}

/// The rows of staircases that a view has read last: of four questions about a change two are about the
/// same stretch as another one, and neighbours ask for it again.
final class StaircaseCache {
  private struct Slot {
    var flight: Staircases.Flight
    var start: UInt64
    var content: [UInt8]
  }

  /// Each stretch has one slot in which it may be; a row has some hundred bytes.
  private static let slots: UInt64 = 128

  private var slots: [Slot?] = []

  private static func place(_ flight: Staircases.Flight, _ start: UInt64) -> Int {
    let number = start / Stretch.length &* 2 &+ (flight.side == .earliest ? 0 : 1)
    return Int(number % slots)
  }

  /// The content of a row that was read; `nil` where it is not remembered.
  fileprivate func content(of flight: Staircases.Flight, _ start: UInt64) -> [UInt8]? {
    guard !slots.isEmpty, let slot = slots[Self.place(flight, start)], slot.start == start,
      slot.flight == flight
    else { return nil }
    return slot.content
  }

  fileprivate func remember(_ content: [UInt8], of flight: Staircases.Flight, _ start: UInt64) {
    if slots.isEmpty { slots = Array(repeating: nil, count: Int(Self.slots)) }
    slots[Self.place(flight, start)] = Slot(flight: flight, start: start, content: content)
  }
}

extension ResourceVersion {
  /// The version before this one in its epoch.
  fileprivate var predecessor: ResourceVersion? {
    value > 0 ? ResourceVersion(epoch: epoch, value - 1) : nil
  }

  /// The version after this one in its epoch.
  fileprivate var successor: ResourceVersion? {
    value < .max ? ResourceVersion(epoch: epoch, value + 1) : nil
  }
}
