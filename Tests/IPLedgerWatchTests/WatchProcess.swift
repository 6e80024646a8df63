import Foundation
import Testing

/// The built program, watching a played server.
final class WatchProcess {
  private let process = Process()
  private let errors: URL
  private let output: URL

  /// The executable, which is built beside the test bundle.
  private static var path: URL {
    let bundle = Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
    return bundle.deletingLastPathComponent().appending(path: "ipledger")
  }

  /// Starts it with a kubeconfig for the server, and a ledger in the folder.
  init(_ arguments: [String], in folder: Folder, server: PlayedServer, token: String = "hush")
    throws
  {
    try folder.write(
      """
      current-context: lab
      contexts: [{name: lab, context: {cluster: lab, user: lab}}]
      clusters: [{name: lab, cluster: {server: "http://127.0.0.1:\(server.port)"}}]
      users: [{name: lab, user: {token: \(token)}}]
      """, to: "config")
    process.executableURL = Self.path
    process.arguments =
      ["watch", "--kubeconfig", folder.file("config"), "--ledger", folder.file("ledger")]
      + arguments
    var environment = ["HOME": folder.path, "PATH": "/usr/bin:/bin"]
    for name in ["TSAN_OPTIONS", "ASAN_OPTIONS"] {
      environment[name] = ProcessInfo.processInfo.environment[name]
    }
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    let number = UInt64.random(in: 0 ... .max)
    try folder.write("", to: "errors-\(number)")
    try folder.write("", to: "output-\(number)")
    errors = URL(filePath: folder.file("errors-\(number)"))
    output = URL(filePath: folder.file("output-\(number)"))
    process.standardError = try FileHandle(forWritingTo: errors)
    process.standardOutput = try FileHandle(forWritingTo: output)
    try process.run()
  }

  /// What it wrote to its error output so far: the log.
  var log: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }

  /// What it wrote to its output.
  var answer: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }

  var isRunning: Bool { process.isRunning }

  /// The anonymous memory of the process, in kilobytes.
  var anonymousMemory: Int {
    let status = try? String(
      contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
    let line = status?.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
    return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
  }

  /// Ends it without warning.
  func kill() {
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Asks it to end; the code that it ends with.
  func end() -> Int32 {
    process.terminate()
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Waits for its end; the code.
  func wait() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }
}
