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

  /// What absence from a list says.
  package enum Kind: UInt8, CaseIterable, Sendable {
    /// Nothing: it is not known to be of the whole cluster.
    case partial = 0
    /// Gone at the list's version.
    case full = 1
    /// Gone at an unknown version after that of the list's newest item.
    case fullOrLater = 2
  }

  /// One list.
  package struct List {
    /// When the list had certainly been made, where that is known.
    package let receivedAt: Instant?
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
    var kind = Kind.partial
    if presence.isComplete, event.scope == .cluster {
      kind = presence.isVersionAtLeast ? .fullOrLater : .full
    }
    var key = Self.prefix(event.cluster, kind) + Keys.bytes(of: presence.resourceVersion)
    if kind == .fullOrLater {
      // Two lists with one newest item may have been made at different versions.
      let uids = Self.encode(List(receivedAt: nil, uids: Set(presence.uids).sorted()))
      key += Keys.instant(event.through?.notAfter ?? .latest) + CoverageRows.digest(of: uids)
    }
    let known = try tables.row(.presences, key, in: txn.reading)
    let before = try known.map(Self.decode)
    // Who is in neither of two lists was gone when the first of them was made.
    let list = List(
      receivedAt: lesser(before?.receivedAt, event.through?.notAfter),
      uids: Set(presence.uids).union(before?.uids ?? []).sorted())
    let content = Self.encode(list)
    guard content != known else { return false }
    try tables.put(.presences, key, content, in: txn)
    return true
  }

  /// What the lists say of an incarnation that was seen.
  package struct Judgement {
    /// The last version at which it is known to have been there.
    package var lastSeen: ResourceVersion
    /// The version of the first full list after that, which lacks it.
    package var missingAt: ResourceVersion?
    /// The newest item of a full list without a version that lacks it, and when that had been made.
    package var missingLater: (newestItem: ResourceVersion, receivedAt: Instant?)?

    /// The versions under which the lists that lack it are found.
    package var lists: [ResourceVersion] {
      [missingAt, missingLater?.newestItem].compactMap(\.self)
    }
  }

  /// What the lists say of an incarnation that was last seen at a version.
  package func judge(
    _ uid: PodUID, of cluster: ClusterName, lastSeen: ResourceVersion,
    in txn: borrowing ReadTransaction
  ) throws -> Judgement {
    var seen = lastSeen
    for kind in [Kind.partial, .full] {
      for version in try versions(of: cluster, kind, in: txn).reversed() {
        guard version > seen else { break }
        guard version.epoch == seen.epoch || kind != .partial,
          try list(cluster, version, kind, in: txn)?.contains(uid) ?? false
        else { continue }
        seen = version
        break
      }
    }
    var judgement = Judgement(lastSeen: seen)
    // The pod was there when the newest item of these lists was made: one that lacks it was made after
    // every one that has it. Of those all are evidence, so the first to be received counts.
    var limit = lastSeen
    for place in try laterLists(of: cluster, in: txn).reversed() {
      guard place.newestItem >= limit else { break }
      if try list(under: place.key, in: txn)?.contains(uid) ?? false {
        judgement.lastSeen = max(seen, place.newestItem)
        // Of those with the same newest item nothing tells which came first.
        limit = place.newestItem
        continue
      }
      let known = judgement.missingLater?.receivedAt
      judgement.missingLater = (place.newestItem, lesser(known, place.receivedAt))
    }
    judgement.missingAt = try versions(of: cluster, .full, in: txn)
      .first { $0 > judgement.lastSeen }
    return judgement
  }

  /// A full list without a version.
  private struct LaterList {
    let newestItem: ResourceVersion
    let receivedAt: Instant?
    let key: [UInt8]
  }

  /// A cluster's full lists without a version, by their newest items and then by when they were
  /// received.
  private func laterLists(
    of cluster: ClusterName, in txn: borrowing ReadTransaction
  ) throws -> [LaterList] {
    let prefix = Self.prefix(cluster, .fullOrLater)
    var keys = cache?.laterKeys[prefix] ?? []
    if keys.isEmpty {
      try txn.scanKeys(tables[.presences], .prefix(prefix)) { key in
        keys.append(key)
        return .next
      }
      cache?.laterKeys[prefix] = keys
    }
    return try keys.map { key in
      var reader = ByteReader(Array(key.dropFirst(prefix.count)))
      let newest = ResourceVersion(epoch: try reader.uint32(), try reader.uint64())
      let received = Instant(microseconds: try reader.orderedInt64())
      return LaterList(
        newestItem: newest, receivedAt: received == .latest ? nil : received, key: key)
    }
  }

  /// The versions of a cluster's lists of a kind that has versions, ascending.
  package func versions(
    of cluster: ClusterName, _ kind: Kind, in txn: borrowing ReadTransaction
  ) throws -> [ResourceVersion] {
    let prefix = Self.prefix(cluster, kind)
    if let known = cache?.versions[prefix] { return known }
    var versions: [ResourceVersion] = []
    try txn.scanKeys(tables[.presences], .prefix(prefix)) { key in
      versions.append(try Keys.version(endOf: key))
      return .next
    }
    cache?.versions[prefix] = versions
    return versions
  }

  /// One list of a cluster.
  package func list(
    _ cluster: ClusterName, _ version: ResourceVersion, _ kind: Kind,
    in txn: borrowing ReadTransaction
  ) throws -> List? {
    try list(under: Self.prefix(cluster, kind) + Keys.bytes(of: version), in: txn)
  }

  private func list(under key: [UInt8], in txn: borrowing ReadTransaction) throws -> List? {
    if let known = cache?.lists[key] { return known }
    guard let content = try tables.row(.presences, key, in: txn) else { return nil }
    let list = try Self.decode(content)
    cache?.keep(list, under: key)
    return list
  }

  private static func prefix(_ cluster: ClusterName, _ kind: Kind) -> [UInt8] {
    [kind.rawValue] + Keys.cluster(cluster)
  }

  private static func encode(_ list: List) -> [UInt8] {
    var writer = ByteWriter()
    writer.optionalInstant(list.receivedAt)
    for uid in list.uids { writer.uidBlob(uid) }
    return writer.bytes
  }

  private static func decode(_ content: [UInt8]) throws -> List {
    var reader = ByteReader(content)
    let receivedAt = try reader.optionalInstant()
    var uids: [PodUID] = []
    while !reader.isAtEnd {
      guard let uid = PodUID(encoded: try reader.blobSlice()) else {
        throw EventDecodingError.damaged("a uid in a list is not in its stored form")
      }
      uids.append(uid)
    }
    return List(receivedAt: receivedAt, uids: uids)
  }
}

/// The lists that one view has read already: a question about many pods meets the same few again
/// and again.
package final class PresenceCache {
  /// How many lists are kept; a list of ten thousand pods takes about a megabyte.
  private static let limit = 8

  fileprivate private(set) var lists: [[UInt8]: PresenceRows.List] = [:]
  fileprivate var versions: [[UInt8]: [ResourceVersion]] = [:]
  fileprivate var laterKeys: [[UInt8]: [[UInt8]]] = [:]

  package init() {}

  fileprivate func keep(_ list: PresenceRows.List, under key: [UInt8]) {
    if lists.count >= Self.limit { lists.removeAll() }
    lists[key] = list
  }
}
