import IPLedger

/// What became of the rows.
struct AttributeTally: Sendable {
  /// The rows that cannot be read for one reason.
  struct Unreadable: Sendable {
    var count = 0
    /// The line of the first one.
    var firstLine: Int
  }

  private(set) var attributed: [Verdict: [Certainty: Int]] = [:]
  private(set) var unreadable: [RowFault: Unreadable] = [:]

  /// All rows.
  var rows: Int { read + unreadable.values.reduce(0) { $0 + $1.count } }

  /// The rows that got an answer.
  var read: Int { attributed.values.reduce(0) { $0 + $1.values.reduce(0, +) } }

  mutating func add(_ outcome: RowOutcome, line: Int) {
    switch outcome {
    case .attributed(let verdict, let certainty):
      attributed[verdict, default: [:]][certainty, default: 0] += 1
    case .unreadable(let fault):
      unreadable[fault, default: Unreadable(firstLine: line)].count += 1
    }
  }

  mutating func add(_ other: AttributeTally) {
    for (verdict, counts) in other.attributed {
      attributed[verdict, default: [:]].merge(counts, uniquingKeysWith: +)
    }
    for (fault, found) in other.unreadable {
      var all = unreadable[fault] ?? Unreadable(firstLine: found.firstLine)
      all.count += found.count
      all.firstLine = min(all.firstLine, found.firstLine)
      unreadable[fault] = all
    }
  }

  /// The tally as sentences.
  func sentences(_ columns: RowColumns) -> [String] {
    let verdicts = Verdict.allCases.compactMap { verdict -> String? in
      guard let counts = attributed[verdict] else { return nil }
      let all = counts.values.reduce(0, +)
      let bounded = counts[.bounded].map { $0 == all ? " (bounded)" : " (\($0) bounded)" } ?? ""
      return "\(all) \(verdict.rawValue)\(bounded)"
    }
    let marked = rows - read
    let parts = verdicts + (marked > 0 ? ["\(marked) \(RowColumns.unreadable)"] : [])
    let noun = rows == 1 ? "row" : "rows"
    let faults = RowFault.allCases.compactMap { fault -> String? in
      guard let found = unreadable[fault] else { return nil }
      let lines = found.count == 1 ? "" : "\(found.count) rows, first "
      return "unreadable  \(lines)line \(found.firstLine): \(fault.words(columns))"
    }
    return ["\(rows) \(noun)" + (parts.isEmpty ? "" : ": " + parts.joined(separator: ", "))]
      + faults
  }
}
