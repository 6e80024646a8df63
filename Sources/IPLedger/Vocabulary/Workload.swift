/// The workload that controls a pod: the ownerReference with `controller: true`.
public struct Workload: Hashable, Sendable, CustomStringConvertible {
  /// Its kind, such as `StatefulSet`.
  public let kind: String
  /// Its name.
  public let name: String

  /// The workload of this kind and name.
  public init(kind: String, name: String) {
    self.kind = kind
    self.name = name
  }

  /// `StatefulSet/web`.
  public var description: String { "\(kind)/\(name)" }
}
