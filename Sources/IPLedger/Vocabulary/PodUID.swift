/// One incarnation of a pod (R1).
///
/// Kubernetes makes UUIDs; a static pod's is a digest; so it is opaque text of 1–128 bytes, of
/// which a lower-case UUID is stored as its 16 bytes.
public struct PodUID: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The longest uid, in bytes.
  public static let maximumLength = 128

  /// How it is kept: two forms of one uid do not exist.
  private enum Form: Hashable {
    /// A UUID in lower case, by its 16 bytes.
    case uuid(high: UInt64, low: UInt64)
    /// Any other text.
    case text(String)
  }

  private let form: Form

  /// The uid as the API shows it.
  public var rawValue: String {
    switch form {
    case .uuid(let high, let low): Self.text(high, low)
    case .text(let text): text
    }
  }

  /// Checks the length and that all of it is printable ASCII.
  ///
  /// - Throws: ``InvalidName`` where it is not.
  public init(_ rawValue: String) throws(InvalidName) {
    if let (high, low) = Self.uuid(rawValue) {
      form = .uuid(high: high, low: low)
      return
    }
    guard (1...Self.maximumLength).contains(rawValue.utf8.count),
      rawValue.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else {
      throw InvalidName(
        subject: "pod uid", found: rawValue,
        expected: "1–\(Self.maximumLength) printable ASCII bytes without spaces")
    }
    form = .text(rawValue)
  }

  /// The uid as the API shows it.
  public var description: String { rawValue }

  /// Orders as UTF-8 bytes.
  public static func < (left: Self, right: Self) -> Bool {
    // The hyphens stand at the same places, and digits come before letters.
    if case .uuid(let high, let low) = left.form,
      case .uuid(let otherHigh, let otherLow) = right.form
    {
      return high != otherHigh ? high < otherHigh : low < otherLow
    }
    return left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
  }
}

extension PodUID {
  private static let uuidForm: UInt8 = 1
  private static let textForm: UInt8 = 2

  /// Whether a hyphen stands at this place of a UUID's text.
  private static func isHyphen(_ place: Int) -> Bool {
    place == 8 || place == 13 || place == 18 || place == 23
  }

  /// The stored form: a byte 1 and the UUID's 16 bytes, or a byte 2 and the text.
  package var encoded: [UInt8] {
    var writer = ByteWriter(capacity: encodedLength)
    writer.uid(self)
    return writer.bytes
  }

  /// How many bytes the stored form has.
  fileprivate var encodedLength: Int {
    switch form {
    case .uuid: 17
    case .text(let text): 1 + text.utf8.count
    }
  }

  fileprivate func write(to writer: inout ByteWriter) {
    switch form {
    case .uuid(let high, let low):
      writer.uint8(Self.uuidForm)
      writer.uint64(high)
      writer.uint64(low)
    case .text(let text):
      writer.uint8(Self.textForm)
      writer.raw(text.utf8)
    }
  }

  /// Reads the stored form back; `nil` where it is none.
  package init?(encoded: ArraySlice<UInt8>) {
    guard let form = encoded.first else { return nil }
    let rest = encoded.dropFirst()
    switch form {
    case Self.uuidForm where rest.count == 16:
      self.form = .uuid(
        high: rest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) },
        low: rest.suffix(8).reduce(0) { $0 << 8 | UInt64($1) })
    case Self.textForm:
      guard let text = String(validating: rest, as: UTF8.self), let uid = try? PodUID(text),
        case .text = uid.form
      else { return nil }
      self = uid
    default:
      return nil
    }
  }

  /// Reads the stored form back; `nil` where it is none.
  package init?(encoded: [UInt8]) {
    self.init(encoded: encoded[...])
  }

  /// The 16 bytes of a UUID in lower case; `nil` where the text is none.
  private static func uuid(_ text: String) -> (high: UInt64, low: UInt64)? {
    guard text.utf8.count == 36 else { return nil }
    var high: UInt64 = 0
    var low: UInt64 = 0
    for (index, character) in text.utf8.enumerated() {
      if isHyphen(index) {
        guard character == UInt8(ascii: "-") else { return nil }
        continue
      }
      guard let digit = digit(character) else { return nil }
      high = high << 4 | low >> 60
      low = low << 4 | UInt64(digit)
    }
    return (high, low)
  }

  private static func digit(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    default: nil
    }
  }

  private static func text(_ high: UInt64, _ low: UInt64) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(36)
    for word in [high, low] {
      for shift in stride(from: 60, through: 0, by: -4) {
        if isHyphen(text.count) { text.append(UInt8(ascii: "-")) }
        let digit = UInt8(word >> UInt64(shift) & 0x0F)
        text.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}

extension ByteWriter {
  /// The stored form of a uid, without its length.
  package mutating func uid(_ uid: PodUID) {
    uid.write(to: &self)
  }

  /// The length of the stored form of a uid as a varint, then that.
  package mutating func uidBlob(_ uid: PodUID) {
    varint(UInt64(uid.encodedLength))
    uid.write(to: &self)
  }
}

extension FieldWriter {
  /// A field that is a uid in its stored form.
  package mutating func uid(_ tag: UInt8, _ uid: PodUID) {
    content(tag) { $0.uid(uid) }
  }
}
