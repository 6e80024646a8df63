import Foundation
import IPLedger
import IPLedgerArchive
import Logging

/// Writes a log to the error output: a line for people on a terminal, else one JSON object a line.
struct StreamLog: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.info
  /// The last line of the terminal, where there is one.
  private let line: LiveLine?

  init(above line: LiveLine?) { self.line = line }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let values = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
    let time = SystemClock.now
    guard let line else {
      let object: JSON = .object(
        [
          JSON.Member(name: "time", value: .string("\(time)")),
          JSON.Member(name: "level", value: .string(event.level.rawValue)),
          JSON.Member(name: "message", value: .string("\(event.message)")),
        ] + values.map { JSON.Member(name: $0.key, value: .string("\($0.value)")) })
      Terminal.note(object.text + "\n")
      return
    }
    let fields = values.map { " \($0.key)=\($0.value)" }.joined()
    line.note("\(time) \(event.level.rawValue) \(event.message)\(fields)")
  }
}
