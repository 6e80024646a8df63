import IPLedger
import IPLedgerArchive

/// What is told of a copy that has been made and checked.
struct CopyAnswer {
  let path: String
  let report: CheckReport
  let verb: String
  var sizes: (before: Int, after: Int)?

  /// Prints it.
  func write(_ form: OutputForm) throws {
    var output = Output()
    switch form {
    case .table: output.line(printable(sentence))
    case .json: output.line(json.text)
    case .csv: output.text(CSV.line(fields.map(\.name)) + CSV.line(fields.map(\.value)))
    }
    try output.flush()
  }

  private var sentence: String {
    let size = sizes.map { ": \(megabytes($0.before)) before, \(megabytes($0.after)) now" } ?? ""
    return
      "\(verb) \(path)\(size); checked: \(report.events) events, up to position \(report.head)."
  }

  private var fields: [(name: String, value: String)] {
    var fields = [("path", path), ("head", "\(report.head)"), ("events", "\(report.events)")]
    if let sizes {
      fields += [("bytes_before", "\(sizes.before)"), ("bytes_after", "\(sizes.after)")]
    }
    return fields
  }

  private var json: JSON {
    let head = Int(clamping: report.head.rawValue)
    guard let sizes else {
      return ["path": .string(path), "head": .integer(head), "events": .integer(report.events)]
    }
    return [
      "path": .string(path), "head": .integer(head), "events": .integer(report.events),
      "bytesBefore": .integer(sizes.before), "bytesAfter": .integer(sizes.after),
    ]
  }
}
