/// What survives a pod's recreation: cluster, namespace and name (R1).
public struct PodIdentity: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The longest pod name, in bytes (Kubernetes' limit for a DNS subdomain).
  public static let maximumNameLength = 253
  /// The longest namespace, in bytes (Kubernetes' limit for a DNS label).
  public static let maximumNamespaceLength = 63

  /// The cluster in which namespace and name mean something.
  public let cluster: ClusterName
  /// The pod's namespace.
  public let namespace: String
  /// The pod's name.
  public let name: String

  /// Checks the parts against Kubernetes' limits.
  ///
  /// - Throws: ``InvalidName`` where a part is empty, too long or not of `a–z 0–9 - .`.
  public init(cluster: ClusterName, namespace: String, name: String) throws(InvalidName) {
    try Self.check(
      namespace, subject: "namespace", limit: Self.maximumNamespaceLength, dots: false)
    try Self.check(name, subject: "pod name", limit: Self.maximumNameLength, dots: true)
    self.cluster = cluster
    self.namespace = namespace
    self.name = name
  }

  private static func check(
    _ text: String, subject: String, limit: Int, dots: Bool
  ) throws(InvalidName) {
    let allowed = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"):
        true
      case UInt8(ascii: "."): dots
      default: false
      }
    }
    guard allowed, (1...limit).contains(text.utf8.count) else {
      throw InvalidName(
        subject: subject, found: text,
        expected: "1–\(limit) bytes of a–z, 0–9 and -" + (dots ? " and ." : ""))
    }
  }

  /// `cluster/namespace/name`.
  public var description: String { "\(cluster)/\(namespace)/\(name)" }

  /// Orders by cluster, namespace and name, each as UTF-8 bytes.
  public static func < (left: Self, right: Self) -> Bool {
    if left.cluster != right.cluster { return left.cluster < right.cluster }
    if left.namespace != right.namespace {
      return left.namespace.utf8.lexicographicallyPrecedes(right.namespace.utf8)
    }
    return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
  }
}
