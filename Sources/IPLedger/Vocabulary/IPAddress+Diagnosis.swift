extension IPAddressParseError.Reason {
  /// What is wrong with a text that is known not to be an address.
  ///
  /// The parser says only yes or no, which is fast; this looks again, which may be slow.
  static func diagnosing(_ text: String) -> Self {
    if text.isEmpty { return .empty }
    if let percent = text.firstIndex(of: "%") {
      let zone = text[percent...].dropFirst()
      return .zone(address: String(text[..<percent]), zone: String(zone))
    }
    if text.hasPrefix("[") {
      return .brackets(inside: String(text.dropFirst().prefix { $0 != "]" }))
    }
    if let slash = text.firstIndex(of: "/") {
      return .prefixLength(address: String(text[..<slash]))
    }
    guard let colon = text.firstIndex(of: ":") else { return diagnosingIPv4(text) }
    let beforeColon = String(text[..<colon])
    if (try? IPAddress(parsing: beforeColon)) != nil { return .port(address: beforeColon) }
    return diagnosingIPv6(text)
  }

  private static func diagnosingIPv4(_ text: String) -> Self {
    let beginsLikeIPv4 = text.utf8.first?.isASCIIDigit == true && text.contains(".")
    guard beginsLikeIPv4 else { return .notAnAddress }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return fault(inParts: parts) ?? .notAnAddress
  }

  private static func diagnosingIPv6(_ text: String) -> Self {
    let pieces = text.split(separator: ":", omittingEmptySubsequences: false)
    var groups = pieces.filter { !$0.isEmpty }
    if let tail = pieces.last, tail.contains(".") {
      let parts = tail.split(separator: ".", omittingEmptySubsequences: false)
      if let fault = fault(inParts: parts) { return fault }
      groups.removeLast()
      groups += ["0", "0"]
    }
    if let bad = groups.first(where: { !isGroup($0) }) { return .badGroup(String(bad)) }
    // Each "::" leaves an empty piece that is neither the first nor the last.
    if pieces.dropFirst().dropLast().count(where: \.isEmpty) > 1 { return .secondGap }
    let beginsWithOneColon = text.hasPrefix(":") && !text.hasPrefix("::")
    let endsWithOneColon = text.hasSuffix(":") && !text.hasSuffix("::")
    return beginsWithOneColon || endsWithOneColon ? .badGroup("") : .groupCount(groups.count)
  }

  /// The first fault in what should be the four parts of an IPv4 address.
  private static func fault(inParts parts: [Substring]) -> Self? {
    guard parts.count == 4 else { return .partCount(parts.count) }
    for part in parts {
      guard part.utf8.allSatisfy(\.isASCIIDigit), let value = Int(part), value <= 255 else {
        return .badPart(String(part))
      }
      if part.utf8.count > 1 && part.hasPrefix("0") { return .leadingZero(part: String(part)) }
    }
    return nil
  }

  private static func isGroup(_ text: Substring) -> Bool {
    text.utf8.count <= 4 && text.allSatisfy { $0.isASCII && $0.isHexDigit }
  }
}
