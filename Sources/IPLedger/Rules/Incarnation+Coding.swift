// The stored form of an incarnation's row.

extension Incarnation {
  /// The content of its row: what the key does not say.
  package var encoded: [UInt8] {
    var writer = RowWriter()
    writer.flags(creationStamp != nil)
    writer.text(identity.namespace)
    writer.text(identity.name)
    writer.instant(creationStamp)
    writer.count(descriptions.count)
    for description in descriptions {
      var message = FieldWriter()
      description.write(to: &message)
      writer.blob(message.bytes)
    }
    for fact in facts { writer.fact(fact) }
    return writer.bytes
  }

  package init(decoding content: [UInt8], _ cluster: ClusterName, _ uid: PodUID) throws {
    var reader = RowReader(content)
    let hasStamp = try reader.flags(1)[0]
    let identity = try PodIdentity(
      cluster: cluster, namespace: reader.text(), name: reader.text())
    let creationStamp = try reader.instant(if: hasStamp)
    var descriptions: [PodDescription] = []
    for _ in 0..<(try reader.count()) {
      var message = FieldReader(try reader.blob(), of: "description")
      descriptions.append(try PodDescription(from: &message))
      try message.finish()
    }
    var facts: [Fact] = []
    while !reader.isAtEnd { facts.append(try reader.fact()) }
    self.init(
      identity: identity, uid: uid, creationStamp: creationStamp, descriptions: descriptions,
      facts: facts)
  }
}

extension RowWriter {
  fileprivate mutating func fact(_ fact: Fact) {
    byte(fact.content.kind.rawValue)
    flags(
      fact.isExactChange, fact.knownWithout != nil, fact.change.earliest != nil,
      fact.change.latest != nil, fact.fieldBound != nil)
    version(fact.resourceVersion)
    version(fact.knownWithout)
    for bound in [fact.change.earliest, fact.change.latest, fact.fieldBound] { instant(bound) }
    switch fact.content {
    case .addresses(let network, let addresses):
      text(network.rawValue)
      count(addresses.count)
      for address in addresses { blob(address.octets) }
    case .deleting(let asked):
      request(asked)
    case .completed(let phase):
      byte(phase.rawValue)
    case .gone(let cause, let asked):
      byte(cause.rawValue)
      flags(asked != nil)
      if let asked { request(asked) }
    }
  }

  private mutating func request(_ request: DeletionRequest) {
    instant(request.deletionTimestamp)
    number(request.gracePeriodSeconds)
  }
}

extension RowReader {
  fileprivate mutating func fact() throws -> Fact {
    let kind = try stored(Event.Kind(rawValue: byte()))
    let flags = try flags(5)
    let (at, without) = (try version(), try version(if: flags[1]))
    let change = Bounds(earliest: try instant(if: flags[2]), latest: try instant(if: flags[3]))
    let fieldBound = try instant(if: flags[4])
    return Fact(
      content: try content(of: kind), resourceVersion: at, change: change,
      isExactChange: flags[0], knownWithout: without, fieldBound: fieldBound)
  }

  private mutating func content(of kind: Event.Kind) throws -> Fact.Content {
    switch kind {
    case .created:
      let network = try NetworkName(text())
      var addresses: [IPAddress] = []
      for _ in 0..<(try count()) { addresses.append(try IPAddress(octets: blob())) }
      return .addresses(network, addresses)
    case .deleting:
      return .deleting(try request())
    case .completed:
      return .completed(try stored(PodCompleted.Phase(rawValue: byte())))
    case .deleted:
      let cause = try stored(PodDeleted.Cause(rawValue: byte()))
      return .gone(cause, try flags(1)[0] ? try request() : nil)
    case .expired, .watched, .pool:
      throw EventDecodingError.damaged("no fact of an incarnation is of kind \(kind)")
    }
  }

  private mutating func request() throws -> DeletionRequest {
    DeletionRequest(deletionTimestamp: try instant(), gracePeriodSeconds: try number())
  }

  private func stored<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw EventDecodingError.damaged("a fact has an unknown value") }
    return value
  }
}

extension Fact.Content {
  /// Bytes by which contents of one kind are put into order.
  package var encoded: [UInt8] {
    var writer = ByteWriter()
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
    return writer.bytes
  }
}

extension ByteWriter {
  fileprivate mutating func request(_ request: DeletionRequest) {
    zigzag(request.deletionTimestamp.microseconds)
    zigzag(request.gracePeriodSeconds)
  }
}
