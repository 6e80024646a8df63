/// Consecutive addresses of one family, both ends included: `10.0.4.1-10.0.4.9`.
public struct AddressRange: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The first address.
  public let first: IPAddress
  /// The last address, not before the first and of the same family.
  public let last: IPAddress

  /// The addresses from one to another of the same family; `nil` where the ends are the wrong way
  /// round or of two families.
  public init?(_ first: IPAddress, through last: IPAddress) {
    guard first.family == last.family, first <= last else { return nil }
    self.first = first
    self.last = last
  }

  /// One address.
  public init(_ address: IPAddress) {
    first = address
    last = address
  }

  /// The addresses of a prefix.
  public init(_ prefix: AddressPrefix) {
    first = prefix.firstAddress
    last = prefix.lastAddress
  }

  /// Reads an address, a prefix or a range: `10.0.4.1`, `10.0.4.0/30`, `10.0.4.1-10.0.4.9`.
  ///
  /// - Throws: ``AddressRangeParseError``.
  public init(parsing text: some StringProtocol) throws(AddressRangeParseError) {
    do {
      let parts = text.split(separator: "-", omittingEmptySubsequences: false)
      switch parts.count {
      case 1 where text.contains("/"): self.init(try AddressPrefix(parsing: text))
      case 1: self.init(try IPAddress(parsing: text))
      case 2:
        let (first, last) = (try IPAddress(parsing: parts[0]), try IPAddress(parsing: parts[1]))
        guard let range = AddressRange(first, through: last) else {
          throw AddressRangeParseError(
            found: String(text),
            reason: first.family == last.family
              ? "it ends before it begins" : "its ends are of two families")
        }
        self = range
      default: throw AddressRangeParseError(found: String(text), reason: "it has several '-'")
      }
    } catch let error as AddressRangeParseError {
      throw error
    } catch {
      throw AddressRangeParseError(found: String(text), reason: "\(error)")
    }
  }

  /// Whether an address lies within; one of the other family never does.
  public func contains(_ address: IPAddress) -> Bool {
    address.family == first.family && first <= address && address <= last
  }

  /// How many addresses it has, at most 2¹²⁸ − 1.
  public var count: UInt128 {
    let (sum, overflow) = (last.number - first.number).addingReportingOverflow(1)
    return overflow ? .max : sum
  }

  /// `first-last`, or the one address.
  public var description: String { first == last ? "\(first)" : "\(first)-\(last)" }

  /// Orders by first address, then last.
  public static func < (left: Self, right: Self) -> Bool {
    (left.first, left.last) < (right.first, right.last)
  }

  /// The part that lies in another range too.
  package func intersection(_ other: AddressRange) -> AddressRange? {
    AddressRange(max(first, other.first), through: min(last, other.last))
  }

  /// The same addresses in as few ranges as possible, ascending.
  package static func merged(_ ranges: some Sequence<AddressRange>) -> [AddressRange] {
    var merged: [AddressRange] = []
    for range in ranges.sorted() {
      guard let previous = merged.last, previous.first.family == range.first.family,
        previous.last >= range.first || previous.last.next == range.first,
        let union = AddressRange(previous.first, through: max(previous.last, range.last))
      else {
        merged.append(range)
        continue
      }
      merged[merged.count - 1] = union
    }
    return merged
  }
}

/// Why a text is not a range of addresses.
public struct AddressRangeParseError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The text that was found, whole.
  public let found: String
  /// What is wrong with it.
  public let reason: String

  /// The text, what is wrong with it and what is taken.
  public var description: String {
    "\(quoted(found)) is not a range of addresses: \(reason); "
      + "expected one such as 10.0.4.1, 10.0.4.0/30 or 10.0.4.1-10.0.4.9"
  }
}

extension IPAddress {
  /// The number that the address is within its family.
  package var number: UInt128 {
    family == .ipv4 ? UInt128(low & 0xFFFF_FFFF) : UInt128(high) << 64 | UInt128(low)
  }

  /// The address after this one in its family; `nil` after the last.
  ///
  /// The IPv4-mapped addresses are no part of IPv6 (R2), so they are stepped over.
  package var next: IPAddress? {
    switch family {
    case .ipv4:
      return low == 0xFFFF_FFFF_FFFF ? nil : IPAddress(high: 0, low: low + 1)
    case .ipv6:
      let (sum, overflow) = low.addingReportingOverflow(1)
      if overflow { return high == .max ? nil : IPAddress(high: high + 1, low: 0) }
      let isMapped = high == 0 && sum >> 32 == 0xFFFF
      return IPAddress(high: high, low: isMapped ? 0x1_0000_0000_0000 : sum)
    }
  }

  /// The address before this one in its family; `nil` before the first.
  package var previous: IPAddress? {
    switch family {
    case .ipv4:
      return low == 0xFFFF_0000_0000 ? nil : IPAddress(high: 0, low: low - 1)
    case .ipv6:
      guard low > 0 else { return high == 0 ? nil : IPAddress(high: high - 1, low: .max) }
      let isMapped = high == 0 && (low - 1) >> 32 == 0xFFFF
      return IPAddress(high: high, low: isMapped ? 0xFFFE_FFFF_FFFF : low - 1)
    }
  }
}
