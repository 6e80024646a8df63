import CLMDB
import Glibc

/// A cursor of LMDB, closed with its scope.
@safe
struct Cursor: ~Copyable {
  private let handle: OpaquePointer
  private let path: String
  private let state: WriteState?
  private var key = unsafe MDB_val()
  private var value = unsafe MDB_val()

  /// Opens a cursor on a table of a transaction; `state` is what a write remembers.
  init(
    _ transaction: OpaquePointer, _ table: UInt32, path: String, state: WriteState? = nil
  ) throws(LMDBError) {
    var cursor: OpaquePointer?
    let result = unsafe mdb_cursor_open(transaction, table, &cursor)
    guard result == 0, let cursor = unsafe cursor else {
      throw .within(state, returnCode: result, subject: path, action: "opening a cursor")
    }
    unsafe handle = cursor
    self.path = path
    self.state = state
  }

  deinit { unsafe mdb_cursor_close(handle) }

  /// Moves the cursor (`mdb_cursor_get`); returns whether there is an entry.
  mutating func move(_ operation: MDB_cursor_op) throws(LMDBError) -> Bool {
    try found(unsafe mdb_cursor_get(handle, &key, &value, operation))
  }

  /// Moves to the least key that is not less than `bound` (`MDB_SET_RANGE`).
  mutating func move(toCeilingOf bound: [UInt8]) throws(LMDBError) -> Bool {
    guard !bound.isEmpty else { return try move(MDB_FIRST) }
    // LMDB replaces the key by the entry's own, which outlives the array.
    let result = unsafe withValue(bound) { wanted in
      unsafe key = wanted
      return unsafe mdb_cursor_get(handle, &key, &value, MDB_SET_RANGE)
    }
    return try found(result)
  }

  /// Moves to the greatest key that is less than `bound`.
  mutating func move(below bound: [UInt8]) throws(LMDBError) -> Bool {
    try move(toCeilingOf: bound) ? move(MDB_PREV) : move(MDB_LAST)
  }

  /// Moves to the least key that is greater than `bound`.
  mutating func move(above bound: [UInt8]) throws(LMDBError) -> Bool {
    guard try move(toCeilingOf: bound) else { return false }
    guard unsafe keyBuffer.elementsEqual(bound) else { return true }
    return try move(MDB_NEXT)
  }

  /// The current key, valid until the cursor moves or the transaction changes or ends.
  var keyBuffer: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(key) }

  /// The current value, valid as long as the key.
  var valueBuffer: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(value) }

  private func found(_ result: Int32) throws(LMDBError) -> Bool {
    if result == MDB_NOTFOUND { return false }
    guard result == 0 else {
      throw .within(state, returnCode: result, subject: path, action: "moving a cursor")
    }
    return true
  }
}

extension UnsafeRawBufferPointer {
  /// The bytes that LMDB points to.
  init(_ value: MDB_val) {
    unsafe self.init(start: value.mv_data, count: value.mv_size)
  }

  /// Whether these bytes come before `key`, as LMDB compares them.
  func precedes(_ key: [UInt8]) -> Bool {
    unsafe KeyOrder.precedes(bindMemory(to: UInt8.self).span, key.span)
  }
}

/// Lends an array to LMDB as an `MDB_val`, without copying it.
@unsafe
func withValue<R>(_ bytes: [UInt8], _ body: (inout MDB_val) -> R) -> R {
  unsafe bytes.withUnsafeBytes { buffer in
    var value = unsafe MDB_val(
      mv_size: buffer.count, mv_data: UnsafeMutableRawPointer(mutating: buffer.baseAddress))
    return unsafe body(&value)
  }
}
