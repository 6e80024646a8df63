import NIOCore

/// Cuts what arrives into lines.
struct LineSplitter {
  /// The longest line that is taken, in bytes: etcd keeps no object that comes near it.
  static let greatestLine = 64 << 20

  private var rest: [UInt8] = []

  /// Whether a line has begun that has not ended.
  var isWithinLine: Bool { !rest.isEmpty }

  /// The lines that end in the next bytes, without their ends; empty ones are left out.
  ///
  /// - Throws: ``WatchError`` where a line is longer than any can be.
  mutating func lines(in buffer: ByteBuffer) throws(WatchError) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var bytes = Array(buffer.readableBytesView)[...]
    while let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
      let line = rest + bytes[..<end]
      if !line.isEmpty { lines.append(line) }
      rest = []
      bytes = bytes[(end + 1)...]
    }
    rest += bytes
    guard rest.count <= Self.greatestLine else {
      throw WatchError(
        .unexpected, "the server sent a line of more than \(Self.greatestLine >> 20) MB",
        remedy: "check what stands between here and the API server")
    }
    return lines
  }
}
