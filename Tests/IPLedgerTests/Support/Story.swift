import Foundation
import Testing

@testable import IPLedger

/// A ledger that was told a story, with answers in the words of a story.
final class Story: Sendable {
  let ledger: Ledger
  let cluster: ClusterName
  private let directory: URL

  /// An empty ledger; `clock` says what time it is when something is recorded.
  init(
    cluster: ClusterName,
    clock: @escaping @Sendable () -> Instant = { Instant.seconds(1_800_000_000) }
  ) throws {
    self.cluster = cluster
    directory = FileManager.default.temporaryDirectory
      .appending(path: "ipledger-story-\(UInt64.random(in: 0 ... .max))")
    ledger = try Ledger.open(
      at: directory.path, options: Ledger.Options(clock: clock))
  }

  deinit {
    ledger.close()
    try? FileManager.default.removeItem(at: directory)
  }

  /// A directory for what a question needs on the way.
  var scratch: String { directory.path }

  func address(_ ip: String) throws -> Address {
    Address(network: NetworkName(of: cluster), ip: try IPAddress(parsing: ip))
  }

  func identity(_ pod: String) throws -> PodIdentity { try Timeline.pod(pod + "#", cluster).0 }

  /// Whoever asks in short is told the same, also about the instants next to it.
  private func expectAttributed(as answer: PointAnswer) throws {
    let address = answer.address
    let attributor = Attributor(of: address.network) { $0 }
    try ledger.read { view in
      for step in [0, 1, -1, 1_000_000] as [Int64] {
        let instant = answer.instant.adding(microseconds: step)
        let audited = step == 0 ? answer : try view.audit(address, at: instant)
        let short = try attributor.value(for: address.ip, at: instant, in: view)
        #expect(short == Attribution(audited), "\(address) at \(instant)")
      }
    }
  }

  /// Which tenures count is told by their rows alone where that suffices; who looks at all of them finds
  /// the same.
  private func expectSame(
    as answer: PointAnswer, amongAllIn view: borrowing LedgerView
  ) throws {
    let all = Surroundings(try view.tenures(of: answer.address))
    let known = try view.audit(answer.address, at: answer.instant, all)
    #expect(known == answer, "\(answer.address) at \(answer.instant)")
  }

  /// The answer for an address at an instant, in words.
  ///
  /// `held web-0#a` (exact), `held? web-0#a` (bounded), `conflicted web-0#a web-1#b`, `retained
  /// web-0 until d3 10:05`, `retained? …`, `free`, `free?`, `unknown`, `unknown, last web-0#a`.
  func audit(_ ip: String, at instant: String) throws -> String {
    try audit(ip, at: Instant(story: instant))
  }

  /// The answer for an address at an instant, in words.
  func audit(_ ip: String, at instant: Instant) throws -> String {
    let answer = try ledger.read { view in
      let answer = try view.audit(self.address(ip), at: instant)
      try expectSame(as: answer, amongAllIn: view)
      return answer
    }
    try expectAttributed(as: answer)
    let verdict = answer.verdict.rawValue + (answer.certainty == .bounded ? "?" : "")
    let holders = answer.holders.map(\.pod.uid.rawValue).sorted().joined(separator: " ")
    switch answer.verdict {
    case .held: return "\(verdict) \(holders)"
    case .conflicted:
      return "\(verdict) \(holders)"
        + (answer.retention.map { ", retained \($0.identity.name)" } ?? "")
    case .retained:
      guard let kept = answer.retention else { return verdict }
      return "\(verdict) \(kept.identity.name) until \(kept.deadline?.story ?? "-")"
    case .unknown: return holders.isEmpty ? verdict : "\(verdict), last \(holders)"
    case .free: return verdict
    }
  }

  /// The bounds of a pod's tenures in words, in time order: `10.0.0.1 10:00..10:00 to 10:05..10:06
  /// deleted`.
  func tenures(_ pod: String) throws -> [String] {
    let spans = try ledger.read { view in try view.history(of: self.identity(pod)) }
    return spans.filter { $0.kind == .held }.map { span in
      let end = span.to.map { " to \($0.story) \(span.ended?.description ?? "-")" } ?? ""
      return "\(span.address.ip) \(span.from?.story ?? "?")\(end)"
    }
  }

  /// What is kept for whom at an instant: `web-0 10.0.0.1 retained until d3 10:05`, soonest first.
  func reservations(at instant: String) throws -> [String] {
    try reservations(at: Instant(story: instant))
  }

  /// What is kept for whom at an instant.
  func reservations(at instant: Instant) throws -> [String] {
    try ledger.read { view in
      try view.reservations(at: instant).map { status in
        let addresses = status.addresses.map(\.ip.description).joined(separator: " ")
        let until = status.deadline.map { " until \($0.story)" } ?? ""
        return "\(status.identity.name) \(addresses) \(status.state.rawValue)\(until)"
      }
    }
  }

  /// What became of each incarnation's addresses: `a first`, `b kept`, `c lost: tooLate…`.
  func explain(_ pod: String) throws -> [String] {
    try ledger.read { view in
      try view.explain(self.identity(pod)).map { story in
        let incarnation = story.pod.uid.rawValue.split(separator: "#").last ?? ""
        return "\(incarnation) \(story.outcome)"
      }
    }
  }

  /// All rows of the projections that do not name positions.
  func projections() throws -> [Tables.Kind: [[UInt8]: [UInt8]]] {
    var rows: [Tables.Kind: [[UInt8]: [UInt8]]] = [:]
    for kind in Tables.Kind.allCases where !kind.dependsOnOrder {
      rows[kind] = try ledger.storedRows(kind)
    }
    return rows
  }
}

extension Bounds {
  /// `10:00` where it is exact, else `10:00..10:02`, with `-` for what is unknown.
  var story: String {
    if earliest == latest, let earliest { return earliest.story }
    return "\(earliest?.story ?? "-")..\(latest?.story ?? "-")"
  }
}
