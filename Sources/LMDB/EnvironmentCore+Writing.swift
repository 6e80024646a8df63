import CLMDB

extension EnvironmentCore {
  /// Runs a job to its end: through catalogs to refresh and maps to grow, until it is decided.
  func perform(_ job: WriteJob) {
    var failure: (any Error)?
    do {
      while try !attempt(job) {}
    } catch {
      failure = error
    }
    job.finish(failure)
  }

  /// One transaction for the job.
  ///
  /// - Returns: `false` when it has been aborted and the job must run again.
  private func attempt(_ job: WriteJob) throws -> Bool {
    let admission = try gate.enterWriter()
    guard let state = try beginWriting(admission) else { return false }
    let outcome = run(job, state)
    if case .success = outcome, !state.isMapFull { return try commit(state) }
    unsafe mdb_txn_abort(state.transaction)
    gate.leaveWriter(state)
    if state.isMapFull {
      try growMap()
      return false
    }
    try outcome.get()
    return true
  }

  private func run(_ job: WriteJob, _ state: WriteState) -> Result<Void, any Error> {
    role.current = .writing
    defer { role.current = .writer }
    let transaction = WriteTransaction(core: self, state: state)
    do {
      try job.run(transaction)
      return .success(())
    } catch {
      return .failure(error)
    }
  }

  /// Begins the write transaction, or leaves the gate and returns `nil` to begin again.
  private func beginWriting(_ admission: Admission) throws(LMDBError) -> WriteState? {
    var transaction: OpaquePointer?
    let result = unsafe mdb_txn_begin(handle, nil, 0, &transaction)
    guard result == 0, let transaction = unsafe transaction else {
      gate.leaveWriter()
      if result == MDB_MAP_RESIZED {
        try adoptMapSize()
        return nil
      }
      throw LMDBError(returnCode: result, subject: path, action: "beginning to write")
    }
    if unsafe mdb_txn_id(transaction) == admission.catalog.transaction + 1 {
      return unsafe WriteState(transaction, admission.catalog)
    }
    do throws(LMDBError) {
      if let verified = unsafe try verify(admission, in: transaction) {
        return unsafe WriteState(transaction, verified)
      }
    } catch {
      unsafe mdb_txn_abort(transaction)
      gate.leaveWriter()
      throw error
    }
    unsafe mdb_txn_abort(transaction)
    gate.leaveWriter()
    try openHandles()
    return nil
  }

  /// Commits; on failure decides whether the outcome is known.
  private func commit(_ state: WriteState) throws(LMDBError) -> Bool {
    let result = unsafe mdb_txn_commit(state.transaction)
    gate.leaveWriter(state, committed: result == 0)
    switch result {
    case 0:
      return true
    case MDB_MAP_FULL:
      try growMap()
      return false
    case MDB_BAD_TXN, MDB_BAD_DBI, MDB_TXN_FULL, MDB_CORRUPTED, MDB_PAGE_NOTFOUND:
      // LMDB refused before it wrote anything.
      throw .within(state, returnCode: result, subject: path, action: "committing")
    default:
      let error = LMDBError.commitOutcomeUnknown(
        LMDBError(returnCode: result, subject: path, action: "committing"), subject: path)
      gate.withLock { $0.writeRefusal = error }
      throw error
    }
  }
}
