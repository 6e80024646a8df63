import LMDB

extension Ledger {
  /// Folds the log again beside the live projections and puts the result in their place, in one
  /// transaction (R5).
  ///
  /// Readers and writers go on meanwhile, here and in other processes.
  ///
  /// - Parameter progress: Called with the position reached, now and then.
  /// - Returns: The position up to which the new projections were folded when they were put in
  ///   place.
  /// - Throws: ``LedgerError`` where an event cannot be read; the live projections are left as they
  ///   were.
  @discardableResult
  public func rebuild(
    progress: @escaping @Sendable (Position) -> Void = { _ in }
  ) async throws -> Position {
    let generation = try await environment.write { [meta] txn in
      let next = try MetaTable.generation(meta, in: txn.reading) + 1
      // What an earlier rebuild left behind when its process ended.
      if try Tables(generation: next, in: txn.reading) != nil { try Tables.drop(next, in: txn) }
      _ = try Tables(creating: next, in: txn)
      return next
    }
    var reached = Position.origin
    while true {
      let (position, isDone) = try await fold(generation, after: reached)
      progress(position)
      if isDone { return position }
      reached = position
    }
  }

  /// Folds the next events into a generation; when none is left, puts it in place of the one
  /// before.
  private func fold(
    _ generation: UInt64, after reached: Position
  ) async throws -> (Position, Bool) {
    try await environment.write { [self] txn in
      guard let tables = try Tables(generation: generation, in: txn.reading) else {
        throw LedgerError.notALedger(path: path)
      }
      let view = LedgerView(txn.reading, tables: tables, log: log)
      var events: [RecordedEvent] = []
      try view.forEachEvent(after: reached) { event in
        events.append(event)
        return events.count < Scratch.eventsPerTransaction
      }
      let projector = Projector(tables)
      for recorded in events {
        _ = try projector.fold(recorded.event, at: recorded.position, in: txn)
      }
      let position = events.last?.position ?? reached
      guard try position == view.head else { return (position, false) }
      let old = try MetaTable.generation(meta, in: txn.reading)
      try MetaTable.setGeneration(meta, generation, in: txn)
      try Tables.drop(old, in: txn)
      return (position, true)
    }
  }
}
