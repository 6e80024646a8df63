/// An IP address by itself, without the network in which it is unique.
///
/// IPv4-mapped IPv6 (`::ffff:10.0.4.17`) *is* the IPv4 address (R2), by representation: both are
/// the same 16 bytes, so no two values can name one address. IPv4 sorts before IPv6, then by
/// number.
public struct IPAddress: Hashable, Sendable {
  /// The version of the Internet Protocol; the raw value is its number.
  public enum Family: UInt8, Hashable, Sendable {
    /// 4 octets.
    case ipv4 = 4
    /// 16 octets.
    case ipv6 = 6

    /// How many bits an address of this family has: 32 or 128.
    public var bitWidth: Int { self == .ipv4 ? 32 : 128 }
  }

  /// The upper 64 bits of the IPv6 form, big-endian.
  let high: UInt64
  /// The lower 64 bits of the IPv6 form; for IPv4 `0000ffff` and then its 32 bits.
  let low: UInt64

  /// The address with these 128 bits of IPv6 form; an IPv4-mapped one is IPv4 (R2).
  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The IPv4 address with these 32 bits.
  init(ipv4 bits: UInt32) {
    self.init(high: 0, low: 0xFFFF_0000_0000 | UInt64(bits))
  }

  /// Whether it is an IPv4 or an IPv6 address.
  public var family: Family {
    high == 0 && low >> 32 == 0xFFFF ? .ipv4 : .ipv6
  }

  /// The 4 or 16 octets in network byte order.
  public var octets: [UInt8] {
    switch family {
    case .ipv4: Self.octets(of: UInt32(truncatingIfNeeded: low))
    case .ipv6: Self.octets(of: high) + Self.octets(of: low)
    }
  }

  /// The address with 4 or 16 octets in network byte order; IPv4-mapped IPv6 becomes IPv4 (R2).
  ///
  /// - Parameter octets: The octets.
  /// - Throws: ``IPAddressParseError`` where there are neither 4 nor 16.
  public init(octets: some Collection<UInt8>) throws(IPAddressParseError) {
    switch octets.count {
    case 4:
      self.init(ipv4: octets.reduce(0) { $0 << 8 | UInt32($1) })
    case 16:
      self.init(
        high: octets.prefix(8).reduce(0) { $0 << 8 | UInt64($1) },
        low: octets.suffix(8).reduce(0) { $0 << 8 | UInt64($1) })
    case let count:
      throw IPAddressParseError(found: "\(count) octets", reason: .octetCount(count))
    }
  }

  private static func octets<Bits: FixedWidthInteger>(of bits: Bits) -> [UInt8] {
    stride(from: Bits.bitWidth - 8, through: 0, by: -8).map {
      UInt8(truncatingIfNeeded: bits >> Bits($0))
    }
  }
}

extension IPAddress: Comparable {
  /// Whether the left address comes first: IPv4 before IPv6, then by number.
  public static func < (left: IPAddress, right: IPAddress) -> Bool {
    let (leftFamily, rightFamily) = (left.family, right.family)
    if leftFamily != rightFamily { return leftFamily == .ipv4 }
    return (left.high, left.low) < (right.high, right.low)
  }
}
