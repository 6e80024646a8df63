import Foundation
import IPLedger

/// A story of requests and answers, one a line, told to a ledger that decides.
///
/// ```
/// 10:00 pool 10.0.0.0/30 in a cool 60      -> defined
/// 10:01 web-0#a asks keep 48 in a          -> fresh 10.0.0.0
/// 10:05 web-0#a is asked to go             -> unchanged
/// 10:06 web-0#b asks keep 48 in a          -> waiting for web-0#a
/// 10:07 web-0#a goes                       -> retained until d3 10:05
/// ```
///
/// Instants and pods are those of ``Timeline``. A line says what was asked, and behind `->` what the
/// ledger has to answer. What can be asked:
///
/// - `pool PREFIX [in ZONE] [except RANGE…] [cool SECONDS] [network NAME]`, `withdraw PREFIX`
/// - `POD asks [keep HOURS] [in ZONE] [on NODE] [class COMPUTECLASS] [for 4|6|46] [network NAME]`
/// - `POD is asked to go [at INSTANT]`, `POD goes [asked INSTANT]`, `POD completes`
/// - `expire`, `release POD by NAME`, `audit IP`, `reservations`
final class Diary: Sendable {
  let story: Story
  private let cluster: ClusterName

  /// An empty ledger; `clock` is what time it is where the ledger asks.
  convenience init(cluster: String = "lab", clock: String = "d40 00:00") throws {
    let now = try Instant(story: clock)
    try self.init(cluster: cluster, clock: { now })
  }

  init(cluster: String = "lab", clock: @escaping @Sendable () -> Instant) throws {
    self.cluster = try ClusterName(cluster)
    story = try Story(cluster: self.cluster, clock: clock)
  }

  var ledger: Ledger { story.ledger }

  /// Tells a story; each line whose answer is another one is returned with the answer that came.
  func tell(_ text: String) async throws -> [String] {
    var wrong: [String] = []
    for line in text.split(whereSeparator: \.isNewline) {
      let trimmed = line.trimmingCharacters(in: .whitespaces)
      guard !trimmed.isEmpty else { continue }
      let parts = trimmed.components(separatedBy: "->")
      let answer = try await answer(parts[0])
      guard parts.count > 1 else { continue }
      let expected = parts[1].trimmingCharacters(in: .whitespaces)
      if answer != expected { wrong.append("\(trimmed)  BUT \(answer)") }
    }
    return wrong
  }

  /// The answer to one line.
  func answer(_ line: String) async throws -> String {
    var words = Words(line)
    guard let instant = try words.bounds().latest, let subject = words.next() else {
      throw StoryError("nothing is asked in: \(line)")
    }
    let rest = words.rest
    switch subject {
    case "pool", "withdraw": return try await pool(subject, rest, instant)
    case "expire": return "expired \(try await ledger.sweep(at: instant).count)"
    case "release": return try await release(rest, instant)
    case "audit": return try story.audit(rest[0], at: instant)
    case "reservations":
      return try story.reservations(at: instant).joined(separator: ", ")
    default: return try await pod(subject, rest, instant)
    }
  }

  private func pool(_ verb: String, _ rest: [String], _ instant: Instant) async throws -> String {
    let options = Options(Array(rest.dropFirst()))
    let network =
      try options["network"].map { try NetworkName($0) } ?? NetworkName(of: cluster)
    let prefix = try AddressPrefix(parsing: rest[0])
    let outcome: PoolOutcome
    if verb == "pool" {
      outcome = try await ledger.define(
        Pool(
          network: network, zone: try options["in"].map { try ZoneName($0) } ?? .default,
          prefix: prefix,
          exclusions: try options.all("except").map { try AddressRange(parsing: $0) },
          coolDown: .seconds(options["cool"].flatMap { Int64($0) } ?? 0)), at: instant)
    } else {
      outcome = try await ledger.withdraw(prefix, of: network, at: instant)
    }
    switch outcome {
    case .defined: return "defined"
    case .withdrawn: return "withdrawn"
    case .unchanged: return "unchanged"
    case .refused(let refusal): return "refused \(refusal.code)"
    }
  }

