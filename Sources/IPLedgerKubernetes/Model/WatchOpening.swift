public import IPLedger

/// What `ipledger watch` says of itself at the beginning of what it keeps, and wherever the cluster's versions
/// fell back: the annotations of a bookmark without a version.
public struct WatchOpening: Sendable, Equatable {
  /// What the watch's ledger calls the cluster.
  public var cluster: String

  /// In which epoch of resource versions the watch is.
  public var epoch: UInt32

  /// Which pods it shows.
  public var scope: SourceWatched.Scope

  private static let clusterKey = "ipledger/cluster"
  private static let epochKey = "ipledger/epoch"
  private static let namespaceKey = "ipledger/namespace"
  private static let selectionKey = "ipledger/selection"

  /// A watch of some pods of a cluster, in an epoch.
  public init(cluster: ClusterName, epoch: UInt32, scope: SourceWatched.Scope) {
    self.cluster = cluster.rawValue
    self.epoch = epoch
    self.scope = scope
  }

  /// Reads it; `nil` where the annotations are of something else.
  init?(annotations: [String: String]) {
    guard let epoch = annotations[Self.epochKey].flatMap(UInt32.init),
      let cluster = annotations[Self.clusterKey]
    else { return nil }
    self.cluster = cluster
    self.epoch = epoch
    scope =
      annotations[Self.selectionKey].map { .selection($0) }
      ?? annotations[Self.namespaceKey].map { .namespace($0) } ?? .cluster
  }

  /// The annotations, in the order in which they are written.
  package var annotations: [(name: String, value: String)] {
    let shown: [(name: String, value: String)] =
      switch scope {
      case .cluster: []
      case .namespace(let name): [(Self.namespaceKey, name)]
      case .selection(let text): [(Self.selectionKey, text)]
      }
    return [(Self.clusterKey, cluster)] + shown + [(Self.epochKey, "\(epoch)")]
  }
}
