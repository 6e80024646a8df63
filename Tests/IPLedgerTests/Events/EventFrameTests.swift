import IPLedger
import Testing

/// The bytes of an event in the log.
@Suite(.serialized) struct `event frames` {
  @Test(arguments: Event.Kind.allCases)
  func `every event comes back as it was, whatever parts it has`(_ kind: Event.Kind) throws {
    var random = RandomEvents(seed: UInt64(kind.rawValue))
    for _ in 0..<400 {
      let recorded = RecordedEvent(
        position: Position(1 + random.number(below: .max)), recordedAt: random.instant(),
        event: try random.next(kind))
      let frame = EventFrame.encode(recorded)
      let decoded = try EventFrame.decode(frame, at: recorded.position)
      try #require(decoded == recorded)
      try #require(EventFrame.encode(decoded) == frame)
    }
  }

  @Test func `each flip of a byte is detected`() throws {
    for recorded in try SampleEvents.recorded() {
      let frame = EventFrame.encode(recorded)
      for index in frame.indices {
        for flip: UInt8 in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
          var damaged = frame
          damaged[index] ^= flip
          #expect(throws: EventDecodingError.self, "byte \(index) of \(recorded.event.kind)") {
            try EventFrame.decode(damaged, at: recorded.position)
          }
        }
      }
    }
  }

  @Test func `a frame that is cut short or too long is refused`() throws {
    let recorded = try SampleEvents.recorded()[0]
    let frame = EventFrame.encode(recorded)
    for length in 0..<frame.count {
      #expect(throws: EventDecodingError.self, "\(length) bytes") {
        try EventFrame.decode(Array(frame.prefix(length)), at: recorded.position)
      }
    }
    #expect(throws: EventDecodingError.self) {
      try EventFrame.decode(frame + [0], at: recorded.position)
    }
  }

  @Test func `a frame at another position is refused`() throws {
    for recorded in try SampleEvents.recorded() {
      let frame = EventFrame.encode(recorded)
      let error = #expect(throws: EventDecodingError.self) {
        try EventFrame.decode(frame, at: recorded.position.next)
      }
      guard case .checksum = error else {
        Issue.record("expected a wrong checksum, found \(String(describing: error))")
        continue
      }
    }
  }

  @Test func `a newer format is refused by name, with the remedy`() throws {
    let error = try Self.refusal { frame in frame[0] = 2 }
    #expect(error == .unknownVersion(2))
    #expect(error?.description.contains("version 2") == true)
    #expect(error?.description.contains("upgrade") == true)
  }

  @Test func `an unknown kind is refused by name`() throws {
    let error = try Self.refusal { frame in frame[1] = 99 }
    #expect(error == .unknownKind(99))
    #expect(error?.description.contains("kind 99") == true)
  }

  @Test func `an unknown field is refused by name, at the top and in a nested message`() throws {
    let error = try Self.refusal { frame in
      frame += [200, 0]
      Self.setLength(of: &frame)
    }
    #expect(error == .unknownField(subject: "the deleting event", tag: 200))
    #expect(error?.description.contains("field 200") == true)

    // The last field is the evidence: one more field in it.
    let nested = try Self.refusal { frame in
      let evidence = try #require(Self.startOfEvidence(in: frame))
      frame[evidence + 1] += 2
      frame += [90, 0]
      Self.setLength(of: &frame)
    }
    guard case .unknownField(let subject, 90) = nested else {
      Issue.record("expected an unknown field, found \(String(describing: nested))")
      return
    }
    #expect(subject.contains("evidence"))
  }

  @Test func `an unknown value is refused by name`() throws {
    let error = try Self.refusal { frame in
      let evidence = try #require(Self.startOfEvidence(in: frame))
      // Tag and length of the evidence, tag and length of the source, then the source.
      frame[evidence + 4] = 77
    }
    guard case .unknownValue(_, 1, 77) = error else {
      Issue.record("expected an unknown value, found \(String(describing: error))")
      return
    }
    #expect(error?.description.contains("value 77") == true)
  }

  @Test func `a time in the frame that is not its payload's is refused`() throws {
    let error = try Self.refusal { frame in frame[17] ^= 1 }
    guard case .damaged = error else {
      Issue.record("expected damage, found \(String(describing: error))")
      return
    }
  }

  // MARK: Forgery

  /// What reading a frame says that was changed and given a right checksum.
  private static func refusal(
    _ change: (inout [UInt8]) throws -> Void
  ) throws -> EventDecodingError? {
    let recorded = try SampleEvents.recorded()[1]
    var body = Array(EventFrame.encode(recorded).dropLast(4))
    try change(&body)
    var place = ByteWriter()
    place.uint64(recorded.position.rawValue)
    var tail = ByteWriter()
    tail.uint32(CRC32C.checksum(of: place.bytes + body))
    return #expect(throws: EventDecodingError.self) {
      try EventFrame.decode(body + tail.bytes, at: recorded.position)
    }
  }

  private static let headerLength = 22

  private static func setLength(of body: inout [UInt8]) {
    var length = ByteWriter()
    length.uint32(UInt32(body.count - headerLength))
    body.replaceSubrange(headerLength - 4..<headerLength, with: length.bytes)
  }

  /// Where the field with the evidence, tag 16, begins: walks through the fields before it.
  private static func startOfEvidence(in body: [UInt8]) -> Int? {
    var index = headerLength
    while index + 1 < body.count {
      if body[index] == 16 { return index }
      index += 2 + Int(body[index + 1])
    }
    return nil
  }
}
