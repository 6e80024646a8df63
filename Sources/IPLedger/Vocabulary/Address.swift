/// An IP in the network in which it is unique: two addresses are one if network, family and bytes
/// are equal (R2).
public struct Address: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The address space, such as a VPC.
  public let network: NetworkName
  /// The IP in it.
  public let ip: IPAddress

  /// An IP in a network.
  public init(network: NetworkName, ip: IPAddress) {
    self.network = network
    self.ip = ip
  }

  /// `network/ip`, the IP in the form of RFC 5952.
  public var description: String { "\(network)/\(ip)" }

  /// Orders by network, then family, then number.
  public static func < (left: Self, right: Self) -> Bool {
    left.network != right.network ? left.network < right.network : left.ip < right.ip
  }
}
