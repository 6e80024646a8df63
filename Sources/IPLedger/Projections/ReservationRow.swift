/// The reservation of an identity on one class of nodes, as facts alone tell it: whose addresses
/// they were last.
package struct ReservationRow: Hashable, Sendable {
  /// The incarnation that held them last.
  package var uid: PodUID
  /// All the addresses (R2).
  package var addresses: [Address]
  /// For how many hours they are kept.
  package var hours: Int
  /// When the deletion of that incarnation was first asked for (R15).
  package var requestedAt: Instant?
  /// When its object was removed; absent while it is bound.
  package var removal: Tenure.End?

  package init(
    uid: PodUID, addresses: [Address], hours: Int, requestedAt: Instant?, removal: Tenure.End?
  ) {
    self.uid = uid
    self.addresses = addresses
    self.hours = hours
    self.requestedAt = requestedAt
    self.removal = removal
  }

  /// The deadline by this incarnation's own evidence, which the staircases can only bring forward.
  package var ownDeadline: Instant? {
    guard let moment = removal?.moment else { return nil }
    let bounds = Bounds(
      earliest: greater(moment.change.earliest, moment.notBefore),
      latest: lesser(moment.change.latest, moment.notAfter))
    return DeadlineRule.deadline(
      requestedAt: requestedAt, removal: bounds.uncrossed, hours: hours)
  }
}

extension ReservationRow {
  /// The content of its row.
  package var encoded: [UInt8] {
    var writer = RowWriter()
    writer.flags(requestedAt != nil, removal != nil)
    writer.uid(uid)
    writer.count(addresses.count)
    for address in addresses {
      writer.text(address.network.rawValue)
      writer.blob(address.ip.octets)
    }
    writer.number(Int64(hours))
    writer.instant(requestedAt)
    if let removal { writer.end(removal) }
    return writer.bytes
  }

  package init(decoding content: [UInt8]) throws {
    var reader = RowReader(content)
    let flags = try reader.flags(2)
    let uid = try reader.uid()
    var addresses: [Address] = []
    for _ in 0..<(try reader.count()) {
      addresses.append(
        Address(network: try NetworkName(reader.text()), ip: try IPAddress(octets: reader.blob())))
    }
    let hours = Int(try reader.number())
    let requestedAt = try reader.instant(if: flags[0])
    let removal = flags[1] ? try reader.end() : nil
    try reader.finish()
    self.init(
      uid: uid, addresses: addresses, hours: hours, requestedAt: requestedAt, removal: removal)
  }
}
