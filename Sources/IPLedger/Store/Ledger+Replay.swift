import LMDB

/// What folding the log again found, table by table.
public struct ReplayReport: Hashable, Sendable {
  /// One table of the projections.
  public struct TableReport: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// How many rows the log gives.
    public var rows: Int
    /// The key of the first row that differs, in hexadecimal; absent where stored and folded are
    /// the same.
    public var firstDifference: String?
    /// How many rows differ, are missing or are too many.
    public var differences: Int
    /// How many of them the log does not give: it has lost what they were made of, or they are damaged.
    public var surplus = 0
    /// The key of the first of those.
    var firstSurplus: [UInt8] = []
  }

  /// The last position that was folded.
  public var head: Position
  /// The tables, by name.
  public var tables: [TableReport]
  /// The events that say nothing that those before them do not say: no ledger appends such (R6).
  public var redundant: [Position] = []

  /// Whether the stored projections are those that the log gives, byte for byte (R5).
  public var isEqual: Bool { tables.allSatisfy { $0.differences == 0 } }
}

extension Ledger {
  /// How many rows are compared at a time, so that no reader holds pages for long.
  private static let page = 4096

  /// Folds the log from nothing in a scratch directory and compares the result with the stored
  /// projections (R5).
  ///
  /// - Parameters:
  ///   - scratch: An existing directory for a temporary environment about as large as the
  ///     projections.
  ///   - progress: Called with the position reached, now and then.
  /// - Returns: What differs, table by table.
  /// - Throws: ``LedgerError`` where an event cannot be read;
  ///   ``LedgerError/noScratch(directory:_:)`` where the scratch directory cannot be written.
  public func replay(
    scratch: String, progress: (Position) -> Void = { _ in }
  ) throws -> ReplayReport {
    // The projections of a moving log move: compare at the head that both have seen.
    while true {
      let place = try Scratch(in: scratch)
      var redundant: [Position] = []
      let head = try forEachPage(through: Position(.max), progress) { events in
        redundant += try place.fold(events)
      }
      if var report = try compare(with: place, at: head) {
        report.redundant = redundant
        return report
      }
    }
  }

  /// Folds the log up to a position and lends a view of the state as it was then (R22).
  ///
  /// - Parameters:
  ///   - head: The last position that is folded.
  ///   - scratch: An existing directory for a temporary environment.
  ///   - concerning: The pods that the questions will be about; `nil` for all. Of others only the
  ///     times are folded, which is faster.
  ///   - progress: Called with the position reached, now and then.
  ///   - body: Asks the questions.
  /// - Returns: What the body returns.
  /// - Throws: ``LedgerError/positionAhead(_:head:)``, or whatever the body throws.
  public func read<Result>(
    asOf head: Position, scratch: String, concerning: Set<PodIdentity>? = nil,
    progress: (Position) -> Void = { _ in }, _ body: (borrowing LedgerView) throws -> Result
  ) throws -> Result {
    let known = try self.head
    guard head <= known else { throw LedgerError.positionAhead(head, head: known) }
    let place = try Scratch(in: scratch)
    _ = try forEachPage(through: head, progress) { events in
      _ = try place.fold(events) { event in
        guard let concerning, let identity = event.identity else { return true }
        return concerning.contains(identity)
      }
    }
    return try place.read(asOf: head, clock: clock, body)
  }

  /// Reads the log up to a position, as many events at once as one has in memory.
  ///
  /// - Returns: The last position that was read.
  private func forEachPage(
    through last: Position, _ progress: (Position) -> Void,
    _ body: ([RecordedEvent]) throws -> Void
  ) throws -> Position {
    var reached = Position.origin
    while case let events = try page(after: reached, through: last), let end = events.last {
      try body(events)
      reached = end.position
      progress(reached)
    }
    return reached
  }

  /// All rows of a table as they are stored, by key: for comparing two ledgers.
  package func storedRows(_ kind: Tables.Kind) throws -> [[UInt8]: [UInt8]] {
    try environment.read { txn in
      var rows: [[UInt8]: [UInt8]] = [:]
      try txn.scan(try tables(in: txn)[kind]) { key, value in
        rows[key] = value
        return .next
      }
      return rows
    }
  }

  /// Compares stored and folded rows; `nil` where the log has grown since, so that they are not of
  /// the same head.
  private func compare(with place: Scratch, at head: Position) throws -> ReplayReport? {
    try environment.read { [self] txn in
      let stored = try tables(in: txn)
      guard try LogReader(log, in: txn).head == head else { return nil }
      var report = ReplayReport(head: head, tables: [])
      for kind in Tables.Kind.allCases {
        var comparison = RowComparison(name: kind.rawValue)
        var key: [UInt8] = []
        var folded: [StoredRow] = []
        try txn.scan(stored[kind]) { storedKey, value in
          let row = StoredRow(key: storedKey, value: value)
          repeat {
            if folded.isEmpty {
              folded = try place.rows(kind, after: key, limit: Self.page)
              key = folded.last?.key ?? key
              folded.reverse()
            }
          } while comparison.take(row, &folded)
          return .next
        }
        repeat {
          comparison.missing(folded)
          folded = try place.rows(kind, after: key, limit: Self.page)
          key = folded.last?.key ?? key
        } while !folded.isEmpty
        report.tables.append(comparison.report)
      }
      return report
    }
  }
}

/// A walk through the rows of one table, stored and folded, in the order of their keys.
private struct RowComparison {
  var report: ReplayReport.TableReport

  init(name: String) {
    report = ReplayReport.TableReport(name: name, rows: 0, firstDifference: nil, differences: 0)
  }

  /// Compares a stored row with the next folded ones, which stand in reverse.
  ///
  /// - Returns: Whether the row has to be compared again with more folded rows.
  mutating func take(_ row: StoredRow, _ folded: inout [StoredRow]) -> Bool {
    guard let next = folded.last else {
      exceed(row.key)
      return false
    }
    if next.key.lexicographicallyPrecedes(row.key) {
      folded.removeLast()
      report.rows += 1
      differ(next.key)
      return true
    }
    guard next.key == row.key else {
      exceed(row.key)
      return false
    }
    folded.removeLast()
    report.rows += 1
    if next.value != row.value { differ(row.key) }
    return false
  }

  /// Folded rows that nothing stored matches.
  mutating func missing(_ folded: [StoredRow]) {
    for row in folded {
      report.rows += 1
      differ(row.key)
    }
  }

  /// A stored row that the log does not give.
  private mutating func exceed(_ key: [UInt8]) {
    if report.surplus == 0 { report.firstSurplus = key }
    report.surplus += 1
    differ(key)
  }

  private mutating func differ(_ key: [UInt8]) {
    report.differences += 1
    guard report.firstDifference == nil else { return }
    report.firstDifference = key.hexadecimal
  }
}
