package import LMDB

/// The two staircases of a cluster: since resource versions order all changes, the greatest lower
/// bound of any earlier change holds for each later one, and the least upper bound of any later one
/// for each earlier one (R8a).
///
/// Only the steps are kept: a bound that another one implies is no row. What is kept is therefore a
/// function of the set of all bounds, whatever came first (R7).
package struct Staircases {
  private let tables: Tables

  package init(_ tables: Tables) {
    self.tables = tables
  }

  /// A lower bound of the change at a version.
  package func earliest(
    _ cluster: ClusterName, _ version: ResourceVersion, in txn: borrowing ReadTransaction
  ) throws -> Instant? {
    let key = Keys.version(cluster, version)
    guard let step = try txn.floor(tables[.earliest], key), isOf(cluster, version, step.key) else {
      return nil
    }
    return try instant(step, .earliest)
  }

  /// An upper bound of the change at a version.
  package func latest(
    _ cluster: ClusterName, _ version: ResourceVersion, in txn: borrowing ReadTransaction
  ) throws -> Instant? {
    let key = Keys.version(cluster, version)
    guard let step = try txn.ceiling(tables[.latest], key), isOf(cluster, version, step.key) else {
      return nil
    }
    return try instant(step, .latest)
  }

  /// Adds what is known of one change; evidence that contradicts itself is not passed on to others.
  ///
  /// - Returns: Whether it added a step.
  package func add(
    _ bounds: Bounds, at version: ResourceVersion, of cluster: ClusterName,
    in txn: borrowing WriteTransaction
  ) throws -> Bool {
    guard !bounds.isCrossed else { return false }
    var isNew = false
    if let earliest = bounds.earliest {
      isNew = try raise(to: earliest, at: version, of: cluster, in: txn)
    }
    if let latest = bounds.latest {
      isNew = try lower(to: latest, at: version, of: cluster, in: txn) || isNew
    }
    return isNew
  }

  private func raise(
    to instant: Instant, at version: ResourceVersion, of cluster: ClusterName,
    in txn: borrowing WriteTransaction
  ) throws -> Bool {
    let known = try earliest(cluster, version, in: txn.reading)
    if let known, known >= instant { return false }
    let key = Keys.version(cluster, version)
    try put(.earliest, key, instant, in: txn)
    while let step = try txn.reading.higher(tables[.earliest], key),
      isOf(cluster, version, step.key), try self.instant(step, .earliest) <= instant
    {
      try txn.delete(tables[.earliest], step.key)
    }
    return true
  }

  private func lower(
    to instant: Instant, at version: ResourceVersion, of cluster: ClusterName,
    in txn: borrowing WriteTransaction
  ) throws -> Bool {
    let known = try latest(cluster, version, in: txn.reading)
    if let known, known <= instant { return false }
    let key = Keys.version(cluster, version)
    try put(.latest, key, instant, in: txn)
    while let step = try txn.reading.lower(tables[.latest], key),
      isOf(cluster, version, step.key), try self.instant(step, .latest) >= instant
    {
      try txn.delete(tables[.latest], step.key)
    }
    return true
  }

  private func put(
    _ kind: Tables.Kind, _ key: [UInt8], _ instant: Instant, in txn: borrowing WriteTransaction
  ) throws {
    var writer = ByteWriter()
    writer.int64(instant.microseconds)
    try tables.put(kind, key, writer.bytes, in: txn)
  }

  private func instant(
    _ step: (key: [UInt8], value: [UInt8]), _ kind: Tables.Kind
  ) throws -> Instant {
    var reader = ByteReader(try Row.open(step.value, under: step.key, of: kind.rawValue))
    return Instant(microseconds: try reader.int64())
  }

  /// Whether a step is of this cluster and this epoch of its versions.
  private func isOf(
    _ cluster: ClusterName, _ version: ResourceVersion, _ key: [UInt8]
  ) -> Bool {
    let prefix = Keys.cluster(cluster) + Keys.bytes(of: version).prefix(4)
    return key.count == prefix.count + 8 && key.starts(with: prefix)
  }
}
