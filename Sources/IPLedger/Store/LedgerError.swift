public import LMDB

/// Why the storage failed: a code such as a full disk or a commit whose outcome is unknown, and a
/// message that says what to do.
public typealias StorageError = LMDBError

/// Why the ledger could not do what it was asked.
public enum LedgerError: Error, Sendable, CustomStringConvertible {
  /// A row of a projection does not have the checksum that it was written with.
  case damagedRow(table: String, key: [UInt8])
  /// Tables of the projections are not there.
  case projectionsMissing(generation: UInt64)
  /// An event of the log cannot be read.
  case unreadableEvent(Position, EventDecodingError)
  /// The log lacks a position below its head.
  case missingEvent(Position)
  /// The log does not have as many events as its last position says.
  case logNotDense(head: Position, events: Int)
  /// A uid was known for another pod.
  case identityChanged(uid: PodUID, known: PodIdentity, found: PodIdentity)
  /// The directory holds an LMDB environment, but no ledger of this program's.
  case notALedger(path: String)
  /// There is no ledger at this path.
  case noLedger(path: String)
  /// The ledger's layout is newer than this program knows.
  case newerLayout(found: UInt64, known: UInt64)
  /// The ledger's projections have an older layout, and it was opened to read only.
  case olderLayout(found: UInt64, known: UInt64)
  /// Another rebuild began before this one was done, in this process or another.
  case rebuildOvertaken
  /// A reservation cannot be freed.
  case notReleased(PodIdentity, why: String)
  /// An event that only a decision makes was to be recorded as an observation.
  case notObserved(Event.Kind)
  /// What has no other place than a temporary directory could not be made there, or not filled.
  case noScratch(directory: String, StorageError)
  /// A copy, a backup or an import found no room; nothing is left of it.
  case notMade(path: String, StorageError)
  /// The directory in which something was to be made is not there.
  case noFolder(path: String, folder: String)
  /// A copy of a ledger was to be made within the ledger's own directory.
  case withinLedger(path: String, ledger: String)
  /// An event of another log cannot stand at its position here.
  indirect case refusedEvent(Position, cause: LedgerError)
  /// A position is beyond the head of the log.
  case positionAhead(Position, head: Position)
  /// An event has a value that no event has, so that nobody could read it again.
  case notStorable(Event.Kind, why: String)
  /// An event is larger than ``LedgerLimits/maximumEventBytes``.
  case eventTooLarge(Event.Kind, bytes: Int)
  /// A pod has more addresses than ``LedgerLimits/maximumAddressesPerPod``.
  case tooManyAddresses(PodIdentity, count: Int)
  /// A batch has more events than ``LedgerLimits/maximumEventsPerBatch``.
  case batchTooLarge(events: Int)
  /// A time of an event is further ahead than ``LedgerLimits/maximumClockLead``, or that of a decision
  /// than ``LedgerLimits/maximumDecisionLead``.
  case fromTheFuture(Event.Kind, field: String, Instant, now: Instant)
  /// An event of another log is not the one that comes next, or was recorded before the one before it.
  case notNext(Position, expected: Position)
  /// An event of another log says nothing new, so no log has it there.
  case notRecordable(Position)
  /// A check of a ledger, or of a copy of it, found something wrong.
  case unsound(path: String, CheckReport)
  /// There is a file or a directory already where one was to be made.
  case alreadyThere(path: String)

  /// Whether it is about one event that was to be recorded, so that others can be.
  package var isOfOneEvent: Bool {
    switch self {
    case .identityChanged, .notObserved, .notStorable, .eventTooLarge, .tooManyAddresses,
      .fromTheFuture:
      true
    default: false
    }
  }

