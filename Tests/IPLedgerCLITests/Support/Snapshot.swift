import Foundation
import Testing

/// Output that is kept in a file and compared exactly.
enum Snapshot {
  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Snapshots")

  /// Compares with the file of this name; with `IPLEDGER_UPDATE_SNAPSHOTS=1` it is written instead.
  static func check(
    _ text: String, named name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let file = folder.appending(path: "\(name).txt")
    if ProcessInfo.processInfo.environment["IPLEDGER_UPDATE_SNAPSHOTS"] == "1" {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
      return
    }
    let kept = try? String(contentsOf: file, encoding: .utf8)
    #expect(
      kept == text,
      """
      \(name) differs from its snapshot; after a look at the difference run the tests with \
      IPLEDGER_UPDATE_SNAPSHOTS=1
      """, sourceLocation: sourceLocation)
  }

  /// Removes what depends on the size of the storage's pages.
  static func withoutSizes(_ text: String) -> String {
    text
      .replacing(#/pages        .*/#, with: "pages        #")
      .replacing(#/"pages":\{[^}]*\}/#, with: #""pages":{}"#)
      .replacing(#/size      [0-9.]+ MB/#, with: "size      # MB")
      .replacing(#/"usedBytes":[0-9]+/#, with: #""usedBytes":0"#)
      .replacing(#/used_bytes,[0-9]+/#, with: "used_bytes,0")
  }
}
