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
  package var encoded: [UInt8] {
    var writer = FieldWriter()
    writer.text(1, pod.identity.cluster.rawValue)
    writer.text(2, pod.identity.namespace)
    writer.text(3, pod.identity.name)
    writer.uid(4, pod.uid)
    writer.text(5, pod.node)
    writer.text(6, tenure.address.network.rawValue)
    writer.content(7) { $0.octets(of: tenure.address.ip) }
    writer.message(8) { tenure.start.write(to: &$0) }
    if let end = tenure.end {
      writer.message(9) { end.moment.write(to: &$0) }
      writer.byte(10, end.cause.rawValue)
    }
    writer.version(11, tenure.lastKnown)
    return writer.bytes
  }

  package init(decoding bytes: [UInt8]) throws {
    var reader = try FieldReader(bytes[...], of: "the tenure")
    let identity = try PodIdentity(
      cluster: ClusterName(reader.requiredText(1)), namespace: reader.requiredText(2),
      name: reader.requiredText(3))
    guard let uid = PodUID(encoded: try reader.required(4)) else {
      throw EventDecodingError.damaged("the tenure's uid is not in its stored form")
    }
    pod = PodReference(identity: identity, uid: uid, node: try reader.text(5))
    let address = Address(
      network: try NetworkName(reader.requiredText(6)),
      ip: try IPAddress(octets: reader.required(7)))
    let start = try reader.message(8, of: "beginning") { try Moment(from: &$0) }
    let end = try reader.message(9, of: "end") { try Moment(from: &$0) }
    let cause = try reader.choice(10, TenureEnd.self)
    guard let start else { throw EventDecodingError.damaged("the tenure has no beginning") }
    var ending: Tenure.End?
    if let end, let cause { ending = Tenure.End(moment: end, cause: cause) }
    tenure = Tenure(
      address: address, start: start, end: ending, lastKnown: try reader.requiredVersion(11))
    try reader.finish()
  }
}

extension Moment {
  package func write(to writer: inout FieldWriter) {
    writer.version(1, at)
    writer.flag(2, isExactChange)
    writer.version(3, after)
    writer.instant(4, change.earliest)
    writer.instant(5, change.latest)
    writer.instant(6, notBefore)
    writer.instant(7, notAfter)
  }

  package init(from reader: inout FieldReader) throws {
    self.init(
      at: try reader.requiredVersion(1), isExactChange: reader.flag(2),
      after: try reader.version(3),
      change: Bounds(earliest: try reader.instant(4), latest: try reader.instant(5)),
      notBefore: try reader.instant(6), notAfter: try reader.instant(7))
  }
}
