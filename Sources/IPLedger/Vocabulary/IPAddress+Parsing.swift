extension IPAddress {
  /// Reads an address as strictly as POSIX `inet_pton`.
  ///
  /// IPv4 has exactly four decimal parts without zeros in front. IPv6 has eight groups of one to
  /// four hexadecimal digits, of which one `::` may stand for one or more zero groups, and the last
  /// two may be written as IPv4; IPv4-mapped IPv6 becomes IPv4 (R2). A zone id is refused (R2), and
  /// so are brackets, ports and prefix lengths, each with a message of its own.
  ///
  /// - Parameter text: The text, without space around it.
  /// - Throws: ``IPAddressParseError``, which says what is wrong and what was probably meant.
  public init(parsing text: some StringProtocol) throws(IPAddressParseError) {
    let found = String(text)
    guard let address = Self.parse(found.utf8) else {
      throw IPAddressParseError(found: found, reason: .diagnosing(found))
    }
    self = address
  }

  /// Reads an address from UTF-8 bytes, without making a string of them.
  ///
  /// - Parameter bytes: The text, by the rules of ``init(parsing:)-(StringProtocol)``.
  /// - Throws: ``IPAddressParseError``, which says what is wrong and what was probably meant.
  public init(parsing bytes: ArraySlice<UInt8>) throws(IPAddressParseError) {
    guard let address = Self.parse(bytes) else {
      let found = String(decoding: bytes, as: UTF8.self)
      throw IPAddressParseError(found: found, reason: .diagnosing(found))
    }
    self = address
  }

  /// The address that the bytes write, or nil; why not is found out afterwards, where time matters
  /// less.
  private static func parse<Bytes: Sequence<UInt8>>(_ bytes: Bytes) -> IPAddress? {
    var parser = IPAddressParser(cursor: ByteCursor(bytes.makeIterator()))
    return parser.parse()
  }
}

/// Reads both families in one pass from left to right.
private struct IPAddressParser<Base: IteratorProtocol<UInt8>> {
  var cursor: ByteCursor<Base>
  private var groups = GroupAccumulator()

  init(cursor: ByteCursor<Base>) {
    self.cursor = cursor
  }

  mutating func parse() -> IPAddress? {
    if cursor.skip(":") {
      guard gap() else { return nil }
      if cursor.isAtEnd { return groups.address }
    }
    while true {
      guard let group = Group(&cursor) else { return nil }
      if cursor.current == UInt8(ascii: ".") {
        guard let bits = dottedQuad(after: group), cursor.isAtEnd else { return nil }
        if groups.isEmpty { return IPAddress(ipv4: bits) }
        groups.append(UInt16(bits >> 16))
        groups.append(UInt16(bits & 0xFFFF))
        return groups.address
      }
      groups.append(group.value)
      if cursor.isAtEnd { return groups.address }
      guard cursor.skip(":") else { return nil }
      if cursor.current == UInt8(ascii: ":") {
        guard gap() else { return nil }
        if cursor.isAtEnd { return groups.address }
      }
    }
  }

  /// Reads the second colon of `::`, of which there may be one.
  private mutating func gap() -> Bool {
    guard cursor.skip(":"), !groups.hasGap else { return false }
    groups.hasGap = true
    return true
  }

  /// The 32 bits of an IPv4 address, of which the first part has been read as a group.
  private mutating func dottedQuad(after first: Group) -> UInt32? {
    guard let octet = first.octet else { return nil }
    var bits = octet
    for _ in 0..<3 {
      guard cursor.skip("."), let octet = Group(&cursor)?.octet else { return nil }
      bits = bits << 8 | octet
    }
    return bits
  }
}

/// One to four hexadecimal digits, and the octet that they are if read as decimals.
private struct Group {
  private(set) var value: UInt16 = 0
  private var decimal: UInt32? = 0
  private var digits = 0
  private var firstIsZero = false

  /// Reads digits up to the first other byte; nil where there are none or more than four.
  init?<Base>(_ cursor: inout ByteCursor<Base>) {
    while let byte = cursor.current, let digit = hexadecimalDigit(byte) {
      guard digits < 4 else { return nil }
      if digits == 0 { firstIsZero = digit == 0 }
      value = value << 4 | digit
      decimal = digit < 10 ? decimal.map { $0 * 10 + UInt32(digit) } : nil
      digits += 1
      cursor.advance()
    }
    if digits == 0 { return nil }
  }

  /// The value from 0 to 255 as a decimal without zeros in front; nil if it is not one.
  var octet: UInt32? {
    guard let decimal, decimal <= 255, !firstIsZero || digits == 1 else { return nil }
    return decimal
  }
}

/// Collects the groups of an IPv6 address: those before `::` from the left, those after it from the
/// right.
private struct GroupAccumulator {
  private var left: (high: UInt64, low: UInt64) = (0, 0)
  private var right: (high: UInt64, low: UInt64) = (0, 0)
  private var count = 0
  var hasGap = false

  /// Whether nothing has been read yet, so that an IPv4 address can still begin.
  var isEmpty: Bool { count == 0 && !hasGap }

  mutating func append(_ group: UInt16) {
    let bits = UInt64(group)
    if hasGap {
      right = (right.high << 16 | right.low >> 48, right.low << 16 | bits)
    } else if count < 4 {
      left.high |= bits << UInt64(48 - 16 * count)
    } else if count < 8 {
      left.low |= bits << UInt64(48 - 16 * (count - 4))
    }
    count += 1
  }

  /// The address, if the number of groups is right: eight, or at most seven and a gap.
  var address: IPAddress? {
    guard hasGap ? count <= 7 : count == 8 else { return nil }
    return IPAddress(high: left.high | right.high, low: left.low | right.low)
  }
}

/// The value of a hexadecimal digit of either case; nil if the byte is none.
private func hexadecimalDigit(_ byte: UInt8) -> UInt16? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
  case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a") + 10)
  case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A") + 10)
  default: nil
  }
}
