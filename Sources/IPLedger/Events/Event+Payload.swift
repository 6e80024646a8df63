// The payload of each kind: its fields by tag. A tag is never used again for something else.

extension Event {
  /// The payload of this fact.
  package var payload: [UInt8] {
    var writer = FieldWriter()
    switch self {
    case .created(let event): event.write(to: &writer)
    case .deleting(let event): event.write(to: &writer)
    case .completed(let event): event.write(to: &writer)
    case .deleted(let event): event.write(to: &writer)
    case .expired(let event): event.write(to: &writer)
    case .watched(let event): event.write(to: &writer)
    case .pool(let event): event.write(to: &writer)
    }
    return writer.bytes
  }

  /// Reads a payload of format version 1.
  package init(kind: Kind, payload: ArraySlice<UInt8>) throws {
    var reader = FieldReader(payload, of: kind.subject)
    switch kind {
    case .created: self = .created(try PodCreated(from: &reader))
    case .deleting: self = .deleting(try PodDeleting(from: &reader))
    case .completed: self = .completed(try PodCompleted(from: &reader))
    case .deleted: self = .deleted(try PodDeleted(from: &reader))
    case .expired: self = .expired(try ReservationExpired(from: &reader))
    case .watched: self = .watched(try SourceWatched(from: &reader))
    case .pool: self = .pool(try PoolChanged(from: &reader))
    }
    try reader.finish()
  }
}

extension Event.Kind {
  /// What errors call an event; a literal, since one is read far more often than there is an error.
  fileprivate var subject: String {
    switch self {
    case .created: "the created event"
    case .deleting: "the deleting event"
    case .completed: "the completed event"
    case .deleted: "the deleted event"
    case .expired: "the expired event"
    case .watched: "the watched event"
    case .pool: "the pool event"
    }
  }
}

/// The tags that all events about a pod share.
private enum PodTag {
  static let cluster: UInt8 = 1
  static let namespace: UInt8 = 2
  static let name: UInt8 = 3
  static let uid: UInt8 = 4
  static let network: UInt8 = 5
  static let addresses: UInt8 = 6
  static let description: UInt8 = 7
  static let request: UInt8 = 8
  static let phase: UInt8 = 9
  static let cause: UInt8 = 10
  static let nodeClass: UInt8 = 11
  static let deadline: UInt8 = 12
  static let endedAt: UInt8 = 13
  static let by: UInt8 = 14
  static let reason: UInt8 = 15
  static let evidence: UInt8 = 16
  static let assignment: UInt8 = 17
}

extension FieldWriter {
  fileprivate mutating func identity(_ identity: PodIdentity) {
    text(PodTag.cluster, identity.cluster.rawValue)
    text(PodTag.namespace, identity.namespace)
    text(PodTag.name, identity.name)
  }

  fileprivate mutating func uid(_ uid: PodUID) {
    self.uid(PodTag.uid, uid)
  }

  fileprivate mutating func addresses(_ addresses: [IPAddress]) {
    var content = ByteWriter()
    for address in addresses { content.address(address) }
    field(PodTag.addresses, content.bytes)
  }

  fileprivate mutating func request(_ request: DeletionRequest?) {
    guard let request else { return }
    message(PodTag.request) { nested in
      nested.instant(1, request.deletionTimestamp)
      nested.signed(2, request.gracePeriodSeconds)
    }
  }

  fileprivate mutating func evidence(_ evidence: Evidence) {
    message(PodTag.evidence) { evidence.write(to: &$0) }
  }
}

extension FieldReader {
  fileprivate mutating func identity() throws -> PodIdentity {
    try PodIdentity(
      cluster: ClusterName(requiredText(PodTag.cluster)),
      namespace: requiredText(PodTag.namespace), name: requiredText(PodTag.name))
  }

  fileprivate mutating func uid() throws -> PodUID {
    guard let uid = PodUID(encoded: try required(PodTag.uid)) else {
      throw EventDecodingError.damaged("the uid is not in its stored form")
    }
    return uid
  }

  fileprivate mutating func network() throws -> NetworkName {
    try NetworkName(requiredText(PodTag.network))
  }

  fileprivate mutating func addresses() throws -> [IPAddress] {
    try parsed(PodTag.addresses) { (reader: inout ByteReader) in
      var addresses: [IPAddress] = []
      while !reader.isAtEnd { addresses.append(try reader.address()) }
      return addresses
    } ?? []
  }

  fileprivate mutating func request() throws -> DeletionRequest? {
    try message(PodTag.request, of: "deletion request") { nested in
      guard let stamp = try nested.instant(1), let grace = try nested.signed(2) else {
        throw EventDecodingError.damaged("the deletion request lacks a field")
      }
      return DeletionRequest(deletionTimestamp: stamp, gracePeriodSeconds: grace)
    }
  }

