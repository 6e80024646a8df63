import Crypto
public import FoundationEssentials
public import IPLedger

/// A ledger made of an export: the same log, byte for byte, with the projections that it gives.
public struct LogImport: Sendable {
  /// The longest line that is read, in bytes: the largest event in its portable form takes less.
  public static let maximumLineBytes = 97 << 20

  /// How many events are appended in one transaction, and how many bytes of their lines.
  private static let batch = (events: 1024, bytes: 8 << 20)

  private var digest = SHA256()
  private var number = 0
  private var head: Position?
  private var reached = Position.origin
  private var waiting: [RecordedEvent] = []
  private var waitingBytes = 0
  private var isFinished = false

  private init() {}

  /// Makes a ledger of the lines of an export.
  ///
  /// It gets its name only once all of it has been read, its count and its digest are right, and it
  /// has been checked in full: of an import that fails nothing is left.
  ///
  /// - Parameters:
  ///   - destination: The directory to make.
  ///   - scratch: An existing directory for what the check needs.
  ///   - clock: What time it is.
  ///   - progress: Called with the position reached, now and then.
  ///   - nextLine: Gives one line after another without its line end; `nil` after the last.
  /// - Returns: What the check of the new ledger found: nothing wrong.
  /// - Throws: ``ImportError`` for the first line that is not what it should be, or that no ledger would
  ///   have written; ``LedgerError``; ``StorageError``; what `nextLine` throws.
  public static func makeLedger(
    at destination: String, scratch: String, clock: @escaping @Sendable () -> Instant,
    progress: (Position) -> Void = { _ in }, from nextLine: () throws -> Data?
  ) throws -> CheckReport {
    try Ledger.make(at: destination, scratch: scratch) { partial in
      let ledger = try Ledger.open(at: partial, options: Ledger.Options(clock: clock))
      defer { ledger.close() }
      var run = LogImport()
      while let line = try nextLine() {
        try run.take(line, ledger)
        if run.waiting.isEmpty { progress(run.reached) }
      }
      try run.finish(ledger)
    }
  }

  private mutating func take(_ bytes: Data, _ ledger: Ledger) throws {
    number += 1
    do {
      guard !isFinished else {
        throw ImportFault.unexpected("the end", "a line behind the last one, the trailer")
      }
      if number == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
        throw ImportFault.unexpected(
          "the header of an export", "a byte order mark before it: save the file without")
      }
      if bytes.last == UInt8(ascii: "\r") {
        throw ImportFault.unexpected(
          "lines that end with LF",
          "one that ends with CR LF: take the CR away, as with tr -d '\\r'")
      }
      guard let line = String(validating: bytes, as: UTF8.self) else {
        throw ImportFault.unexpected(
          "text in UTF-8", number == 1 ? Self.nature(of: bytes) : "bytes")
      }
      guard let head else { return try readHeader(line, bytes) }
      guard reached < head else { return try readTrailer(line) }
      let event = try PortableLine.event(line, position: reached.next)
      reached = event.position
      waiting.append(event)
      waitingBytes += bytes.count
      update(bytes)
    } catch let fault as ImportFault {
      throw ImportError(line: number, fault: fault)
    }
    if waiting.count >= Self.batch.events || waitingBytes >= Self.batch.bytes { try flush(ledger) }
  }

  private mutating func readHeader(_ line: String, _ bytes: Data) throws(ImportFault) {
    let header = try PortableLine.parse(line)
    guard header["format"]?.string == PortableLine.formatName else {
      throw .unexpected(
        "the header of an export, with \"format\":\"\(PortableLine.formatName)\"",
        PortableLine.excerpt(of: line))
    }
    guard let version = header["version"]?.integer, version == PortableLine.version else {
      throw .unexpected(
        "version \(PortableLine.version) of the format", Self.words(ofVersion: header["version"]))
    }
    guard let head = header["head"]?.integer.flatMap(UInt64.init(exactly:)),
      PortableLine.header(head: Position(head)) == line
    else { throw .unexpected("a header with the last position", PortableLine.excerpt(of: line)) }
    self.head = Position(head)
    update(bytes)
  }

  private mutating func readTrailer(_ line: String) throws(ImportFault) {
    let events = Int(clamping: reached.rawValue)
    let computed = Array(digest.finalize()).hexadecimal
    let expected = PortableLine.trailer(events: events, digest: computed)
    guard line == expected else {
      throw .unexpected(
        "the trailer \(expected)", "\(PortableLine.excerpt(of: line)): the file was changed")
    }
    isFinished = true
  }

  private mutating func update(_ bytes: Data) {
    digest.update(data: bytes)
    digest.update(data: Data([UInt8(ascii: "\n")]))
  }

  private mutating func flush(_ ledger: Ledger) throws {
    do {
      try ledger.append(waiting)
    } catch LedgerError.refusedEvent(let position, let cause) {
      // The header is the first line, and positions have no gap.
      throw ImportError(line: Int(clamping: position.rawValue) + 1, fault: .refused(cause))
    }
    (waiting, waitingBytes) = ([], 0)
  }

  private mutating func finish(_ ledger: Ledger) throws {
    guard isFinished else {
      let wanted = head.map { reached < $0 ? "the event at \(reached.next)" : "the trailer" }
      throw ImportError(
        line: number + 1, fault: .unexpected(wanted ?? "the header", "the end: the file was cut"))
    }
    try flush(ledger)
  }

  /// What a version that is not ours most likely means.
  private static func words(ofVersion found: JSON?) -> String {
    guard let found else { return "no version" }
    let isNewer = found.integer.map { $0 > PortableLine.version } ?? false
    return isNewer ? "\(found.text), which a newer version wrote: upgrade ipledger" : found.text
  }

  /// What a file that is no text most likely is.
  private static func nature(of bytes: Data) -> String {
    bytes.prefix(2) == Data([0x1F, 0x8B])
      ? "gzip: unpack it, as with 'gzip -dc FILE | ipledger import -'" : "bytes of another kind"
  }
}

/// The first line of an import that is not what it should be.
public struct ImportError: Error, Sendable, CustomStringConvertible {
  /// The line, from 1.
  public let line: Int
  let fault: ImportFault

  /// The line, what was expected, what was found and what to do.
  public var description: String {
    switch fault {
    case .unexpected(let expected, let found):
      "line \(line): expected \(expected), found \(found); nothing was imported: take the whole file as "
        + "'ipledger export' wrote it"
    case .otherForm(let expected):
      "line \(line) is not written as 'ipledger export' writes it: expected "
        + "\(PortableLine.excerpt(of: expected)); nothing was imported: take the file as it was written"
    case .refused(let error):
      "line \(line): \(Self.words(of: error)); nothing was imported: no ledger wrote this log, take the whole "
        + "file as 'ipledger export' wrote it"
    }
  }

  /// Why the ledger takes no such event, without what only who records can do about it.
  private static func words(of error: LedgerError) -> String {
    guard case .identityChanged(let uid, let known, let found) = error else { return "\(error)" }
    return
      "the uid \(uid) is that of the pod \(known) in a line before it, and this one calls it \(found)"
  }
}
