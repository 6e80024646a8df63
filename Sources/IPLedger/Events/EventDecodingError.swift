/// Why a stored event could not be read.
public enum EventDecodingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The frame is shorter or longer than it says.
  case wrongLength(expected: Int, found: Int)
  /// The checksum is not that of the bytes: the storage changed them.
  case checksum(stored: UInt32, computed: UInt32)
  /// The format's version is newer than this program knows.
  case unknownVersion(UInt8)
  /// The kind is not known in this version.
  case unknownKind(UInt8)
  /// A field is not known: a newer program wrote it.
  case unknownField(subject: String, tag: UInt8)
  /// A field has a value that is not known: a newer program wrote it.
  case unknownValue(subject: String, tag: UInt8, value: UInt8)
  /// The checksum is right but the content makes no sense: a program's error, not the storage's.
  case damaged(String)

  /// What was found and what to do.
  public var description: String {
    switch self {
    case .wrongLength(let expected, let found):
      "the event's frame is \(found) bytes, expected \(expected): the file is damaged; restore a backup"
    case .checksum(let stored, let computed):
      """
      the event's checksum is \(hex(stored)), its bytes give \(hex(computed)): the file is damaged; restore a backup
      """
    case .unknownVersion(let version):
      """
      the event has format version \(version), this program knows up to \(EventFrame.currentVersion): \
      a newer ipledger wrote it; upgrade this one
      """
    case .unknownKind(let kind):
      "the event has kind \(kind), which this program does not know: a newer ipledger wrote it; upgrade this one"
    case .unknownField(let subject, let tag):
      "\(subject) has field \(tag), which this program does not know: a newer ipledger wrote it; upgrade this one"
    case .unknownValue(let subject, let tag, let value):
      """
      field \(tag) of \(subject) has the value \(value), which this program does not know: \
      a newer ipledger wrote it; upgrade this one
      """
    case .damaged(let what):
      "the event cannot be read: \(what)"
    }
  }

  private func hex(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
  }
}