  private func release(_ rest: [String], _ instant: Instant) async throws -> String {
    let (identity, _) = try Timeline.pod(rest[0] + "#", cluster)
    do {
      let ended = try await ledger.release(identity, at: instant, by: rest[2], reason: "a test")
      return "released \(ended.count)"
    } catch is LedgerError {
      return "refused"
    }
  }

  private func pod(_ subject: String, _ rest: [String], _ instant: Instant) async throws -> String {
    let (identity, uid) = try Timeline.pod(subject, cluster)
    let options = Options(rest)
    var notice = PodNotice(identity: identity, uid: uid, at: instant)
    switch rest.first {
    case "asks":
      return try await ledger.assign(request(identity, uid, instant, options)).words
    case "is":
      notice.requestedAt = try options.instant("at")
      return try await ledger.terminate(notice).words
    case "goes":
      notice.requestedAt = try options.instant("asked")
      return try await ledger.delete(notice).words
    case "completes": return try await ledger.complete(notice).words
    default: throw StoryError("nobody understands: \(subject) \(rest.joined(separator: " "))")
    }
  }

  private func request(
    _ identity: PodIdentity, _ uid: PodUID, _ instant: Instant, _ options: Options
  ) throws -> AssignRequest {
    var request = AssignRequest(identity: identity, uid: uid, at: instant)
    request.retainHours = options["keep"].flatMap { Int($0) }
    request.zone = try options["in"].map { try ZoneName($0) }
    request.network = try options["network"].map { try NetworkName($0) }
    request.node = options["on"]
    request.computeClass = options["class"]
    if let families = options["for"] {
      request.families = families == "46" ? [.ipv4, .ipv6] : families == "4" ? [.ipv4] : [.ipv6]
    }
    return request
  }
}

/// Words in pairs: a name and what it is.
private struct Options {
  let words: [String]

  init(_ words: [String]) { self.words = words }

  subscript(name: String) -> String? { all(name).first }

  /// An instant, which is two words where it names its day.
  func instant(_ name: String) throws -> Instant? {
    guard let index = words.firstIndex(of: name), index + 1 < words.count else { return nil }
    let isDay = words[index + 1].hasPrefix("d") && index + 2 < words.count
    return try Instant(story: words[(index + 1)...(index + (isDay ? 2 : 1))].joined(separator: " "))
  }

  func all(_ name: String) -> [String] {
    words.indices.filter { words[$0] == name && $0 + 1 < words.count }.map { words[$0 + 1] }
  }
}

extension Decision {
  /// `fresh 10.0.0.1 (nothingKept)`, `reused 10.0.0.1`, `waiting for web-0#a`, `refused CODE`.
  var words: String {
    func ips(_ assignment: Assignment) -> String {
      assignment.addresses.map(\.ip.description).joined(separator: " ")
    }
    switch self {
    case .reused(let assignment): return "reused \(ips(assignment))"
    case .fresh(let assignment):
      guard case .fresh(let reason) = assignment.ground, reason != .nothingKept,
        reason != .notRequested
      else { return "fresh \(ips(assignment))" }
      if case .tooLate = reason { return "fresh \(ips(assignment)) (tooLate)" }
      return "fresh \(ips(assignment)) (\(reason))"
    case .waiting(let wait): return "waiting for \(wait.holder.uid)"
    case .refused(let refusal): return "refused \(refusal.code)"
    }
  }
}

extension Disposition {
  /// `retained until d3 10:05`, `released`, `unchanged`, `refused CODE`.
  var words: String {
    switch change {
    case .retained: "retained until \(deadline?.story ?? "-")"
    case .released: "released"
    case .unchanged: "unchanged"
    case .refused(let refusal): "refused \(refusal.code)"
    }
  }
}
