import ArgumentParser
import IPLedger
import IPLedgerArchive

/// Copies the ledger while it is in use.
struct Backup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy the ledger to a new directory while it is in use, and check the copy.",
    discussion: """
      The copy has the state of one moment, whatever is recorded meanwhile. It gets its name only \
      once it has been checked as 'ipledger check' does it: what has the name is whole. It is a \
      ledger like any other: ask it with --ledger.

      JSON is one object: path, head, events; CSV has the same.

      Example:
        ipledger backup /backup/ipledger-2026-11-24
      """)

  @Argument(help: "The directory to make.")
  var destination: String

  @OptionGroup var options: LedgerOptions

  func validate() throws {
    if destination.isEmpty {
      throw ValidationError("the path of the backup is empty: name the directory to make")
    }
  }

  func run() throws {
    let ledger = try options.openToRead()
    let line = SharedProgressLine(isShown: Terminal.showsProgress)
    defer { line.clear() }
    let report = try ledger.backUp(
      to: destination, scratch: SystemClock.scratchDirectory, progress: { line.update($0) })
    line.clear()
    try CopyAnswer(path: destination, report: report, verb: "Backed up to").write(options.output)
  }
}

/// Brings a backup back.
struct Restore: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Make a ledger of a backup, which is checked before and after.",
    discussion: """
      The ledger, as given by --ledger or the usual path, must not exist: move a damaged one away \
      first, and keep it. A backup is a file of LMDB's: take it only from whom you would take a \
      program. From others take an export, with 'ipledger import'.

      JSON is one object: path, head, events; CSV has the same.

      Example:
        ipledger restore /backup/ipledger-2026-11-24 --ledger /var/lib/ipledger
      """)

  @Argument(help: "The directory of the backup.")
  var backup: String

  @OptionGroup var options: LedgerOptions

  func validate() throws {
    if backup.isEmpty {
      throw ValidationError("the path of the backup is empty: name its directory")
    }
  }

  func run() throws {
    let path = try options.path()
    try LedgerOptions.makeParent(of: path)
    let line = SharedProgressLine(isShown: Terminal.showsProgress)
    defer { line.clear() }
    let report = try Ledger.restore(
      backup, to: path, scratch: SystemClock.scratchDirectory, progress: { line.update($0) })
    line.clear()
    try CopyAnswer(path: path, report: report, verb: "Restored to").write(options.output)
  }
}

/// Writes the file anew, as small as it can be.
struct Compact: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compact",
    abstract: "Write the ledger's file anew, as small as it can be, and check it.",
    discussion: """
      Pages that were freed are used again, but never given back to the disk, and pages that keys \
      came to in any order are a third empty; this gives all of that back. No \
      process may have the ledger open, and those that come to open it wait. The new file takes the \
      place of the old one only once it has been checked as 'ipledger check' does it.

      JSON is one object: path, head, events, bytesBefore, bytesAfter; CSV has the same.

      Example:
        ipledger compact
      """)

  @OptionGroup var options: LedgerOptions

  func run() throws {
    let path = try options.path()
    let line = SharedProgressLine(isShown: Terminal.showsProgress)
    defer { line.clear() }
    let done = try Ledger.compact(
      at: path, scratch: SystemClock.scratchDirectory, progress: { line.update($0) })
    line.clear()
    try CopyAnswer(
      path: path, report: done.report, verb: "Compacted",
      sizes: (before: done.sizeBefore, after: done.sizeAfter)
    ).write(options.output)
  }
}
