/// The bytes of one event in the log; <doc:TheLogsFormat> is the layout as another program would
/// read it.
package enum EventFrame {
  /// The version that this program writes.
  package static let currentVersion: UInt8 = 1
  /// What stands for an absent `occurredAt`.
  static let absentInstant = Int64.min
  /// Version, kind, both times and the payload's length.
  static let headerLength = 1 + 1 + 8 + 8 + 4
  static let checksumLength = 4

  /// The frame of an event at its position.
  package static func encode(_ recorded: RecordedEvent) -> [UInt8] {
    encode(recorded, recorded.event.payload)
  }

  /// The frame of an event at its position, whose payload is at hand.
  static func encode(_ recorded: RecordedEvent, _ payload: [UInt8]) -> [UInt8] {
    var writer = ByteWriter(capacity: headerLength + payload.count + checksumLength)
    writer.uint8(currentVersion)
    writer.uint8(recorded.event.kind.rawValue)
    writer.int64(recorded.recordedAt.microseconds)
    writer.int64(recorded.event.occurredAt?.microseconds ?? absentInstant)
    writer.uint32(UInt32(payload.count))
    writer.raw(payload)
    writer.uint32(checksum(of: writer.bytes.span, at: recorded.position))
    return writer.bytes
  }

  /// Reads a frame that stands at a position, and checks all of it.
  package static func decode(
    _ frame: [UInt8], at position: Position
  ) throws(EventDecodingError) -> RecordedEvent {
    let header = try header(of: frame.span, at: position)
    do {
      let event = try Event(kind: header.kind, payload: frame[header.payload])
      guard event.occurredAt?.microseconds ?? absentInstant == header.occurredAt else {
        throw EventDecodingError.damaged("the frame's occurredAt is not that of its payload")
      }
      return RecordedEvent(position: position, recordedAt: header.recordedAt, event: event)
    } catch let error as EventDecodingError {
      throw error
    } catch {
      throw .damaged("\(error)")
    }
  }

  /// Checks that a frame is what was written at a position, every byte of it, without reading the event: no
  /// program writes one that it cannot read itself.
  static func verify(
    _ frame: Span<UInt8>, at position: Position
  ) throws(EventDecodingError) {
    _ = try header(of: frame, at: position)
  }

  /// What stands before an event in its frame.
  private struct Header {
    let kind: Event.Kind
    let recordedAt: Instant
    let occurredAt: Int64
    /// Where the event is.
    let payload: Range<Int>
  }

  /// What stands before an event in its frame, whose checksum is verified.
  private static func header(
    of frame: Span<UInt8>, at position: Position
  ) throws(EventDecodingError) -> Header {
    let end = frame.count - checksumLength
    guard end >= headerLength else {
      throw .wrongLength(expected: headerLength + checksumLength, found: frame.count)
    }
    let stored: UInt32 = frame.bigEndian(at: end)
    let computed = checksum(of: frame.extracting(..<end), at: position)
    guard stored == computed else { throw .checksum(stored: stored, computed: computed) }
    guard frame[0] == currentVersion else { throw .unknownVersion(frame[0]) }
    guard let kind = Event.Kind(rawValue: frame[1]) else { throw .unknownKind(frame[1]) }
    let recordedAt = Int64(bitPattern: frame.bigEndian(at: 2))
    let occurredAt = Int64(bitPattern: frame.bigEndian(at: 10))
    let length = Int(frame.bigEndian(at: 18) as UInt32)
    guard length == end - headerLength else {
      throw .wrongLength(
        expected: headerLength + length + checksumLength, found: frame.count)
    }
    return Header(
      kind: kind, recordedAt: Instant(microseconds: recordedAt), occurredAt: occurredAt,
      payload: headerLength..<end)
  }

  private static func checksum(of body: Span<UInt8>, at position: Position) -> UInt32 {
    var crc = CRC32C()
    crc.update(position.rawValue)
    crc.update(body)
    return crc.value
  }
}
