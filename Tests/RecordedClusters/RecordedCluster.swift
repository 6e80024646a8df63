package import Foundation
package import IPLedger
package import IPLedgerKubernetes

/// A recording of a real control plane, as `fixtures` keeps it, with the truth beside it.
package struct RecordedCluster: Sendable, CustomStringConvertible {
  /// What the recording tells, which is the name of its folder.
  package let story: String

  package static let rollingRestart = RecordedCluster(story: "rolling-restart")
  package static let apiEdges = RecordedCluster(story: "api-edges")
  package static let resumedWatch = RecordedCluster(story: "resumed-watch")
  package static let all = [rollingRestart, apiEdges, resumedWatch]

  package var description: String { story }

  /// A file of the recording.
  package func file(_ name: String) -> InputSource {
    .file(Self.root.appending(path: "fixtures/\(story)/\(name)").path)
  }

  /// The lines of a file of the recording that is not too long to be held.
  package func lines(_ name: String) throws -> [String] {
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
  package static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}

/// A ledger in a directory of its own that goes with it.
package final class TemporaryLedger: Sendable {
  package static let recordedAt = Instant.seconds(1_800_000_000)

  package let ledger: Ledger
  private let directory: URL

  package init(clock: @escaping @Sendable () -> Instant = { TemporaryLedger.recordedAt }) throws {
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
package func facts(
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

extension RecordedCluster {
  /// When the recording began, by its list of steps.
  package var begin: Instant {
    get throws { try step { _ in true } }
  }

  /// When the recording ended.
  package var end: Instant {
    get throws { try step { $0.hasSuffix(" end") } }
  }

  private func step(_ matches: (String) -> Bool) throws -> Instant {
    let lines = try lines("steps.txt").filter { $0.hasPrefix("2026-") && matches($0) }
    return try Instant(rfc3339: String((lines.first ?? "").prefix { $0 != " " }))
  }
}
