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
  package var encoded: [UInt8] {
    var writer = FieldWriter()
    writer.uid(1, uid)
    var list = ByteWriter()
    for address in addresses {
      list.text(address.network.rawValue)
      list.address(address.ip)
    }
    writer.field(2, list.bytes)
    writer.number(3, UInt64(hours))
    writer.instant(4, requestedAt)
    if let removal {
      writer.message(5) { removal.moment.write(to: &$0) }
      writer.byte(6, removal.cause.rawValue)
    }
    return writer.bytes
  }

  package init(decoding bytes: [UInt8]) throws {
    var reader = try FieldReader(bytes[...], of: "the reservation")
    guard let uid = PodUID(encoded: try reader.required(1)) else {
      throw EventDecodingError.damaged("the reservation's uid is not in its stored form")
    }
    let addresses = try reader.parsed(2) { (list: inout ByteReader) in
      var addresses: [Address] = []
      while !list.isAtEnd {
        addresses.append(Address(network: try NetworkName(list.text()), ip: try list.address()))
      }
      return addresses
    }
    let hours = try reader.number(3).flatMap(Int.init(exactly:))
    guard let addresses, let hours else {
      throw EventDecodingError.damaged("the reservation lacks a field")
    }
    let requestedAt = try reader.instant(4)
    let moment = try reader.message(5, of: "removal") { try Moment(from: &$0) }
    let cause = try reader.choice(6, TenureEnd.self)
    var removal: Tenure.End?
    if let moment, let cause { removal = Tenure.End(moment: moment, cause: cause) }
    try reader.finish()
    self.init(
      uid: uid, addresses: addresses, hours: hours, requestedAt: requestedAt, removal: removal)
  }
}
