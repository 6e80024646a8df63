import IPLedger
import LMDB

/// What a ledger holds: its head, and digests of its log and of the projections in force.
///
/// The digests are those of one process and its children only.
struct Contents: Hashable, Sendable, CustomStringConvertible {
  var head: UInt64
  private var log: Int
  private var rows: Int

  /// Reads a ledger that nobody has open.
  init(of path: String) throws {
    let environment = try Environment.open(
      at: path, options: Environment.Options(readOnly: true), create: false)
    defer { environment.close() }
    self = try environment.read { txn in
      var generation = ""
      if let meta = try txn.table("meta"), let row = try txn.get(meta, Array("generation".utf8)) {
        generation = ".\(row.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })"
      }
      var (head, log, rows) = (UInt64(0), Hasher(), Hasher())
      for name in try txn.tableNames() {
        guard let table = try txn.table(name) else { continue }
        if name == "log" {
          head = UInt64(try txn.count(table))
          try txn.scan(table) { key, value in
            log.combine(key)
            log.combine(value)
            return .next
          }
        } else if name.hasSuffix(generation) {
          rows.combine(name.dropLast(generation.count))
          try txn.scan(table) { key, value in
            rows.combine(key)
            rows.combine(value)
            return .next
          }
        }
      }
      return Contents(head: head, log: log.finalize(), rows: rows.finalize())
    }
  }

  private init(head: UInt64, log: Int, rows: Int) {
    (self.head, self.log, self.rows) = (head, log, rows)
  }

  /// Reads what ``description`` writes.
  init?(_ text: some StringProtocol) {
    let parts = text.split(separator: " ")
    guard parts.count == 3, let head = UInt64(parts[0]), let log = Int(parts[1]),
      let rows = Int(parts[2])
    else { return nil }
    self.init(head: head, log: log, rows: rows)
  }

  var description: String { "\(head) \(log) \(rows)" }
}
