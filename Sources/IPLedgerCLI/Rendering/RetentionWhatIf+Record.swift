import IPLedger
import IPLedgerArchive

extension RetentionWhatIf {
  /// The recreations that differ and the figures, for people.
  func lines(_ style: Style) -> [String] {
    var table = TextTable(Recreation.tableHeader(hours: retainHours))
    for recreation in differing { table.add(recreation.tableRow) }
    return (table.isEmpty ? [] : table.lines(style) + [""]) + figures
  }

  private var figures: [String] {
    let hours = "\(retainHours) h"
    var lines = [
      "With \(hours) of retention instead of the recorded hours, by the rules (R15 to R19), of "
        + "\(plural(compared, "recreation")):"
    ]
    lines += [
      "  \(count(.kept)) kept their addresses and would keep them",
      "  \(count(.lost)) lost them and would lose them",
      "  \(count(.wouldBeKept)) lost them and would keep them",
      "  \(count(.wouldBeLost)) kept them and would lose them",
      "  \(count(.uncertain)) uncertain: the bounds of what happened leave it open (R8a)",
      "Retained at most: \(recordedPeak.words) by the recorded hours, "
        + "\(hypotheticalPeak.words) with \(hours).",
    ]
    if undated > 0 {
      lines.append(
        "Not in these two figures: \(plural(undated, "reservation")), since nothing bounds when "
          + "the pod was gone.")
    }
    return lines
  }

  private func count(_ outcome: Outcome) -> Int { outcomes[outcome] ?? 0 }

  /// The figures as one object.
  var summary: JSON {
    [
      "kind": "summary",
      "head": .integer(Int(clamping: asOf.rawValue)),
      "retainHours": .integer(retainHours),
      "compared": .integer(compared),
      "kept": .integer(count(.kept)),
      "lost": .integer(count(.lost)),
      "wouldBeKept": .integer(count(.wouldBeKept)),
      "wouldBeLost": .integer(count(.wouldBeLost)),
      "uncertain": .integer(count(.uncertain)),
      "undated": .integer(undated),
      "recordedPeak": recordedPeak.json,
      "hypotheticalPeak": hypotheticalPeak.json,
    ]
  }
}

extension RetentionPeak {
  /// How many addresses, and when first.
  fileprivate var words: String {
    let many = addresses == 1 ? "1 address" : "\(addresses) addresses"
    return many + (at.map { " (first at \($0))" } ?? "")
  }

  /// `{"addresses","at"}`; `at` is null where none was ever retained.
  fileprivate var json: JSON { ["addresses": .integer(addresses), "at": at.json] }
}

extension RetentionWhatIf.Recreation: Record {
  static let columns = [
    "cluster", "namespace", "name", "node_class", "previous_uid", "uid", "network", "addresses",
    "outcome", "recorded", "hypothetical", "since", "returned_earliest", "returned_latest",
    "gap_seconds", "recorded_hours", "recorded_deadline", "hypothetical_deadline",
    "same_addresses", "evidence",
  ]

  var fields: [[String]] {
    [
      identity.fields + [
        nodeClass.description, previous.rawValue, uid.rawValue, network,
        ips.joined(separator: " "), outcome.rawValue, recorded.rawValue, hypothetical.rawValue,
        since.field,
      ] + returned.fields + [
        gapSeconds.map(String.init) ?? "", String(recordedHours), recordedDeadline.field,
        hypotheticalDeadline.field, hasSameAddresses ? "true" : "false", evidence.field,
      ]
    ]
  }

  var json: JSON {
    JSON.object([JSON.Member(name: "kind", value: "recreation")] + identity.members).adding([
      "nodeClass": .string(nodeClass.description),
      "previousUid": .string(previous.rawValue),
      "uid": .string(uid.rawValue),
      "network": .string(network),
      "addresses": .array(ips.map { .string($0) }),
      "outcome": .string(outcome.rawValue),
      "recorded": .string(recorded.rawValue),
      "hypothetical": .string(hypothetical.rawValue),
      "since": since.json,
      "returned": returned.json,
      "gapSeconds": .optional(gapSeconds) { .integer($0) },
      "recordedHours": .integer(recordedHours),
      "recordedDeadline": recordedDeadline.json,
      "hypotheticalDeadline": hypotheticalDeadline.json,
      "sameAddresses": .bool(hasSameAddresses),
      "evidence": evidence.json,
    ])
  }

  /// The header of a table of recreations.
  fileprivate static func tableHeader(hours: Int) -> [String] {
    [
      "POD", "NODES", "ADDRESSES", "DELETION ASKED", "CAME BACK", "GAP", "HOURS", "DEADLINE",
      "FATE", "DEADLINE (\(hours) H)", "FATE (\(hours) H)", "SAME IN FACT",
      "UID BEFORE", "UID", "EVIDENCE",
    ]
  }

  /// The row for people.
  fileprivate var tableRow: [String] {
    [
      identity.description, nodeClass.description, ips.joined(separator: " "), since.field,
      returned.words, gap?.description ?? "", String(recordedHours), recordedDeadline.field,
      recorded.rawValue, hypotheticalDeadline.field, hypothetical.rawValue,
      hasSameAddresses ? "yes" : "no", previous.rawValue, uid.rawValue, evidence.words,
    ]
  }

  private var network: String { addresses.first?.network.rawValue ?? "" }
  private var ips: [String] { addresses.map(\.ip.description) }

  /// The gap in whole seconds, a part of one counted as one.
  private var gapSeconds: Int? {
    gap.map { gap in
      let (whole, part) = gap.count.quotientAndRemainder(dividingBy: 1_000_000)
      return Int(whole) + (part > 0 ? 1 : 0)
    }
  }
}
