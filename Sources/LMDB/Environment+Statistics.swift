import CLMDB

/// The size of an environment and who reads it (`MDB_envinfo`).
public struct EnvironmentStatistics: Sendable, Equatable {
  /// The size of the memory map, in bytes.
  public let mapSize: Int
  /// The size of a page, in bytes.
  public let pageSize: Int
  /// The number of the last page in use; the first is 0.
  public let lastPage: Int
  /// How much of the file is or has been in use, in bytes; pages that are free again count.
  public let usedBytes: Int
  /// How many readers hold a snapshot now, in all processes.
  public let readers: Int
  /// How many readers there may be at once, in all processes.
  public let maxReaders: Int
  /// The number of the last commit.
  public let lastTransactionID: Int
  /// The number of the oldest snapshot held by a reader, or `nil` when there is none.
  ///
  /// Pages freed since then cannot be used again: a reader that stays far behind makes the file
  /// grow.
  public let oldestReader: Int?
}

extension Environment {
  /// The sizes of the environment and its readers (`mdb_env_info`, `mdb_env_stat`,
  /// `mdb_reader_list`).
  ///
  /// - Throws: `.closed`.
  public func statistics() throws(LMDBError) -> EnvironmentStatistics {
    try core.inside { () throws(LMDBError) in
      var information = unsafe MDB_envinfo()
      try core.check(unsafe mdb_env_info(core.handle, &information), "asking for information")
      var main = MDB_stat()
      try core.check(unsafe mdb_env_stat(core.handle, &main), "asking for statistics")
      let snapshots = core.readerSnapshots()
      return unsafe EnvironmentStatistics(
        mapSize: information.me_mapsize,
        pageSize: Int(main.ms_psize),
        lastPage: information.me_last_pgno,
        usedBytes: (information.me_last_pgno + 1) * Int(main.ms_psize),
        readers: snapshots.count,
        maxReaders: Int(information.me_maxreaders),
        lastTransactionID: information.me_last_txnid,
        oldestReader: snapshots.min())
    }
  }

  /// Frees the reader slots of processes that died while reading (`mdb_reader_check`).
  ///
  /// It also happens at open, and when there are no slots left. Processes in other PID namespaces
  /// look dead from here: do not share an environment between containers.
  ///
  /// - Returns: how many slots were freed.
  /// - Throws: `.closed`.
  public func clearStaleReaders() throws(LMDBError) -> Int {
    try core.inside { () throws(LMDBError) in try core.clearStaleReaders() }
  }
}

extension EnvironmentCore {
  /// Runs `body` while the environment can neither close nor move its map.
  func inside<R>(_ body: () throws(LMDBError) -> R) throws(LMDBError) -> R {
    // Within a body the gate has been passed already; to wait for it again could hang.
    if role.current == .reading || role.current == .writing { return try body() }
    let idle = try gate.enterReader().idle
    defer {
      if let idle { unsafe endReading(idle.transaction) } else { gate.leaveReader() }
    }
    return try body()
  }

  /// The snapshots that readers of all processes hold.
  ///
  /// `mdb_reader_list` gives them as text: process, thread, and a transaction or "-".
  func readerSnapshots() -> [Int] {
    var snapshots: [Int] = []
    unsafe withUnsafeMutablePointer(to: &snapshots) { context in
      _ = unsafe mdb_reader_list(
        handle,
        { line, context in
          guard let line = unsafe line, let context = unsafe context else { return 0 }
          let fields = unsafe String(cString: line).split(whereSeparator: \.isWhitespace)
          if fields.count == 3, let snapshot = Int(fields[2]) {
            unsafe context.assumingMemoryBound(to: [Int].self).pointee.append(snapshot)
          }
          return 0
        }, context)
    }
    return snapshots
  }
}
