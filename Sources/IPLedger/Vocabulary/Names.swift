/// A name that breaks the limits of R1.
public struct InvalidName: Error, Hashable, Sendable, CustomStringConvertible {
  /// What the name was meant to be, such as a namespace.
  public let subject: String
  /// The text as it was given.
  public let found: String
  /// What would have been right.
  public let expected: String

  /// One sentence that names the subject, what was found and what is expected.
  public var description: String {
    "the \(subject) \(quoted(found)) is not valid: expected \(expected)"
  }
}

/// The name of a cluster: 1–63 printable ASCII bytes without `/` (R1).
///
/// A cluster is the scope of a resource version and of pod names. It is whatever its operator calls
/// it.
public struct ClusterName: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The longest name, in bytes.
  public static let maximumLength = 63

  /// The name.
  public let rawValue: String

  /// Checks the name.
  ///
  /// - Throws: ``InvalidName`` where R1's limits are broken.
  public init(_ rawValue: String) throws(InvalidName) {
    try checkScopeName(rawValue, subject: "cluster name")
    self.rawValue = rawValue
  }

  /// The name itself.
  public var description: String { rawValue }

  /// Compares the names as UTF-8 bytes.
  public static func < (left: Self, right: Self) -> Bool {
    left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
  }
}

/// The name of an address space in which an IP is unique, such as a VPC: 1–63 printable ASCII bytes
/// without `/` (R1).
///
/// It defaults to the cluster's name.
public struct NetworkName: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The name.
  public let rawValue: String

  /// Checks the name.
  ///
  /// - Throws: ``InvalidName`` where R1's limits are broken.
  public init(_ rawValue: String) throws(InvalidName) {
    try checkScopeName(rawValue, subject: "network name")
    self.rawValue = rawValue
  }

  /// The network of a cluster that was given none: it has the cluster's name.
  public init(of cluster: ClusterName) {
    rawValue = cluster.rawValue
  }

  /// The name itself.
  public var description: String { rawValue }

  /// Compares the names as UTF-8 bytes.
  public static func < (left: Self, right: Self) -> Bool {
    left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
  }
}

/// The name of a zone, within which an address can be used, such as an availability zone: 1–63
/// printable ASCII bytes without `/`.
public struct ZoneName: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The name.
  public let rawValue: String

  /// Checks the name.
  ///
  /// - Throws: ``InvalidName`` where the limits of R1 are broken.
  public init(_ rawValue: String) throws(InvalidName) {
    try checkScopeName(rawValue, subject: "zone name")
    self.rawValue = rawValue
  }

  private init(unchecked rawValue: String) { self.rawValue = rawValue }

  /// The zone of a pool that was given none: `default`.
  public static let `default` = ZoneName(unchecked: "default")

  /// The name itself.
  public var description: String { rawValue }

  /// Compares the names as UTF-8 bytes.
  public static func < (left: Self, right: Self) -> Bool {
    left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
  }
}

private func checkScopeName(_ name: String, subject: String) throws(InvalidName) {
  let allowed = name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }
  guard allowed, (1...ClusterName.maximumLength).contains(name.utf8.count) else {
    throw InvalidName(
      subject: subject, found: name,
      expected: "1–\(ClusterName.maximumLength) printable ASCII bytes without spaces and `/`")
  }
}
