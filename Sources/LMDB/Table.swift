import Synchronization

/// A table of an environment: its name, and LMDB's handle for it (`MDB_dbi`).
///
/// Made by ``ReadTransaction/table(_:)`` and ``WriteTransaction/createTable(_:)``; it may be kept
/// and used in later transactions of the same environment. A table from a transaction that was
/// aborted, from another environment, or that has been dropped gives `.tableNotFound`.
public struct Table: Sendable, Hashable {
  /// The table's name.
  public let name: String

  let handle: UInt32

  /// Tells this opening of the handle from every other in the process, since LMDB reuses numbers.
  let stamp: UInt64

  private static let stamps = Atomic<UInt64>(0)

  init(name: String, handle: UInt32) {
    self.name = name
    self.handle = handle
    stamp = Table.stamps.add(1, ordering: .relaxed).newValue
  }

  /// The longest name, in bytes of UTF-8: names are keys of LMDB's main table.
  static let maximumNameSize = Environment.maximumKeySize

  static func checkName(_ name: String, in path: String) throws(LMDBError) {
    let size = name.utf8.count
    guard (1...maximumNameSize).contains(size), !name.utf8.contains(0) else {
      throw LMDBError(
        .badTableName,
        "\(path): a table's name must have 1 to \(maximumNameSize) bytes and no NUL, found "
          + "\(size) bytes in “\(name)”; choose another")
    }
  }
}
