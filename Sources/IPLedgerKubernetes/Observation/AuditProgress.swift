import IPLedger

/// How far an audit log was read.
///
/// Its lines stand in the order in which responses were complete, so two changes of one pod may
/// stand the wrong way round. They wait here until none can come before them.
struct AuditProgress {
  /// How long a request may be on its way while later ones are logged, in microseconds: two
  /// seconds.
  static let reach: Int64 = 2_000_000

  /// A request whose answer shows a pod.
  struct Request {
    /// Whether it can change addresses and phase: only those of a pod's status do.
    var writesStatus: Bool
    var receivedAt: Instant?
    var stageAt: Instant
  }

  /// A version of a pod, with all requests of the log's reach whose answers show it: it belongs to
  /// any of them.
  struct Change {
    var sighting: PodSighting
    var isCreation: Bool
    var isRemoval: Bool
    /// The version of the removal, where that is not the object's own.
    var removalVersion: UInt64?
    var requests: [Request]

    /// The first answer that showed it: it was made by then.
    var shownAt: Instant { requests.map(\.stageAt).min() ?? .latest }
    /// When the last of the requests was received, to which it was shown as it is.
    var askedAt: Instant? { requests.compactMap(\.receivedAt).max() }
    /// When the first of the requests was received.
    var begunAt: Instant? { requests.compactMap(\.receivedAt).min() }

    fileprivate func isOfSameVersion(as other: Change) -> Bool {
      sighting.uid == other.sighting.uid && sighting.version == other.sighting.version
        && isRemoval == other.isRemoval && removalVersion == other.removalVersion
    }
  }

  /// What the next thing in the log is, once nothing can come before it.
  enum Due {
    case change(Change)
    case unseen(UnseenWrite)
  }

  /// The changes that wait, by version.
  private(set) var waiting: [Change] = []
  /// The requests of which it is open what they did, in the order of their ends.
  private(set) var undecided: [UnseenWrite] = []
  /// The versions that recent answers showed, with the ends of their requests.
  private var answers: [(stageAt: Instant, version: UInt64)] = []
  /// The greatest version that any earlier answer showed.
  private var answeredBefore: UInt64 = 0
  /// What pods may have become without being shown.
  var doubts = AuditDoubts()
  /// Spans in which a request may have taken a pod's addresses away without showing it.
  var breaks: [ClosedRange<Instant>] = []
  /// When the first line was logged, or since how far the log was read was last said.
  var from: Instant?
  /// The latest line.
  var through: Instant?

  var isEmpty: Bool { waiting.isEmpty && undecided.isEmpty }

  /// Up to here every request was logged that could change anything.
  var limit: Instant? { through?.adding(microseconds: -Self.reach) }

  /// Remembers which version an answer showed.
  private mutating func note(_ change: Change) {
    answers += change.requests.map { ($0.stageAt, change.sighting.version) }
    guard let through, answers.count > 64 else { return }
    let limit = through.adding(microseconds: -5 * Self.reach)
    for answer in answers where answer.stageAt < limit {
      answeredBefore = max(answeredBefore, answer.version)
    }
    answers.removeAll { $0.stageAt < limit }
  }

  /// The greatest version that an answer showed which was complete by an instant: whoever asked
  /// afterwards and changed something has a greater one.
  func versionAnswered(by instant: Instant) -> UInt64 {
    answers.reduce(answeredBefore) { $1.stageAt < instant ? max($0, $1.version) : $0 }
  }

  mutating func add(_ change: Change) {
    note(change)
    let place = waiting.lastIndex { $0.sighting.version <= change.sighting.version }
    var same = place ?? -1
    while same >= 0, waiting[same].sighting.version == change.sighting.version {
      if waiting[same].isOfSameVersion(as: change) {
        waiting[same].requests += change.requests
        waiting[same].isCreation = waiting[same].isCreation || change.isCreation
        return
      }
      same -= 1
    }
    waiting.insert(change, at: place.map { $0 + 1 } ?? 0)
  }

  mutating func add(_ write: UnseenWrite) {
    doubts.add(write)
    guard write.effect.mayRelease else { return }
    let place = undecided.lastIndex { $0.stageAt <= write.stageAt }
    undecided.insert(write, at: place.map { $0 + 1 } ?? 0)
  }

  /// What nothing can come before any more, in the order in which it was done as far as that is
  /// known.
  mutating func due(all: Bool) -> [Due] {
    guard let limit else { return [] }
    let changes = waiting.prefix { all || $0.shownAt < limit }
    let writes = undecided.prefix { all || $0.stageAt < limit }
    waiting.removeFirst(changes.count)
    undecided.removeFirst(writes.count)
    var due: [Due] = []
    var next = writes.startIndex
    for change in changes {
      while next < writes.endIndex, let begun = change.begunAt, writes[next].stageAt <= begun {
        due.append(.unseen(writes[next]))
        next += 1
      }
      due.append(.change(change))
    }
    return due + writes[next...].map { .unseen($0) }
  }
}
