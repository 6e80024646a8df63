import IPLedger
import TestSupport
import Testing

@Suite(.serialized) struct IPAddressErrorTests {
  @Test(
    arguments: [
      ("", .empty),
      ("fe80::1%eth0", .zone(address: "fe80::1", zone: "eth0")),
      ("fe80::1%", .zone(address: "fe80::1", zone: "")),
      ("::ffff:1.2.3.4%1", .zone(address: "::ffff:1.2.3.4", zone: "1")),
      ("[::1]", .brackets(inside: "::1")),
      ("[::1]:443", .brackets(inside: "::1")),
      ("10.0.4.17:443", .port(address: "10.0.4.17")),
      ("10.0.4.0/24", .prefixLength(address: "10.0.4.0")),
      ("fd00::/64", .prefixLength(address: "fd00::")),
      ("10.0.4", .partCount(3)),
      ("10.0.4.17.", .partCount(5)),
      ("1.2.3.4.5", .partCount(5)),
      ("10.0.04.17", .leadingZero(part: "04")),
      ("00.0.0.0", .leadingZero(part: "00")),
      ("10.0.4.256", .badPart("256")),
      ("10.0..17", .badPart("")),
      ("10.0.4.17 ", .badPart("17 ")),
      ("10.0.4.0x1", .badPart("0x1")),
      ("10.0.4.99999999999999999999", .badPart("99999999999999999999")),
      ("167773201", .notAnAddress),
      ("web-0.shop.svc", .notAnAddress),
      ("１0.0.4.17", .notAnAddress),
      ("10.0.4.１7", .badPart("１7")),
      ("12345::", .badGroup("12345")),
      ("00001::", .badGroup("00001")),
      ("fe80::g", .badGroup("g")),
      ("fe80::1 ", .badGroup("1 ")),
      ("fe80::ａ", .badGroup("ａ")),
      ("localhost:80", .badGroup("localhost")),
      ("1::2::3", .secondGap),
      (":::", .secondGap),
      ("1:::2", .secondGap),
      (":1:2:3:4:5:6:7", .badGroup("")),
      ("1:2:3:4:5:6:7:", .badGroup("")),
      (":", .badGroup("")),
      ("1:2:3:4:5:6:7", .groupCount(7)),
      ("1:2:3:4:5:6:7:8:9", .groupCount(9)),
      ("1:2:3:4::5:6:7:8", .groupCount(8)),
      ("1:2:3:4:5:6:7::8", .groupCount(8)),
      ("1:2:3:4:5:6:7:1.2.3.4", .groupCount(9)),
      ("1:2:3:4:5:6::1.2.3.4", .groupCount(8)),
      ("1:2:3:1.2.3.4", .groupCount(5)),
      ("::1.2.3", .partCount(3)),
      ("::1.2.3.04", .leadingZero(part: "04")),
      ("::ffff:1.2.3.256", .badPart("256")),
      ("::1.2.3.4:5", .badGroup("1.2.3.4")),
      ("1.2.3.4::", .port(address: "1.2.3.4")),
      ("::a.2.3.4", .badPart("a")),
    ] as [(String, IPAddressParseError.Reason)])
  func `what is not an address is refused`(text: String, reason: IPAddressParseError.Reason) {
    let error = #expect(throws: IPAddressParseError.self) { try IPAddress(parsing: text) }
    #expect(error?.reason == reason)
    #expect(error?.found == text)
    let bytes = Array(text.utf8)[...]
    let bytesError = #expect(throws: IPAddressParseError.self) { try IPAddress(parsing: bytes) }
    #expect(bytesError == error)
  }

  @Test(arguments: [
    (
      "fe80::1%eth0",
      "\"fe80::1%eth0\" is not an IP address: "
        + "the zone \"eth0\" means something on one host only; write \"fe80::1\""
    ),
    (
      "[::1]:443",
      "\"[::1]:443\" is not an IP address: square brackets do not belong to it; write \"::1\""
    ),
    (
      "10.0.4.17:443",
      "\"10.0.4.17:443\" is not an IP address: a port does not belong to it; write \"10.0.4.17\""
    ),
    (
      "10.0.4.17/24",
      "\"10.0.4.17/24\" is not an IP address: "
        + "it is a prefix, which stands for many addresses; write \"10.0.4.17\""
    ),
    (
      "a/b", "\"a/b\" is not an IP address: it is a prefix, which stands for many addresses"
    ),
    (
      "10.0.04.17",
      "\"10.0.04.17\" is not an IP address: "
        + "the part \"04\" begins with a zero, which some programs read as octal; leave it out"
    ),
    (
      "web-0",
      "\"web-0\" is not an IP address: expected one such as 10.0.4.17 or 2001:db8::1"
    ),
  ])
  func `the message says what to write instead`(text: String, message: String) {
    let error = #expect(throws: IPAddressParseError.self) { try IPAddress(parsing: text) }
    #expect(error?.description == message)
  }

  @Test(arguments: 0..<4)
  func `no mutation of an address is taken in two ways`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let alphabet = Array("0123456789abfF:.%/[] g".utf8)
    let seeds = ["10.0.4.17", "2001:db8::1", "::ffff:10.0.4.17", "1:2:3:4:5:6:7:8"]
    for _ in 0..<5_000 {
      var bytes = Array(seeds[Int(random.next() % 4)].utf8)
      for _ in 0...(random.next() % 2) {
        let index = Int(random.next() % UInt64(bytes.count))
        let byte = alphabet[Int(random.next() % UInt64(alphabet.count))]
        switch random.next() % 3 {
        case 0: bytes[index] = byte
        case 1: bytes.insert(byte, at: index)
        default: bytes.remove(at: index)
        }
      }
      // Taken or refused, but never a trap; and what is taken has one meaning.
      if let address = try? IPAddress(parsing: bytes[...]) {
        #expect(try IPAddress(parsing: address.description) == address)
      }
    }
  }
}
