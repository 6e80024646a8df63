import IPLedger
import TestSupport
import Testing

@Suite(.serialized) struct AddressPrefixTests {
  @Test(arguments: [
    ("10.0.4.0/24", "10.0.4.0", "10.0.4.255"),
    ("10.0.4.17/32", "10.0.4.17", "10.0.4.17"),
    ("10.0.4.16/31", "10.0.4.16", "10.0.4.17"),
    ("0.0.0.0/0", "0.0.0.0", "255.255.255.255"),
    ("128.0.0.0/1", "128.0.0.0", "255.255.255.255"),
    ("fd00::/64", "fd00::", "fd00::ffff:ffff:ffff:ffff"),
    ("fd00::/65", "fd00::", "fd00::7fff:ffff:ffff:ffff"),
    ("fd00::/63", "fd00::", "fd00::1:ffff:ffff:ffff:ffff"),
    ("fd00::/8", "fd00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("fd00::1/128", "fd00::1", "fd00::1"),
    ("::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    // What would reach to the end of the IPv4-mapped addresses ends before them (R2).
    ("::/80", "::", "::fffe:ffff:ffff"),
    ("::fffe:0:0/95", "::fffe:0:0", "::fffe:ffff:ffff"),
    ("::/79", "::", "::1:ffff:ffff:ffff"),
  ])
  func `a prefix has a first and a last address`(text: String, first: String, last: String) throws {
    let prefix = try AddressPrefix(parsing: text)
    #expect(prefix.firstAddress.description == first)
    #expect(prefix.lastAddress.description == last)
    #expect(prefix.description == text)
    #expect(prefix.contains(prefix.firstAddress))
    #expect(prefix.contains(prefix.lastAddress))
    #expect(try AddressPrefix(firstAddress: prefix.firstAddress, length: prefix.length) == prefix)
  }

  @Test(arguments: [
    ("10.0.4.0/24", "10.0.4.255", true), ("10.0.4.0/24", "10.0.5.0", false),
    ("10.0.4.0/24", "10.0.3.255", false), ("10.0.4.0/24", "::ffff:10.0.4.1", true),
    ("10.0.4.0/24", "::a00:401", false), ("0.0.0.0/0", "::", false), ("::/0", "10.0.4.1", false),
    ("fd00::/64", "fd00::1:2:3:4", true), ("fd00::/64", "fd00:0:0:1::", false),
    ("fd00::/65", "fd00::8000:0:0:0", false),
  ])
  func `a prefix contains the addresses of its family that begin with it`(
    prefix: String, address: String, isInside: Bool
  ) throws {
    let prefix = try AddressPrefix(parsing: prefix)
    #expect(try prefix.contains(IPAddress(parsing: address)) == isInside)
  }

  @Test func `an IPv4-mapped prefix is an IPv4 prefix (R2)`() throws {
    #expect(try AddressPrefix(parsing: "::ffff:10.0.4.0/120").description == "10.0.4.0/24")
    #expect(try AddressPrefix(parsing: "::ffff:0:0/96").description == "0.0.0.0/0")
  }

  @Test func `prefixes sort by first address, wider ones first`() throws {
    let sorted = try ["9.0.0.0/8", "10.0.0.0/8", "10.0.0.0/24", "10.0.4.0/24", "::/0", "fd00::/64"]
      .map { try AddressPrefix(parsing: $0) }
    #expect(sorted.reversed().sorted() == sorted)
  }

  @Test(arguments: [
    ("10.0.4.17/24", "10.0.4.17/24 has host bits set; did you mean 10.0.4.0/24?"),
    ("fd00::1/64", "fd00::1/64 has host bits set; did you mean fd00::/64?"),
    ("::ffff:10.0.4.17/120", "::ffff:10.0.4.17/120 has host bits set; did you mean 10.0.4.0/24?"),
    (
      "10.0.4.17",
      "\"10.0.4.17\" is an address, not a prefix; did you mean 10.0.4.17/32?"
    ),
    ("fd00::1", "\"fd00::1\" is an address, not a prefix; did you mean fd00::1/128?"),
    ("", "\"\" is not a prefix: expected one such as 10.0.4.0/24 or fd00::/64"),
    (
      "10.0.4.0/33",
      "\"10.0.4.0/33\" is not a prefix: a prefix of IPv4 has a length of 0 to 32, found \"33\""
    ),
    (
      "fd00::/129",
      "\"fd00::/129\" is not a prefix: a prefix of IPv6 has a length of 0 to 128, found \"129\""
    ),
    (
      "10.0.4.0/024",
      "\"10.0.4.0/024\" is not a prefix: a prefix of IPv4 has a length of 0 to 32, found \"024\""
    ),
    (
      "10.0.4.0/",
      "\"10.0.4.0/\" is not a prefix: a prefix of IPv4 has a length of 0 to 32, found \"\""
    ),
    (
      "10.0.4.0/255.255.255.0",
      "\"10.0.4.0/255.255.255.0\" is not a prefix: "
        + "a prefix of IPv4 has a length of 0 to 32, found \"255.255.255.0\""
    ),
    (
      "10.0.4/24",
      "\"10.0.4/24\" is not a prefix: "
        + "\"10.0.4\" is not an IP address: IPv4 has four parts, found 3"
    ),
    (
      "::ffff:0:0/95",
      "\"::ffff:0:0/95\" is not a prefix: an IPv4-mapped address stands for IPv4, "
        + "so its length is 96 to 128; did you mean an IPv4 prefix?"
    ),
  ])
  func `what is not a prefix is refused with what was meant`(text: String, message: String) {
    let error = #expect(throws: AddressPrefixParseError.self) { try AddressPrefix(parsing: text) }
    #expect(error?.description == message)
    #expect(error?.found == text)
  }

  @Test(arguments: [-1, 33, 128])
  func `a length that the family does not have is refused`(length: Int) throws {
    let address = try IPAddress(parsing: "0.0.0.0")
    #expect(throws: AddressPrefixParseError.self) {
      try AddressPrefix(firstAddress: address, length: length)
    }
  }

  @Test func `a prefix contains an address exactly if the first bits agree`() throws {
    var random = SplitMix64(seed: 3)
    for _ in 0..<2_000 {
      let size = random.next() % 2 == 0 ? 4 : 16
      let address = (0..<size).map { _ in UInt8(truncatingIfNeeded: random.next()) | 1 }
      let length = Int(random.next() % UInt64(size * 8 + 1))
      let network = masked(address, length: length)
      let prefix = try AddressPrefix(firstAddress: IPAddress(octets: network), length: length)
      #expect(try prefix.contains(IPAddress(octets: address)))
      guard length > 0 else { continue }
      var other = address
      let bit = Int(random.next() % UInt64(length))
      other[bit / 8] ^= 0x80 >> UInt8(bit % 8)
      #expect(try !prefix.contains(IPAddress(octets: other)))
    }
  }

  private func masked(_ octets: [UInt8], length: Int) -> [UInt8] {
    octets.enumerated().map { index, octet in
      let kept = min(max(length - index * 8, 0), 8)
      return octet & ~(0xFF >> UInt8(kept))
    }
  }
}
