package import LMDB

/// Who was present in each list: what a pod's absence from a full one says is judged when it is
/// asked (R10).
package struct PresenceRows {
  private let tables: Tables
  private let cache: PresenceCache?

  /// The rows in some tables; a view that asks often gives a cache of what it has read already.
  package init(_ tables: Tables, cache: PresenceCache? = nil) {
    self.tables = tables
    self.cache = cache
  }

  /// One list.
  package struct List {
    /// The version at which it showed the cluster.
    package let version: ResourceVersion
    /// Whether it is known to be of the whole cluster, so that absence says something.
    package let isFull: Bool
    private let uids: [PodUID]

    fileprivate init(version: ResourceVersion, isFull: Bool, uids: [PodUID]) {
      self.version = version
      self.isFull = isFull
      self.uids = uids
    }

    /// Whether an incarnation was in it.
    package func contains(_ uid: PodUID) -> Bool {
      var low = 0
      var high = uids.count
      while low < high {
        let middle = (low + high) / 2
        if uids[middle] < uid { low = middle + 1 } else { high = middle }
      }
      return low < uids.count && uids[low] == uid
    }
  }

  /// Takes in a list.
  ///
  /// - Returns: Whether it showed anything new.
  package func add(_ event: SourceWatched, in txn: borrowing WriteTransaction) throws -> Bool {
    guard let presence = event.presence else { return false }
    let isFull = presence.isComplete && event.scope == .cluster
    let key =
      [UInt8(isFull ? 1 : 0)] + Keys.version(event.cluster, presence.resourceVersion)
    var uids = Set(presence.uids)
    let known = try tables.row(.presences, key, in: txn.reading)
    if let known { uids.formUnion(try Self.decode(known)) }
    let content = Self.encode(uids.sorted())
    guard content != known else { return false }
    try tables.put(.presences, key, content, in: txn)
    return true
  }

  /// What the lists say of an incarnation that was last seen at a version.
  ///
  /// - Returns: The last version at which it is known to have been there, and the first full list
  ///   after it that lacks it.
  package func judge(
    _ uid: PodUID, of cluster: ClusterName, lastSeen: ResourceVersion,
    in txn: borrowing ReadTransaction
  ) throws -> (lastSeen: ResourceVersion, missingAt: ResourceVersion?) {
    var seen = lastSeen
    for isFull in [false, true] {
      try scan(cluster, isFull: isFull, after: seen, reverse: true, in: txn) { list in
        guard list.contains(uid) else { return .next }
        seen = max(seen, list.version)
        return .stop
      }
    }
    var missing: ResourceVersion?
    try scan(cluster, isFull: true, after: seen, reverse: false, in: txn) { list in
      missing = list.version
      return .stop
    }
    return (seen, missing)
  }

  /// Visits the full lists of a cluster, by version.
  package func fullLists(
    of cluster: ClusterName, in txn: borrowing ReadTransaction,
    _ body: (List) throws -> ScanStep
  ) throws {
    try scan(
      cluster, isFull: true, after: ResourceVersion(0), reverse: false, in: txn, body)
  }

  private func scan(
    _ cluster: ClusterName, isFull: Bool, after version: ResourceVersion, reverse: Bool,
    in txn: borrowing ReadTransaction, _ body: (List) throws -> ScanStep
  ) throws {
    let prefix = [UInt8(isFull ? 1 : 0)] + Keys.cluster(cluster)
    let first = prefix + Keys.bytes(of: ResourceVersion(epoch: version.epoch, version.value &+ 1))
    let range = KeyRange.between(first, prefix + [UInt8](repeating: 0xFF, count: 13))
    try tables.scan(.presences, range, reverse: reverse, in: txn) { key, content in
      if let known = cache?.lists[key] { return try body(known) }
      let list = List(
        version: try Keys.version(endOf: key), isFull: isFull, uids: try Self.decode(content))
      cache?.keep(list, under: key)
      return try body(list)
    }
  }

  private static func encode(_ uids: [PodUID]) -> [UInt8] {
    var writer = ByteWriter()
    for uid in uids { writer.blob(uid.encoded) }
    return writer.bytes
  }

  private static func decode(_ content: [UInt8]) throws -> [PodUID] {
    var reader = ByteReader(content)
    var uids: [PodUID] = []
    while !reader.isAtEnd {
      guard let uid = PodUID(encoded: try reader.blob()) else {
        throw EventDecodingError.damaged("a uid in a list is not in its stored form")
      }
      uids.append(uid)
    }
    return uids
  }
}

/// The lists that one view has read already: a question about many pods meets the same few again
/// and again.
package final class PresenceCache {
  /// How many lists are kept; a list of ten thousand pods takes about a megabyte.
  private static let limit = 8

  fileprivate private(set) var lists: [[UInt8]: PresenceRows.List] = [:]

  package init() {}

  fileprivate func keep(_ list: PresenceRows.List, under key: [UInt8]) {
    if lists.count >= Self.limit { lists.removeAll() }
    lists[key] = list
  }
}
