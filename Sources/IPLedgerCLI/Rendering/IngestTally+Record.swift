import IPLedger
import IPLedgerArchive
import IPLedgerKubernetes

// What ingest says at the end.

extension IngestTally {
  /// The figures as lines for people.
  func lines(_ style: Style) -> [String] {
    var table = TextTable(["EVENT", "APPENDED", "KNOWN"])
    for kind in Event.Kind.observed {
      table.add(["\(kind)", "\(appended[kind] ?? 0)", "\(duplicates[kind] ?? 0)"])
    }
    return table.lines(style) + [""] + sentences
  }

  /// What the table does not show, in sentences.
  var sentences: [String] {
    let read = "\(plural(observed.documents, "document")) in \(plural(inputs, "input"))"
    let end = head.map { "; the log ends at position \($0)" } ?? ""
    var lines = [
      "\(read): \(total(appended)) events appended, \(total(duplicates)) known before\(end).",
      "\(takenAs), network \(network).",
    ]
    for skip in observed.skipped.sorted(by: { $0.key < $1.key }) {
      lines.append("skipped   \(skip.value) \(skip.key.description)")
    }
    for warning in observed.warnings.sorted(by: { $0.key < $1.key }) {
      lines.append("warning   \(warning.value) \(warning.key.description)")
    }
    return lines + coverageLines
  }

  /// So many parts of the coverage are told to people; JSON and CSV have all of them.
  private static let shownParts = 8

  private var coverageLines: [String] {
    let parts =
      coverage.versions.map { "resource version \($0.lowerBound) to \($0.upperBound)" }
      + coverage.times.map { "\($0.lowerBound) to \($0.upperBound)" }
    var lines = parts.prefix(Self.shownParts).map { "covered   all changes from \($0)" }
    if parts.count > Self.shownParts {
      lines.append("covered   \(plural(parts.count - Self.shownParts, "further part"))")
    }
    if coverage.lists > 0 {
      let lists = plural(coverage.lists, "list")
      lines.append("listed    \(lists) of who was there, \(coverage.completeLists) complete")
    }
    if lines.isEmpty {
      lines.append("covered   nothing: who was there at a moment, not what happened in between")
    }
    return lines
  }

  /// The figures as one object.
  var json: JSON {
    [
      "cluster": .string(cluster.rawValue),
      "network": .string(network.rawValue),
      "scope": scope.json,
      "inputs": .integer(inputs),
      "documents": .integer(observed.documents),
      "appended": counts(appended),
      "duplicates": counts(duplicates),
      "head": .optional(head) { .integer(Int(clamping: $0.rawValue)) },
      "skipped": .object(
        observed.skipped.sorted { $0.key < $1.key }
          .map { JSON.Member(name: $0.key.rawValue, value: .integer($0.value)) }),
      "warnings": .object(
        observed.warnings.sorted { $0.key < $1.key }
          .map { JSON.Member(name: $0.key.rawValue, value: .integer($0.value)) }),
      "coverage": [
        "versions": .array(
          coverage.versions.map {
            ["from": .string("\($0.lowerBound)"), "through": .string("\($0.upperBound)")]
          }),
        "times": .array(
          coverage.times.map {
            ["from": .string("\($0.lowerBound)"), "through": .string("\($0.upperBound)")]
          }),
        "lists": .integer(coverage.lists),
        "completeLists": .integer(coverage.completeLists),
      ],
    ]
  }

  /// The figures as lines of section, item and count.
  var csv: String {
    var rows = [["section", "item", "count"]]
    for (section, counts) in [("appended", appended), ("duplicates", duplicates)] {
      for kind in Event.Kind.observed {
        rows.append([section, "\(kind)", "\(counts[kind] ?? 0)"])
      }
    }
    for skip in observed.skipped.sorted(by: { $0.key < $1.key }) {
      rows.append(["skipped", skip.key.rawValue, "\(skip.value)"])
    }
    for warning in observed.warnings.sorted(by: { $0.key < $1.key }) {
      rows.append(["warnings", warning.key.rawValue, "\(warning.value)"])
    }
    rows += coverage.versions.map { ["covered", "\($0.lowerBound) to \($0.upperBound)", ""] }
    rows += coverage.times.map { ["covered", "\($0.lowerBound) to \($0.upperBound)", ""] }
    return rows.map(CSV.line).joined()
  }

  private func counts(_ counts: [Event.Kind: Int]) -> JSON {
    .object(
      Event.Kind.observed
        .map { JSON.Member(name: "\($0)", value: .integer(counts[$0] ?? 0)) })
  }

  private func total(_ counts: [Event.Kind: Int]) -> Int { counts.values.reduce(0, +) }
}

extension SourceWatched.Scope {
  /// `{"kind","name"}`.
  var json: JSON {
    switch self {
    case .cluster: ["kind": "cluster", "name": .null]
    case .namespace(let name): ["kind": "namespace", "name": .string(name)]
    case .selection(let selector): ["kind": "selection", "name": .string(selector)]
    }
  }

  /// The scope for people.
  var words: String {
    switch self {
    case .cluster: "all pods"
    case .namespace(let name): "namespace \(name)"
    case .selection(let selector): "selection \(selector)"
    }
  }
}

/// `1 event`, `2 events`.
func plural(_ count: Int, _ noun: String) -> String {
  "\(count) \(noun)\(count == 1 ? "" : "s")"
}

extension Event.Kind {
  /// The kinds that an input can have.
  fileprivate static var observed: [Event.Kind] {
    allCases.filter { $0 != .expired && $0 != .pool }
  }
}
