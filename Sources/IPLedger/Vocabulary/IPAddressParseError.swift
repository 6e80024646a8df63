/// Why a text, or a row of octets, is not an IP address.
public struct IPAddressParseError: Error, Hashable, Sendable {
  /// The text that was found, whole.
  public let found: String

  /// What is wrong with it.
  public let reason: Reason

  /// What can be wrong with a text that should be an IP address.
  public enum Reason: Hashable, Sendable {
    /// There is no text.
    case empty
    /// It carries a zone id (`%eth0`), which means something on one host only (R2).
    case zone(address: String, zone: String)
    /// It stands in square brackets, as in a URL.
    case brackets(inside: String)
    /// A port follows it.
    case port(address: String)
    /// A prefix length follows it: it is a network, not an address.
    case prefixLength(address: String)
    /// It is IPv4 with another number of parts than four.
    case partCount(Int)
    /// A part of IPv4 begins with a zero, which some programs read as octal.
    case leadingZero(part: String)
    /// A part of IPv4 is not a number from 0 to 255.
    case badPart(String)
    /// A group of IPv6 is not one to four hexadecimal digits.
    case badGroup(String)
    /// `::` comes twice.
    case secondGap
    /// It is IPv6 with too few or too many groups.
    case groupCount(Int)
    /// There are neither 4 nor 16 octets.
    case octetCount(Int)
    /// It is like no address at all.
    case notAnAddress
  }
}

extension IPAddressParseError: CustomStringConvertible {
  /// The text, what is wrong with it and what to write instead.
  public var description: String {
    if case .octetCount(let count) = reason {
      return "an IP address has 4 or 16 octets, found \(count)"
    }
    return "\(quoted(found)) is not an IP address: \(reason.explanation)"
  }
}

extension IPAddressParseError.Reason {
  fileprivate var explanation: String {
    switch self {
    case .empty: "it is empty"
    case .zone(let address, let zone):
      "the zone \(quoted(zone)) means something on one host only" + remedy(address)
    case .brackets(let inside): "square brackets do not belong to it" + remedy(inside)
    case .port(let address): "a port does not belong to it" + remedy(address)
    case .prefixLength(let address):
      "it is a prefix, which stands for many addresses" + remedy(address)
    case .partCount(let count): "IPv4 has four parts, found \(count)"
    case .leadingZero(let part):
      "the part \(quoted(part)) begins with a zero, which some programs read as octal; leave it out"
    case .badPart(let part): "each part of IPv4 is a number from 0 to 255, found \(quoted(part))"
    case .badGroup(let group):
      "each group of IPv6 is one to four hexadecimal digits, found \(quoted(group))"
    case .secondGap: "\"::\" may stand once only"
    case .groupCount(let count):
      "IPv6 has eight groups, or fewer with one \"::\", found \(count)"
    case .octetCount(let count): "an address has 4 or 16 octets, found \(count)"
    case .notAnAddress: "expected one such as 10.0.4.17 or 2001:db8::1"
    }
  }

  /// What to write instead, if it is an address.
  private func remedy(_ text: String) -> String {
    (try? IPAddress(parsing: text)).map { "; write \(quoted($0.description))" } ?? ""
  }
}
