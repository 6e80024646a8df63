import Foundation
import IPLedger

/// A story as a person would tell it, one fact a line, turned into events and told to a ledger.
///
/// ```
/// 10:00        web-0#a  gets 10.0.0.1 on node-1 retain 48
/// 10:05        web-0#a  is asked to go, grace 30
/// 10:05:20     web-0#a  goes
/// 10:06..10:08 web-0#b  gets 10.0.0.1 on node-1 retain 48
/// ```
///
/// A line begins with when it happened: an instant, or two with `..` where only bounds are known,
/// or `?` where nothing is. An instant is `HH:MM[:SS[.ffffff]]`, on day 1 unless `dN` stands before
/// it: `d3 10:05`. Then who: `name#incarnation`, in the namespace `default` unless `namespace/`
/// stands before it. Then what:
///
/// - `gets ADDRESS…` or `shows ADDRESS…` (`none` for no address), by this very change or by this
/// one or an unseen one before it; then any of `on NODE`, `retain HOURS`, `ineligible CLASS`, `bad
/// hours TEXT`, `described VERSION`
/// - `is asked to go[, grace SECONDS]`, `completes`, `fails`, `goes`, `is forced out`
///
/// Lines without a pod: `watch` (the cluster is watched from here, beginning with a full list of
/// who is there by the lines before), `watch with WHO…` (the list is this one), `watch namespace
/// NAME`, `watch selection SELECTOR`, `watch from the middle`, `break` (nobody watches from here),
/// `list WHO…` (a full list), `partial list WHO…`, `mark` (some other change). The changes of all
/// lines have rising resource versions: 10, 20, 30 …
///
/// A line may end with raw evidence in brackets, see ``EvidenceNote``.
struct Timeline {
  /// The events, in the order of the lines.
  private(set) var events: [Event] = []
  private let cluster: ClusterName
  private var version: UInt64 = 0
  private var spanFrom: UInt64?
  private var scope = SourceWatched.Scope.cluster
  private var present: [String] = []

  /// Reads a story.
  init(_ text: String, cluster: String = "lab") throws {
    self.cluster = try ClusterName(cluster)
    for line in text.split(whereSeparator: \.isNewline) {
      let trimmed = line.trimmingCharacters(in: .whitespaces)
      if !trimmed.isEmpty { try read(trimmed) }
    }
    closeSpan(at: version)
  }

  /// A ledger that was told the story, in an order of the test's choice.
  func told(_ order: ([Event]) -> [Event] = { $0 }) async throws -> Story {
    let story = try Story(cluster: cluster)
    for event in order(events) { try await story.ledger.record(event) }
    return story
  }

  // MARK: Reading lines

  private mutating func read(_ line: String) throws {
    version += 10
    let parts = line.split(separator: "[", maxSplits: 1)
    let note = try parts.count > 1 ? EvidenceNote(String(parts[1])) : nil
    var words = Words(String(parts[0]))
    let bounds = try words.bounds()
    guard let subject = words.next() else { throw StoryError("nothing is said in: \(line)") }
    if subject.contains("#") {
      try readPod(subject, &words, bounds, note, line)
      return
    }
    if let moved = note?.version { version = moved.value }
    let rest = words.rest
    switch subject {
    case "watch":
      try watch(rest, bounds)
    case "break":
      closeSpan(at: version, bounds)
    case "list": tell(.synced, bounds, rest, complete: true)
    case "partial": tell(.synced, bounds, Array(rest.dropFirst()), complete: false)
    case "mark": append(.advanced, through: SourceWatched.Point(), bounds)
    default: throw StoryError("nobody understands: \(line)")
    }
  }

  private mutating func watch(_ rest: [String], _ bounds: Bounds) throws {
    closeSpan(at: version)
    spanFrom = version
    scope = .cluster
    switch rest.first {
    case nil: tell(.synced, bounds, present, complete: true)
    case "with":
      present = Array(rest.dropFirst())
      tell(.synced, bounds, present, complete: true)
    case "namespace":
      scope = .namespace(rest[1])
      tell(.synced, bounds, present.filter { $0.hasPrefix(rest[1] + "/") }, complete: true)
    case "selection":
      scope = .selection(rest[1])
      tell(.synced, bounds, present, complete: true)
    case "from":
      append(.began, from: SourceWatched.Point(resourceVersion: ResourceVersion(version)), bounds)
    default: throw StoryError("nobody understands: watch \(rest.joined(separator: " "))")
    }
  }

