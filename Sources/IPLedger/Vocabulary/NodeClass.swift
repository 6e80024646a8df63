/// The kind of node that a pod runs on: an ECS instance, or a virtual node whose pods are container
/// instances (R17).
///
/// A reservation belongs to one class; nothing crosses.
public enum NodeClass: UInt8, Hashable, Comparable, Sendable, CaseIterable, CustomStringConvertible
{
  /// A real machine with a kubelet.
  case ecs = 1
  /// A virtual kubelet's node.
  case virtual = 2

  /// How the class was found out: a label says it, a name only suggests it.
  public enum Ground: UInt8, Hashable, Comparable, Sendable {
    /// The node's label `type=virtual-kubelet`, or its absence on a node whose labels were seen.
    case label = 1
    /// The node's name starts with `virtual-kubelet-`, or does not.
    case name = 2

    /// A label beats a name, so it comes first (R6).
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  /// What the name of a virtual node starts with where no label says more.
  public static let virtualNamePrefix = "virtual-kubelet-"

  /// The class that a node's name suggests (R17).
  public init(nodeName: String) {
    self = nodeName.hasPrefix(Self.virtualNamePrefix) ? .virtual : .ecs
  }

  /// The class that a node's labels tell; `nil` where they do not, so that its name has to (R17).
  public init?(nodeLabels labels: [String: String]) {
    guard labels["type"] == Self.virtualNodeType else { return nil }
    self = .virtual
  }

  /// What the label `type` of a virtual node says.
  private static let virtualNodeType = "virtual-kubelet"

  /// The labels that tell this class; none where a node's name does.
  package var nodeLabels: [String: String] {
    switch self {
    case .ecs: [:]
    case .virtual: ["type": Self.virtualNodeType]
    }
  }

  /// `ecs` or `virtual`.
  public var description: String {
    switch self {
    case .ecs: "ecs"
    case .virtual: "virtual"
    }
  }

  /// ECS before virtual.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
