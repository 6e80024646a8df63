/// Reads an input of any size, document by document, and finds out what it is.
///
/// Memory is bounded by ``InputLimits`` and not by the input. After an error nothing more is read:
/// each further call throws the same error, and what was read before it stands.
public struct InputReader: ~Copyable {
  /// Where the bytes come from.
  public let source: InputSource

  /// What the input is: what was asked for, else nil until the first document.
  public private(set) var format: InputFormat?

  /// The mark that some editors put before UTF-8.
  private static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]

  private let isForced: Bool
  private var window: ByteWindow
  private let decoder = DocumentDecoder()
  private var list: ListProgress?
  private var pending: InputDocument?
  private var failure: InputError?
  private var hasBegun = false

  /// Opens an input, which `format` may force to be of one format.
  ///
  /// Throws where it cannot be opened or read; a pipe is waited for until it has its first bytes.
  public init(
    _ source: InputSource, format: InputFormat? = nil, limits: InputLimits = .standard
  ) throws(InputError) {
    let stream: ByteStream
    do throws(InputFault) {
      stream = try ByteStream(source, chunkBytes: limits.chunkBytes)
    } catch {
      throw InputError(error, source: source, line: nil)
    }
    window = ByteWindow(stream, valueBytes: limits.valueBytes)
    self.source = source
    self.format = format
    isForced = format != nil
  }

  /// How many bytes the source has, compressed ones where it is gzip'd; nil for a pipe.
  public var totalBytes: Int? { window.totalBytes }

  /// How many bytes were taken from the source so far, counted like ``totalBytes``.
  ///
  /// Of a gzip'd pipe, which has no total, these are the decompressed bytes.
  public var bytesRead: Int { window.consumedBytes }

  /// The bytes of the value that was read last: of a list those of its last item.
  var valueBytes: [UInt8] { window.value }

  /// The next document, or nil at the end of the input.
  public mutating func next() throws(InputError) -> InputDocument? {
    if let failure { throw failure }
    var line: Int?
    do throws(InputFault) {
      return try nextDocument(&line)
    } catch {
      let error = InputError(error, source: source, line: line ?? window.currentLine)
      failure = error
      throw error
    }
  }

  /// The next document; `line` is set to where the value at hand begins.
  private mutating func nextDocument(_ line: inout Int?) throws(InputFault) -> InputDocument? {
    while true {
      if let document = pending.take() { return document }
      if list != nil {
        if let document = try nextInList(&line) { return document }
      } else {
        if !hasBegun { try window.skipIfPresent(Self.byteOrderMark) }
        hasBegun = true
        guard let first = try window.nextSignificantByte() else { return nil }
        if let document = try topLevelValue(first, &line) { return document }
      }
    }
  }

  /// The value that begins with this byte; nil where it begins a list that tells nothing yet.
  private mutating func topLevelValue(_ first: UInt8, _ line: inout Int?) throws(InputFault)
    -> InputDocument?
  {
    window.beginValue()
    line = window.line
    guard first == .openBrace else { throw .foreign(try window.lookAhead(InputFault.telling)) }
    // Where one document was, others follow: what is read to find its end is what is made of it.
    if format != nil, let tape = window.takeTape() {
      return try topLevelObject(try decoder.topLevelObject(tape))
    }
    window.advance()
    if try window.skipMembers(isFirst: true, stopsAtItems: true) == .items {
      return try beginList()
    }
    return try topLevelObject(try decoder.topLevelObject(window.value))
  }

  private mutating func topLevelObject(_ object: TopLevelObject) throws(InputFault)
    -> InputDocument?
  {
    switch object {
    case .document(let content): return try document(content, line: window.line)
    case .emptyList(let envelope): return try emptyList(envelope)
    }
  }

  /// A document, once it is sure that it is of the input's format.
  private mutating func document(_ content: InputDocument.Content, line: Int) throws(InputFault)
    -> InputDocument
  {
    try settle(content.format)
    return InputDocument(line: line, content: content)
  }

  private mutating func settle(_ found: InputFormat) throws(InputFault) {
    guard let format else {
      self.format = found
      return
    }
    guard format == found else {
      throw .otherFormat(found, expected: format, isForced: isForced)
    }
  }
}

// MARK: - Lists, item by item

extension InputReader {
  private mutating func emptyList(_ envelope: ListEnvelope) throws(InputFault) -> InputDocument? {
    let list = try ListProgress(envelope, line: window.line)
    try settle(list.format)
    let end = try list.end(envelope)
    pending = end.map { InputDocument(line: window.line, content: .listEnd($0)) }
    return list.header.map { InputDocument(line: window.line, content: .listBegin($0)) }
  }

  /// The window stands before the `[` of the items.
  private mutating func beginList() throws(InputFault) -> InputDocument? {
    let list = try ListProgress(
      try decoder.listEnvelope(window.value + "null}".utf8), line: window.line)
    try settle(list.format)
    window.advance()
    self.list = list
    return list.header.map { InputDocument(line: list.line, content: .listBegin($0)) }
  }

  /// The next item, or the list's end; nil where the end of the list tells nothing.
  private mutating func nextInList(_ line: inout Int?) throws(InputFault) -> InputDocument? {
    guard var list else { return nil }
    line = list.line
    var byte = try window.nextSignificantByte()
    if byte == .closeBracket { return try endList() }
    if byte == .comma, list.itemCount > 0 {
      window.advance()
      byte = try window.nextSignificantByte()
    } else if list.itemCount > 0, byte != nil {
      throw .malformed(window.excerptOfRest, expected: "`,` or `]` after an item of the list")
    }
    guard let byte else { throw .truncatedList(itemCount: list.itemCount) }
    window.beginValue()
    line = window.line
    guard byte == .openBrace else {
      throw .malformed(window.excerptOfRest, expected: "an object as the next item of the list")
    }
    try window.skipValue()
    let content: InputDocument.Content =
      switch list.items {
      case .pods:
        try decoder.listItem(window.value, isPodList: list.envelope.kind == "PodList")
      case .auditEvents: .auditEvent(try decoder.auditEvent(window.value))
      }
    list.itemCount += 1
    self.list = list
    return InputDocument(line: window.line, content: content)
  }

  /// The window stands before the `]` of the items.
  private mutating func endList() throws(InputFault) -> InputDocument? {
    guard let list = list.take() else { return nil }
    window.advance()
    window.beginValue()
    do throws(InputFault) {
      _ = try window.skipMembers(isFirst: false, stopsAtItems: false)
    } catch {
      // To a person the value that is cut short is the list, not what stands behind its items.
      throw error.code == .truncated ? .truncatedList(itemCount: list.itemCount) : error
    }
    let tail = try decoder.listEnvelope(Array(#"{"items":null"#.utf8) + window.value)
    return try list.end(tail).map { InputDocument(line: list.line, content: .listEnd($0)) }
  }
}
