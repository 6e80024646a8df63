package import LMDB

/// The coverage of each cluster, kept as unions of spans, and every statement about it once.
package struct CoverageRows {
  /// What a row of the table is, behind the cluster in its key.
  private enum RowKind: UInt8 {
    case versions = 1
    case times = 2
    case statement = 3
    case network = 4
    case resumption = 5
  }

  private let tables: Tables

  package init(_ tables: Tables) {
    self.tables = tables
  }

  /// What was watched of a cluster.
  package func coverage(
    of cluster: ClusterName, in txn: borrowing ReadTransaction
  ) throws -> Coverage {
    var coverage = Coverage()
    try tables.scan(.coverage, .prefix(prefix(cluster, .versions)), in: txn) { _, content in
      coverage.versions.append(try VersionSpan(decoding: content))
      return .next
    }
    try tables.scan(.coverage, .prefix(prefix(cluster, .times)), in: txn) { _, content in
      coverage.times.append(try TimeSpan(decoding: content))
      return .next
    }
    try tables.scan(.coverage, .prefix(prefix(cluster, .resumption)), in: txn) { key, _ in
      coverage.resumptions.append(try Keys.version(endOf: key))
      return .next
    }
    return coverage
  }

  /// The networks in which a cluster's pods have their addresses.
  package func networks(
    of cluster: ClusterName, in txn: borrowing ReadTransaction
  ) throws -> [NetworkName] {
    var networks: [NetworkName] = []
    try tables.scan(.coverage, .prefix(prefix(cluster, .network)), in: txn) { _, content in
      networks.append(try NetworkName(String(decoding: content, as: UTF8.self)))
      return .next
    }
    return networks
  }

  /// All clusters of which anything was ever watched.
  package func clusters(in txn: borrowing ReadTransaction) throws -> [ClusterName] {
    var clusters: [ClusterName] = []
    var next = try tables.first(.coverage, in: txn)
    while let found = next {
      let name = try ClusterName(
        String(decoding: found.key.prefix { $0 != 0 }, as: UTF8.self))
      clusters.append(name)
      next = try tables.ceiling(.coverage, Array(name.rawValue.utf8) + [1], in: txn)
    }
    return clusters
  }

  /// Takes in what an event says of the coverage.
  ///
  /// - Returns: Whether it was not said before.
  package func add(_ event: SourceWatched, in txn: borrowing WriteTransaction) throws -> Bool {
    guard try state(event, in: txn) else { return false }
    try add(event.network, of: event.cluster, in: txn)
    if event.phase == .began, let from = event.from?.resourceVersion {
      try put(prefix(event.cluster, .resumption) + Keys.bytes(of: from), [], in: txn)
    }
    if let from = event.from?.resourceVersion, let through = event.through?.resourceVersion {
      let span = VersionSpan(
        scope: event.scope, from: from, through: through, watchedUntil: event.through?.notBefore,
        seenUntil: event.through?.notAfter)
      try join(span, of: event.cluster, in: txn)
    }
    if let from = event.from?.notAfter, let through = event.through?.notBefore, from <= through {
      let span = TimeSpan(
        scope: event.scope, from: from, through: through,
        seenUntil: max(through, event.through?.notAfter ?? through))
      try join(span, of: event.cluster, in: txn)
    }
    return true
  }

  /// Remembers that pods of a cluster have their addresses in a network.
  package func add(
    _ network: NetworkName, of cluster: ClusterName, in txn: borrowing WriteTransaction
  ) throws {
    let name = Array(network.rawValue.utf8)
    let key = prefix(cluster, .network) + name
    guard try !tables.contains(.coverage, key, in: txn.reading) else { return }
    try put(key, name, in: txn)
  }

  /// Remembers that a statement was made, marks and the list of pods aside, which have rows of
  /// their own.
  private func state(_ event: SourceWatched, in txn: borrowing WriteTransaction) throws -> Bool {
    let key = prefix(event.cluster, .statement) + Self.digest(of: event)
    guard try !tables.contains(.coverage, key, in: txn.reading) else { return false }
    try put(key, [], in: txn)
    return true
  }

  /// Twelve bytes that stand for a statement: FNV-1a and CRC-32C of its payload.
  package static func digest(of event: SourceWatched) -> [UInt8] {
    var statement = event
    statement.marks = []
    return digest(of: Event.watched(statement).payload)
  }

  /// Twelve bytes that stand for others: FNV-1a and CRC-32C of them.
  package static func digest(of content: [UInt8]) -> [UInt8] {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in content { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    var writer = ByteWriter()
    writer.uint64(hash)
    writer.uint32(CRC32C.checksum(of: content))
    return writer.bytes
  }

  private func join(
    _ span: VersionSpan, of cluster: ClusterName, in txn: borrowing WriteTransaction
  ) throws {
    let prefix = prefix(cluster, .versions) + span.scope.encoded
    var union = span
    let bounds = (prefix + Keys.bytes(of: span.from), prefix + Keys.bytes(of: span.through))
    for (key, content) in try rows(prefix, from: bounds.0, through: bounds.1, in: txn.reading) {
      let other = try VersionSpan(decoding: content)
      guard other.touches(span) else { continue }
      union = union.union(other)
      try txn.delete(tables[.coverage], key)
    }
    try put(prefix + Keys.bytes(of: union.from), union.encoded, in: txn)
  }

  private func join(
    _ span: TimeSpan, of cluster: ClusterName, in txn: borrowing WriteTransaction
  ) throws {
    let prefix = prefix(cluster, .times) + span.scope.encoded
    var union = span
    let bounds = (prefix + Keys.instant(span.from), prefix + Keys.instant(span.through))
    for (key, content) in try rows(prefix, from: bounds.0, through: bounds.1, in: txn.reading) {
      let other = try TimeSpan(decoding: content)
      guard other.touches(span) else { continue }
      union = union.union(other)
      try txn.delete(tables[.coverage], key)
    }
    try put(prefix + Keys.instant(union.from), union.encoded, in: txn)
  }

  /// The rows that can touch a span: as they do not touch each other, only one of those that begin before
  /// it can.
  private func rows(
    _ prefix: [UInt8], from first: [UInt8], through last: [UInt8], in txn: borrowing ReadTransaction
  ) throws -> [Tables.Entry] {
    let before = try tables.floor(.coverage, first, in: txn)
    let start = before.flatMap { $0.key.starts(with: prefix) ? $0.key : nil } ?? first
    var rows: [Tables.Entry] = []
    try tables.scan(.coverage, .between(start, last + [0]), in: txn) { key, content in
      rows.append((key, content))
      return .next
    }
    return rows
  }

  private func put(
    _ key: [UInt8], _ content: [UInt8], in txn: borrowing WriteTransaction
  ) throws {
    try tables.put(.coverage, key, content, in: txn)
  }

  private func prefix(_ cluster: ClusterName, _ kind: RowKind) -> [UInt8] {
    Keys.cluster(cluster) + [kind.rawValue]
  }
}

extension SourceWatched.Scope {
  /// A key part that stands for the scope; a selector may be long, so its checksum stands for it.
  fileprivate var encoded: [UInt8] {
    switch self {
    case .cluster: return [1]
    case .namespace(let namespace): return [2] + Array(namespace.utf8) + [0]
    case .selection(let selector):
      var writer = ByteWriter()
      writer.uint8(3)
      writer.uint32(CRC32C.checksum(of: Array(selector.utf8)))
      return writer.bytes
    }
  }

  fileprivate func write(to writer: inout ByteWriter) {
    switch self {
    case .cluster: writer.uint8(1)
    case .namespace(let namespace):
      writer.uint8(2)
      writer.text(namespace)
    case .selection(let selector):
      writer.uint8(3)
      writer.text(selector)
    }
  }

  fileprivate init(from reader: inout ByteReader) throws {
    switch try reader.uint8() {
    case 1: self = .cluster
    case 2: self = .namespace(try reader.text())
    case 3: self = .selection(try reader.text())
    case let other: throw EventDecodingError.damaged("no scope is stored as \(other)")
    }
  }
}

extension VersionSpan {
  fileprivate var encoded: [UInt8] {
    var writer = ByteWriter()
    scope.write(to: &writer)
    writer.version(from)
    writer.version(through)
    writer.optionalInstant(watchedUntil)
    writer.optionalInstant(seenUntil)
    return writer.bytes
  }

  fileprivate init(decoding bytes: [UInt8]) throws {
    var reader = ByteReader(bytes)
    self.init(
      scope: try SourceWatched.Scope(from: &reader), from: try reader.version(),
      through: try reader.version(), watchedUntil: try reader.optionalInstant(),
      seenUntil: try reader.optionalInstant())
    try reader.finish()
  }
}

extension TimeSpan {
  fileprivate var encoded: [UInt8] {
    var writer = ByteWriter()
    scope.write(to: &writer)
    for instant in [from, through, seenUntil] { writer.int64(instant.microseconds) }
    return writer.bytes
  }

  fileprivate init(decoding bytes: [UInt8]) throws {
    var reader = ByteReader(bytes)
    self.init(
      scope: try SourceWatched.Scope(from: &reader),
      from: Instant(microseconds: try reader.int64()),
      through: Instant(microseconds: try reader.int64()),
      seenUntil: Instant(microseconds: try reader.int64()))
    try reader.finish()
  }
}
