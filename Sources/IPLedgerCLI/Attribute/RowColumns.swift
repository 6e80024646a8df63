import IPLedger
import IPLedgerArchive

/// Where rows have their address and their time, and what is added to them.
struct RowColumns: Sendable {
  /// The columns that are added, in their order.
  static let added = ["cluster", "namespace", "pod", "uid", "verdict", "certainty"]
  /// The verdict of a row that cannot be read.
  static let unreadable = "unreadable"

  /// The names of the two columns, or their numbers from 1.
  let address: String
  let time: String
  /// What stands before the names of the columns that are added.
  let prefix: String
  /// How times are written.
  let clock: RowTime

  /// The names of the columns that are added.
  var names: [String] { Self.added.map { prefix + $0 } }

  /// The members that lead to a column of a JSON object: its name, or names with dots between them.
  static func path(_ name: String) -> [[UInt8]] {
    name.split(separator: ".", omittingEmptySubsequences: false).map { Array($0.utf8) }
  }
}

/// What is added to a row, as it is written.
struct RowAddition: Sendable {
  /// The fields behind a record, each with a comma before it; or the members behind those of an object, with
  /// commas between them.
  let bytes: [UInt8]
  /// What it counts as.
  let outcome: RowOutcome

  /// What an answer adds.
  ///
  /// Where several may have had the address, each field names all of them in the same order, with
  /// spaces between: none of the names has one.
  init(_ attribution: Attribution, names: [String], as form: RowForm) {
    let claimants = attribution.claimants
    let columns: [(Attribution.Claimant) -> String] = [
      { $0.identity.cluster.rawValue }, { $0.identity.namespace }, { $0.identity.name },
      { $0.uid.rawValue },
    ]
    let pods = columns.map { column in
      claimants.isEmpty ? nil : claimants.map(column).joined(separator: " ")
    }
    self.init(
      fields: pods + [attribution.verdict.rawValue, attribution.certainty.rawValue], names: names,
      as: form, outcome: .attributed(attribution.verdict, attribution.certainty))
  }

  /// What marks a row that cannot be read.
  init(unreadable fault: RowFault, names: [String], as form: RowForm) {
    self.init(
      fields: [nil, nil, nil, nil, RowColumns.unreadable, nil], names: names, as: form,
      outcome: .unreadable(fault))
  }

  private init(fields: [String?], names: [String], as form: RowForm, outcome: RowOutcome) {
    let parts =
      switch form {
      case .csv: fields.map { "," + CSV.field($0 ?? "") }.joined()
      case .jsonl:
        zip(names, fields).map { "\(JSON.string($0).text):\(JSON.optional($1).text)" }
          .joined(separator: ",")
      }
    bytes = Array(parts.utf8)
    self.outcome = outcome
  }
}

/// What became of a row.
enum RowOutcome: Hashable, Sendable {
  case attributed(Verdict, Certainty)
  case unreadable(RowFault)
}

/// Why a row cannot be read.
enum RowFault: Hashable, Sendable, CaseIterable {
  case quotes
  case fieldCount
  case notJSON
  case nameTaken
  case noAddress
  case badAddress
  case severalNetworks
  case noTime
  case badTime

  /// What is wrong, and what to do where that is known.
  func words(_ columns: RowColumns) -> String {
    switch self {
    case .quotes: "a quote is not closed, or something stands behind it"
    case .fieldCount: "there are more or fewer fields than in the header"
    case .notJSON: "this is not one JSON object"
    case .nameTaken: "a member has a name that is to be added: give --prefix"
    case .noAddress: "nothing stands in \(columns.address)"
    case .badAddress: "what stands in \(columns.address) is no IP address"
    case .severalNetworks: "the address is in several networks: give --network"
    case .noTime: "nothing stands in \(columns.time)"
    case .badTime: "what stands in \(columns.time) is no time: expected \(columns.clock.words)"
    }
  }
}