  private mutating func readPod(
    _ subject: String, _ words: inout Words, _ bounds: Bounds, _ note: EvidenceNote?, _ line: String
  ) throws {
    let (identity, uid) = try Self.pod(subject, cluster)
    let version = note?.version ?? ResourceVersion(version)
    var evidence = Evidence(source: .audit, resourceVersion: version)
    evidence.requestReceivedAt = bounds.earliest
    evidence.stageAt = bounds.latest
    evidence.isExactChange = true
    note?.apply(to: &evidence)
    let verb = words.next()
    switch verb {
    case "gets", "shows":
      evidence.isExactChange = verb == "gets"
      let (addresses, description) = try words.description(at: version)
      present.removeAll { $0.prefix { $0 != "#" } == subject.prefix { $0 != "#" } }
      present.append(subject)
      events.append(
        .created(
          PodCreated(
            identity: identity, uid: uid, network: NetworkName(of: cluster), addresses: addresses,
            description: description, evidence: evidence)))
    case "is":
      let rest = words.rest
      if rest.first == "forced" {
        present.removeAll { $0 == subject }
        events.append(
          .deleted(
            PodDeleted(
              identity: identity, uid: uid, request: nil, cause: .forced, evidence: evidence)))
        return
      }
      let grace = rest.last.flatMap { Int64($0) } ?? 0
      guard let asked = bounds.latest ?? bounds.earliest else {
        throw StoryError("when was it asked? \(line)")
      }
      events.append(
        .deleting(
          PodDeleting(
            identity: identity, uid: uid,
            request: DeletionRequest(
              deletionTimestamp: asked.adding(microseconds: grace * 1_000_000),
              gracePeriodSeconds: grace), evidence: evidence)))
    case "completes", "fails":
      events.append(
        .completed(
          PodCompleted(
            identity: identity, uid: uid, phase: verb == "fails" ? .failed : .succeeded,
            evidence: evidence)))
    case "goes":
      present.removeAll { $0 == subject }
      events.append(
        .deleted(
          PodDeleted(
            identity: identity, uid: uid, request: nil, cause: .deleted, evidence: evidence)))
    default: throw StoryError("nobody understands: \(line)")
    }
  }

  private mutating func tell(
    _ phase: SourceWatched.Phase, _ bounds: Bounds, _ uids: [String]?, complete: Bool = false
  ) {
    let presence = uids.map { uids in
      SourceWatched.Presence(
        resourceVersion: ResourceVersion(version), isComplete: complete,
        uids: uids.compactMap { try? Self.pod($0, cluster).1 })
    }
    append(
      phase, through: SourceWatched.Point(resourceVersion: ResourceVersion(version)),
      presence: presence, bounds)
  }

  private mutating func closeSpan(at end: UInt64, _ bounds: Bounds = Bounds()) {
    guard let from = spanFrom else { return }
    spanFrom = nil
    append(
      .advanced, from: SourceWatched.Point(resourceVersion: ResourceVersion(from)),
      through: SourceWatched.Point(
        resourceVersion: ResourceVersion(end), notBefore: bounds.earliest, notAfter: bounds.latest),
      bounds)
  }

  private mutating func append(
    _ phase: SourceWatched.Phase, from: SourceWatched.Point? = nil,
    through: SourceWatched.Point? = nil, presence: SourceWatched.Presence? = nil, _ bounds: Bounds
  ) {
    let mark = SourceWatched.Mark(
      resourceVersion: ResourceVersion(version), notBefore: bounds.earliest,
      notAfter: bounds.latest)
    events.append(
      .watched(
        SourceWatched(
          cluster: cluster, network: NetworkName(of: cluster), source: .watch, scope: scope,
          phase: phase, from: from, through: through, presence: presence,
          marks: bounds == Bounds() ? [] : [mark])))
  }

  /// `namespace/name#incarnation`.
  static func pod(_ text: String, _ cluster: ClusterName) throws -> (PodIdentity, PodUID) {
    let parts = text.split(separator: "#")
    let path = parts[0].split(separator: "/")
    let identity = try PodIdentity(
      cluster: cluster, namespace: path.count > 1 ? String(path[0]) : "default",
      name: String(path[path.count - 1]))
    return (identity, try PodUID(text))
  }
}
