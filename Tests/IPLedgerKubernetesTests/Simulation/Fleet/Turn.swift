import IPLedger
import TestSupport

/// One thing that happens in a simulated fleet, after a pause.
///
/// What it meets is chosen by its salt from what is there, so that any part of a history is a history.
struct Turn: Hashable, Sendable, CustomStringConvertible {
  enum Deed: String, CaseIterable {
    /// A controller makes or deletes one pod, to come nearer to what is wanted.
    case reconcile
    /// A scheduler or a node takes one pod one step further.
    case proceed
    /// Somebody wants more or fewer pods, newer ones, or another retention.
    case scale, roll, setRetention
    /// A node stops answering, or comes back; the pods of one that does not are given up.
    case loseNode, returnNode, collectGarbage
    /// Something befalls one pod.
    case evict, forceDelete, keepByFinalizer, dropFinalizer, changeAddress, editAnnotations, touch
    /// A pod ends by itself while nobody wants that.
    case fail
  }

  var cluster: Int
  /// In microseconds.
  var pause: Int64
  var deed: Deed
  var salt: UInt64

  var description: String { "+\(pause) µs cluster \(cluster): \(deed.rawValue) (\(salt))" }

  /// The turns of a seed.
  static func make(seed: UInt64, count: Int) -> [Turn] {
    var random = SplitMix64(seed: seed)
    let clusters = Int.random(in: 1...3, using: &random)
    return (0..<count).map { _ in
      Turn(
        cluster: Int.random(in: 0..<clusters, using: &random), pause: pause(&random),
        deed: deed(&random), salt: random.next())
    }
  }

  private static func pause(_ random: inout SplitMix64) -> Int64 {
    switch Int.random(in: 0..<30, using: &random) {
    case 0: .random(in: 600_000_000..<5_000_000_000, using: &random)
    case 1..<4: .random(in: 5_000_000..<60_000_000, using: &random)
    case 4..<14: .random(in: 500_000..<5_000_000, using: &random)
    default: .random(in: 3_000..<500_000, using: &random)
    }
  }

  private static func deed(_ random: inout SplitMix64) -> Deed {
    switch Int.random(in: 0..<10, using: &random) {
    case 0..<3: .reconcile
    case 3..<8: .proceed
    default: Deed.allCases.randomElement(using: &random) ?? .proceed
    }
  }
}
