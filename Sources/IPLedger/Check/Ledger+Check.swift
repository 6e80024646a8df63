import LMDB

extension Ledger {
  /// How far a check has come.
  public enum CheckProgress: Hashable, Sendable {
    /// So many pages of the file have been walked, of so many.
    case pages(Int, of: Int)
    /// The log has been folded up to a position, of so many.
    case events(Int, of: Int)
  }

  /// Walks through everything that a ledger stores, and believes none of it.
  ///
  /// First every page of the file and every entry in it, read without the map, so that no damage makes
  /// the process fault: the trees and the list of free pages, the order of keys, the size of the file
  /// against the meta pages, each frame's checksum, that positions have no gap and that times do not
  /// fall (R4), each row's checksum. Where all of that is sound: each projection against a fold of the
  /// log, byte for byte (R5), and the tenures that the ledger decided against each other (R23). Others
  /// may read and write meanwhile.
  ///
  /// - Parameters:
  ///   - path: The ledger's directory. The process must not have it open.
  ///   - scratch: An existing directory for a temporary environment about as large as the
  ///     projections.
  ///   - progress: Called now and then.
  /// - Returns: What was found.
  /// - Throws: ``StorageError`` where the file cannot be read at all; ``LedgerError`` for what is no
  ///   ledger, or has another layout.
  public static func check(
    at path: String, scratch: String, progress: @escaping (CheckProgress) -> Void = { _ in }
  ) throws -> CheckReport {
    var report = try checkEntries(at: path, progress)
    guard report.isSound else { return report }
    do {
      try checkFold(at: path, scratch: scratch, progress, &report)
    } catch let error as LedgerError {
      guard let remedy = error.remedy else { throw error }
      report.note(.ledger, "\(error)", remedy)
    }
    return report
  }

  /// Compares the projections with a fold of the log, and the decisions with each other.
  private static func checkFold(
    at path: String, scratch: String, _ progress: @escaping (CheckProgress) -> Void,
    _ report: inout CheckReport
  ) throws {
    let ledger = try Ledger.open(
      at: path, options: Options(readOnly: true, create: false, clock: { .earliest }))
    defer { ledger.close() }
    let head = Int(clamping: report.head.rawValue)
    let replay = try ledger.replay(scratch: scratch) { reached in
      progress(.events(Int(clamping: reached.rawValue), of: max(head, Int(reached.rawValue))))
    }
    report.isFolded = true
    for position in replay.redundant {
      report.note(
        .position(position),
        "it says nothing that the events before it do not say: no ledger appended it (R6)", .restore
      )
    }
    for table in replay.tables where table.differences > 0 {
      report.note(
        .row(table: table.name, key: table.firstDifference ?? ""),
        "\(table.differences) rows of the table are not those that the log gives, first this one (R5)",
        .rebuild)
      if table.name == Tables.Kind.evidence.rawValue, table.surplus > 0 {
        report.note(
          .position((try? Keys.position(endOf: table.firstSurplus)) ?? .origin),
          "the projections know of an event here that the log does not have: it was lost, or became "
            + "another one", .restore)
      }
    }
    try ledger.read { view in
      try view.checkDecisions(&report)
      try view.checkPools(&report)
      report.conflicts = try view.conflicts().count
    }
  }

  static func checkEntries(
    at path: String, _ progress: @escaping (CheckProgress) -> Void
  ) throws -> CheckReport {
    do {
      let environment = try openToCheck(at: path)
      defer { environment.close() }
      return try entries(of: environment, progress)
    } catch let error as StorageError where error.isAboutTheFile {
      var report = CheckReport()
      report.note(.ledger, error.message, .restore)
      return report
    }
  }

  /// Walks through the pages of an environment, and looks at each entry.
  static func entries(
    of environment: Environment, _ progress: @escaping (CheckProgress) -> Void
  ) throws -> CheckReport {
    var entries = EntryCheck()
    let pages = try environment.checkPages { done, total in
      progress(.pages(done, of: total))
    } visit: { table, key, value in
      entries.visit(table, key, value)
    }
    return entries.finished(pages)
  }

  /// Says what happened, and ends the process, where the damage of a file makes reading it fault.
  ///
  /// LMDB follows what is written in a file, so damage can lead it beyond the file's end, where the
  /// kernel ends the process without a word (SIGBUS, SIGSEGV), or into an assertion of its own. A
  /// program that has nothing else to do calls this once, at its start. Faults that are not about a
  /// ledger's file end the process as before.
  ///
  /// - Parameters:
  ///   - message: What is written to standard error.
  ///   - exitCode: The code to end with.
  public static func explainFaults(_ message: String, exitCode: Int32) {
    FaultGuard.install(message: message, exitCode: exitCode)
  }

  private static func openToCheck(at path: String) throws -> Environment {
    do {
      return try Environment.open(
        at: path, options: Environment.Options(readOnly: true), create: false)
    } catch {
      throw error.code == .system(noEntry) ? LedgerError.noLedger(path: path) : error
    }
  }
}

extension LedgerError {
  /// What to do where a check met this error; absent for what is no damage.
  fileprivate var remedy: CheckReport.Remedy? {
    switch self {
    case .damagedRow, .projectionsMissing: .rebuild
    case .unreadableEvent, .missingEvent, .logNotDense, .identityChanged, .notALedger: .restore
    default: nil
    }
  }
}

extension StorageError {
  /// Whether it says that the data file is not what it should be, rather than that it cannot be read.
  fileprivate var isAboutTheFile: Bool { [.truncated, .invalid, .corrupted].contains(code) }
}

extension LedgerView {
  /// Compares the tenures that the ledger decided with each other: two of one address never overlap
  /// (R23).
  func checkDecisions(_ report: inout CheckReport) throws {
    var decided: [TenureRow] = []
    try tables.scan(.tenures, .all, in: txn) { key, content in
      let row = try TenureRow(decoding: content, under: key)
      report.tenures += 1
      if let other = decided.last, other.tenure.address != row.tenure.address {
        Self.compare(decided, &report)
        decided = []
      }
      if row.tenure.isAssigned { decided.append(row) }
      return .next
    }
    Self.compare(decided, &report)
  }

  /// Compares the pools with each other: two of a network never share an address.
  func checkPools(_ report: inout CheckReport) throws {
    let pools = try PoolRows(tables).pools(of: nil, in: txn).map(\.pool)
    for (earlier, later) in zip(pools, pools.dropFirst())
    where earlier.overlaps(later) {
      report.note(
        .ledger,
        "the pools \(earlier.prefix) and \(later.prefix) of the network \(later.network) share addresses: "
          + "no ledger defined both", .restore)
    }
  }

  /// Compares the decided tenures of one address, of whatever clusters.
  private static func compare(_ decided: [TenureRow], _ report: inout CheckReport) {
    let spans = decided.map { row in
      (
        row: row, from: row.tenure.start.ownLatest ?? .latest,
        to: row.tenure.end?.moment.ownLatest ?? .latest
      )
    }.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
    for (earlier, later) in zip(spans, spans.dropFirst())
    where later.from < earlier.to && !later.row.pod.isSameIncarnation(as: earlier.row.pod) {
      report.note(
        .ledger,
        "\(later.row.tenure.address.ip) was given to \(later.row.pod.uid) at \(later.from), while "
          + "\(earlier.row.pod.uid) had it (R23): this is an error of the program, report it",
        .restore)
    }
  }
}
