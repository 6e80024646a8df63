/// A cluster's resource version: it orders all changes of one cluster (R8a).
///
/// It is etcd's revision: opaque by contract, comparable as a number in practice and, since
/// Kubernetes 1.35, by contract too. A cluster whose etcd was restored from a backup counts again
/// from an older number: that begins a new `epoch`, and everything of a later epoch comes after
/// everything of an earlier one.
public struct ResourceVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// How often this cluster's count was seen to fall back, from 0.
  public let epoch: UInt32
  /// The number.
  public let value: UInt64

  /// The version with this number in this epoch.
  public init(epoch: UInt32 = 0, _ value: UInt64) {
    self.epoch = epoch
    self.value = value
  }

  /// The number, with the epoch before it where that is not the first.
  public var description: String { epoch == 0 ? "\(value)" : "\(epoch):\(value)" }

  /// Orders by epoch, then number.
  public static func < (left: Self, right: Self) -> Bool {
    left.epoch != right.epoch ? left.epoch < right.epoch : left.value < right.value
  }
}
