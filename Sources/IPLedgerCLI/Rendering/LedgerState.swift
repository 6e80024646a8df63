import IPLedger

/// What a ledger knows at one position: the last of each address, and what is kept.
struct LedgerState: Sendable {
  /// The last span of each address that anybody ever held, by address.
  let spans: [HistorySpan]
  /// What is kept, soonest deadline first.
  let reservations: [ReservationStatus]
  private let instant: Instant

  /// The state in a view; deadlines count at an instant.
  init(_ view: borrowing LedgerView, at instant: Instant) throws {
    var spans: [HistorySpan] = []
    for network in try view.networks() {
      for text in ["0.0.0.0/0", "::/0"] {
        for address in try view.addresses(in: AddressPrefix(parsing: text), of: network) {
          if let last = try view.history(of: address).last { spans.append(last) }
        }
      }
    }
    self.spans = spans
    reservations = try view.reservations(at: instant)
    self.instant = instant
  }

  /// The state for people.
  func lines(_ head: Position, _ style: Style) -> [String] {
    var addresses = TextTable(HistorySpan.tableHeader)
    for row in spans.flatMap(\.tableRows) { addresses.add(row) }
    var kept = TextTable(ReservationStatus.tableHeader)
    for reservation in reservations { kept.add(reservation.tableRow(at: instant)) }
    var lines = ["As of position \(head), recorded at \(instant):", ""]
    lines += addresses.isEmpty ? ["No address was known."] : addresses.lines(style)
    lines.append("")
    return lines + (kept.isEmpty ? ["Nothing was reserved."] : kept.lines(style))
  }
}
