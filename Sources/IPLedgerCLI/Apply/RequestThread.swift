import Foundation
import IPLedgerArchive

/// What the thread that reads requests tells the task that answers them.
enum RequestBlock: Sendable {
  /// These lines came.
  case lines([ApplyLine])
  /// The input cannot be read any further.
  case failed(Failure)

  /// How many blocks wait to be answered at the most.
  static let capacity = 16
}

/// Reads requests on a thread of its own, since reading blocks.
struct RequestThread: Sendable {
  /// A file, or `-`.
  let path: String

  /// Starts reading into a hand-off, which is closed at the end.
  func start(into handoff: Handoff<RequestBlock>) {
    let thread = Thread {
      read(into: handoff)
      handoff.close()
    }
    thread.name = "ipledger.requests"
    thread.start()
  }

  private func read(into handoff: Handoff<RequestBlock>) {
    let decoder = JSONDecoder()
    do throws(Failure) {
      var reader = try LineReader(path)
      while let lines = try reader.next() {
        guard let first = lines.first else { continue }
        if first.number == 1, let fault = fault(of: first) {
          _ = handoff.put(.failed(fault))
          return
        }
        guard handoff.put(.lines(lines.map { Self.parse($0, decoder) })) else { return }
      }
    } catch {
      _ = handoff.put(.failed(error))
    }
  }

  /// What is wrong with an input whose first line is no text: it is no use to answer its lines.
  private func fault(of first: LineReader.Line) -> Failure? {
    guard let bytes = first.bytes else { return nil }
    let name = path == "-" ? "standard input" : path
    if bytes.starts(with: [0x1F, 0x8B]) {
      return Failure(
        message: "\(name): expected requests as JSON lines, found gzip'd data: unpack them, as "
          + "with 'gzip -dc FILE | ipledger apply -'",
        status: .badData)
    }
    let isText = bytes.allSatisfy { $0 >= 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x1B }
    guard !isText else { return nil }
    return Failure(
      message: "\(name): expected requests as JSON lines, found binary data; 'ipledger help apply' "
        + "shows what a line looks like",
      status: .badData)
  }

  private static func parse(_ line: LineReader.Line, _ decoder: JSONDecoder) -> ApplyLine {
    let request = Result { () throws(LineFault) in
      guard let bytes = line.bytes else {
        throw LineFault(
          "expected a line of at most \(LineReader.maximumLineBytes) bytes, found a longer one")
      }
      return try ApplyRequest(bytes, decoder)
    }
    return ApplyLine(number: line.number, request: request)
  }
}
