import Foundation
import IPLedger
import Synchronization

/// What a cluster showed, to be shown again: the objects at a moment, and every change after it.
actor PlayedCluster {
  /// A pod at one version.
  struct Pod: Sendable {
    let uid: String
    let version: UInt64
    let object: [UInt8]
  }

  /// A line of a watch.
  struct Change: Sendable {
    let version: UInt64
    let line: [UInt8]
    let receivedAt: Instant
  }

  /// A list of all pods, and the changes until the next one.
  struct Part: Sendable {
    var version: UInt64
    var receivedAt: Instant
    var pods: [Pod]
    var changes: [(pod: Pod?, type: String, change: Change)]
  }

  /// A change of a node.
  struct NodeChange: Sendable {
    let version: UInt64
    let type: String
    let name: String
    let labels: [String: String]
  }

  /// What a watch finds when it asks what comes next.
  enum Next: Sendable {
    case change(Change)
    /// It is too old.
    case gone
    /// Whoever plays wants all connections to end.
    case end
  }

  private var pods: [String: Pod] = [:]
  private var log: [Change] = []
  private(set) var version: UInt64 = 0
  /// The version up to which changes are forgotten.
  private(set) var compactedThrough: UInt64 = 0
  private var waiting: [CheckedContinuation<Void, Never>] = []
  private var generation = 0
  private var hasEnded = false
  /// The labels of nodes.
  private(set) var labels: [String: [String: String]] = [:]
  private var nodeLog: [NodeChange] = []
  private(set) var nodeVersion: UInt64 = 1
  private let clock: PlayedClock

  init(_ clock: PlayedClock) { self.clock = clock }

  // MARK: What happens

  /// Shows these pods from now on; what was before is forgotten.
  func list(_ part: Part) {
    clock.set(part.receivedAt)
    pods = Dictionary(uniqueKeysWithValues: part.pods.map { ($0.uid, $0) })
    log = []
    version = part.version
    compactedThrough = part.version
    wake()
  }

  /// A pod changes.
  func change(_ pod: Pod?, _ type: String, _ change: Change) {
    clock.set(change.receivedAt)
    if let pod { pods[pod.uid] = type == "DELETED" ? nil : pod }
    log.append(change)
    version = max(version, change.version)
    wake()
  }

  /// Forgets all changes so far: who has not seen them has to list.
  func compact() {
    log = []
    compactedThrough = version
    wake()
  }

  /// Forgets the changes up to a version.
  func compact(through version: UInt64) {
    log.removeAll { $0.version <= version }
    compactedThrough = max(compactedThrough, version)
  }

  /// Shows another cluster, whose versions have nothing to do with those before.
  func restart(with part: Part) {
    list(part)
    compactedThrough = 0
  }

  /// Gives nodes these labels.
  func label(_ nodes: [String: [String: String]]) {
    for (name, own) in nodes.sorted(by: { $0.key < $1.key }) {
      nodeVersion += 1
      let type = labels[name] == nil ? "ADDED" : "MODIFIED"
      labels[name] = own
      nodeLog.append(NodeChange(version: nodeVersion, type: type, name: name, labels: own))
    }
    wake()
  }

  /// A node goes.
  func removeNode(_ name: String) {
    nodeVersion += 1
    nodeLog.append(
      NodeChange(version: nodeVersion, type: "DELETED", name: name, labels: labels[name] ?? [:]))
    labels[name] = nil
    wake()
  }

  /// The next change of a node after a version, once there is one; `nil` where the connection is to end.
  func nextNode(after version: UInt64, in generation: Int) async -> NodeChange? {
    while !hasEnded, generation == self.generation {
      if let change = nodeLog.first(where: { $0.version > version }) { return change }
      await withCheckedContinuation { waiting.append($0) }
    }
    return nil
  }

  /// Ends all connections; new ones may come.
  func disconnect() {
    generation += 1
    wake()
  }

  /// Ends all connections for good.
  func end() {
    hasEnded = true
    wake()
  }

  private func wake() {
    for continuation in waiting { continuation.resume() }
    waiting = []
  }

  // MARK: What is asked

  /// All pods, by uid, at a version.
  func listing() -> (pods: [Pod], version: UInt64) {
    (pods.values.sorted { $0.uid < $1.uid }, version)
  }

  /// How often all connections were ended.
  var connections: Int { generation }

  /// The next change after a version, once there is one.
  func next(after version: UInt64, in generation: Int) async -> Next {
    while true {
      if hasEnded || generation != self.generation { return .end }
      // As a real one: a version that has not come yet is waited for.
      if version < compactedThrough { return .gone }
      // Versions rise, so the place is found by halving.
      var (low, high) = (0, log.count)
      while low < high {
        let middle = (low + high) / 2
        if log[middle].version > version { high = middle } else { low = middle + 1 }
      }
      if low < log.count { return .change(log[low]) }
      await withCheckedContinuation { waiting.append($0) }
    }
  }
}

/// The clock of a played cluster, by which its watcher goes, too.
final class PlayedClock: Sendable {
  private let value: Mutex<Instant>

  init(_ instant: Instant) { value = Mutex(instant) }

  var now: Instant { value.withLock { $0 } }

  /// Goes on to an instant; never back.
  func set(_ instant: Instant) { value.withLock { $0 = max($0, instant) } }
}
