import IPLedger
import IPLedgerKubernetes

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
    bookmark(at: version, endsInitialEvents ? [("k8s.io/initial-events-end", "true")] : [])
  }

  private static func bookmark(
    at version: UInt64?, _ annotations: [(name: String, value: String)]
  ) -> [UInt8] {
    var members = version.map { [#""resourceVersion":"\#($0)""#] } ?? []
    if !annotations.isEmpty {
      let pairs = annotations.map { #""\#($0.name)":"\#(escaped($0.value))""# }
      members.append(#""annotations":{\#(pairs.joined(separator: ","))}"#)
    }
    return Array(
      """
      {"type":"BOOKMARK","object":{"kind":"Pod","apiVersion":"v1",\
      "metadata":{\(members.joined(separator: ","))}}}
      """.utf8)
  }

  /// What a watch says of itself.
  static func opening(_ opening: WatchOpening) -> [UInt8] {
    bookmark(at: nil, opening.annotations)
  }

  /// Something had to be left out.
  static func passedOver(at version: UInt64?) -> [UInt8] {
    bookmark(at: version, [(WatchObject.passedOver, "true")])
  }

  /// The class of a node, as its labels tell it.
  static func node(_ name: String, _ nodeClass: NodeClass?) -> [UInt8] {
    let labels = (nodeClass?.nodeLabels ?? [:]).map { #""\#($0.key)":"\#($0.value)""# }
      .joined(separator: ",")
    return Array(
      """
      {"type":"MODIFIED","object":{"kind":"Node","apiVersion":"v1",\
      "metadata":{"name":"\(escaped(name))","labels":{\(labels)}}}}
      """.utf8)
  }

  /// The watch cannot go on where it stands.
  static func gone(_ why: String) -> [UInt8] {
    Array(
      """
      {"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","status":"Failure",\
      "message":"\(escaped(why))","reason":"Expired","code":410}}
      """.utf8)
  }

  private static func escaped(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      switch scalar {
      case "\"", "\\": "\\\(scalar)"
      case _ where scalar.value < 0x20: " "
      default: String(scalar)
      }
    }.joined()
  }
}
