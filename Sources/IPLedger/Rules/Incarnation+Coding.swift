// The stored form of an incarnation's row.

extension Incarnation {
  package var encoded: [UInt8] {
    var writer = FieldWriter()
    writer.text(1, identity.cluster.rawValue)
    writer.text(2, identity.namespace)
    writer.text(3, identity.name)
    writer.uid(4, uid)
    writer.instant(5, creationStamp)
    writer.messages(6, descriptions) { $0.write(to: &$1) }
    writer.messages(7, facts) { $0.write(to: &$1) }
    return writer.bytes
  }

  package init(decoding bytes: [UInt8]) throws {
    var reader = try FieldReader(bytes[...], of: "the incarnation")
    let identity = try PodIdentity(
      cluster: ClusterName(reader.requiredText(1)), namespace: reader.requiredText(2),
      name: reader.requiredText(3))
    guard let uid = PodUID(encoded: try reader.required(4)) else {
      throw EventDecodingError.damaged("the incarnation's uid is not in its stored form")
    }
    let creationStamp = try reader.instant(5)
    let descriptions = try reader.parsed(6) { (list: inout ByteReader) in
      var descriptions: [PodDescription] = []
      while !list.isAtEnd {
        var message = try FieldReader(try list.blobSlice(), of: "description")
        descriptions.append(try PodDescription(from: &message))
        try message.finish()
      }
      return descriptions
    }
    let facts = try reader.parsed(7) { (list: inout ByteReader) in
      var facts: [Fact] = []
      while !list.isAtEnd { facts.append(try Fact(decoding: try list.blobSlice())) }
      return facts
    }
    try reader.finish()
    self.init(
      identity: identity, uid: uid, creationStamp: creationStamp, descriptions: descriptions ?? [],
      facts: facts ?? [])
  }
}

extension Fact {
  fileprivate func write(to writer: inout FieldWriter) {
    writer.byte(1, content.kind.rawValue)
    writer.content(2) { content.write(to: &$0) }
    writer.version(3, resourceVersion)
    writer.instant(4, change.earliest)
    writer.instant(5, change.latest)
    writer.flag(6, isExactChange)
    writer.version(7, knownWithout)
    writer.instant(8, fieldBound)
  }

  fileprivate init(decoding bytes: ArraySlice<UInt8>) throws {
    var reader = try FieldReader(bytes, of: "the fact")
    let kind = try reader.requiredChoice(1, Event.Kind.self)
    let content = try Content(kind: kind, decoding: try reader.required(2))
    self.init(
      content: content, resourceVersion: try reader.requiredVersion(3),
      change: Bounds(earliest: try reader.instant(4), latest: try reader.instant(5)),
      isExactChange: reader.flag(6), knownWithout: try reader.version(7),
      fieldBound: try reader.instant(8))
    try reader.finish()
  }
}

extension Fact.Content {
  package var encoded: [UInt8] {
    var writer = ByteWriter()
    write(to: &writer)
    return writer.bytes
  }

  fileprivate func write(to writer: inout ByteWriter) {
    switch self {
    case .addresses(let network, let addresses):
      writer.text(network.rawValue)
      for address in addresses { writer.address(address) }
    case .deleting(let request):
      writer.request(request)
    case .completed(let phase):
      writer.uint8(phase.rawValue)
    case .gone(let cause, let request):
      writer.uint8(cause.rawValue)
      if let request { writer.request(request) }
    }
  }

  fileprivate init(kind: Event.Kind, decoding bytes: ArraySlice<UInt8>) throws {
    var reader = ByteReader(bytes)
    switch kind {
    case .created:
      let network = try NetworkName(reader.text())
      var addresses: [IPAddress] = []
      while !reader.isAtEnd { addresses.append(try reader.address()) }
      self = .addresses(network, addresses)
    case .deleting:
      self = .deleting(try reader.request())
    case .completed:
      self = .completed(try stored(PodCompleted.Phase(rawValue: reader.uint8())))
    case .deleted:
      let cause = try stored(PodDeleted.Cause(rawValue: reader.uint8()))
      self = .gone(cause, reader.isAtEnd ? nil : try reader.request())
    case .expired, .watched, .pool:
      throw EventDecodingError.damaged("no fact of an incarnation is of kind \(kind)")
    }
    try reader.finish()
  }
}

private func stored<Value>(_ value: Value?) throws -> Value {
  guard let value else { throw EventDecodingError.damaged("a fact has an unknown value") }
  return value
}

extension ByteWriter {
  fileprivate mutating func request(_ request: DeletionRequest) {
    zigzag(request.deletionTimestamp.microseconds)
    zigzag(request.gracePeriodSeconds)
  }
}

extension ByteReader {
  fileprivate mutating func request() throws -> DeletionRequest {
    DeletionRequest(
      deletionTimestamp: Instant(microseconds: try zigzag()), gracePeriodSeconds: try zigzag())
  }
}
