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

  /// The number, with the epoch before it where that is not the first; `decision` and the number for
  /// what the ledger decided.
  public var description: String {
    if isDecided { return "decision:\(value)" }
    return epoch == 0 ? "\(value)" : "\(epoch):\(value)"
  }

  /// Orders by epoch, then number.
  public static func < (left: Self, right: Self) -> Bool {
    left.epoch != right.epoch ? left.epoch < right.epoch : left.value < right.value
  }
}

extension ResourceVersion {
  /// The epoch of what the ledger decided, which has no resource version: there the number is the
  /// decision's place among those about its pod, near the microseconds of its instant.
  ///
  /// Among themselves decisions are so in the order in which they were taken; against what was
  /// observed only times tell (R10).
  package static let decidedEpoch = UInt32.max

  /// Whether it stands for a decision.
  public var isDecided: Bool { epoch == Self.decidedEpoch }

  /// The place of a decision at an instant, after an earlier decision about the same pod.
  package static func decision(
    at instant: Instant, after previous: ResourceVersion?
  ) -> ResourceVersion {
    let number = UInt64(bitPattern: instant.microseconds) ^ 1 << 63
    guard let previous, previous.isDecided, previous.value >= number else {
      return ResourceVersion(epoch: decidedEpoch, number)
    }
    return ResourceVersion(epoch: decidedEpoch, previous.value &+ 1)
  }
}
