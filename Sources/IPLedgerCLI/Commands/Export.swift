import ArgumentParser
import Foundation
import IPLedger
import IPLedgerArchive
import IPLedgerKubernetes

/// Writes the log in a form that any tool reads.
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract:
      "Write the log as JSON lines, with a count and a digest, for any tool and any machine.",
    discussion: """
      One line for each event, between a header and a trailer with the number of events and the \
      SHA-256 digest of all lines before it: 'head -n -1 FILE | sha256sum' gives the same. \
      'ipledger import' makes the same log of it, byte for byte. Others may record meanwhile; what \
      they record is left out.

      A file gets its name only once it is whole. Without a file, standard output takes the lines; \
      what was exported is told on standard error.

      Example:
        ipledger export ledger-2026-11-24.jsonl
      """)

  @Argument(help: ArgumentHelp("The file to make; standard output without it.", valueName: "file"))
  var file: String?

  @OptionGroup var options: LedgerOptions

  func validate() throws {
    guard options.output == .table else {
      throw ValidationError("an export has one form, JSON lines: leave -o away")
    }
    if file?.isEmpty == true {
      throw ValidationError(
        "the name of the export is empty: name the file to make, or leave it away for standard "
          + "output")
    }
  }

  func run() throws {
    let ledger = try options.openToRead()
    let head = try ledger.head
    var line = ProgressLine(isShown: Terminal.showsProgress)
    defer { line.clear() }
    let sink = try ExportFile(file)
    let done: LogExport
    do {
      done = try LogExport(of: ledger) {
        line.update("export", $0, of: head)
      } to: {
        try sink.write($0)
      }
    } catch {
      sink.abandon()
      throw error
    }
    try sink.finish()
    line.clear()
    Terminal.note("exported \(plural(done.events, "event")), sha256 \(done.digest)\n")
  }
}

/// Where an export goes: a file that has another name until it is whole, or standard output.
private struct ExportFile {
  private let handle: FileHandle
  private let paths: (partial: String, whole: String)?

  init(_ path: String?) throws(Failure) {
    guard let path, path != "-" else {
      (handle, paths) = (.standardOutput, nil)
      return
    }
    guard !FileManager.default.fileExists(atPath: path) else {
      throw .usage("\(path) is there already: name another file, or move it away first")
    }
    let partial = "\(path).partial-\(UInt64.random(in: 0 ... .max))"
    let mode: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
    guard FileManager.default.createFile(atPath: partial, contents: nil, attributes: mode),
      let handle = FileHandle(forWritingAtPath: partial)
    else {
      throw Failure(
        message: "\(path) cannot be made: name a file in a directory that can be written",
        status: .inputOutput)
    }
    (self.handle, paths) = (handle, (partial, path))
  }

  func write(_ bytes: Data) throws(Failure) {
    do {
      try handle.write(contentsOf: bytes)
    } catch {
      throw unwritable(error)
    }
  }

  /// Gives the file its name, once it is on the disk, and returns when the name is.
  func finish() throws(Failure) {
    guard let paths else { return }
    do {
      try handle.synchronize()
      try handle.close()
      try FileManager.default.moveItem(atPath: paths.partial, toPath: paths.whole)
    } catch {
      abandon()
      throw unwritable(error)
    }
    do {
      try Files.synchronizeName(of: paths.whole)
    } catch {
      throw Failure(
        message: "\(paths.whole) is whole, but its name may not survive a power cut: \(error)",
        status: .inputOutput)
    }
  }

  /// Removes what was written.
  func abandon() {
    guard let paths else { return }
    try? FileManager.default.removeItem(atPath: paths.partial)
  }

  private func unwritable(_ error: any Error) -> Failure {
    Failure(
      message: "\(paths?.whole ?? "standard output") cannot be written: "
        + SystemMessage.of(error), status: .inputOutput)
  }
}