  fileprivate mutating func evidence() throws -> Evidence {
    let evidence = try message(PodTag.evidence, of: "evidence") { try Evidence(from: &$0) }
    guard let evidence else { throw EventDecodingError.damaged("the evidence is missing") }
    return evidence
  }
}

extension PodCreated {
  fileprivate func write(to writer: inout FieldWriter) {
    writer.identity(identity)
    writer.uid(uid)
    writer.text(PodTag.network, network.rawValue)
    writer.addresses(addresses)
    writer.message(PodTag.description) { description.write(to: &$0) }
    writer.evidence(evidence)
    if let assignment { writer.message(PodTag.assignment) { assignment.write(to: &$0) } }
  }

  fileprivate init(from reader: inout FieldReader) throws {
    let identity = try reader.identity()
    let uid = try reader.uid()
    let network = try reader.network()
    let addresses = try reader.addresses()
    let description = try reader.message(PodTag.description, of: "description") {
      try PodDescription(from: &$0)
    }
    guard let description else { throw EventDecodingError.damaged("the description is missing") }
    self.init(
      identity: identity, uid: uid, network: network, addresses: addresses,
      description: description, evidence: try reader.evidence())
    assignment = try reader.message(PodTag.assignment, of: "assignment") {
      try Assignment(from: &$0)
    }
  }
}

extension PodDeleting {
  fileprivate func write(to writer: inout FieldWriter) {
    writer.identity(identity)
    writer.uid(uid)
    writer.request(request)
    writer.evidence(evidence)
  }

  fileprivate init(from reader: inout FieldReader) throws {
    let identity = try reader.identity()
    let uid = try reader.uid()
    guard let request = try reader.request() else {
      throw EventDecodingError.damaged("the deletion request is missing")
    }
    self.init(
      identity: identity, uid: uid, request: request, evidence: try reader.evidence())
  }
}

extension PodCompleted {
  fileprivate func write(to writer: inout FieldWriter) {
    writer.identity(identity)
    writer.uid(uid)
    writer.byte(PodTag.phase, phase.rawValue)
    writer.evidence(evidence)
  }

  fileprivate init(from reader: inout FieldReader) throws {
    self.init(
      identity: try reader.identity(), uid: try reader.uid(),
      phase: try reader.requiredChoice(PodTag.phase, Phase.self), evidence: try reader.evidence())
  }
}

extension PodDeleted {
  fileprivate func write(to writer: inout FieldWriter) {
    writer.identity(identity)
    writer.uid(uid)
    writer.request(request)
    writer.byte(PodTag.cause, cause.rawValue)
    writer.evidence(evidence)
  }

  fileprivate init(from reader: inout FieldReader) throws {
    self.init(
      identity: try reader.identity(), uid: try reader.uid(), request: try reader.request(),
      cause: try reader.requiredChoice(PodTag.cause, Cause.self), evidence: try reader.evidence())
  }
}

extension ReservationExpired {
  private enum StoredCause: UInt8 {
    case deadline = 1
    case released = 2
  }

  fileprivate func write(to writer: inout FieldWriter) {
    writer.identity(identity)
    writer.text(PodTag.network, network.rawValue)
    writer.addresses(addresses)
    switch cause {
    case .deadline: writer.byte(PodTag.cause, StoredCause.deadline.rawValue)
    case .released: writer.byte(PodTag.cause, StoredCause.released.rawValue)
    }
    writer.byte(PodTag.nodeClass, nodeClass.rawValue)
    writer.instant(PodTag.deadline, deadline)
    writer.instant(PodTag.endedAt, endedAt)
    if case .released(let by, let reason) = cause {
      writer.text(PodTag.by, by)
      writer.text(PodTag.reason, reason)
    }
  }

  fileprivate init(from reader: inout FieldReader) throws {
    let identity = try reader.identity()
    let network = try reader.network()
    let addresses = try reader.addresses()
    let stored = try reader.requiredChoice(PodTag.cause, StoredCause.self)
    let nodeClass = try reader.requiredChoice(PodTag.nodeClass, NodeClass.self)
    let deadline = try reader.instant(PodTag.deadline)
    guard let endedAt = try reader.instant(PodTag.endedAt) else {
      throw EventDecodingError.damaged("the instant of the end is missing")
    }
    let cause: Cause =
      switch stored {
      case .deadline: .deadline
      case .released:
        .released(
          by: try reader.requiredText(PodTag.by), reason: try reader.requiredText(PodTag.reason))
      }
    self.init(
      identity: identity, nodeClass: nodeClass, network: network, addresses: addresses,
      deadline: deadline, endedAt: endedAt, cause: cause)
  }
}
