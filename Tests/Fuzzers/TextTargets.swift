import Glibc
import IPLedger

/// Times and addresses as text, against slow readers that are plainly right.
enum TextTargets {
  /// RFC 3339: a time is read if and only if a plain reader reads it, and to the same microsecond.
  static func rfc3339(_ input: [UInt8]) {
    let read = try? Instant(rfc3339: input[...])
    let plain = plainTime(input)
    require(
      read?.microseconds == plain,
      "\(input): \(String(describing: read)), \(String(describing: plain))")
    if let read {
      require((try? Instant(rfc3339: read.description)) == read, "written otherwise: \(read)")
    }
  }

  /// RFC 3339's grammar, digit by digit; the fraction is cut to microseconds.
  private static func plainTime(_ bytes: [UInt8]) -> Int64? {
    var rest = bytes[...]
    func number(_ digits: Int) -> Int? {
      guard rest.count >= digits else { return nil }
      var value = 0
      for _ in 0..<digits {
        guard let digit = rest.popFirst(), (48...57).contains(digit) else { return nil }
        value = value * 10 + Int(digit - 48)
      }
      return value
    }
    func sign(_ allowed: String) -> UInt8? {
      guard let next = rest.first, allowed.utf8.contains(next) else { return nil }
      return rest.popFirst()
    }
    guard let year = number(4), sign("-") != nil, let month = number(2), sign("-") != nil,
      let day = number(2), sign("Tt") != nil, let hour = number(2), sign(":") != nil,
      let minute = number(2), sign(":") != nil, let second = number(2)
    else { return nil }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard (1...12).contains(month), (1...lengths[month - 1]).contains(day), hour < 24, minute < 60,
      second < 60
    else { return nil }
    var micros = 0
    if sign(".") != nil {
      var digits = 0
      while let digit = rest.first, (48...57).contains(digit) {
        rest.removeFirst()
        if digits < 6 { micros = micros * 10 + Int(digit - 48) }
        digits += 1
      }
      guard digits > 0 else { return nil }
      for _ in min(digits, 6)..<6 { micros *= 10 }
    }
    var offset = 0
    guard let zone = sign("Zz+-") else { return nil }
    if zone == UInt8(ascii: "+") || zone == UInt8(ascii: "-") {
      guard let hours = number(2), sign(":") != nil, let minutes = number(2), hours < 24,
        minutes < 60
      else { return nil }
      offset = (hours * 60 + minutes) * (zone == UInt8(ascii: "+") ? 1 : -1)
    }
    guard rest.isEmpty else { return nil }
    var days = 0
    for earlier in 0..<year {
      days += earlier % 4 == 0 && (earlier % 100 != 0 || earlier % 400 == 0) ? 366 : 365
    }
    days += lengths[..<(month - 1)].reduce(0, +) + day - 1 - 719_528
    let seconds = days * 86_400 + hour * 3600 + (minute - offset) * 60 + second
    let instant = Instant(microseconds: Int64(seconds) * 1_000_000 + Int64(micros))
    // An offset may lead out of the years that can be written again.
    guard (Instant.earliestWritable...Instant.latestWritable).contains(instant) else { return nil }
    return instant.microseconds
  }

  /// An address is read if and only if inet_pton reads it, to the same bytes.
  static func address(_ input: [UInt8]) {
    let read = try? IPAddress(parsing: input[...])
    guard !input.contains(0), input.count < 64 else { return require(read == nil, "\(input)") }
    let text = String(decoding: input, as: UTF8.self)
    guard Array(text.utf8) == input else { return require(read == nil, "\(input)") }
    var octets = [UInt8](repeating: 0, count: 16)
    var plain: [UInt8]?
    if unsafe octets.withUnsafeMutableBytes({ unsafe inet_pton(AF_INET, text, $0.baseAddress) })
      == 1
    {
      plain = Array(octets[..<4])
    } else if unsafe octets.withUnsafeMutableBytes({
      unsafe inet_pton(AF_INET6, text, $0.baseAddress)
    }) == 1 {
      let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
      plain = octets.starts(with: mapped) ? Array(octets[12...]) : octets
    }
    require(
      read?.octets == plain, "\(text): \(String(describing: read)), \(String(describing: plain))")
    if let read {
      require((try? IPAddress(parsing: read.description)) == read, "written otherwise: \(read)")
    }
  }

  /// A prefix and a range are read back as they are written.
  static func prefix(_ input: [UInt8]) {
    let text = String(decoding: input, as: UTF8.self)
    if let prefix = try? AddressPrefix(parsing: text) {
      require((try? AddressPrefix(parsing: prefix.description)) == prefix, "\(prefix)")
      require(
        prefix.contains(prefix.firstAddress) && prefix.contains(prefix.lastAddress), "\(prefix)")
    }
    if let range = try? AddressRange(parsing: text) {
      require((try? AddressRange(parsing: range.description)) == range, "\(range)")
      require(range.first <= range.last && range.count > 0, "\(range)")
    }
  }

  /// Times and lengths as people write them: no trap, whatever the numbers.
  static func expressions(_ input: [UInt8]) {
    let text = String(decoding: input, as: UTF8.self)
    for now in [Instant.epoch, .seconds(1_800_000_000)] {
      _ = try? Instant(expression: text, now: now)
      if let time = try? TimeExpression(parsing: text) { _ = time.instant(now: now) }
    }
    if let length = try? DurationExpression(parsing: text) {
      _ = Instant.seconds(1_800_000_000) + length.length
    }
    _ = try? PodIdentity(cluster: ClusterName("lab"), namespace: text, name: text)
    _ = try? PodUID(text)
    _ = try? NetworkName(text)
  }
}
