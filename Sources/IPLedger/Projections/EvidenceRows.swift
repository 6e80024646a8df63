package import LMDB

/// Where the log says what the tables tell (R21).
///
/// What was said of an incarnation is one row: the few statements of its life, in the order of the log.
/// Of all else each statement has a row of its own, since of a cluster there is no end to them.
package struct EvidenceRows {
  private let tables: Tables

  package init(_ tables: Tables) {
    self.tables = tables
  }

  /// What an event says of an incarnation, in short.
  package struct Statement: Hashable, Sendable {
    /// Where it stands in the log.
    package var position: Position
    /// The change that it is about.
    package var version: ResourceVersion
    /// What kind of event it is.
    package var kind: Event.Kind
    /// A CRC-32C of all that it says: two of one fact may have different evidence.
    package var digest: UInt32

    /// Whether it is of the same fact as another one.
    func isOfSameFact(as other: Statement) -> Bool {
      version == other.version && kind == other.kind
    }
  }

  /// What was said of an incarnation, in the order of the log.
  func statements(
    of uid: PodUID, _ cluster: ClusterName, in txn: borrowing ReadTransaction
  ) throws -> [Statement] {
    try tables.row(.evidence, Keys.evidence(cluster, uid), in: txn).map(Self.decode) ?? []
  }

  /// The positions of what was said of an incarnation.
  package func positions(
    of uid: PodUID, _ cluster: ClusterName, in txn: borrowing ReadTransaction
  ) throws -> [Position] {
    try statements(of: uid, cluster, in: txn).map(\.position)
  }

  /// The positions of what was said of an incarnation at some changes.
  package func positions(
    of uid: PodUID, _ cluster: ClusterName, at versions: [ResourceVersion],
    in txn: borrowing ReadTransaction
  ) throws -> [Position] {
    try statements(of: uid, cluster, in: txn)
      .filter { versions.contains($0.version) }
      .map(\.position)
  }

  /// The positions of the statements whose keys begin so.
  package func positions(
    under prefix: [UInt8], in txn: borrowing ReadTransaction
  ) throws -> [Position] {
    var positions: [Position] = []
    try tables.scan(.evidence, .prefix(prefix), in: txn) { key, _ in
      positions.append(try Keys.position(endOf: key))
      return .next
    }
    return positions
  }

  /// Adds statements about an incarnation, by the key of its row, that stand behind all others of it.
  func add(
    _ statements: [Statement], under key: [UInt8], in txn: borrowing WriteTransaction
  ) throws {
    let known = try tables.row(.evidence, key, in: txn.reading).map(Self.decode) ?? []
    try tables.put(.evidence, key, Self.encode(known + statements), in: txn)
  }

  /// Adds a statement about anything else, by its key.
  func add(_ key: [UInt8], in txn: borrowing WriteTransaction) throws {
    try tables.put(.evidence, key, [], in: txn)
  }
}

extension EvidenceRows {
  /// The content of a row: of each statement how far it is from the one before, in the log and in
  /// versions.
  package static func encode(_ statements: [Statement]) -> [UInt8] {
    var writer = ByteWriter(capacity: 16 * statements.count)
    var (position, version) = (UInt64(0), UInt64(0))
    for statement in statements {
      writer.uint8(statement.kind.rawValue)
      writer.varint(statement.position.rawValue - position)
      writer.varint(UInt64(statement.version.epoch))
      writer.zigzag(Int64(bitPattern: statement.version.value &- version))
      writer.uint32(statement.digest)
      (position, version) = (statement.position.rawValue, statement.version.value)
    }
    return writer.bytes
  }

  package static func decode(_ content: [UInt8]) throws -> [Statement] {
    var statements: [Statement] = []
    var reader = ByteReader(content)
    var (position, version) = (UInt64(0), UInt64(0))
    while !reader.isAtEnd {
      guard let kind = Event.Kind(rawValue: try reader.uint8()) else {
        throw EventDecodingError.damaged("a statement is of an unknown kind")
      }
      let (next, isBeyond) = position.addingReportingOverflow(try reader.varint())
      guard next > position, !isBeyond else {
        throw EventDecodingError.damaged("the statements about a pod are not in the log's order")
      }
      guard let epoch = UInt32(exactly: try reader.varint()) else {
        throw EventDecodingError.damaged("a statement's epoch is beyond 32 bits")
      }
      position = next
      version &+= UInt64(bitPattern: try reader.zigzag())
      statements.append(
        Statement(
          position: Position(position), version: ResourceVersion(epoch: epoch, version), kind: kind,
          digest: try reader.uint32()))
    }
    return statements
  }
}
