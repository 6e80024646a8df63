/// Incarnations as one write has read or written them last, so that the next event about a pod, or about
/// its neighbours, does not read them again.
///
/// It lives as long as the transaction, and on the writer's thread.
final class IncarnationCache {
  /// How many are kept; each takes about a kilobyte.
  private static let limit = 16_384

  private struct Key: Hashable {
    let cluster: ClusterName
    let uid: PodUID
  }

  private var known: [Key: Incarnation] = [:]

  func incarnation(_ uid: PodUID, of cluster: ClusterName) -> Incarnation? {
    known[Key(cluster: cluster, uid: uid)]
  }

  func keep(_ incarnation: Incarnation) {
    if known.count >= Self.limit { known.removeAll(keepingCapacity: true) }
    known[Key(cluster: incarnation.identity.cluster, uid: incarnation.uid)] = incarnation
  }
}
