/// One incarnation of a pod (R1).
///
/// Kubernetes makes UUIDs; a static pod's is a digest; so it is opaque text of 1–128 bytes, of
/// which a lower-case UUID is stored as its 16 bytes.
public struct PodUID: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The longest uid, in bytes.
  public static let maximumLength = 128

  /// The uid as the API shows it.
  public let rawValue: String

  /// Checks the length and that all of it is printable ASCII.
  ///
  /// - Throws: ``InvalidName`` where it is not.
  public init(_ rawValue: String) throws(InvalidName) {
    guard (1...Self.maximumLength).contains(rawValue.utf8.count),
      rawValue.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else {
      throw InvalidName(
        subject: "pod uid", found: rawValue,
        expected: "1–\(Self.maximumLength) printable ASCII bytes without spaces")
    }
    self.rawValue = rawValue
  }

  /// The uid as the API shows it.
  public var description: String { rawValue }

  /// Orders as UTF-8 bytes.
  public static func < (left: Self, right: Self) -> Bool {
    left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
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
    guard let uuid = uuidBytes else { return [Self.textForm] + rawValue.utf8 }
    return [Self.uuidForm] + uuid
  }

  /// Reads the stored form back; `nil` where it is none.
  package init?(encoded: some Collection<UInt8>) {
    guard let form = encoded.first else { return nil }
    let rest = Array(encoded.dropFirst())
    switch form {
    case Self.uuidForm where rest.count == 16:
      self.init(uuidBytes: rest)
    case Self.textForm:
      guard let text = String(validating: rest, as: UTF8.self),
        let uid = try? PodUID(text), uid.uuidBytes == nil
      else { return nil }
      self = uid
    default:
      return nil
    }
  }

  private var uuidBytes: [UInt8]? {
    let text = Array(rawValue.utf8)
    guard text.count == 36 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(16)
    var high: UInt8?
    for (index, character) in text.enumerated() {
      if Self.isHyphen(index) {
        guard character == UInt8(ascii: "-") else { return nil }
        continue
      }
      guard let digit = Self.digit(character) else { return nil }
      if let upper = high {
        bytes.append(upper << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return bytes
  }

  private static func digit(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    default: nil
    }
  }

  private init(uuidBytes bytes: [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(36)
    for byte in bytes {
      if Self.isHyphen(text.count) { text.append(UInt8(ascii: "-")) }
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 0x0F)])
    }
    rawValue = String(decoding: text, as: UTF8.self)
  }
}
