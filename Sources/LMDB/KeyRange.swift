/// Which keys a scan visits; keys compare byte by byte, the shorter first.
public enum KeyRange: Sendable, Hashable {
  /// Every key.
  case all
  /// The keys that begin with these bytes.
  case prefix([UInt8])
  /// The keys not less than this one.
  case from([UInt8])
  /// The keys not less than the first and less than the second.
  case between([UInt8], [UInt8])

  /// The least key in the range, empty for "from the beginning".
  public var lower: [UInt8] {
    switch self {
    case .all: []
    case .prefix(let bytes), .from(let bytes), .between(let bytes, _): bytes
    }
  }

  /// The least key beyond the range, `nil` for "to the end".
  public var upper: [UInt8]? {
    switch self {
    case .all, .from: nil
    case .prefix(let bytes): KeyRange.successor(ofPrefix: bytes)
    case .between(_, let bytes): bytes
    }
  }

  /// The least key greater than every key that begins with `prefix`, `nil` when all bytes are 0xFF.
  private static func successor(ofPrefix prefix: [UInt8]) -> [UInt8]? {
    guard let index = prefix.lastIndex(where: { $0 != .max }) else { return nil }
    var key = Array(prefix[...index])
    key[index] += 1
    return key
  }
}

/// Whether a scan goes on.
public enum ScanStep: Sendable {
  /// Visit the next entry.
  case next
  /// End the scan here.
  case stop
}
