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
    try self.init(decoding: content[...], at: Keys.tenure(decoding: key))
  }

  /// The row that stands in a place.
  init(decoding content: ArraySlice<UInt8>, at place: Keys.TenurePlace) throws {
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
  package let start: Moment
  package let end: Moment?

  /// Reads no more of a row than that.
  ///
  /// - Parameters:
  ///   - content: The content of the row.
  ///   - place: The version that its key says.
  /// - Throws: ``EventDecodingError`` where the row is none of a tenure.
  init(decoding content: Span<UInt8>, near place: ResourceVersion) throws {
    var cursor = RowCursor(near: place)
    let flags = try cursor.flags(2, in: content)
    for _ in 0..<(flags[0] ? 3 : 2) { _ = try cursor.counted(in: content) }
    start = try cursor.moment(in: content)
    end = flags[1] ? try cursor.end(in: content).moment : nil
  }
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

extension RowCursor {
  fileprivate mutating func end(in content: Span<UInt8>) throws -> Tenure.End {
    guard let cause = TenureEnd(rawValue: try byte(in: content)) else {
      throw EventDecodingError.damaged("a row has an end of an unknown cause")
    }
    return Tenure.End(moment: try moment(in: content), cause: cause)
  }

  fileprivate mutating func moment(in content: Span<UInt8>) throws -> Moment {
    let flags = try flags(6, in: content)
    return Moment(
      at: try version(in: content), isExactChange: flags[0],
      after: try version(if: flags[1], in: content),
      change: Bounds(
        earliest: try instant(if: flags[2], in: content),
        latest: try instant(if: flags[3], in: content)),
      notBefore: try instant(if: flags[4], in: content),
      notAfter: try instant(if: flags[5], in: content))
  }
}

extension RowReader {
  mutating func end() throws -> Tenure.End { try part { try $0.end(in: $1) } }

  fileprivate mutating func moment() throws -> Moment { try part { try $0.moment(in: $1) } }
}
