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
///   one or an unseen one before it; then any of `on NODE`, `retain HOURS`, `ineligible CLASS`,
///   `bad hours TEXT`, `described VERSION`
/// - `is asked to go[, grace SECONDS]`, `completes`, `fails`, `goes`, `is forced out`
///
/// Lines without a pod: `watch` (the cluster is watched from here, beginning with a full list of
/// who holds something by the lines before), `watch from the middle`, `break` (nobody watches from
/// here), `list WHO…` (a full list), `partial list WHO…`. The changes of all lines have rising
/// resource versions: 10, 20, 30 …
struct Timeline {
  /// The events, in the order of the lines.
  private(set) var events: [Event] = []
  private let cluster: ClusterName
  private var version: UInt64 = 0
  private var spanFrom: UInt64?
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
    var words = Words(line)
    let bounds = try words.bounds()
    guard let subject = words.next() else { throw StoryError("nothing is said in: \(line)") }
    if subject.contains("#") {
      try readPod(subject, &words, bounds, line)
      return
    }
    let rest = words.rest
    switch subject {
    case "watch":
      closeSpan(at: version)
      spanFrom = version
      if rest.isEmpty {
        note(.synced, bounds, present, complete: true)
      } else {
        note(.synced, bounds, nil)
      }
    case "break":
      closeSpan(at: version, bounds)
    case "list": note(.synced, bounds, rest, complete: true)
    case "partial": note(.synced, bounds, Array(rest.dropFirst()), complete: false)
    default: throw StoryError("nobody understands: \(line)")
    }
  }

  private mutating func readPod(
    _ subject: String, _ words: inout Words, _ bounds: Bounds, _ line: String
  ) throws {
    let (identity, uid) = try Self.pod(subject, cluster)
    var evidence = Evidence(source: .audit, resourceVersion: ResourceVersion(version))
    evidence.requestReceivedAt = bounds.earliest
    evidence.stageAt = bounds.latest
    evidence.isExactChange = true
    let verb = words.next()
    switch verb {
    case "gets", "shows":
      evidence.isExactChange = verb == "gets"
      var addresses: [IPAddress] = []
      var description = PodDescription(describedAt: ResourceVersion(version))
      while let word = words.next() {
        switch word {
        case "none": break
        case "on":
          description.node = words.next()
          description.nodeClass = description.node.map { NodeClass(nodeName: $0) }
          description.nodeClassGround = .name
        case "retain":
          description.policy = .retain(hours: Int(words.next() ?? "") ?? 48)
          description.grounds = RetentionGrounds(eligibility: .eligible)
        case "ineligible":
          description.computeClass = words.next()
          description.grounds = RetentionGrounds(eligibility: .ineligibleComputeClass)
        case "bad":
          _ = words.next()
          description.policy = .retain(hours: RetentionPolicy.defaultHours)
          description.grounds = RetentionGrounds(
            eligibility: .eligible, hoursDefaulted: true, rejectedHours: words.next())
        case "described":
          description.describedAt = ResourceVersion(UInt64(words.next() ?? "") ?? version)
        default: addresses.append(try IPAddress(parsing: word))
        }
      }
      if !present.contains(subject) { present.append(subject) }
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

  private mutating func note(
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
    _ phase: SourceWatched.Phase, from: SourceWatched.Point? = nil, through: SourceWatched.Point,
    presence: SourceWatched.Presence? = nil, _ bounds: Bounds
  ) {
    let mark = SourceWatched.Mark(
      resourceVersion: ResourceVersion(version), notBefore: bounds.earliest,
      notAfter: bounds.latest)
    events.append(
      .watched(
        SourceWatched(
          cluster: cluster, network: NetworkName(of: cluster), source: .watch, scope: .cluster,
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

/// What a story says that makes no sense.
struct StoryError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// A line's words, one after another.
private struct Words {
  private var words: [String]

  init(_ line: String) {
    words = line.split { $0 == " " || $0 == "," }.map(String.init)
  }

  var rest: [String] { words }

  mutating func next() -> String? { words.isEmpty ? nil : words.removeFirst() }

  /// The bounds at the beginning of a line.
  mutating func bounds() throws -> Bounds {
    guard var word = next() else { return Bounds() }
    if word == "?" { return Bounds() }
    var day = ""
    if word.hasPrefix("d"), let time = next() { (day, word) = (word + " ", time) }
    let ends = word.components(separatedBy: "..")
    return Bounds(
      earliest: ends[0].isEmpty ? nil : try Instant(story: day + ends[0]),
      latest: ends[ends.count - 1].isEmpty ? nil : try Instant(story: day + ends[ends.count - 1]))
  }
}

extension Instant {
  /// An instant of a story: `HH:MM[:SS[.ffffff]]` on day 1, or `dN HH:MM…`.
  init(story text: String) throws {
    let parts = text.split(separator: " ")
    let day = parts.count > 1 ? Int64(parts[0].dropFirst()) ?? 1 : 1
    let time = String(parts[parts.count - 1])
    let full = time.split(separator: ":").count == 2 ? time + ":00" : time
    self = try Instant(rfc3339: "2026-01-01T\(full)Z")
      .adding(microseconds: (day - 1) * 86_400_000_000)
  }

  /// The same form back: `d3 10:05:20`, without what is zero.
  var story: String {
    let start = Instant.seconds(1_767_225_600)
    let day = (microseconds - start.microseconds) / 86_400_000_000 + 1
    var time = String(description.dropFirst(11).dropLast())
    if time.hasSuffix(".000000") { time.removeLast(7) }
    if time.hasSuffix(":00") { time.removeLast(3) }
    return day == 1 ? time : "d\(day) \(time)"
  }
}
