import LMDB

extension Ledger {
  /// How many pages of the log are folded in one transaction, so that what comes and goes within it is
  /// written once, and others get their turn.
  static let pagesPerTransaction = 4

  /// Folds the log again beside the live projections and puts the result in their place, in one
  /// transaction (R5).
  ///
  /// Readers and writers go on meanwhile, here and in other processes.
  ///
  /// - Parameter progress: Called with the position reached, now and then.
  /// - Returns: The position up to which the new projections were folded when they were put in
  ///   place.
  /// - Throws: ``LedgerError`` where an event cannot be read, or where another rebuild began; the
  ///   live projections are left as they were.
  @discardableResult
  public func rebuild(
    progress: @escaping @Sendable (Position) -> Void = { _ in }
  ) async throws -> Position {
    let token = UInt64.random(in: 1 << 32 ... .max)
    let generation = try await environment.write { [self] txn in
      try makeGeneration(token, in: txn)
    }
    var reached = Position.origin
    while true {
      let from = reached
      let (position, isDone) = try await environment.write { [self] txn in
        try fold(generation, token, after: from, in: txn)
      }
      progress(position)
      if isDone { return position }
      reached = position
    }
  }

  /// Brings the projections of an older layout into the present one: they are folded again.
  ///
  /// Whoever opens the ledger meanwhile goes on where the others have come to, so that it is done however
  /// many open it.
  func upgrade() throws {
    let layout = try environment.read { txn in try MetaTable.layout(meta, in: txn) }
    guard layout != MetaTable.currentLayout else { return }
    let token = MetaTable.upgradeToken
    while true {
      let isDone = try environment.write { [self] txn in
        guard try MetaTable.layout(meta, in: txn.reading) != MetaTable.currentLayout else {
          return true
        }
        if try MetaTable.rebuild(meta, in: txn.reading) != token {
          _ = try makeGeneration(token, in: txn)
          try MetaTable.setUpgraded(meta, .origin, in: txn)
        }
        // The one that is being made comes after all others.
        let generation = try Tables.generations(in: txn.reading).max() ?? 0
        let reached = try MetaTable.upgraded(meta, in: txn.reading)
        let step = try fold(generation, token, after: reached, in: txn)
        try MetaTable.setUpgraded(meta, step.isDone ? nil : step.position, in: txn)
        if step.isDone { try MetaTable.setLayout(meta, in: txn) }
        return step.isDone
      }
      if isDone { return }
    }
  }

  /// Makes the tables of the next generation.
  private func makeGeneration(
    _ token: UInt64, in txn: borrowing WriteTransaction
  ) throws -> UInt64 {
    try MetaTable.setRebuild(meta, token, in: txn)
    let next = try currentGeneration(in: txn.reading) + 1
    // What an earlier rebuild left behind when its process ended.
    try Tables.drop(next, in: txn)
    _ = try Tables(creating: next, in: txn)
    return next
  }

  /// The generation in force; where the row that says so is damaged, the last one that has tables.
  private func currentGeneration(in txn: borrowing ReadTransaction) throws -> UInt64 {
    do {
      return try MetaTable.generation(meta, in: txn)
    } catch LedgerError.damagedRow {
      return try Tables.generations(in: txn).max() ?? 0
    }
  }

  /// Folds the next events into a generation; when none is left, puts it in place of the one
  /// before.
  private func fold(
    _ generation: UInt64, _ token: UInt64, after reached: Position,
    in txn: borrowing WriteTransaction
  ) throws -> (position: Position, isDone: Bool) {
    guard try MetaTable.rebuild(meta, in: txn.reading) == token else {
      throw LedgerError.rebuildOvertaken
    }
    guard let tables = try Tables(generation: generation, in: txn.reading) else {
      throw LedgerError.projectionsMissing(generation: generation)
    }
    let log = LogReader(log, in: txn.reading)
    let projector = Projector(tables)
    var position = reached
    for _ in 0..<Self.pagesPerTransaction {
      let events = try log.page(after: position)
      for recorded in events {
        _ = try projector.fold(recorded.event, at: recorded.position, in: txn)
      }
      guard let last = events.last?.position else { break }
      position = last
    }
    try projector.settle(in: txn)
    guard try position == log.head else { return (position, false) }
    try MetaTable.setGeneration(meta, generation, in: txn)
    for other in try Tables.generations(in: txn.reading) where other != generation {
      try Tables.drop(other, in: txn)
    }
    return (position, true)
  }
}
