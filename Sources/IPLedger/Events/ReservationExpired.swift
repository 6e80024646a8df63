/// A reservation ended: its deadline passed, or an operator freed it (R18, R19).
public struct ReservationExpired: Hashable, Sendable {
  /// Why it ended.
  public enum Cause: Hashable, Sendable {
    /// Its deadline passed. Expiry is logical: the event only writes down what every answer said
    /// already.
    case deadline
    /// An operator freed it early.
    case released(by: String, reason: String)
  }

  /// Whose reservation it was.
  public var identity: PodIdentity
  /// The class of nodes that it belonged to (R17).
  public var nodeClass: NodeClass
  /// The address space.
  public var network: NetworkName
  /// All its addresses (R2).
  public let addresses: [IPAddress]
  /// The deadline that it enforces, or that it comes before; absent where none was known.
  public var deadline: Instant?
  /// When it ended.
  ///
  /// A release covers the deletions up to this instant, whenever they are learned (R19).
  public var endedAt: Instant
  /// Why.
  public var cause: Cause

  /// This reservation ended.
  public init(
    identity: PodIdentity, nodeClass: NodeClass, network: NetworkName,
    addresses: some Sequence<IPAddress>, deadline: Instant?, endedAt: Instant, cause: Cause
  ) {
    self.identity = identity
    self.nodeClass = nodeClass
    self.network = network
    self.addresses = Set(addresses).sorted()
    self.deadline = deadline
    self.endedAt = endedAt
    self.cause = cause
  }
}
