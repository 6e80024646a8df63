import CLMDB

extension ReadTransaction {
  /// Visits the entries of a range in order of their keys, each of them copied.
  ///
  /// Inside a write the body may change any table, this one included: the scan goes on at the next
  /// key that is there by then.
  ///
  /// - Parameters:
  ///   - table: the table to visit.
  ///   - range: the keys to visit.
  ///   - reverse: whether to begin at the range's end.
  ///   - body: called for each entry; answers whether to go on.
  /// - Throws: `.tableNotFound`, and whatever `body` throws.
  public func scan(
    _ table: Table, _ range: KeyRange = .all, reverse: Bool = false,
    _ body: (_ key: [UInt8], _ value: [UInt8]) throws -> ScanStep
  ) throws {
    var walk = try Walk(self, table, range, reverse: reverse)
    var found = try walk.start()
    while found {
      let entry = walk.cursor.entry
      let changes = writing?.changes
      guard case .next = try body(entry.key, entry.value) else { return }
      if changes == writing?.changes {
        found = try walk.step()
      } else {
        try check(table)
        found = try walk.step(from: entry.key)
      }
    }
  }

  /// Visits the entries of a range in order of their keys, lending the bytes instead of copying
  /// them.
  ///
  /// The spans are pages of the map itself and end with the call of `body`. Inside a write, `body`
  /// must not change anything, since that would move them: a precondition failure.
  ///
  /// - Parameters:
  ///   - table: the table to visit.
  ///   - range: the keys to visit.
  ///   - reverse: whether to begin at the range's end.
  ///   - body: called for each entry; answers whether to go on.
  /// - Throws: `.tableNotFound`, and whatever `body` throws.
  public func scanSpans(
    _ table: Table, _ range: KeyRange = .all, reverse: Bool = false,
    _ body: (_ key: Span<UInt8>, _ value: Span<UInt8>) throws -> ScanStep
  ) throws {
    writing?.lentSpans += 1
    defer { writing?.lentSpans -= 1 }
    var walk = try Walk(self, table, range, reverse: reverse)
    var found = try walk.start()
    while found {
      let key = unsafe walk.cursor.keyBuffer.bindMemory(to: UInt8.self)
      let value = unsafe walk.cursor.valueBuffer.bindMemory(to: UInt8.self)
      guard case .next = try unsafe body(key.span, value.span) else { return }
      found = try walk.step()
    }
  }
}

extension ReadTransaction {
  /// Visits the keys in a range, copied, without touching the values (`mdb_cursor_get`).
  ///
  /// - Parameters:
  ///   - table: The table.
  ///   - range: Which keys.
  ///   - reverse: Whether the greatest comes first.
  ///   - body: Is given one key after another; it must not write.
  /// - Throws: `.tableNotFound`; whatever `body` throws.
  public func scanKeys(
    _ table: Table, _ range: KeyRange = .all, reverse: Bool = false,
    _ body: (_ key: [UInt8]) throws -> ScanStep
  ) throws {
    try scanSpans(table, range, reverse: reverse) { key, _ in
      try body([UInt8](copying: key))
    }
  }
}

/// A cursor that stays within a range of keys, in one direction.
private struct Walk: ~Copyable {
  var cursor: Cursor
  private let lower: [UInt8]
  private let upper: [UInt8]?
  private let reverse: Bool

  init(
    _ transaction: borrowing ReadTransaction, _ table: Table, _ range: KeyRange, reverse: Bool
  ) throws(LMDBError) {
    try transaction.check(table)
    cursor = unsafe try Cursor(
      transaction.handle, table.handle, path: transaction.core.path, state: transaction.writing)
    lower = range.lower
    upper = range.upper
    self.reverse = reverse
  }

  /// Moves to the first entry to visit.
  mutating func start() throws(LMDBError) -> Bool {
    guard reverse else { return try isWithin(cursor.move(toCeilingOf: lower)) }
    guard let upper else { return try isWithin(cursor.move(MDB_LAST)) }
    return try isWithin(cursor.move(below: upper))
  }

  /// Moves to the next one.
  mutating func step() throws(LMDBError) -> Bool {
    try isWithin(cursor.move(reverse ? MDB_PREV : MDB_NEXT))
  }

  /// Moves to the one after `key`, wherever the cursor has been left by changes.
  mutating func step(from key: [UInt8]) throws(LMDBError) -> Bool {
    try isWithin(reverse ? cursor.move(below: key) : cursor.move(above: key))
  }

  private func isWithin(_ found: Bool) -> Bool {
    guard found else { return false }
    if reverse { return unsafe !cursor.keyBuffer.precedes(lower) }
    guard let upper else { return true }
    return unsafe cursor.keyBuffer.precedes(upper)
  }
}

extension [UInt8] {
  /// The bytes of a span, for who keeps them longer than it is lent.
  package init(copying span: Span<UInt8>) {
    self = unsafe span.withUnsafeBufferPointer { unsafe Array($0) }
  }

  /// Adds the bytes of a span.
  package mutating func append(copying span: Span<UInt8>) {
    unsafe span.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}
