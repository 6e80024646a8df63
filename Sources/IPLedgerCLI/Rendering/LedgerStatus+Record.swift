import IPLedger
import IPLedgerArchive

/// The ledger in figures, with where it is and how large.
struct StatusReport: Sendable {
  /// The directory.
  let path: String
  /// The figures.
  let status: LedgerStatus
  /// The room that it takes.
  let storage: StorageStatus

  /// The figures for people.
  func lines(_ style: Style) -> [String] {
    var lines = [
      Self.line("ledger", path),
      Self.line("head", "position \(status.head)" + recordedAt),
      Self.line("size", "\(megabytes(storage.usedBytes)), \(plural(storage.readers, "reader"))"),
      Self.line("pods", pods),
      Self.line("kept", "\(count(.bound)) bound, \(count(.retained)) retained"),
      "",
    ]
    var table = TextTable(["EVENT", "COUNT"])
    for kind in Event.Kind.allCases { table.add(["\(kind)", "\(status.events[kind] ?? 0)"]) }
    lines += table.lines(style)
    for cluster in status.clusters { lines += [""] + Self.lines(of: cluster, style) }
    return lines + [""] + warnings
  }

  private var recordedAt: String {
    status.lastRecordedAt.map { ", recorded at \($0)" } ?? ""
  }

  private var pods: String {
    let incarnations = plural(status.incarnations, "incarnation")
    return "\(incarnations), \(plural(status.tenures, "tenure")), \(status.holders) open"
  }

  private func count(_ state: ReservationStatus.State) -> Int { status.reservations[state] ?? 0 }

  private static func line(_ label: String, _ text: String) -> String {
    label + String(repeating: " ", count: max(1, 10 - label.count)) + text
  }

  private static func lines(of cluster: LedgerStatus.Cluster, _ style: Style) -> [String] {
    let networks = cluster.networks.map(\.rawValue).joined(separator: ", ")
    let oldest = cluster.oldest.map { "\($0)" } ?? "unknown"
    let newest = cluster.newest.map { "\($0)" } ?? "unknown"
    var lines = [
      style.bold("cluster \(cluster.name)"),
      "  networks  \(networks)",
    ]
    guard !cluster.spans.isEmpty || cluster.oldest != nil else {
      return lines + ["  watched   never: all that is known of it was decided by this ledger"]
    }
    lines.append("  known     from \(oldest) to \(newest)")
    if cluster.epochs > 0 {
      lines.append("  epochs    resource versions fell back \(plural(Int(cluster.epochs), "time"))")
    }
    lines += cluster.spans.map { "  watched   \($0.words)" }
    if cluster.spans.isEmpty { lines.append("  watched   nothing without a gap") }
    return lines
  }

  /// What deserves a look.
  private var warnings: [String] {
    var lines: [String] = []
    if !status.conflicts.isEmpty {
      let addresses = status.conflicts.map(\.description).joined(separator: ", ")
      lines.append("conflict  held by two pods at once, some time (R11): \(addresses)")
    }
    if status.clockDisagreements > 0 {
      let tenures = plural(status.clockDisagreements, "tenure")
      lines.append("warning   clocks contradict each other in \(tenures) (R8a)")
    }
    if status.contradictions > 0 {
      let times = plural(status.contradictions, "time")
      lines.append(
        "conflict  pods seen \(times) with addresses that this ledger never gave them (R10)")
    }
    if status.rejectedHours > 0 {
      let pods = plural(status.rejectedHours, "incarnation")
      lines.append("warning   \(pods) with bad retention hours, kept 48 h instead (R12)")
    }
    return lines.isEmpty ? ["no conflicts, no warnings"] : lines
  }
}

extension LedgerStatus.Span {
  /// What was watched, from when until when.
  var words: String {
    var text = "\(scope.words): \(from.words) to \(through.words)"
    if let fromVersion, let throughVersion {
      text += " (resource versions \(fromVersion) to \(throughVersion))"
    }
    return text
  }

  /// What was watched, as an object.
  var json: JSON {
    [
      "scope": scope.json,
      "fromVersion": .optional(fromVersion?.description),
      "throughVersion": .optional(throughVersion?.description),
      "from": from.json,
      "through": through.json,
    ]
  }
}

extension StatusReport {
  /// The figures as one object.
  var json: JSON {
    [
      "ledger": .string(path),
      "head": .integer(Int(clamping: status.head.rawValue)),
      "lastRecordedAt": status.lastRecordedAt.json,
      "events": .object(
        Event.Kind.allCases.map { kind in
          JSON.Member(name: "\(kind)", value: .integer(status.events[kind] ?? 0))
        }),
      "incarnations": .integer(status.incarnations),
      "tenures": .integer(status.tenures),
      "holders": .integer(status.holders),
      "bound": .integer(count(.bound)),
      "retained": .integer(count(.retained)),
      "usedBytes": .integer(storage.usedBytes),
      "conflicts": .array(
        status.conflicts.map { address in
          [
            "address": .string(address.ip.description),
            "network": .string(address.network.rawValue),
          ]
        }),
      "clockDisagreements": .integer(status.clockDisagreements),
      "contradictions": .integer(status.contradictions),
      "rejectedHours": .integer(status.rejectedHours),
      "clusters": .array(
        status.clusters.map { cluster in
          [
            "name": .string(cluster.name.rawValue),
            "networks": .array(cluster.networks.map { .string($0.rawValue) }),
            "oldest": cluster.oldest.json,
            "newest": cluster.newest.json,
            "epochs": .integer(Int(cluster.epochs)),
            "coverage": .array(cluster.spans.map(\.json)),
          ]
        }),
    ]
  }

  /// The figures as lines of item and value.
  var csv: String {
    var rows = [
      ["item", "value"], ["ledger", path], ["head", "\(status.head)"],
      ["last_recorded_at", status.lastRecordedAt.field],
    ]
    for kind in Event.Kind.allCases {
      rows.append(["events_\(kind)", "\(status.events[kind] ?? 0)"])
    }
    rows += [
      ["incarnations", "\(status.incarnations)"], ["tenures", "\(status.tenures)"],
      ["holders", "\(status.holders)"], ["bound", "\(count(.bound))"],
      ["retained", "\(count(.retained))"],
      ["used_bytes", "\(storage.usedBytes)"], ["conflicts", "\(status.conflicts.count)"],
      ["clock_disagreements", "\(status.clockDisagreements)"],
      ["rejected_hours", "\(status.rejectedHours)"], ["clusters", "\(status.clusters.count)"],
    ]
    return rows.map(CSV.line).joined()
  }
}
