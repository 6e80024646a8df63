/// A pod, as answers name it.
public struct PodReference: Hashable, Sendable {
  /// The pod.
  public let identity: PodIdentity
  /// The incarnation.
  public let uid: PodUID
  /// The node that it ran on, where it is known.
  public let node: String?

  /// An incarnation of a pod, on a node.
  public init(identity: PodIdentity, uid: PodUID, node: String?) {
    self.identity = identity
    self.uid = uid
    self.node = node
  }
}

extension PodReference {
  /// Whether both are one incarnation: a uid tells the pods of one cluster apart.
  func isSameIncarnation(as other: PodReference) -> Bool {
    uid == other.uid && identity.cluster == other.identity.cluster
  }
}

/// A tenure as its table keeps it, with what an answer needs of its pod.
package struct TenureRow: Hashable, Sendable {
  package var tenure: Tenure
  package var pod: PodReference

  package init(tenure: Tenure, incarnation: Incarnation) {
    self.tenure = tenure
    pod = PodReference(
      identity: incarnation.identity, uid: incarnation.uid, node: incarnation.description?.node)
  }
}

extension TenureRow {
  /// The content of its row: what the key does not say.
  package var encoded: [UInt8] {
    var writer = RowWriter(near: tenure.start.at)
    writer.flags(pod.node != nil, tenure.end != nil)
    writer.text(pod.identity.namespace)
    writer.text(pod.identity.name)
    if let node = pod.node { writer.text(node) }
    writer.moment(tenure.start)
    if let end = tenure.end { writer.end(end) }
    writer.version(tenure.lastKnown)
    return writer.bytes
  }

  package init(decoding content: [UInt8], under key: [UInt8]) throws {
    let place = try Keys.tenure(decoding: key)
    var reader = RowReader(content, near: place.start)
    let flags = try reader.flags(2)
    let identity = try PodIdentity(
      cluster: place.cluster, namespace: reader.text(), name: reader.text())
    pod = PodReference(
      identity: identity, uid: place.uid, node: flags[0] ? try reader.text() : nil)
    let start = try reader.moment()
    guard start.at == place.start else {
      throw EventDecodingError.damaged("a tenure's beginning is not that of its key")
    }
    let end = flags[1] ? try reader.end() : nil
    tenure = Tenure(
      address: place.address, start: start, end: end, lastKnown: try reader.version())
    try reader.finish()
  }
}

/// When a tenure was, by its row alone: which of an address's tenures an answer is about.
package struct TenureOutline {
  /// The cluster whose pod it is of.
  package let cluster: ClusterName
  package let start: Moment
  package let end: Moment?

  /// Reads no more of a row than that.
  ///
  /// - Parameters:
  ///   - content: The content of the row.
  ///   - key: Its key.
  ///   - length: How many bytes of the key the address takes.
  ///   - previous: The outline of the row before, mostly of the same cluster.
  /// - Throws: ``EventDecodingError`` where the row is none of a tenure.
  init(
    decoding content: ArraySlice<UInt8>, under key: ArraySlice<UInt8>, behind length: Int,
    after previous: Self?
  ) throws {
    let place = try Keys.tenureStart(in: key, behind: length, near: previous?.cluster)
    cluster = place.cluster
    var reader = RowReader(content, near: place.start)
    let flags = try reader.flags(2)
    for _ in 0..<(flags[0] ? 3 : 2) { try reader.skipText() }
    start = try reader.moment()
    end = flags[1] ? try reader.end().moment : nil
  }

  /// Whether the ledger decided it.
  var isAssigned: Bool { start.at.isDecided }

  /// Whether a later tenure of the address in the cluster overlaps it, as far as the order of changes tells
  /// (R11).
  func mayOverlap(startingAt start: ResourceVersion) -> Bool { end.map { start < $0.at } ?? true }
}

extension RowWriter {
  mutating func end(_ end: Tenure.End) {
    byte(end.cause.rawValue)
    moment(end.moment)
  }

  fileprivate mutating func moment(_ moment: Moment) {
    flags(
      moment.isExactChange, moment.after != nil, moment.change.earliest != nil,
      moment.change.latest != nil, moment.notBefore != nil, moment.notAfter != nil)
    version(moment.at)
    version(moment.after)
    for bound in [
      moment.change.earliest, moment.change.latest, moment.notBefore, moment.notAfter,
    ] {
      instant(bound)
    }
  }
}

extension RowReader {
  mutating func end() throws -> Tenure.End {
    guard let cause = TenureEnd(rawValue: try byte()) else {
      throw EventDecodingError.damaged("a row has an end of an unknown cause")
    }
    return Tenure.End(moment: try moment(), cause: cause)
  }

  fileprivate mutating func moment() throws -> Moment {
    let flags = try flags(6)
    return Moment(
      at: try version(), isExactChange: flags[0], after: try version(if: flags[1]),
      change: Bounds(earliest: try instant(if: flags[2]), latest: try instant(if: flags[3])),
      notBefore: try instant(if: flags[4]), notAfter: try instant(if: flags[5]))
  }
}
