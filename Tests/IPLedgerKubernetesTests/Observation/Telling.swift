import IPLedger
import RecordedClusters

@testable import IPLedgerKubernetes

/// A ledger that was told some inputs, with answers in words.
struct Telling {
  let place: TemporaryLedger
  var summary = ObservationSummary()
  var events: [Event] = []
  private let start: Instant

  /// A ledger of these inputs; questions count seconds from `start` on.
  init(
    _ inputs: [[String]], start: Instant = SimulatedCluster().now, isContinued: Bool = false,
    configure: (inout ObservationOptions) -> Void = { _ in }
  ) async throws {
    self.start = start
    place = try TemporaryLedger()
    let sources = inputs.map { lines in
      InputSource.bytes(Array(lines.joined(separator: "\n").utf8), named: "input")
    }
    for group in isContinued ? [sources] : sources.map({ [$0] }) {
      let (events, summary) = try facts(in: group, configure: configure)
      self.summary.add(summary)
      self.events += events
      try await place.ledger.record(contentsOf: events)
    }
  }

  /// Who held an address so many seconds after the start: `held a`, `held? a b`, `free`, `free?`,
  /// `retained web-0`, `unknown`, `unknown a`.
  func audit(_ ip: String, at seconds: Double) throws -> String {
    let answer = try place.ledger.read { view in
      try view.audit(
        Address(network: try NetworkName("lab"), ip: try IPAddress(parsing: ip)),
        at: start.adding(microseconds: Int64(seconds * 1_000_000)))
    }
    let mark = answer.certainty == .bounded ? "?" : ""
    let names =
      answer.retention.map { [$0.identity.name] }
      ?? answer.holders.map(\.pod.uid.rawValue).sorted()
    return ([answer.verdict.rawValue + mark] + names).joined(separator: " ")
  }

  /// The bounds of the tenures of an address in seconds after the start: `a 1.0..2.5 to 5.0..7.0
  /// deleted`.
  func tenures(_ ip: String) throws -> [String] {
    try place.ledger.read { view in
      let address = Address(
        network: try NetworkName("lab"), ip: try IPAddress(parsing: ip))
      return try view.history(of: address).filter { $0.kind == .held }.flatMap(\.holders)
        .map { holding in
          let end = holding.to.map { to in
            " to \(words(to)) \(holding.ended.map { "\($0)" } ?? "-")"
          }
          return "\(holding.pod.uid) \(words(holding.from))\(end ?? "")"
        }
    }
  }

  private func words(_ bounds: Bounds) -> String {
    let ends = [bounds.earliest, bounds.latest].map { end in
      end.map { "\(Double($0.microseconds - start.microseconds) / 1_000_000)" } ?? "-"
    }
    return ends.joined(separator: "..")
  }
}
