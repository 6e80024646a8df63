import IPLedger
import IPLedgerArchive

/// What is added to a row, as it is written.
struct RowAddition: Sendable {
  /// The fields behind a record, each with a comma before it; or the members behind those of an object, with
  /// commas between them.
  let bytes: [UInt8]
  /// What it counts as.
  let outcome: RowOutcome
}

/// Writes what is added to rows.
struct RowAdditionWriter {
  /// What stands before each field.
  private let openings: [[UInt8]]
  private let form: RowForm
  /// How many bytes stand before and around all fields, but for what has to be quoted.
  private let openingsLength: Int

  init(_ columns: RowColumns, as form: RowForm) {
    self.form = form
    let openings: [[UInt8]]
    switch form {
    case .csv: openings = columns.names.map { _ in [UInt8(ascii: ",")] }
    case .jsonl:
      openings = columns.names.enumerated().map { index, name in
        Array("\(index > 0 ? "," : "")\(JSON.string(name).text):".utf8)
      }
    }
    self.openings = openings
    openingsLength = openings.reduce(0) { $0 + $1.count + (form == .jsonl ? 4 : 0) }
  }

  /// What an answer adds.
  ///
  /// Where several may have had the address, each field names all of them in the same order, with
  /// spaces between: none of the names has one.
  func addition(_ attribution: Attribution) -> RowAddition {
    let claimants = attribution.claimants
    func all(_ name: (Attribution.Claimant) -> String) -> String? {
      guard let first = claimants.first else { return nil }
      return claimants.count == 1 ? name(first) : claimants.map(name).joined(separator: " ")
    }
    return addition(
      [
        all { $0.identity.cluster.rawValue }, all { $0.identity.namespace },
        all { $0.identity.name }, all { $0.uid.rawValue }, attribution.verdict.rawValue,
        attribution.certainty.rawValue,
      ], .attributed(attribution.verdict, attribution.certainty))
  }

  /// What marks a row that cannot be read.
  func addition(unreadable fault: RowFault) -> RowAddition {
    addition([nil, nil, nil, nil, RowColumns.unreadable, nil], .unreadable(fault))
  }

  private func addition(_ fields: [String?], _ outcome: RowOutcome) -> RowAddition {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(fields.reduce(0) { $0 + ($1?.utf8.count ?? 0) } + openingsLength)
    for (opening, field) in zip(openings, fields) {
      bytes += opening
      switch (form, field) {
      case (.csv, nil): break
      case (.csv, let field?) where Self.isPlain(field): bytes += field.utf8
      case (.csv, let field?): bytes += CSV.field(field).utf8
      case (.jsonl, let field?) where Self.isPlain(field):
        bytes.append(UInt8(ascii: "\""))
        bytes += field.utf8
        bytes.append(UInt8(ascii: "\""))
      case (.jsonl, let field): bytes += JSON.optional(field).text.utf8
      }
    }
    return RowAddition(bytes: bytes, outcome: outcome)
  }

  /// Whether a text stands in both forms as it is: nearly all names do.
  private static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { byte in
      byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: ",") && byte != UInt8(ascii: "\"")
        && byte != UInt8(ascii: "\\")
    }
  }
}
