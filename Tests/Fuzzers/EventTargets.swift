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
    guard let cluster = try? ClusterName("c"), let uid = try? PodUID("u"),
      let network = try? NetworkName("n"), let ip = try? IPAddress(octets: [10, 0, 0, 1])
    else { return }
    if let row = try? Incarnation(decoding: input, cluster, uid) {
      let again = try? Incarnation(decoding: row.encoded, cluster, uid)
      require(again == row, "another incarnation: \(row)")
      for tenure in row.tenures(before: nil) { _ = tenure.end?.moment.ownLatest }
    }
    let place = Keys.tenures(Address(network: network, ip: ip), cluster)
    let version = Keys.bytes(of: ResourceVersion(7))
    let key = place + version + Keys.incarnation(cluster, uid).dropFirst(2)
    if let row = try? TenureRow(decoding: input, under: key) {
      let again = try? TenureRow(decoding: row.encoded, under: key)
      require(again == row, "another tenure: \(row)")
    }
    if let statements = try? EvidenceRows.decode(input) {
      require(EvidenceRows.encode(statements) == input, "other statements: \(statements)")
    }
    if let stretch = try? Stretch(start: 512, decoding: input) {
      require(stretch.encoded == input, "another stretch: \(stretch)")
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
