extension IPAddress: CustomStringConvertible {
  /// The address as dotted decimals, or as RFC 5952 writes IPv6: `10.0.4.17`, `2001:db8::1`.
  ///
  /// RFC 5952: lower case, no zeros in front, and the longest run of two or more zero groups
  /// becomes `::`, the first of equals. IPv6 is always written in hexadecimal groups, also where an
  /// IPv4 address may be inside (`::102:304`, `64:ff9b::c000:221`): section 5 recommends dots only
  /// where it is known that one is, and IPv4-mapped addresses, where it is certain, are IPv4 here
  /// (R2).
  public var description: String {
    switch family {
    case .ipv4: ipv4Text
    case .ipv6: ipv6Text
    }
  }

  private var ipv4Text: String {
    "\(low >> 24 & 0xFF).\(low >> 16 & 0xFF).\(low >> 8 & 0xFF).\(low & 0xFF)"
  }

  private var ipv6Text: String {
    let groups = groups
    let gap = Self.longestRunOfZeros(in: groups)
    var text = ""
    text.reserveCapacity(39)
    for (index, group) in groups.enumerated() {
      if gap.contains(index) {
        if index == gap.lowerBound { text += "::" }
        continue
      }
      if index > 0 && index != gap.upperBound { text += ":" }
      text += String(group, radix: 16)
    }
    return text
  }

  /// The eight groups of 16 bits.
  private var groups: [UInt16] {
    [high, low].flatMap { bits in
      [48, 32, 16, 0].map { UInt16(truncatingIfNeeded: bits >> $0) }
    }
  }

  /// The first of the longest runs of at least two zero groups; empty if there is none.
  private static func longestRunOfZeros(in groups: [UInt16]) -> Range<Int> {
    var longest = 0..<0
    var start = 0
    for (index, group) in groups.enumerated() {
      if group != 0 {
        start = index + 1
      } else if index + 1 - start > max(longest.count, 1) {
        longest = start..<(index + 1)
      }
    }
    return longest
  }
}
