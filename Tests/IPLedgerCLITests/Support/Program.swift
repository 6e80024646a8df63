import Foundation
import Testing

/// The built program, run as a process.
enum Program {
  /// What a run printed, and the code that it ended with.
  struct Outcome: Sendable {
    var status: Int32
    var output: String
    var errors: String
  }

  /// The executable, which is built beside the test bundle.
  static var path: URL {
    let bundle = Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
    return bundle.deletingLastPathComponent().appending(path: "ipledger")
  }

  /// A run with all that it needs, not yet started; output goes to files, so that no pipe can fill
  /// up.
  static func process(
    _ arguments: [String], in directory: Directory, environment: [String: String] = [:],
    executable: URL = path
  ) throws -> (process: Process, output: URL, errors: URL) {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = directory.url
    var variables = ["HOME": directory.url.path, "PATH": "/usr/bin:/bin"]
    // What a sanitizer is to overlook in this process it is to overlook in that one, too.
    for name in ["TSAN_OPTIONS", "ASAN_OPTIONS"] {
      variables[name] = ProcessInfo.processInfo.environment[name]
    }
    variables.merge(environment) { _, own in own }
    process.environment = variables
    process.standardInput = FileHandle.nullDevice
    let (output, errors) = (directory.newFile(), directory.newFile())
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    return (process, output, errors)
  }

  /// Runs the program to its end.
  static func run(
    _ arguments: String..., in directory: Directory, input: Data? = nil,
    environment: [String: String] = [:]
  ) throws -> Outcome {
    try run(arguments, in: directory, input: input, environment: environment)
  }

  /// Runs the program to its end.
  ///
  /// Foundation's `Process.run()` can read past a buffer where the process has some 1,300 files open
  /// (swift-corelibs-foundation 5472). A ledger has three: so the suites of this package, which share a
  /// process, are serialized, each in itself.
  static func run(
    _ arguments: [String], in directory: Directory, input: Data? = nil,
    environment: [String: String] = [:], executable: URL = path
  ) throws -> Outcome {
    let (process, output, errors) = try process(
      arguments, in: directory, environment: environment, executable: executable)
    if let input {
      let file = directory.newFile()
      try input.write(to: file)
      process.standardInput = try FileHandle(forReadingFrom: file)
    }
    try process.run()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus,
      output: try String(contentsOf: output, encoding: .utf8),
      errors: try String(contentsOf: errors, encoding: .utf8))
  }
}

/// A directory for one test, gone afterwards.
final class Directory: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appending(path: "ipledger-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  /// An empty file, with a name of its own where none is given.
  func newFile(named name: String? = nil) -> URL {
    let file = url.appending(path: name ?? "file-\(UUID().uuidString)")
    _ = FileManager.default.createFile(atPath: file.path, contents: nil)
    return file
  }

  /// Writes a file.
  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: url.appending(path: name))
  }
}
