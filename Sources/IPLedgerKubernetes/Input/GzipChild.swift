import Foundation

/// The `gzip` program, decompressing for us in a process of its own.
final class GzipChild {
  /// The bytes that gzip'd data begin with.
  static let magic: [UInt8] = [0x1f, 0x8b]

  /// What is run, looked for as the shell looks for programs.
  static let program = "gzip"

  /// The shell's exit code for a program that it did not find.
  private static let notFound = 127

  private let process = Process()
  private let output = Pipe()
  private let errors = Pipe()
  private let input: OpenInput
  private let program: String
  private let isSeekable: Bool
  private var hasEnded = false

  /// Starts it on an input whose next bytes, or whose last two if `isMagicTaken`, are the magic.
  ///
  /// The child reads the handle itself, so no thread of ours stands between. Of a pipe, the two
  /// bytes that told us that it is gzip'd are given back by the shell.
  init(reading input: OpenInput, isMagicTaken: Bool, program: String) throws(InputFault) {
    self.input = input
    self.program = program
    isSeekable = !isMagicTaken
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    let script =
      isMagicTaken ? #"{ printf '\037\213'; cat; } | "$0" -dc"# : #"exec "$0" -dc"#
    process.arguments = ["-c", script, program]
    process.standardInput = input.handle
    process.standardOutput = output
    process.standardError = errors
    do {
      try process.run()
    } catch {
      throw Self.fault(SystemMessage.of(error), program: program)
    }
  }

  deinit {
    if !hasEnded, process.isRunning { process.terminate() }
  }

  /// Where in the compressed file it is; nil where the input is a pipe.
  var compressedOffset: Int? {
    // Parent and child share one open file, and with it the offset.
    isSeekable ? (try? input.handle.offset()).map { Int(clamping: $0) } : nil
  }

  /// The next decompressed bytes; empty at the end, when gzip has also said that all was well.
  func read(_ count: Int) throws(InputFault) -> [UInt8] {
    if hasEnded { return [] }
    let bytes = try ByteStream.read(count, from: OpenInput(output.fileHandleForReading))
    if bytes.isEmpty { try finish() }
    return bytes
  }

  private func finish() throws(InputFault) {
    let said = try ByteStream.read(4096, from: OpenInput(errors.fileHandleForReading))
    process.waitUntilExit()
    hasEnded = true
    let status = Int(process.terminationStatus)
    if process.terminationReason == .exit, status == 0 { return }
    if status == Self.notFound {
      throw InputFault(
        code: .decompression, found: "gzip'd data and no program `\(program)`",
        expected: "`\(program)` to decompress them",
        remedy: "Install gzip (apt-get install gzip), or decompress the input where there is one.")
    }
    // gzip begins what it says with an empty line.
    let words = said.drop { $0.isJSONSpace }
    throw Self.fault(
      words.isEmpty
        ? "data on which `\(program) -dc` ended with status \(status)"
        : "what `\(program) -dc` calls \(Excerpt.line(words))", program: program)
  }

  private static func fault(_ found: String, program: String) -> InputFault {
    InputFault(
      code: .decompression, found: found, expected: "whole gzip'd data",
      remedy: "What was read before it stays recorded. Test the file with: \(program) -t FILE")
  }
}
