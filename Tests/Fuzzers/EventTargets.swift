import IPLedger

/// What is stored: whatever the bytes, they are read or refused, and what is read is written again as
/// the same bytes.
enum EventTargets {
  /// A frame, at a position that its first byte says.
  static func frame(_ input: [UInt8]) {
    guard let first = input.first else { return }
    let position = Position(UInt64(first))
    guard let recorded = try? EventFrame.decode(Array(input.dropFirst()), at: position) else {
      return
    }
    require(EventFrame.encode(recorded) == Array(input.dropFirst()), "another frame: \(recorded)")
  }

  /// A payload behind a byte of its kind: without its checksum, which no mutation would meet.
  static func payload(_ input: [UInt8]) {
    guard let first = input.first, let kind = Event.Kind(rawValue: first % 8),
      let event = try? Event(kind: kind, payload: input.dropFirst())
    else { return }
    let payload = event.payload
    guard let again = try? Event(kind: kind, payload: payload[...]) else {
      fatalError("what was read cannot be read again: \(event)")
    }
    require(again == event, "another event: \(event), \(again)")
    _ = (event.occurredAt, event.identity, event.evidence?.changeBounds)
  }

  /// Rows of projections, without their checksums.
  static func rows(_ input: [UInt8]) {
    if let row = try? Incarnation(decoding: input) {
      require((try? Incarnation(decoding: row.encoded)) == row, "another incarnation: \(row)")
      for tenure in row.tenures(before: nil) { _ = tenure.end?.moment.ownLatest }
    }
    if let row = try? TenureRow(decoding: input) {
      require((try? TenureRow(decoding: row.encoded)) == row, "another tenure: \(row)")
    }
    if let row = try? ReservationRow(decoding: input) {
      require((try? ReservationRow(decoding: row.encoded)) == row, "another reservation: \(row)")
      _ = row.ownDeadline
    }
    _ = try? PodRows.decode(input)
    _ = try? Keys.identity(startOf: input)
    _ = try? Keys.reservation(decoding: input)
    _ = try? Keys.tenure(decoding: input)
    _ = try? Keys.vacancy(endOf: input, .ipv4)
  }
}
