import Crypto
public import FoundationEssentials
public import IPLedger

/// The log of a ledger in the portable form: JSON lines that any tool reads and checks.
public struct LogExport: Hashable, Sendable {
  /// How many events were written.
  public let events: Int
  /// The last position.
  public let head: Position
  /// The SHA-256 digest of all lines but the last, in hexadecimal.
  public let digest: String

  /// Writes the log as it is now.
  ///
  /// What is recorded meanwhile is left out. Each line is read back before the next one is made: what
  /// could not be imported is never written in silence.
  ///
  /// - Parameters:
  ///   - ledger: The ledger.
  ///   - progress: Called with the position reached, now and then.
  ///   - write: Takes some lines, with their line ends.
  /// - Throws: ``LedgerError`` where an event is damaged; ``ExportError`` where its portable form does
  ///   not say all of it; what `write` throws.
  public init(
    of ledger: Ledger, progress: (Position) -> Void = { _ in }, to write: (Data) throws -> Void
  ) throws {
    let head = try ledger.head
    var digest = SHA256()
    func put(_ lines: String) throws {
      let bytes = Data(lines.utf8)
      digest.update(data: bytes)
      try write(bytes)
    }
    try put(PortableLine.header(head: head) + "\n")
    var reached = Position.origin
    while reached < head {
      var lines = ""
      for recorded in try ledger.page(after: reached, through: head) {
        lines += try Self.line(recorded) + "\n"
        reached = recorded.position
      }
      guard !lines.isEmpty else { throw LedgerError.missingEvent(reached.next) }
      try put(lines)
      progress(reached)
    }
    events = Int(clamping: head.rawValue)
    self.head = head
    self.digest = Array(digest.finalize()).hexadecimal
    try write(Data((PortableLine.trailer(events: events, digest: self.digest) + "\n").utf8))
  }

  private static func line(_ recorded: RecordedEvent) throws -> String {
    do {
      let line = try PortableLine.event(recorded)
      let back = try PortableLine.event(line, position: recorded.position)
      guard EventFrame.encode(back) == EventFrame.encode(recorded) else {
        throw ImportFault.otherForm(expected: line)
      }
      return line
    } catch {
      throw ExportError(position: recorded.position, cause: "\(error)")
    }
  }
}

/// An event whose portable form does not say all of it: this program is not able to export it.
public struct ExportError: Error, Sendable, CustomStringConvertible {
  /// Where it stands.
  public let position: Position
  /// What was lost.
  public let cause: String

  /// The position and what to do.
  public var description: String {
    "the event at position \(position) has no portable form (\(cause)): a newer ipledger may have "
      + "written it; export with that one"
  }
}
