import IPLedger

/// The bytes of an ``InputSource``, decompressed, chunk by chunk.
///
/// gzip'd data are known by their first two bytes, never by a name.
struct ByteStream: ~Copyable {
  private enum Supply {
    case memory([UInt8])
    /// Can be sought in: read in whole chunks.
    case file(OpenInput)
    /// A pipe or a terminal: hands on whatever is there, so that an event is seen when it comes.
    case live(OpenInput, head: [UInt8])
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
    case .file(let input): chunk = try Self.read(chunkBytes, from: input)
    case .live(_, let head) where delivered == 0: chunk = head
    case .live(let input, _):
      chunk = try Self.reading(Self.whileReading) { () throws(Files.Failure) in
        try input.read(upTo: chunkBytes)
      }
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
    let input: OpenInput
    switch source.origin {
    case .bytes(let bytes): return (.memory(bytes), bytes.count, 0)
    case .standardInput: input = .standardInput
    case .file(let path):
      input = try reading(whileOpening) { () throws(Files.Failure) in try OpenInput(path: path) }
    }

    guard !input.isLive, let place = input.place else {
      let head = try read(2, from: input, whileOpening)
      guard head == GzipChild.magic else { return (.live(input, head: head), nil, 0) }
      return (.gzip(try GzipChild(reading: input, isMagicTaken: true, program: gzip)), nil, 0)
    }
    let head = try read(2, from: input, whileOpening)
    try reading(whileOpening) { () throws(Files.Failure) in try input.seek(to: place.start) }
    let supply: Supply =
      head == GzipChild.magic
      ? .gzip(try GzipChild(reading: input, isMagicTaken: false, program: gzip)) : .file(input)
    let total = place.end > place.start ? Int(clamping: place.end - place.start) : nil
    return (supply, total, Int(clamping: place.start))
  }

  private static let whileOpening =
    "Name a file that exists and may be read, or - for standard input."
  private static let whileReading = "What was read before it stays recorded. \(Remedy.again)"

  /// Reads so many bytes; fewer at the end only.
  static func read(
    _ count: Int, from input: OpenInput, _ remedy: String = whileReading
  ) throws(InputFault) -> [UInt8] {
    try reading(remedy) { () throws(Files.Failure) in try input.read(count) }
  }

  /// Runs an operation on an input; what it throws becomes a fault in the system's words.
  private static func reading<Result>(
    _ remedy: String, _ operation: () throws(Files.Failure) -> Result
  ) throws(InputFault) -> Result {
    do throws(Files.Failure) {
      return try operation()
    } catch {
      throw InputFault(
        code: .unreadable, found: error.words, expected: "an input that can be read",
        remedy: remedy)
    }
  }
}
