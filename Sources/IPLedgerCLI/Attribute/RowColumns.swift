import IPLedger

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
