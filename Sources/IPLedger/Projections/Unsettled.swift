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

    /// A uid is hardly ever in two clusters.
    func hash(into hasher: inout Hasher) { hasher.combine(uid) }
  }

  /// The network of a cluster's pods.
  struct Home: Hashable {
    let network: NetworkName
    let cluster: ClusterName
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
    /// What was said of it that no table has yet.
    fileprivate(set) var statements: [EvidenceRows.Statement] = []

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
  var times: [Staircases.Time] = []
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
  /// The incarnations of which anything was said.
  private var spokenOf: [Entry] = []
  /// How much was said of them.
  private var statements = 0
  /// What was said of anything else, and where.
  private var evidence: [(statement: [UInt8], position: Position)] = []

  /// How much there is.
  var count: Int { max(statements + evidence.count, times.count) }

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

  /// Remembers what was said of an incarnation.
  func add(_ statement: EvidenceRows.Statement, to entry: Entry) {
    if entry.statements.isEmpty { spokenOf.append(entry) }
    entry.statements.append(statement)
    statements += 1
  }

  /// Remembers at which position something was said of anything else.
  func add(_ statement: [UInt8], at position: Position) {
    evidence.append((statement, position))
  }

  /// The first position, of those that no table has yet, at which something was said of anything but an
  /// incarnation.
  func firstPosition(_ statement: [UInt8]) -> Position? {
    evidence.first { $0.statement.starts(with: statement) }?.position
  }

  /// Takes what was said of incarnations, with the keys of their rows, in the order of these.
  func takeStatements() -> [(key: [UInt8], statements: [EvidenceRows.Statement])] {
    var taken: [(key: [UInt8], statements: [EvidenceRows.Statement])] = []
    taken.reserveCapacity(spokenOf.count)
    for entry in spokenOf {
      let incarnation = entry.incarnation
      let key = Keys.evidence(incarnation.identity.cluster, incarnation.uid)
      taken.append((key, entry.statements))
      entry.statements = []
    }
    spokenOf = []
    statements = 0
    taken.sort { $0.key.lexicographicallyPrecedes($1.key) }
    return taken
  }

  /// Takes the keys of the positions of anything else, in their order.
  func takeEvidence() -> [[UInt8]] {
    defer { evidence = [] }
    return evidence.map { $0.statement + Keys.position($0.position) }
      .sorted { $0.lexicographicallyPrecedes($1) }
  }
}

extension Unsettled.Pod {
  init(_ incarnation: Incarnation) {
    self.init(cluster: incarnation.identity.cluster, uid: incarnation.uid)
  }
}
