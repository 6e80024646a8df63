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
    writer.uint32(checksum(of: writer.bytes[...], at: recorded.position))
    return writer.bytes
  }

  /// Reads a frame that stands at a position, and checks all of it.
  package static func decode(
    _ frame: [UInt8], at position: Position
  ) throws(EventDecodingError) -> RecordedEvent {
    guard frame.count >= headerLength + checksumLength else {
      throw .wrongLength(expected: headerLength + checksumLength, found: frame.count)
    }
    let body = frame.dropLast(checksumLength)
    var tail = ByteReader(frame.suffix(checksumLength))
    var reader = ByteReader(body)
    do {
      let stored = try tail.uint32()
      let computed = checksum(of: body, at: position)
      let version = try reader.uint8()
      guard stored == computed else {
        throw EventDecodingError.checksum(stored: stored, computed: computed)
      }
      guard version == currentVersion else { throw EventDecodingError.unknownVersion(version) }
      let kindByte = try reader.uint8()
      guard let kind = Event.Kind(rawValue: kindByte) else {
        throw EventDecodingError.unknownKind(kindByte)
      }
      let recordedAt = Instant(microseconds: try reader.int64())
      let occurredAt = try reader.int64()
      let length = Int(try reader.uint32())
      guard length == body.count - headerLength else {
        throw EventDecodingError.wrongLength(
          expected: headerLength + length + checksumLength, found: frame.count)
      }
      let event = try Event(kind: kind, payload: body.dropFirst(headerLength))
      guard event.occurredAt?.microseconds ?? absentInstant == occurredAt else {
        throw EventDecodingError.damaged("the frame's occurredAt is not that of its payload")
      }
      return RecordedEvent(position: position, recordedAt: recordedAt, event: event)
    } catch let error as EventDecodingError {
      throw error
    } catch {
      throw .damaged("\(error)")
    }
  }

  private static func checksum(of body: ArraySlice<UInt8>, at position: Position) -> UInt32 {
    var crc = CRC32C()
    crc.update(position.rawValue)
    crc.update(body)
    return crc.value
  }
}
