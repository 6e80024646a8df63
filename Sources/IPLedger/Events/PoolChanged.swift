/// A pool was defined, or its definition changed, or it was withdrawn (R24).
public struct PoolChanged: Hashable, Sendable {
  /// What became of it.
  public enum Change: UInt8, Hashable, Sendable {
    /// The ledger may hand its addresses out.
    case defined = 1
    /// It hands out nothing new; what is bound or retained stays.
    case withdrawn = 2
  }

  /// The pool as it is from here on, or was.
  public var pool: Pool
  /// What became of it.
  public var change: Change
  /// From when on.
  public var instant: Instant

  package init(pool: Pool, change: Change, instant: Instant) {
    self.pool = pool
    self.change = change
    self.instant = instant
  }
}

extension PoolChanged {
  package func write(to writer: inout FieldWriter) {
    pool.write(to: &writer)
    writer.byte(6, change.rawValue)
    writer.instant(7, instant)
  }

  package init(from reader: inout FieldReader) throws {
    pool = try Pool(from: &reader)
    change = try reader.requiredChoice(6, Change.self)
    guard let instant = try reader.instant(7) else {
      throw EventDecodingError.damaged("the pool's instant is missing")
    }
    self.instant = instant
  }
}

extension Pool {
  package func write(to writer: inout FieldWriter) {
    writer.text(1, network.rawValue)
    writer.text(2, zone.rawValue)
    var content = ByteWriter()
    content.address(prefix.firstAddress)
    content.uint8(UInt8(prefix.length))
    writer.field(3, content.bytes)
    if !exclusions.isEmpty {
      content = ByteWriter()
      for range in exclusions {
        content.address(range.first)
        content.address(range.last)
      }
      writer.field(4, content.bytes)
    }
    writer.signed(5, coolDown.count)
  }

  package init(from reader: inout FieldReader) throws {
    let network = try NetworkName(reader.requiredText(1))
    let zone = try ZoneName(reader.requiredText(2))
    let prefix = try reader.parsed(3) { (reader: inout ByteReader) in
      try AddressPrefix(firstAddress: reader.address(), length: Int(reader.uint8()))
    }
    let exclusions = try reader.parsed(4) { (reader: inout ByteReader) in
      var ranges: [AddressRange] = []
      while !reader.isAtEnd {
        guard let range = AddressRange(try reader.address(), through: try reader.address()) else {
          throw EventDecodingError.damaged("an exclusion ends before it begins")
        }
        ranges.append(range)
      }
      return ranges
    }
    let coolDown = try reader.signed(5)
    guard let prefix, let coolDown else {
      throw EventDecodingError.damaged("the pool lacks a field")
    }
    try self.init(
      network: network, zone: zone, prefix: prefix, exclusions: exclusions ?? [],
      coolDown: Microseconds(coolDown))
  }
}
