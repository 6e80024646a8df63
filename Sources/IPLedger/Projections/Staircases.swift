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

  /// A bound that some change gives to others.
  private struct Step {
    var version: ResourceVersion
    var instant: Instant
  }

  /// A lower bound of the change at a version.
  ///
  /// A step that the other staircase contradicts at its own change is not passed on: clocks disagree
  /// there.
  package func earliest(
    _ cluster: ClusterName, _ version: ResourceVersion, in txn: borrowing ReadTransaction
  ) throws -> Instant? {
    var next = try step(.earliest, cluster, version, in: txn)
    while let step = next {
      let opposite = try self.step(.latest, cluster, step.version, in: txn)
      guard let opposite, opposite.instant < step.instant else { return step.instant }
      guard let before = step.version.predecessor else { return nil }
      next = try self.step(.earliest, cluster, before, in: txn)
    }
    return nil
  }

  /// An upper bound of the change at a version; contradicted steps are not passed on, as in
  /// ``earliest(_:_:in:)``.
  package func latest(
    _ cluster: ClusterName, _ version: ResourceVersion, in txn: borrowing ReadTransaction
  ) throws -> Instant? {
    var next = try step(.latest, cluster, version, in: txn)
    while let step = next {
      let opposite = try self.step(.earliest, cluster, step.version, in: txn)
      guard let opposite, opposite.instant > step.instant else { return step.instant }
      guard let after = step.version.successor else { return nil }
      next = try self.step(.latest, cluster, after, in: txn)
    }
    return nil
  }

  /// The step of a staircase that counts at a version.
  private func step(
    _ kind: Tables.Kind, _ cluster: ClusterName, _ version: ResourceVersion,
    in txn: borrowing ReadTransaction
  ) throws -> Step? {
    let key = Keys.version(cluster, version)
    let found =
      try kind == .earliest
      ? tables.floor(kind, key, in: txn) : tables.ceiling(kind, key, in: txn)
    guard let found, isOf(cluster, version, found.key) else { return nil }
    return Step(
      version: try Keys.version(endOf: found.key), instant: try instant(found))
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
    let key = Keys.version(cluster, version)
    let place = try tables.around(.earliest, key, after: true, in: txn.reading)
    if let known = place.below, isOf(cluster, version, known.key),
      try self.instant(known) >= instant
    {
      return false
    }
    try put(.earliest, key, instant, in: txn)
    var implied = place.above
    while let step = implied, isOf(cluster, version, step.key), try self.instant(step) <= instant {
      try txn.delete(tables[.earliest], step.key)
      implied = try tables.higher(.earliest, key, in: txn.reading)
    }
    return true
  }

  private func lower(
    to instant: Instant, at version: ResourceVersion, of cluster: ClusterName,
    in txn: borrowing WriteTransaction
  ) throws -> Bool {
    let key = Keys.version(cluster, version)
    let place = try tables.around(.latest, key, in: txn.reading)
    if let known = place.above, isOf(cluster, version, known.key),
      try self.instant(known) <= instant
    {
      return false
    }
    try put(.latest, key, instant, in: txn)
    var implied = place.below
    while let step = implied, isOf(cluster, version, step.key), try self.instant(step) >= instant {
      try txn.delete(tables[.latest], step.key)
      implied = try tables.lower(.latest, key, in: txn.reading)
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

  private func instant(_ step: Tables.Entry) throws -> Instant {
    var reader = ByteReader(step.content)
    return Instant(microseconds: try reader.int64())
  }

  /// Whether a step is of this cluster and this epoch of its versions.
  private func isOf(
    _ cluster: ClusterName, _ version: ResourceVersion, _ key: [UInt8]
  ) -> Bool {
    let name = cluster.rawValue.utf8
    guard key.count == name.count + 1 + 4 + 8, key.starts(with: name), key[name.count] == 0 else {
      return false
    }
    let epoch = key[(name.count + 1)...].prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    return epoch == version.epoch
  }
}

extension ResourceVersion {
  /// The version before this one in its epoch.
  fileprivate var predecessor: ResourceVersion? {
    value > 0 ? ResourceVersion(epoch: epoch, value - 1) : nil
  }

  /// The version after this one in its epoch.
  fileprivate var successor: ResourceVersion? {
    value < .max ? ResourceVersion(epoch: epoch, value + 1) : nil
  }
}
