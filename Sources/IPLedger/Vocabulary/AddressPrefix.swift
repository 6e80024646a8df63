/// All addresses that begin with the same bits, as CIDR writes them: `10.0.4.0/24`, `fd00::/64`.
///
/// Prefixes sort by their first address, wider ones first.
public struct AddressPrefix: Hashable, Sendable {
  /// The first address: the bits after the prefix are all zero.
  public let firstAddress: IPAddress

  /// How many bits the addresses have in common: 0 to 32 for IPv4, 0 to 128 for IPv6.
  public let length: Int

  /// The addresses whose first `length` bits are those of `firstAddress`.
  ///
  /// - Parameters:
  ///   - firstAddress: An address whose bits after the prefix are all zero.
  ///   - length: 0 to 32 for IPv4, 0 to 128 for IPv6.
  /// - Throws: ``AddressPrefixParseError`` where the length is too large or other bits are set.
  public init(firstAddress: IPAddress, length: Int) throws(AddressPrefixParseError) {
    let found = "\(firstAddress)/\(length)"
    self = try Self.checked(firstAddress, length: length, found: found)
  }

  /// Checks what was written as `found`.
  static func checked(
    _ address: IPAddress, length: Int, found: String
  ) throws(AddressPrefixParseError) -> AddressPrefix {
    guard (0...address.family.bitWidth).contains(length) else {
      throw AddressPrefixParseError(
        found: found, reason: .lengthOutOfRange(address.family, found: "\(length)"))
    }
    let prefix = AddressPrefix(containing: address, length: length)
    guard prefix.firstAddress == address else {
      throw AddressPrefixParseError(found: found, reason: .hostBitsSet(meant: prefix))
    }
    return prefix
  }

  /// The prefix of a valid length in which an address lies.
  private init(containing address: IPAddress, length: Int) {
    let mask = Mask(family: address.family, length: length)
    self.firstAddress = IPAddress(high: address.high & mask.high, low: address.low & mask.low)
    self.length = length
  }

  /// IPv4 or IPv6.
  public var family: IPAddress.Family { firstAddress.family }

  /// The last address: the bits after the prefix are all one.
  ///
  /// `::/80` and the others that reach to the end of the IPv4-mapped addresses end before these,
  /// because those are IPv4 (R2).
  public var lastAddress: IPAddress {
    let mask = Mask(family: family, length: length)
    let last = IPAddress(high: firstAddress.high | ~mask.high, low: firstAddress.low | ~mask.low)
    return last.family == family ? last : IPAddress(high: 0, low: 0xFFFE_FFFF_FFFF)
  }

  /// Whether an address lies within; one of the other family never does.
  public func contains(_ address: IPAddress) -> Bool {
    guard address.family == family else { return false }
    return AddressPrefix(containing: address, length: length).firstAddress == firstAddress
  }
}

extension AddressPrefix: Comparable {
  /// Whether the left prefix begins first, or begins at the same address and is wider.
  public static func < (left: AddressPrefix, right: AddressPrefix) -> Bool {
    (left.firstAddress, left.length) < (right.firstAddress, right.length)
  }
}

extension AddressPrefix: CustomStringConvertible {
  /// The prefix as CIDR writes it, by the rules of ``IPAddress/description``.
  public var description: String { "\(firstAddress)/\(length)" }
}

/// The bits of the 128-bit form that belong to a prefix.
private struct Mask {
  let high: UInt64
  let low: UInt64

  init(family: IPAddress.Family, length: Int) {
    // IPv4 is kept in its IPv4-mapped form, behind 96 bits that all IPv4 addresses share.
    let ones = length + 128 - family.bitWidth
    // Swift's smart shift gives 0 where a shift is as wide as the number, or wider.
    high = ~(UInt64.max >> UInt64(min(ones, 64)))
    low = ~(UInt64.max >> UInt64(max(ones - 64, 0)))
  }
}