  /// What was found and what to do.
  public var description: String {
    switch self {
    case .damagedRow(let table, let key):
      """
      a row of the projection \(table) is damaged (key \(key.hexadecimal)): run 'ipledger check', which tells \
      whether the log is whole; then 'ipledger replay --rebuild' folds the projections from it again
      """
    case .projectionsMissing(let generation):
      """
      the projections (generation \(generation)) are not all there: run 'ipledger check', which tells whether the \
      log is whole; then 'ipledger replay --rebuild' folds them from it again
      """
    case .unreadableEvent(let position, let error):
      "position \(position): \(error)"
    case .missingEvent(let position):
      "the log has no event at position \(position): the file is damaged; restore a backup"
    case .logNotDense(let head, let events):
      """
      the log ends at position \(head), but has \(events) events: the file is damaged; \
      'ipledger check' tells more, and a backup can be restored
      """
    case .identityChanged(let uid, let known, let found):
      """
      the uid \(uid) is known as the pod \(known), but this event calls it \(found): one of the two sources is of \
      another cluster; name it with --cluster
      """
    case .notALedger(let path):
      "\(path) holds an LMDB environment that is not a ledger: choose another path with --ledger"
    case .noLedger(let path):
      """
      there is no ledger at \(path): record something first with 'ipledger ingest', define a pool \
      with 'ipledger pool define', or name another path with --ledger \
      or IPLEDGER_PATH
      """
    case .newerLayout(let found, let known):
      "the ledger has layout \(found), this program knows up to \(known): upgrade ipledger"
    case .olderLayout(let found, let known):
      """
      the ledger's projections have layout \(found), this program needs \(known): run 'ipledger replay --rebuild' \
      once, which folds them from the log again
      """
    case .rebuildOvertaken:
      "another rebuild of this ledger began before this one was done: its result counts; ask again"
    case .notReleased(let identity, let why):
      "the reservation of \(identity) was not freed: \(why)"
    case .notObserved(let kind):
      """
      this \(kind) event is a decision: only assign, delete, define, release and their kin make those, \
      and record takes what was observed
      """
    case .eventTooLarge(let kind, let bytes):
      "the \(kind) event has \(bytes) bytes, the most is \(LedgerLimits.maximumEventBytes): split the list that it is of"
    case .tooManyAddresses(let identity, let count):
      """
      the pod \(identity) has \(count) addresses, the most is \(LedgerLimits.maximumAddressesPerPod): \
      nothing was recorded of it
      """
    case .batchTooLarge(let events):
      "a batch of \(events) events, the most is \(LedgerLimits.maximumEventsPerBatch): record it in parts"
    case .notStorable(let kind, let why):
      "the \(kind) event cannot be recorded: \(why); mend what made it"
    case .fromTheFuture(let kind, let field, let time, let now):
      """
      the \(kind) event has \(field) \(time), too far ahead of this machine's clock, which says \(now): \
      set the clock that is wrong, and record it again
      """
    case .notNext(let position, let expected):
      "the event at position \(position) cannot follow: expected \(expected), recorded no earlier than the one before"
    case .notRecordable(let position):
      "the event at position \(position) says nothing that those before it do not say: no ledger wrote this log"
    case .unsound(let path, let report):
      """
      \(path) is damaged: \(report.findings.first.map { "\($0)" } ?? "")\
      \(report.findingCount > 1 ? ", and \(report.findingCount - 1) more findings" : ""); \
      'ipledger check --ledger \(path.shellWord)' tells all of it, and what to do
      """
    case .alreadyThere(let path):
      "\(path) is there already: name another path, or move it away first"
    case .noScratch(let directory, let error):
      """
      a throw-away copy of the projections could not be made or filled in \(directory) (\(error.reason)); \
      no ledger was touched: make room there, or set TMPDIR to a folder that is there and has room
      """
    case .notMade(let path, let error):
      """
      \(path) was not made (\(error.reason)): nothing was copied or imported, and nothing is left of it; \
      make room, and run the same command again
      """
    case .noFolder(let path, let folder):
      "\(path) cannot be made: there is no folder \(folder); make it with 'mkdir -p \(folder.shellWord)', or name another path"
    case .withinLedger(let path, let ledger):
      "\(path) is within the directory of the ledger \(ledger), which is the ledger's own: name a path elsewhere"
    case .refusedEvent(let position, let cause):
      "the event at position \(position) cannot stand there: \(cause)"
    case .positionAhead(let position, let head):
      "the position \(position) is beyond the head of the log, which is \(head)"
    }
  }
}

extension StorageError {
  /// The system's words for what happened to a copy that nobody else has, where there are any.
  ///
  /// What else is said of such a failure is about a ledger that goes on.
  fileprivate var reason: String {
    code == .commitOutcomeUnknown ? cause?.text ?? message : message
  }

  /// Whether there was no room, or a disk failed that was written to.
  var isAboutRoom: Bool {
    code == .commitOutcomeUnknown || code == .system(Self.noSpace) || code == .system(Self.quota)
  }

  /// `ENOSPC`: no space is left on the device.
  private static let noSpace: Int32 = 28
  /// `EDQUOT`: the user's quota is exceeded.
  private static let quota: Int32 = 122
}
