import Foundation

/// The bytes of an ``InputSource``, decompressed, chunk by chunk.
///
/// gzip'd data are known by their first two bytes, never by a name.
struct ByteStream: ~Copyable {
  private enum Supply {
    case memory([UInt8])
    /// Can be sought in: read in whole chunks.
    case file(FileHandle)
    /// A pipe or a terminal: hands on whatever is there, so that an event is seen when it comes.
    case live(FileHandle, head: [UInt8])
    case gzip(GzipChild)
  }

  /// How many bytes there are to consume, compressed ones where it is gzip'd; nil where nobody
  /// knows.
  let totalBytes: Int?

  /// How many of ``totalBytes`` were consumed; of gzip'd data from a pipe the decompressed bytes.
  var consumedBytes: Int {
    if case .gzip(let child) = supply, let offset = child.compressedOffset {
      return offset - startOffset
    }
    return delivered
  }

  private let supply: Supply
  private let chunkBytes: Int
  private let startOffset: Int
  private var delivered = 0

  init(_ source: InputSource, chunkBytes: Int, gzip: String = GzipChild.program)
    throws(InputFault)
  {
    let opened = try Self.open(source, gzip: gzip)
    self.chunkBytes = chunkBytes
    supply = opened.supply
    totalBytes = opened.total
    startOffset = opened.start
  }

  /// The next bytes, at least one; nil at the end.
  mutating func next() throws(InputFault) -> [UInt8]? {
    let chunk: [UInt8]
    switch supply {
    case .memory(let bytes): chunk = Array(bytes.dropFirst(delivered).prefix(chunkBytes))
    case .file(let handle): chunk = try Self.read(chunkBytes, from: handle)
    case .live(let handle, let head): chunk = delivered == 0 ? head : [UInt8](handle.availableData)
    case .gzip(let child): chunk = try child.read(chunkBytes)
    }
    delivered += chunk.count
    return chunk.isEmpty ? nil : chunk
  }
}

// MARK: - Opening and reading files

extension ByteStream {
  private static func open(_ source: InputSource, gzip: String) throws(InputFault)
    -> (supply: Supply, total: Int?, start: Int)
  {
    let handle: FileHandle
    switch source.origin {
    case .bytes(let bytes): return (.memory(bytes), bytes.count, 0)
    case .standardInput: handle = .standardInput
    case .file(let path):
      handle = try reading { () throws in
        try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      }
    }

    // A pipe cannot be sought in: that is how it is told from a file.
    guard let start = try? handle.offset(), let end = try? handle.seekToEnd() else {
      let head = try read(2, from: handle)
      guard head == GzipChild.magic else { return (.live(handle, head: head), nil, 0) }
      return (.gzip(try GzipChild(reading: handle, isMagicTaken: true, program: gzip)), nil, 0)
    }
    try reading { () throws in try handle.seek(toOffset: start) }
    let head = try read(2, from: handle)
    try reading { () throws in try handle.seek(toOffset: start) }
    let supply: Supply =
      head == GzipChild.magic
      ? .gzip(try GzipChild(reading: handle, isMagicTaken: false, program: gzip)) : .file(handle)
    return (supply, end > start ? Int(clamping: end - start) : nil, Int(clamping: start))
  }

  /// Reads so many bytes; fewer at the end only.
  static func read(_ count: Int, from handle: FileHandle) throws(InputFault) -> [UInt8] {
    try reading { () throws in try handle.read(upToCount: count).map { [UInt8]($0) } ?? [] }
  }

  /// Runs an operation on a file; what it throws becomes a fault in the system's words.
  private static func reading<Result>(_ operation: () throws -> Result) throws(InputFault)
    -> Result
  {
    do {
      return try operation()
    } catch {
      throw InputFault(
        code: .unreadable, found: SystemMessage.of(error), expected: "an input that can be read",
        remedy: "Name a file that exists and may be read, or - for standard input.")
    }
  }
}
