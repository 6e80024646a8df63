import IPLedger
import IPLedgerArchive

extension CheckReport {
  /// What was looked at, what was found, and what to do.
  func lines(_ advice: Advice, _ style: Style) -> [String] {
    var lines = [pagesLine, logLine, rowsLine]
    if isFolded { lines.append(tenuresLine(advice)) }
    lines.append("")
    guard !isSound else { return lines + [style.bold("Sound.")] }
    lines.append(style.bold(findingCount == 1 ? "1 finding:" : "\(findingCount) findings:"))
    lines += findings.map { printable("  \($0)") }
    if findingCount > findings.count {
      lines.append("  … and \(findingCount - findings.count) more")
    }
    if let firstBadPosition { lines.append("The first bad position is \(firstBadPosition).") }
    return lines + [remedyLine(advice)]
  }

  private var pagesLine: String {
    let lost = pages.lost == 0 ? "" : ", \(pages.lost) neither, which compacting gives back"
    return "pages        \(pages.all) of \(pages.size) bytes: \(pages.used) in use, "
      + "\(pages.free) free\(lost)"
  }

  private var logLine: String {
    guard head > .origin else { return "log          no events" }
    return "log          \(events) events read, up to position \(head)"
  }

  private var rowsLine: String {
    let fold = isFolded ? "compared with a fold of the log" : "not compared with the log"
    return "projections  \(rows) rows, \(fold)"
  }

  private func tenuresLine(_ advice: Advice) -> String {
    let observed =
      conflicts == 0 ? "" : "; observed conflicts: \(conflicts), see \(advice.command("status"))"
    return "tenures      \(tenures), compared with each other\(observed)"
  }

  private func remedyLine(_ advice: Advice) -> String {
    switch remedy {
    case .none: ""
    case .rebuild:
      "The log is whole. \(advice.command("replay --rebuild")) folds the projections from it again."
    case .move:
      "No event was lost, but the file is damaged and must not be written any more. Keep it, and make "
        + "a new ledger of its log: \(advice.command("export FILE")), then 'ipledger import FILE --ledger "
        + "NEW'; "
        + "or restore a backup."
    case .restore:
      "The log is damaged, or cannot be reached: do not record in it any more, and keep the file. 'ipledger restore BACKUP "
        + "--ledger NEW' brings a backup back; then record again what the sources still have: what the "
        + "backup knows is not appended twice."
    }
  }

  /// The report as one object.
  var json: JSON {
    [
      "sound": .bool(isSound),
      "head": .integer(Int(clamping: head.rawValue)),
      "events": .integer(events),
      "rows": .integer(rows),
      "tenures": .integer(tenures),
      "conflicts": .integer(conflicts),
      "pages": [
        "all": .integer(pages.all), "used": .integer(pages.used), "free": .integer(pages.free),
        "lost": .integer(pages.lost), "size": .integer(pages.size),
      ],
      "folded": .bool(isFolded),
      "findings": .array(findings.map(\.json)),
      "findingCount": .integer(findingCount),
      "firstBadPosition": firstBadPosition.map { .integer(Int(clamping: $0.rawValue)) } ?? .null,
      "remedy": .string(remedy.rawValue),
    ]
  }

  /// The findings, one line each.
  var csv: String {
    ([["place", "found"]] + findings.map { [$0.place.name, $0.found] }).map(CSV.line).joined()
  }
}

extension CheckReport.Finding {
  fileprivate var json: JSON {
    switch place {
    case .page(let page, let table):
      [
        "kind": "page", "page": .integer(page), "table": .optional(table), "found": .string(found),
      ]
    case .position(let position):
      [
        "kind": "position", "position": .integer(Int(clamping: position.rawValue)),
        "found": .string(found),
      ]
    case .row(let table, let key):
      ["kind": "row", "table": .string(table), "key": .string(key), "found": .string(found)]
    case .ledger: ["kind": "ledger", "found": .string(found)]
    }
  }
}

extension CheckReport.Finding.Place {
  fileprivate var name: String {
    switch self {
    case .page(let page, let table): "page \(page)" + (table.map { " of \($0)" } ?? "")
    case .position(let position): "position \(position)"
    case .row(let table, let key): "row \(key) of \(table)"
    case .ledger: "ledger"
    }
  }
}

extension SharedProgressLine {
  /// Draws how far a check has come.
  func update(_ progress: Ledger.CheckProgress) {
    switch progress {
    case .pages(let done, let total): update("pages", done: done, of: total, unit: .pages)
    case .events(let done, let total): update("fold", done: done, of: total, unit: .events)
    }
  }
}
