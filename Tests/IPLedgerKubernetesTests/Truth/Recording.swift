import Foundation
import IPLedger
import IPLedgerKubernetes

/// A recording of a real control plane, as `fixtures` keeps it, with the truth beside it.
struct Recording: Sendable, CustomStringConvertible {
  /// What the recording tells, which is the name of its folder.
  let story: String

  static let rollingRestart = Recording(story: "rolling-restart")
  static let apiEdges = Recording(story: "api-edges")
  static let resumedWatch = Recording(story: "resumed-watch")
  static let all = [rollingRestart, apiEdges, resumedWatch]

  var description: String { story }

  /// A file of the recording.
  func file(_ name: String) -> InputSource {
    .file(Self.root.appending(path: "fixtures/\(story)/\(name)").path)
  }

  /// The lines of a file of the recording that is not too long to be held.
  func lines(_ name: String) throws -> [String] {
    var text = ""
    if name.hasSuffix(".gz") {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/gzip")
      process.arguments = ["-dc", Self.root.appending(path: "fixtures/\(story)/\(name)").path]
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
      process.waitUntilExit()
    } else {
      text = try String(
        contentsOf: Self.root.appending(path: "fixtures/\(story)/\(name)"), encoding: .utf8)
    }
    return text.split(whereSeparator: \.isNewline).map(String.init)
  }

  /// The root of the package.
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
}

/// A ledger in a directory of its own that goes with it.
final class TemporaryLedger: Sendable {
  static let recordedAt = Instant.seconds(1_800_000_000)

  let ledger: Ledger
  private let directory: URL

  init(clock: @escaping @Sendable () -> Instant = { TemporaryLedger.recordedAt }) throws {
    directory = FileManager.default.temporaryDirectory
      .appending(path: "ipledger-test-\(UInt64.random(in: 0 ... .max))")
    ledger = try Ledger.open(
      at: directory.path, options: Ledger.Options(clock: clock))
  }

  deinit {
    ledger.close()
    try? FileManager.default.removeItem(at: directory)
  }
}

/// The facts in some inputs, and what became of their documents.
func facts(
  in sources: [InputSource], configure: (inout ObservationOptions) -> Void = { _ in }
) throws -> (events: [Event], summary: ObservationSummary) {
  let cluster = try ClusterName("lab")
  var options = ObservationOptions(cluster: cluster, network: NetworkName(of: cluster))
  configure(&options)
  var events: [Event] = []
  var summary = ObservationSummary()
  var previous: PodObserver?
  for source in sources {
    var observer = PodObserver(options, continuing: previous)
    var reader = try InputReader(source)
    while let document = try reader.next() {
      events += try observer.observe(document, readAt: nil)
    }
    events += observer.finish()
    summary.add(observer.summary)
    previous = observer
  }
  return (events, summary)
}
