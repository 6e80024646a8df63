import CLMDB
import Glibc

extension Environment {
  /// Walks all pages of the last commit as they are in the file: every tree, every key's order, every
  /// large value, the list of free pages, and that each page has one place only.
  ///
  /// It reads the file rather than the map and believes nothing in it, so damage cannot make the
  /// process fault. Others may write meanwhile; the file grows a little more while it lasts.
  ///
  /// - Parameters:
  ///   - progress: Called now and then with the pages walked and how many there are.
  ///   - visit: Called with each entry of each table whose place in the file is sound, in order of
  ///     the keys.
  /// - Returns: What was found.
  /// - Throws: `.corrupted`, `.invalid` or `.truncated` where not even the meta pages can be used;
  ///   `.system` where the file cannot be read; `.closed`.
  public func checkPages(
    progress: @escaping (_ done: Int, _ total: Int) -> Void = { _, _ in },
    visit: (_ table: String, _ key: [UInt8], _ value: [UInt8]) -> Void = { _, _, _ in }
  ) throws(LMDBError) -> PageReport {
    guard let file = try DataFile(path: "\(path)/\(DataFile.name)") else {
      throw LMDBError(errno: ENOENT, subject: path, action: "opening the data file")
    }
    try file.check()
    while true {
      // A reader keeps the pages of its commit from being written; it touches none itself.
      let reader = unsafe try core.pinSnapshot()
      defer { unsafe core.endReading(reader) }
      if let meta = try file.meta(of: unsafe mdb_txn_id(reader)) {
        return PageReport(file, meta, progress: progress, visit: visit)
      }
    }
  }
}
