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
        guard !lines.isEmpty else { continue }
        guard handoff.put(.lines(lines.map { Self.parse($0, decoder) })) else { return }
      }
    } catch {
      _ = handoff.put(.failed(error))
    }
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
