import Foundation
import Testing

/// Lifetimes of pods in a real cluster, as a public trace tells them.
struct PodTrace {
  /// A pod is made, or is gone.
  struct Step: Hashable {
    /// Seconds since the trace began.
    var second: Double
    var isCreation: Bool
    /// Who: the application and the lowest ordinal that was free.
    var identity: String
    /// Which incarnation: the row of the file.
    var incarnation: Int
  }

  /// The steps in time order; at one second deletions come before creations.
  private(set) var steps: [Step] = []

  /// The folder of the traces, beside the project.
  static let folder: URL = {
    var root = URL(filePath: #filePath)
    for _ in 0..<4 { root = root.deletingLastPathComponent() }
    return root.deletingLastPathComponent().appending(path: "shared/data/traces")
  }()

  static let isThere = FileManager.default.fileExists(atPath: folder.path)
  static let absence: Comment =
    "the public traces are not at ../shared/data/traces beside the project"

  /// Reads a trace.
  ///
  /// - Parameters:
  ///   - name: The file.
  ///   - application: The column whose pods share ordinals; `nil` for a pod of its own in each row.
  /// - Throws: Where the file cannot be read.
  init(_ name: String, application: String?) throws {
    let rows = try Self.rows(of: Self.folder.appending(path: name))
    let columns = Dictionary(uniqueKeysWithValues: rows[0].enumerated().map { ($1, $0) })
    let (created, deleted) = (columns["creation_time"] ?? 0, columns["deletion_time"] ?? 0)
    var changes: [(second: Double, isCreation: Bool, row: Int)] = []
    for (row, fields) in rows.enumerated().dropFirst() {
      guard let start = Double(fields[created]) else { continue }
      changes.append((start, true, row))
      if let end = Double(fields[deleted]), end > start { changes.append((end, false, row)) }
    }
    changes.sort { left, right in
      if left.second != right.second { return left.second < right.second }
      return left.isCreation == right.isCreation ? left.row < right.row : !left.isCreation
    }
    var ordinals: [String: Set<Int>] = [:]
    var names: [Int: (application: String, ordinal: Int)] = [:]
    for change in changes {
      let owner =
        application.flatMap { columns[$0] }.map { rows[change.row][$0] } ?? "pod-\(change.row)"
      if change.isCreation {
        let ordinal = (0...).first { !ordinals[owner, default: []].contains($0) } ?? 0
        ordinals[owner, default: []].insert(ordinal)
        names[change.row] = (owner, ordinal)
      }
      guard let name = names[change.row] else { continue }
      if !change.isCreation { ordinals[owner]?.remove(name.ordinal) }
      let identity = "\(name.application)-\(name.ordinal)".replacing("_", with: "-")
      steps.append(
        Step(
          second: change.second, isCreation: change.isCreation, identity: identity,
          incarnation: change.row))
    }
  }

  private static func rows(of file: URL) throws -> [[String]] {
    let (unpacked, pipe) = (Process(), Pipe())
    unpacked.executableURL = URL(filePath: "/usr/bin/env")
    unpacked.arguments = ["gzip", "-dc", file.path]
    unpacked.standardOutput = pipe
    try unpacked.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    unpacked.waitUntilExit()
    return text.split(separator: "\n").map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }
}
