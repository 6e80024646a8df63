import IPLedger
import IPLedgerArchive

/// What became of a pool that was to be defined or withdrawn.
struct PoolAnswer: DecisionRecord, Sendable {
  let result: String
  let message: String
  private let reason: String?
  private let position: Position?

  /// What the ledger decided.
  init(_ outcome: PoolOutcome, _ prefix: AddressPrefix, _ network: NetworkName) {
    let pool = "the pool \(prefix) of the network \(network)"
    switch outcome {
    case .defined(let position):
      self.init("defined", "\(pool) hands addresses out", position: position)
    case .withdrawn(let position):
      self.init(
        "withdrawn", "\(pool) hands out nothing new; what is bound or retained stays",
        position: position)
    case .unchanged: self.init("unchanged", "\(pool) was so already")
    case .refused(let refusal):
      var about = "\(pool): "
      if case .unknown = refusal { about = "" }
      self.init("refused", "\(about)\(refusal)", reason: refusal.code)
    }
  }

  /// What became of a pool that was to be defined.
  init(_ outcome: PoolOutcome, _ pool: Pool) {
    guard case .defined(let position) = outcome else {
      self.init(outcome, pool.prefix, pool.network)
      return
    }
    let excluded = pool.exclusions.map(\.description).joined(separator: ", ")
    self.init(
      "defined",
      "the pool \(pool.prefix) of the zone \(pool.zone) in the network \(pool.network) hands "
        + "addresses out, " + (excluded.isEmpty ? "all of them" : "but not \(excluded)"),
      position: position)
  }

  /// A pool that cannot be is refused before the ledger is asked.
  init(refusing invalid: InvalidPool) {
    self.init("refused", "\(invalid)", reason: "pool-invalid")
  }

  private init(
    _ result: String, _ message: String, reason: String? = nil, position: Position? = nil
  ) {
    self.result = result
    self.message = message
    self.reason = reason
    self.position = position
  }

  static let columns = ["result", "reason", "position", "message"]

  var fields: [[String]] { [[result, reason ?? "", position?.description ?? "", message]] }

  var members: [JSON.Member] {
    [.result(result), .reason(reason), .position(position), .message(message)]
  }

  var isDone: Bool { reason == nil }
}
