import LMDB

/// Looks at each entry of each table as the file has it: frames and their order in the log, checksums
/// of rows.
struct EntryCheck {
  private(set) var report = CheckReport()
  private var lastRecordedAt = Instant.earliest
  private var layout: UInt64?
  /// Rows of the projections, by generation.
  private var rows: [UInt64: Int] = [:]
  private var generation: UInt64 = 0

  /// Takes in an entry; those of a table come in the order of their keys.
  mutating func visit(_ table: String, _ key: [UInt8], _ value: [UInt8]) {
    switch table {
    case MetaTable.logName: visitFrame(key, value)
    case MetaTable.name: visitMeta(key, value)
    default: visitRow(table, key, value)
    }
  }

  /// What was found, with what the pages of the file say.
  func finished(_ pages: PageReport) -> CheckReport {
    var report = report
    report.rows = rows[generation] ?? 0
    report.pages = CheckReport.Pages(
      all: pages.pages, used: pages.usedPages, free: pages.freePages, lost: pages.lostPages,
      size: pages.pageSize)
    for fault in pages.faults {
      // A page of the log may have hidden events; whether it did is seen by the positions.
      report.note(
        .page(Int(clamping: fault.page), table: fault.table), fault.found,
        fault.table == MetaTable.logName ? .restore : .move)
    }
    if report.firstBadPosition == nil,
      pages.faults.contains(where: { $0.table == MetaTable.logName })
    {
      report.note(
        .position(report.head.next), "from here on no event can be reached, if there were any",
        .restore)
    }
    if report.head == .origin, !rows.isEmpty {
      report.note(
        .ledger,
        "the projections have rows, and the log has no event that can be reached: it was lost",
        .restore)
    }
    if layout == nil, pages.faultCount == 0 {
      report.note(.ledger, "there is no layout in the table meta: this is no ledger", .restore)
    }
    return report
  }

  private mutating func visitFrame(_ key: [UInt8], _ frame: [UInt8]) {
    guard key.count == MemoryLayout<UInt64>.size, let position = try? Keys.position(endOf: key),
      position > .origin
    else {
      report.note(
        .row(table: MetaTable.logName, key: key.hexadecimal), "the key is no position", .restore)
      return
    }
    if position.rawValue > report.head.rawValue + 1 {
      let missing = position.rawValue - report.head.rawValue - 1
      report.note(
        .position(report.head.next),
        missing == 1
          ? "the event is missing"
          : "\(missing) events are missing, up to \(position.rawValue - 1)",
        .restore)
    }
    report.head = position
    do {
      let recorded = try EventFrame.decode(frame, at: position)
      report.events += 1
      if recorded.recordedAt < lastRecordedAt {
        report.note(
          .position(position),
          "it was recorded at \(recorded.recordedAt), before the event before it (R4)", .restore)
      }
      lastRecordedAt = max(lastRecordedAt, recorded.recordedAt)
    } catch {
      report.note(.position(position), "\(error)", .restore)
    }
  }

  private mutating func visitMeta(_ key: [UInt8], _ value: [UInt8]) {
    do {
      let content = try Row.open(value, under: key, of: MetaTable.seed)
      var reader = ByteReader(content)
      let number = try reader.uint64()
      switch key {
      case MetaTable.layoutKey: layout = number
      case MetaTable.generationKey: generation = number
      default: break
      }
    } catch {
      // Which generation is in force a rebuild writes anew; the layout nothing else tells.
      report.note(
        .row(table: MetaTable.name, key: key.hexadecimal), "its checksum is wrong",
        key == MetaTable.layoutKey ? .restore : .rebuild)
    }
  }

  private mutating func visitRow(_ table: String, _ key: [UInt8], _ value: [UInt8]) {
    let parts = table.split(separator: ".", maxSplits: 1)
    guard parts.count == 2, let kind = Tables.Kind(rawValue: String(parts[0])),
      let generation = UInt64(parts[1])
    else {
      report.note(.row(table: table, key: key.hexadecimal), "a ledger has no such table", .move)
      return
    }
    rows[generation, default: 0] += 1
    if (try? Row.open(value, under: key, of: kind.seed)) == nil {
      report.note(
        .row(table: table, key: key.hexadecimal), "its checksum is wrong", .rebuild)
    }
  }
}
