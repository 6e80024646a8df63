/// Lines of a watch that are made here, because the API says the same in another way.
enum PodLine {
  private static let added = Array(#"{"type":"ADDED","object":"#.utf8)
  private static let kind = Array(#"{"kind":"Pod","apiVersion":"v1","#.utf8)

  /// An item of a list, which names no kind of its own.
  static func added(_ item: [UInt8]) -> [UInt8] {
    let members = item.dropFirst().drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
    // Within a line no line ends.
    let isEmpty = members.first == UInt8(ascii: "}")
    let object = isEmpty ? item[...] : (kind + members)[...]
    return added + object.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 } + [UInt8(ascii: "}")]
  }

  /// How far the watch has come.
  ///
  /// - Parameters:
  ///   - version: The version.
  ///   - endsInitialEvents: Whether all who were there have been told before.
  /// - Returns: The line.
  static func bookmark(at version: UInt64, endsInitialEvents: Bool = false) -> [UInt8] {
    let annotations =
      endsInitialEvents ? #","annotations":{"k8s.io/initial-events-end":"true"}"# : ""
    return Array(
      """
      {"type":"BOOKMARK","object":{"kind":"Pod","apiVersion":"v1",\
      "metadata":{"resourceVersion":"\(version)"\(annotations)}}}
      """.utf8)
  }

  /// The watch cannot go on where it stands.
  static func gone(_ why: String) -> [UInt8] {
    let words = why.unicodeScalars.map { scalar in
      switch scalar {
      case "\"", "\\": "\\\(scalar)"
      case _ where scalar.value < 0x20: " "
      default: String(scalar)
      }
    }.joined()
    return Array(
      """
      {"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","status":"Failure",\
      "message":"\(words)","reason":"Expired","code":410}}
      """.utf8)
  }
}
