/// What a transaction has folded and the tables do not show yet: they are written once for all events
/// about a pod, and in the order of their keys, when somebody is to read them (``Projector/settle(in:)``).
///
/// It lives as long as the transaction, and on the writer's thread.
final class Unsettled {
  /// How many events, or incarnations, are left unsettled at most; an incarnation takes about a
  /// kilobyte.
  static let limit = 16_384

  /// One incarnation of a cluster.
  struct Pod: Hashable {
    let cluster: ClusterName
    let uid: PodUID
  }

  /// The network of a cluster's pods.
  struct Home: Hashable {
    let network: NetworkName
    let cluster: ClusterName
  }

  /// What is known of the time of a change.
  struct Time {
    let cluster: ClusterName
    let version: ResourceVersion
    let bounds: Bounds
  }

  /// A kind of reservation that one pod may have.
  struct Reserved: Hashable {
    let identity: PodIdentity
    let nodeClass: NodeClass
  }

  /// An incarnation as it is now, changed or only read: the next event about a pod, or about its
  /// neighbours, does not read it again.
  final class Entry {
    fileprivate(set) var incarnation: Incarnation
    /// As the tables have it, where ``isChanged``; `nil` where they do not have it.
    fileprivate(set) var before: Incarnation?
    fileprivate(set) var isChanged = false
    /// What was said of it, and where, that no table has yet.
    fileprivate var positions: [(statement: [UInt8], position: Position)] = []

    fileprivate init(_ incarnation: Incarnation) { self.incarnation = incarnation }
  }

  /// An incarnation that has changed.
  struct Change {
    /// As the tables have it; `nil` where they do not have it.
    let before: Incarnation?
    let after: Incarnation
  }

  private var entries: [Pod: Entry] = [:]
  private var changed: [Entry] = []

  /// The times of changes that no staircase has yet.
  var times: [Time] = []
  /// Addresses that events showed.
  var used: Set<Address> = []
  /// Networks in which events showed addresses.
  var homes: Set<Home> = []
  /// The reservations about whose ends something was recorded.
  var ended: Set<Reserved> = []
  /// The addresses of those.
  var freed: Set<Address> = []
  /// What was counted.
  var counts: [[UInt8]: UInt64] = [:]
  /// The keys that say at which positions the events stand.
  private var evidence: [[UInt8]] = []
  /// What was said of anything but a pod, and where, that no table has yet.
  private var positions: [(statement: [UInt8], position: Position)] = []

  /// How much there is.
  var count: Int { max(evidence.count, times.count) }

  func entry(_ pod: Pod) -> Entry? { entries[pod] }

  /// Remembers an incarnation that was read.
  @discardableResult
  func keep(_ incarnation: Incarnation) -> Entry {
    if entries.count >= 2 * Self.limit { entries = entries.filter(\.value.isChanged) }
    let entry = Entry(incarnation)
    entries[Pod(incarnation)] = entry
    return entry
  }

  /// Remembers that an incarnation has become another, or that there is one.
  func change(_ entry: Entry?, to after: Incarnation) -> Entry {
    let known = entry ?? keep(after)
    if !known.isChanged {
      known.isChanged = true
      known.before = entry?.incarnation
      changed.append(known)
    }
    known.incarnation = after
    return known
  }

  /// Takes the incarnations that have changed, in the order of their rows.
  func takeChanges() -> [(key: [UInt8], change: Change)] {
    var changes: [(key: [UInt8], change: Change)] = []
    changes.reserveCapacity(changed.count)
    for entry in changed {
      let after = entry.incarnation
      let key = Keys.incarnation(after.identity.cluster, after.uid)
      changes.append((key, Change(before: entry.before, after: after)))
      entry.before = nil
      entry.isChanged = false
    }
    changed = []
    changes.sort { $0.key.lexicographicallyPrecedes($1.key) }
    return changes
  }

  /// Remembers at which position something was said, of an incarnation or of something else.
  func add(_ statement: [UInt8], at position: Position, of entry: Entry?) {
    evidence.append(statement + Keys.position(position))
    if let entry {
      entry.positions.append((statement, position))
    } else {
      positions.append((statement, position))
    }
  }

  /// The first position, of those that no table has yet, at which something was said.
  func firstPosition(_ statement: [UInt8], of entry: Entry?) -> Position? {
    (entry?.positions ?? positions).first { $0.statement.starts(with: statement) }?.position
  }

  /// Takes the keys of the positions, in their order.
  func takeEvidence() -> [[UInt8]] {
    for entry in entries.values where !entry.positions.isEmpty { entry.positions = [] }
    defer {
      evidence = []
      positions = []
    }
    return evidence.sorted { $0.lexicographicallyPrecedes($1) }
  }
}

extension Unsettled.Pod {
  init(_ incarnation: Incarnation) {
    self.init(cluster: incarnation.identity.cluster, uid: incarnation.uid)
  }
}
