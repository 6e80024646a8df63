import ArgumentParser
import Foundation
import IPLedger
import IPLedgerArchive
import IPLedgerKubernetes

/// The form in which a command prints its answer.
enum OutputForm: String, CaseIterable, ExpressibleByArgument, Sendable {
  /// For people.
  case table
  /// One object a line.
  case json
  /// RFC 4180, with a header line.
  case csv
}

/// The options that every command has.
struct LedgerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The ledger's directory.",
      discussion: """
        Without it: $IPLEDGER_PATH, else $XDG_STATE_HOME/ipledger, else ~/.local/state/ipledger.
        """,
      valueName: "path"))
  var ledger: String?

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp(
      "How to print: for people, one JSON object a line, or CSV.", valueName: "form"))
  var output: OutputForm = .table

  @Option(
    help: ArgumentHelp(
      "What time it is, for 'ago', for deadlines and as recording time.", visibility: .hidden),
    transform: { try Instant(expression: $0, now: SystemClock.now) })
  var now: Instant?

  func validate() throws {
    if ledger?.isEmpty == true {
      throw ValidationError(
        "the path of the ledger is empty: give --ledger a path, or leave it away")
    }
  }

  /// What time it is.
  var currentTime: Instant { now ?? SystemClock.now }

  /// The directory of the ledger.
  func path() throws(Failure) -> String {
    try Self.path(ledger, environment: ProcessInfo.processInfo.environment)
  }

  /// The directory that is named, else the first of the usual ones.
  static func path(
    _ named: String?, environment: [String: String]
  ) throws(Failure) -> String {
    if let named { return named }
    if let path = environment["IPLEDGER_PATH"], !path.isEmpty { return path }
    // An XDG path that is not absolute is to be ignored, says the specification.
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
      return "\(state)/ipledger"
    }
    if let home = environment["HOME"], !home.isEmpty { return "\(home)/.local/state/ipledger" }
    throw .usage(
      "where is the ledger? HOME is not set: give --ledger PATH, or set IPLEDGER_PATH")
  }

  /// Opens the ledger to ask it.
  func openToRead() throws -> Ledger {
    try Ledger.open(
      at: path(), options: Ledger.Options(readOnly: true, create: false, clock: clock))
  }

  /// Opens the ledger to record in it.
  func openToWrite(create: Bool = false) throws -> Ledger {
    let path = try path()
    if create { try Self.makeParent(of: path) }
    return try Ledger.open(
      at: path, options: Ledger.Options(create: create, clock: clock))
  }

  /// Makes the directory in which a new ledger's directory is to be, as for the default path.
  static func makeParent(of path: String) throws(Failure) {
    let parent = URL(filePath: path, directoryHint: .isDirectory).deletingLastPathComponent()
    do {
      try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
    } catch {
      throw Failure(
        message: "the directory \(parent.path) cannot be made: \(SystemMessage.of(error)); "
          + "choose another path with --ledger",
        status: .inputOutput)
    }
  }

  /// The clock that a ledger records with.
  var clock: @Sendable () -> Instant {
    if let now { return { now } }
    return { SystemClock.now }
  }
}

/// The machine's clock: the library is given it and has none of its own.
enum SystemClock {
  /// What time it is, to the microsecond.
  static var now: Instant {
    let seconds = Date.now.timeIntervalSince1970
    return Instant(microseconds: Int64((seconds * 1_000_000).rounded()))
  }

  /// A directory for temporary files.
  static var scratchDirectory: String {
    let directory = ProcessInfo.processInfo.environment["TMPDIR"] ?? ""
    return directory.isEmpty ? "/tmp" : directory
  }
}
