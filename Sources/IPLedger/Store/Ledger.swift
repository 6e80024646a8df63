package import LMDB
import Synchronization

/// A ledger of pod IP addresses: a log of facts, and the projections that answer from it, in one
/// LMDB environment.
///
/// One process may have a ledger open once; any number of processes may have it open at once, and
/// each sees what the others commit. Everything here may be called from any task.
///
/// ```swift
/// let ledger = try Ledger.open(
///   at: "/var/lib/ipledger", options: Ledger.Options(clock: { now() }))
/// let answer = try ledger.read { view in
///   try view.audit(Address(network: network, ip: ip), at: instant)
/// }
/// ```
public final class Ledger: Sendable {
  /// How a ledger is opened.
  public struct Options: Sendable {
    /// Whether anything may be recorded.
    public var readOnly: Bool
    /// Whether a ledger is made where there is none.
    public var create: Bool
    /// What time it is when an event is written down; it is never evidence of when something
    /// happened (R4).
    public var clock: @Sendable () -> Instant
    /// How its environment is opened; whether it is to be read only is said above.
    package var storage = Environment.Options()

    /// Options with this clock: the library has none of its own.
    public init(
      readOnly: Bool = false, create: Bool = true, clock: @escaping @Sendable () -> Instant
    ) {
      self.readOnly = readOnly
      self.create = create
      self.clock = clock
    }
  }

  /// The directory that holds it.
  public let path: String
  let environment: Environment
  let meta: Table
  let log: Table
  let clock: @Sendable () -> Instant
  let writes: GroupCommit
  package let waitingRoom = WaitingRoom()
  private let opened = Mutex<(generation: UInt64, tables: Tables)?>(nil)

  private init(
    path: String, environment: Environment, meta: Table, log: Table,
    clock: @escaping @Sendable () -> Instant
  ) {
    self.path = path
    self.environment = environment
    self.meta = meta
    self.log = log
    self.clock = clock
    writes = GroupCommit()
  }

  /// Opens the ledger in a directory.
  ///
  /// - Throws: ``StorageError`` where the environment cannot be opened; ``LedgerError/noLedger(path:)``,
  ///   ``LedgerError/notALedger(path:)`` or ``LedgerError/newerLayout(found:known:)`` where it
  ///   holds something else.
  public static func open(at path: String, options: Options) throws -> Ledger {
    let environment: Environment
    do {
      var storage = options.storage
      storage.readOnly = options.readOnly
      environment = try Environment.open(
        at: path, options: storage,
        create: options.create && !options.readOnly)
    } catch {
      let mayMake = options.create && !options.readOnly
      throw error.code == .system(noEntry) && !mayMake ? LedgerError.noLedger(path: path) : error
    }
    do {
      if !options.readOnly, options.create { try prepare(environment, path) }
      let (meta, log) = try environment.read { txn in
        guard let meta = try txn.table(MetaTable.name), let log = try txn.table(MetaTable.logName),
          let layout = try MetaTable.layout(meta, in: txn)
        else {
          throw try txn.tableNames().isEmpty
            ? LedgerError.noLedger(path: path) : LedgerError.notALedger(path: path)
        }
        guard layout <= MetaTable.currentLayout else {
          throw LedgerError.newerLayout(found: layout, known: MetaTable.currentLayout)
        }
        guard layout == MetaTable.currentLayout || !options.readOnly else {
          throw LedgerError.olderLayout(found: layout, known: MetaTable.currentLayout)
        }
        return (meta, log)
      }
      let ledger = Ledger(
        path: path, environment: environment, meta: meta, log: log, clock: options.clock)
      if !options.readOnly { try ledger.upgrade() }
      return ledger
    } catch {
      environment.close()
      throw error
    }
  }

  /// `ENOENT`: there is no such file or directory.
  static let noEntry: Int32 = 2

  /// Makes the tables of a new ledger; one that is there is left alone.
  private static func prepare(_ environment: Environment, _ path: String) throws {
    let names = try environment.read { txn in try txn.tableNames() }
    guard !names.contains(MetaTable.name) else { return }
    guard names.isEmpty else { throw LedgerError.notALedger(path: path) }
    try environment.write { txn in
      let meta = try txn.createTable(MetaTable.name)
      _ = try txn.createTable(MetaTable.logName)
      guard try MetaTable.layout(meta, in: txn.reading) == nil else { return }
      _ = try Tables(creating: 0, in: txn)
      try MetaTable.setGeneration(meta, 0, in: txn)
      try MetaTable.setLayout(meta, in: txn)
    }
  }

  /// Closes the ledger once the reads in progress are done; using it afterwards throws.
  public func close() {
    environment.close()
  }

  /// Lends a view of the ledger as it is now to a closure.
  public func read<Result>(_ body: (borrowing LedgerView) throws -> Result) throws -> Result {
    try environment.read { txn in
      try body(LedgerView(txn, tables: try tables(in: txn), log: log, clock: clock))
    }
  }

  /// The size of the ledger's file and map, and the readers that hold it open.
  public func storage() throws -> StorageStatus {
    let statistics = try environment.statistics()
    return StorageStatus(
      mapSize: statistics.mapSize, usedBytes: statistics.usedBytes, readers: statistics.readers)
  }

  /// The tables of the generation in force: another process may have put another one in place.
  ///
  /// Or another program, with a newer layout, whose tables are not ours to read or write.
  func tables(in txn: borrowing ReadTransaction) throws -> Tables {
    if let layout = try MetaTable.layout(meta, in: txn), layout > MetaTable.currentLayout {
      throw LedgerError.newerLayout(found: layout, known: MetaTable.currentLayout)
    }
    let generation = try MetaTable.generation(meta, in: txn)
    if let known = opened.withLock({ $0 }), known.generation == generation { return known.tables }
    guard let tables = try Tables(generation: generation, in: txn) else {
      throw LedgerError.projectionsMissing(generation: generation)
    }
    opened.withLock { $0 = (generation, tables) }
    return tables
  }
}

/// How much room a ledger takes.
public struct StorageStatus: Hashable, Sendable {
  /// The size of the memory map, in bytes: most of it is not backed by anything.
  public var mapSize: Int
  /// The bytes of the file that are in use.
  public var usedBytes: Int
  /// How many readers hold a snapshot, in all processes.
  public var readers: Int
}
