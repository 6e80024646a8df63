import IPLedger
import IPLedgerArchive

extension ReplayReport {
  /// The comparison as a table and a verdict.
  func lines(_ style: Style) -> [String] {
    var table = TextTable(["TABLE", "ROWS", "DIFFERENCES", "FIRST DIFFERENT KEY"])
    for report in tables {
      table.add([
        report.name, "\(report.rows)", "\(report.differences)", report.firstDifference ?? "",
      ])
    }
    return table.lines(style) + ["", verdict]
  }

  /// The outcome in a sentence, with what to do.
  var verdict: String {
    guard !isEqual else {
      return "The log gives the stored projections byte for byte, up to position \(head)."
    }
    let names = tables.filter { $0.differences > 0 }.map(\.name).joined(separator: ", ")
    return "Not equal: \(names), up to position \(head). The log is the truth: "
      + "'ipledger replay --rebuild' puts what it gives in place."
  }

  /// The comparison as one object.
  var json: JSON {
    [
      "head": .integer(Int(clamping: head.rawValue)),
      "equal": .bool(isEqual),
      "tables": .array(
        tables.map { report in
          [
            "table": .string(report.name),
            "rows": .integer(report.rows),
            "differences": .integer(report.differences),
            "firstDifference": .optional(report.firstDifference),
          ]
        }),
    ]
  }

  /// The comparison, one line a table.
  var csv: String {
    let rows = tables.map { report in
      [
        report.name, "\(report.rows)", "\(report.differences)", report.firstDifference ?? "",
      ]
    }
    return ([["table", "rows", "differences", "first_difference"]] + rows).map(CSV.line).joined()
  }
}
