import IPLedger
import IPLedgerArchive

/// What the ledger decided, for programs and for people: one object, one line or one sentence.
protocol DecisionRecord: Record {
  /// The word for what became of the request.
  var result: String { get }
  /// A sentence that says why.
  var message: String { get }
  /// The object's members.
  var members: [JSON.Member] { get }
  /// Whether it is what was asked for; else the exit code is that of a refusal.
  var isDone: Bool { get }
}

extension DecisionRecord {
  var json: JSON { .object(members) }

  /// The answer for people.
  var words: String { printable("\(result): \(message)") }
}

extension Output {
  /// Writes a decision in the form that is asked for.
  mutating func write(_ decision: some DecisionRecord, _ form: OutputForm) {
    switch form {
    case .table: line(decision.words)
    case .json, .csv: write([decision], csv: form == .csv)
    }
  }
}

extension JSON.Member {
  /// What became of a request.
  static func result(_ word: String) -> JSON.Member {
    JSON.Member(name: "result", value: .string(word))
  }

  /// Why, in a sentence.
  static func message(_ sentence: String) -> JSON.Member {
    JSON.Member(name: "message", value: .string(sentence))
  }

  /// The code of a refusal, or of what kept an old address from being given back.
  static func reason(_ code: String?) -> JSON.Member {
    JSON.Member(name: "reason", value: .optional(code))
  }

  /// The IPs alone.
  static func addresses(_ ips: [IPAddress]) -> JSON.Member {
    JSON.Member(name: "addresses", value: .array(ips.map { .string($0.description) }))
  }

  /// Where the event is that says so.
  static func position(_ position: Position?) -> JSON.Member {
    JSON.Member(
      name: "position", value: .optional(position) { .integer(Int(clamping: $0.rawValue)) })
  }
}

extension [Address] {
  /// The IPs, as a sentence names them.
  var words: String { map(\.ip.description).joined(separator: " and ") }

  /// `is` or `are`.
  var isWord: String { count > 1 ? "are" : "is" }

  /// The IPs, with a space between two.
  var field: String { map(\.ip.description).joined(separator: " ") }
}
