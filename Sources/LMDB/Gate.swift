import CLMDB

/// Who is inside the environment: any number of readers and one writer, or someone alone.
///
/// The map may move only when no transaction of this process is open (`mdb_env_set_mapsize`), and
/// a handle may close only when no reader uses it (`mdb_dbi_close`).
struct Gate {
  /// Transactions of readers that are open.
  var readers = 0
  /// Whether the writer has a transaction open.
  var writing = false
  /// Whether someone is alone inside, or waits to be.
  var alone = false
  /// Whether the writer keeps readers out until its transaction ends.
  var barred = false
  /// Whether a transaction has opened handles and not ended yet.
  var opening = false
  /// Why nobody may enter any more.
  var refusal: LMDBError?
  /// Why no write may begin any more.
  var writeRefusal: LMDBError?
  /// Read transactions that have been reset and keep their slot (`mdb_txn_reset`).
  var idle: [IdleReader] = []
  /// The tables as of the newest transaction known to this process.
  var catalog = Catalog.empty
  /// Every handle that LMDB has open, also those of tables that another process has dropped.
  ///
  /// Only whoever is `opening` changes it.
  var handles: [String: Table] = [:]

  /// How many reader slots are kept for the next readers; other processes need some as well.
  static let maximumIdleReaders = 8

  /// Whether a reader may begin.
  var admitsReaders: Bool { !alone && !barred }

  fileprivate func admission(idle: IdleReader?) -> Admission {
    Admission(idle: idle, catalog: catalog, handles: handles)
  }
}

/// What a transaction is begun with.
struct Admission {
  /// A transaction to renew, for a reader.
  let idle: IdleReader?
  /// The newest catalog: whatever begins now sees its snapshot or a later one.
  let catalog: Catalog
  /// The handles that whatever begins now may use.
  let handles: [String: Table]
}

/// A read transaction without a snapshot, to be renewed by whichever thread reads next.
@safe
struct IdleReader: @unchecked Sendable {
  let transaction: OpaquePointer
}

extension Monitor<Gate> {
  /// Enters as a reader, waiting for whoever is alone.
  func enterReader() throws(LMDBError) -> Admission {
    try wait { gate throws(LMDBError) in
      if let refusal = gate.refusal { throw refusal }
      guard gate.admitsReaders else { return nil }
      gate.readers += 1
      return gate.admission(idle: gate.idle.popLast())
    }
  }

  /// Leaves as a reader whose transaction is kept for another one, if there is room for it.
  func leaveReader(keeping reader: IdleReader) -> Bool {
    withLock { gate in
      guard gate.refusal == nil, gate.idle.count < Gate.maximumIdleReaders else { return false }
      gate.idle.append(reader)
      gate.readers -= 1
      return true
    }
  }

  /// Leaves as a reader whose transaction has ended.
  func leaveReader() {
    withLock { $0.readers -= 1 }
  }

  /// Enters as a reader that opens handles, when nobody else is doing so.
  func enterOpener() throws(LMDBError) -> Admission {
    try wait { gate throws(LMDBError) in
      if let refusal = gate.refusal { throw refusal }
      guard gate.admitsReaders, !gate.opening else { return nil }
      gate.readers += 1
      gate.opening = true
      return gate.admission(idle: gate.idle.popLast())
    }
  }

  /// Leaves as a reader that opened handles.
  func leaveOpener(_ handles: [String: Table], _ catalog: Catalog?) {
    withLock { gate in
      gate.readers -= 1
      gate.opening = false
      gate.handles = handles
      if let catalog, catalog.transaction > gate.catalog.transaction { gate.catalog = catalog }
    }
  }

  /// Publishes a catalog that a reader has verified, unless a newer one is known.
  func publish(_ catalog: Catalog) {
    withLock { gate in
      if catalog.transaction > gate.catalog.transaction { gate.catalog = catalog }
    }
  }

  /// Enters as the writer.
  func enterWriter() throws(LMDBError) -> Admission {
    try wait { gate throws(LMDBError) in
      if let refusal = gate.refusal ?? gate.writeRefusal { throw refusal }
      guard !gate.alone else { return nil }
      gate.writing = true
      return gate.admission(idle: nil)
    }
  }

  /// Leaves as the writer, and tells what the tables are now.
  func leaveWriter(_ state: WriteState? = nil, committed: Bool = false) {
    withLock { gate in
      gate.writing = false
      gate.barred = false
      guard let state else { return }
      if state.ownsHandles { gate.opening = false }
      for name in state.closedHandles { gate.handles[name] = nil }
      if committed {
        gate.handles.merge(state.openedHandles) { _, new in new }
        // An unchanged transaction leaves no trace, and another process may take its number.
        if state.hasChanged { gate.catalog = state.catalog.at(state.number) }
      } else if !state.closedHandles.isEmpty {
        // LMDB closes what an aborted transaction has opened, but does not reopen what it closed.
        gate.catalog = .empty
      }
    }
  }

  /// Runs `body` with no transaction of this process open.
  func alone<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    wait { gate -> Void? in
      guard !gate.alone else { return nil }
      gate.alone = true
      return ()
    }
    wait { gate -> Void? in gate.readers == 0 && !gate.writing ? () : nil }
    defer { withLock { $0.alone = false } }
    return try body()
  }
}
