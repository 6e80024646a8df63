import IPLedger
import TestSupport
import Testing

@Suite(.serialized) struct IPAddressTests {
  @Test(
    arguments: [
      ("0.0.0.0", [0, 0, 0, 0]),
      ("10.0.4.17", [10, 0, 4, 17]),
      ("255.255.255.255", [255, 255, 255, 255]),
      ("::", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
      ("::1", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
      ("2001:db8::17", [0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x17]),
      ("1:2:3:4:5:6:7:8", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]),
    ] as [(String, [UInt8])])
  func `an address is its octets`(text: String, octets: [UInt8]) throws {
    let address = try IPAddress(parsing: text)
    #expect(address.octets == octets)
    #expect(try IPAddress(octets: octets) == address)
    #expect(try IPAddress(parsing: Array("<\(text)>".utf8).dropFirst().dropLast()) == address)
    #expect(try IPAddress(parsing: "<\(text)>".dropFirst().dropLast()) == address)
    #expect(address.family == (octets.count == 4 ? .ipv4 : .ipv6))
    #expect(address.description == text)
  }

  @Test(arguments: [
    // RFC 5952, section 1 and 2: one address in many spellings.
    ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
    ("2001:0db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
    ("2001:db8::1:0:0:1", "2001:db8::1:0:0:1"),
    ("2001:db8::0:1:0:0:1", "2001:db8::1:0:0:1"),
    ("2001:0db8::1:0:0:1", "2001:db8::1:0:0:1"),
    ("2001:db8:0:0:1::1", "2001:db8::1:0:0:1"),
    ("2001:DB8:0:0:1::1", "2001:db8::1:0:0:1"),
    // 4.1: no zeros in front; a group of zero is one digit.
    ("2001:0db8::0001", "2001:db8::1"),
    ("2001:db8:0000:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
    // 4.2.1: as short as possible.
    ("2001:db8:0:0:0:0:2:1", "2001:db8::2:1"),
    ("2001:db8::0:1", "2001:db8::1"),
    // 4.2.2: one group alone is not compressed.
    ("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
    ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
    ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
    // 4.2.3: the longest run, the first of equals.
    ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
    ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
    ("1:0:0:2:0:0:3:4", "1::2:0:0:3:4"),
    ("0:0:1:0:0:1:0:0", "::1:0:0:1:0:0"),
    ("1:0:0:0:2:0:0:0", "1::2:0:0:0"),
    ("1:0:0:2:3:4:0:0", "1::2:3:4:0:0"),
    ("1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"),
    ("1:0:0:0:0:0:0:0", "1::"),
    ("0:0:0:0:0:0:0:0", "::"),
    // 4.3: lower case.
    ("2001:DB8:AAAA:BBBB:CCCC:DDDD:EEEE:AAAA", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa"),
    // 5: dots only for IPv4-mapped addresses, which are IPv4 here.
    ("::1.2.3.4", "::102:304"),
    ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
    ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
    ("1:2:3:4:5::1.2.3.4", "1:2:3:4:5:0:102:304"),
    ("::ffff:0:1.2.3.4", "::ffff:0:102:304"),
    ("::fffe:1.2.3.4", "::fffe:102:304"),
  ])
  func `IPv6 is written as RFC 5952 has it`(text: String, canonical: String) throws {
    let address = try IPAddress(parsing: text)
    #expect(address.description == canonical)
    #expect(address.family == .ipv6)
    #expect(try IPAddress(parsing: canonical) == address)
  }

  @Test(arguments: [
    "::ffff:10.0.4.17", "::FFFF:10.0.4.17", "::ffff:a00:411", "0:0:0:0:0:ffff:0a00:0411",
    "0:0:0:0:0:ffff:10.0.4.17",
  ])
  func `an IPv4-mapped address is the IPv4 address (R2)`(text: String) throws {
    let address = try IPAddress(parsing: text)
    #expect(address == (try IPAddress(parsing: "10.0.4.17")))
    #expect(address.family == .ipv4)
    #expect(address.octets == [10, 0, 4, 17])
    let mapped = [UInt8](repeating: 0, count: 10) + [255, 255, 10, 0, 4, 17]
    #expect(try IPAddress(octets: mapped) == address)
  }

  @Test func `IPv4 sorts before IPv6, then by number`() throws {
    let sorted = try [
      "0.0.0.0", "9.255.0.0", "10.0.0.2", "10.0.0.10", "255.255.255.255", "::", "::1",
      "::fffe:ffff:ffff", "::1:0:0:0", "2001:db8::", "2001:db8::1", "fe80::",
    ].map { try IPAddress(parsing: $0) }
    var random = SplitMix64(seed: 1)
    for _ in 0..<20 {
      #expect(sorted.shuffled(using: &random).sorted() == sorted)
    }
  }

  @Test(arguments: 0..<4)
  func `any address is read back as it was`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<2_000 {
      var octets = (0..<(random.next() % 4 == 0 ? 4 : 16)).map { _ in
        random.next() % 2 == 0 ? 0 : UInt8(truncatingIfNeeded: random.next())
      }
      if random.next() % 4 == 0 { octets = octets.map { $0 < 128 ? 0 : 255 } }
      let address = try IPAddress(octets: octets)
      let text = address.description
      #expect(try IPAddress(parsing: text) == address, "\(text)")
      #expect(try IPAddress(parsing: text.uppercased()) == address, "\(text)")
      #expect(try IPAddress(octets: address.octets) == address)
      if octets.count == 16 {
        let groups = stride(from: 0, to: 16, by: 2).map { index in
          String(Int(octets[index]) << 8 | Int(octets[index + 1]), radix: 16)
        }
        #expect(try IPAddress(parsing: groups.joined(separator: ":")) == address)
      }
    }
  }

  @Test func `octets number 4 or 16`() {
    for count in [0, 1, 3, 5, 15, 17] {
      let octets = [UInt8](repeating: 1, count: count)
      let error = #expect(throws: IPAddressParseError.self) { try IPAddress(octets: octets) }
      #expect(error?.description == "an IP address has 4 or 16 octets, found \(count)")
    }
  }
}
