extension AddressPrefix {
  /// Reads a prefix as CIDR writes it: `10.0.4.0/24`, `fd00::/64`.
  ///
  /// The address is as strict as ``IPAddress/init(parsing:)-(StringProtocol)``; an IPv4-mapped one
  /// with a length of at least 96 becomes IPv4 (R2). The length is a decimal without zeros in
  /// front. Bits after the prefix have to be zero: which network was meant is asked, not guessed.
  ///
  /// - Parameter text: The text, without space around it.
  /// - Throws: ``AddressPrefixParseError``, which says what was probably meant.
  public init(parsing text: some StringProtocol) throws(AddressPrefixParseError) {
    let found = String(text)
    guard let slash = found.utf8.firstIndex(of: UInt8(ascii: "/")) else {
      throw AddressPrefixParseError(found: found, reason: .missingLength)
    }
    let address = try Self.address(found[..<slash], in: found)
    let lengthText = found[slash...].dropFirst()
    guard let length = Self.length(lengthText.utf8) else {
      throw AddressPrefixParseError(
        found: found, reason: .lengthOutOfRange(address.family, found: String(lengthText)))
    }
    let isMapped = address.family == .ipv4 && found.utf8.contains(UInt8(ascii: ":"))
    guard isMapped else {
      self = try Self.checked(address, length: length, found: found)
      return
    }
    guard (96...128).contains(length) else {
      throw AddressPrefixParseError(found: found, reason: .mappedTooWide)
    }
    self = try Self.checked(address, length: length - 96, found: found)
  }

  private static func address(
    _ text: Substring, in found: String
  ) throws(AddressPrefixParseError) -> IPAddress {
    do throws(IPAddressParseError) {
      return try IPAddress(parsing: text)
    } catch {
      throw AddressPrefixParseError(found: found, reason: .address(error))
    }
  }

  /// A number of one to three digits without zeros in front; nil if it is not one.
  private static func length(_ digits: Substring.UTF8View) -> Int? {
    let isCanonical = digits.first != UInt8(ascii: "0") || digits.count == 1
    guard (1...3).contains(digits.count), isCanonical else { return nil }
    var value = 0
    for byte in digits {
      guard byte.isASCIIDigit else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value
  }
}

/// Why a text is not a prefix.
public struct AddressPrefixParseError: Error, Hashable, Sendable {
  /// The text that was found, whole.
  public let found: String

  /// What is wrong with it.
  public let reason: Reason

  /// What can be wrong with a text that should be a prefix.
  public enum Reason: Hashable, Sendable {
    /// There is no `/`.
    case missingLength
    /// What stands before the `/` is not an address.
    case address(IPAddressParseError)
    /// What stands after the `/` is not a number of bits that the family has.
    case lengthOutOfRange(IPAddress.Family, found: String)
    /// Bits after the prefix are set.
    case hostBitsSet(meant: AddressPrefix)
    /// It is IPv4-mapped and wider than all IPv4 addresses together (R2).
    case mappedTooWide
  }
}

extension AddressPrefixParseError: CustomStringConvertible {
  /// The text, what is wrong with it and what was probably meant.
  public var description: String {
    switch reason {
    case .missingLength:
      guard let address = try? IPAddress(parsing: found) else {
        return "\(quoted(found)) is not a prefix: expected one such as 10.0.4.0/24 or fd00::/64"
      }
      return "\(quoted(found)) is an address, not a prefix; "
        + "did you mean \(address)/\(address.family.bitWidth)?"
    case .address(let error):
      return "\(quoted(found)) is not a prefix: \(error)"
    case .lengthOutOfRange(let family, let length):
      return "\(quoted(found)) is not a prefix: a prefix of IPv\(family.rawValue) has a length of "
        + "0 to \(family.bitWidth), found \(quoted(length))"
    case .hostBitsSet(let meant):
      return "\(found) has host bits set; did you mean \(meant)?"
    case .mappedTooWide:
      return "\(quoted(found)) is not a prefix: an IPv4-mapped address stands for IPv4, "
        + "so its length is 96 to 128; did you mean an IPv4 prefix?"
    }
  }
}
