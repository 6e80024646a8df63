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
    fileprivate let uids: [PodUID]

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
      Self.prefix(event.cluster, isFull: isFull) + Keys.bytes(of: presence.resourceVersion)
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
      for version in try versions(of: cluster, isFull: isFull, in: txn).reversed() {
        guard version > seen else { break }
        guard version.epoch == seen.epoch || isFull,
          try list(cluster, version, isFull: isFull, in: txn)?.contains(uid) ?? false
        else { continue }
        seen = version
        break
      }
    }
    let full = try versions(of: cluster, isFull: true, in: txn)
    return (seen, full.first { $0 > seen })
  }

  /// The versions of a cluster's lists, ascending.
  package func versions(
    of cluster: ClusterName, isFull: Bool, in txn: borrowing ReadTransaction
  ) throws -> [ResourceVersion] {
    let prefix = Self.prefix(cluster, isFull: isFull)
    if let known = cache?.versions[prefix] { return known }
    var versions: [ResourceVersion] = []
    try txn.scanKeys(tables[.presences], .prefix(prefix)) { key in
      versions.append(try Keys.version(endOf: key))
      return .next
    }
    cache?.versions[prefix] = versions
    return versions
  }

  private func list(
    _ cluster: ClusterName, _ version: ResourceVersion, isFull: Bool,
    in txn: borrowing ReadTransaction
  ) throws -> List? {
    let key = Self.prefix(cluster, isFull: isFull) + Keys.bytes(of: version)
    if let known = cache?.lists[key] { return known }
    guard let content = try tables.row(.presences, key, in: txn) else { return nil }
    let list = List(uids: try Self.decode(content))
    cache?.keep(list, under: key)
    return list
  }

  private static func prefix(_ cluster: ClusterName, isFull: Bool) -> [UInt8] {
    [UInt8(isFull ? 1 : 0)] + Keys.cluster(cluster)
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
  fileprivate var versions: [[UInt8]: [ResourceVersion]] = [:]

  package init() {}

  fileprivate func keep(_ list: PresenceRows.List, under key: [UInt8]) {
    if lists.count >= Self.limit { lists.removeAll() }
    lists[key] = list
  }
}
