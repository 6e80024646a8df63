import Glibc

/// The data file as bytes on disk, read before LMDB maps it: a page that is missing from the file
/// is not an error code later but a SIGBUS.
///
/// The layout is that of LMDB 0.9 on 64-bit machines (`MDB_page`, `MDB_meta`, `MDB_db` in mdb.c).
struct DataFile: ~Copyable {
  static let name = "data.mdb"
  static let lockName = "lock.mdb"

  private let descriptor: Int32
  private let path: String

  /// Opens the file for reading, or returns `nil` when there is none.
  init?(path: String) throws(LMDBError) {
    // What became a pipe only now must not be waited for.
    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    self.path = path
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw LMDBError(errno: errno, subject: path, action: "opening")
    }
  }

  deinit { close(descriptor) }

  /// How often to look again when another process commits in the meantime.
  private static let attempts = 5

  /// Throws `.truncated`, `.invalid` or `.versionMismatch` for a file that must not be mapped.
  ///
  /// A file may end early without harm: LMDB does not write pages that one transaction takes and
  /// gives back. So what is missing must be on the list of free pages.
  func check() throws(LMDBError) {
    guard try size() > 0 else { return }  // LMDB treats an empty file as a new one.
    for attempt in 1...DataFile.attempts {
      let metas = try metaPages()
      let newest = metas.first.transaction > metas.second.transaction ? metas.first : metas.second
      let lastPage = max(metas.first.lastPage, metas.second.lastPage)
      let pagesInFile = try size() / newest.pageSize
      guard pagesInFile <= lastPage else { return }
      let missing = pagesInFile...lastPage
      if FreePages(in: self, newest)?.contains(all: missing) == true { return }
      let again = try metaPages()
      let moved = again.first != metas.first || again.second != metas.second
      guard moved, attempt < DataFile.attempts else {
        throw LMDBError(
          .truncated,
          "\(path): expected \((lastPage + 1) * newest.pageSize) bytes, found \(try size()), and "
            + "pages in use are missing; the file was cut or copied while in use: restore it from "
            + "a backup")
      }
    }
  }

  /// The meta page of a commit, or `nil` where two later ones have replaced it.
  func meta(of transaction: Int) throws(LMDBError) -> MetaPage? {
    let metas = try metaPages()
    return [metas.first, metas.second].first { $0.transaction == UInt64(transaction) }
  }

  /// How many whole pages the file has; the two meta pages at least.
  func pageCount(of pageSize: UInt64) -> UInt64 {
    max(UInt64(MetaPage.count), ((try? size()) ?? 0) / pageSize)
  }

  /// Whether the file has so many bytes at an offset.
  func contains(_ count: UInt64, at offset: UInt64) -> Bool {
    guard let length = try? size() else { return false }
    return offset <= length && count <= length - offset
  }

  /// The bytes at `offset`, or `nil` when the file ends before `count` of them.
  func bytes(at offset: UInt64, count: UInt64) -> [UInt8]? {
    guard contains(count, at: offset), let start = Int(exactly: offset),
      let count = Int(exactly: count)
    else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    let found = unsafe bytes.withUnsafeMutableBytes { buffer in
      unsafe pread(descriptor, buffer.baseAddress, count, start)
    }
    return found == count ? bytes : nil
  }

  private func size() throws(LMDBError) -> UInt64 {
    var information = stat()
    guard unsafe fstat(descriptor, &information) == 0 else {
      throw LMDBError(errno: errno, subject: path, action: "asking for the size")
    }
    return UInt64(information.st_size)
  }

  /// Both meta pages, which belong together.
  private func metaPages() throws(LMDBError) -> (first: MetaPage, second: MetaPage) {
    for _ in 1..<DataFile.attempts {
      // Another process may have committed between the one and the other.
      if let metas = try? readMetaPages(), areConsecutive(metas) { return metas }
    }
    let metas = try readMetaPages()
    guard areConsecutive(metas) else {
      throw LMDBError(
        .corrupted,
        "\(path): expected meta pages of two commits in a row, found \(metas.first.transaction) "
          + "and \(metas.second.transaction), with \(metas.first.lastPage) and "
          + "\(metas.second.lastPage) pages: one of them is damaged; restore the file from a backup"
      )
    }
    return metas
  }

  /// Commits take turns: the even ones write the first page, the odd ones the second, and the file
  /// never has fewer pages than before.
  private func areConsecutive(_ metas: (first: MetaPage, second: MetaPage)) -> Bool {
    let (first, second) = metas
    if first.transaction == 0, second.transaction == 0 { return true }
    guard first.transaction % 2 == 0, second.transaction % 2 == 1 else { return false }
    return first.transaction < second.transaction
      ? first.transaction + 1 == second.transaction && first.lastPage <= second.lastPage
      : second.transaction + 1 == first.transaction && second.lastPage <= first.lastPage
  }

  private func readMetaPages() throws(LMDBError) -> (first: MetaPage, second: MetaPage) {
    guard let bytes = bytes(at: 0, count: MetaPage.size) else {
      throw invalid("a whole meta page", "\(try size()) bytes")
    }
    guard let first = MetaPage(bytes) else { throw invalid("an LMDB meta page", "something else") }
    guard first.version == MetaPage.supportedVersion else {
      throw LMDBError(
        .versionMismatch,
        "\(path): expected data format \(MetaPage.supportedVersion), found \(first.version); "
          + "convert it with the version of LMDB that wrote it")
    }
    guard (512...65_536).contains(first.pageSize), first.pageSize.nonzeroBitCount == 1 else {
      throw invalid("a page size between 512 and 65536", "\(first.pageSize)")
    }
    guard let bytes = self.bytes(at: first.pageSize, count: MetaPage.size) else {
      throw LMDBError(
        .truncated,
        "\(path): expected two meta pages of \(first.pageSize) bytes, found \(try size()) bytes; "
          + "restore the file from a backup")
    }
    guard let second = MetaPage(bytes) else {
      throw invalid("a second meta page", "something else")
    }
    for meta in [first, second] where meta.lastPage > MetaPage.greatestPage {
      throw invalid("at most \(MetaPage.greatestPage) pages", "\(meta.lastPage)")
    }
    return (first, second)
  }

  private func invalid(_ expected: String, _ found: String) -> LMDBError {
    LMDBError(
      .invalid,
      "\(path): expected \(expected), found \(found): not an LMDB data file; check the path, or "
        + "restore it from a backup")
  }
}

/// One of the two pages at the head of a data file (`MDB_meta`); commits alternate between them.
struct MetaPage: Equatable {
  let version: UInt32
  let pageSize: UInt64
  /// The tree of free pages.
  let free: TreeRecord
  /// The tree of the tables' records.
  let main: TreeRecord
  let lastPage: UInt64
  let transaction: UInt64

  /// How many there are.
  static let count = 2
  /// The greatest number that a page can have: branches keep 48 bits of it, and with pages of 64 KiB
  /// no file has more bytes than fit 63 bits.
  static let greatestPage: UInt64 = 1 << 47
  /// Page header and meta data, in bytes.
  static let size: UInt64 = 16 + 136
  static let supportedVersion: UInt32 = 1
  private static let magic: UInt32 = 0xBEEF_C0DE
  private static let metaFlag: UInt16 = 0x08

  init?(_ page: [UInt8]) {
    guard page.integer(at: 10, as: UInt16.self) & MetaPage.metaFlag != 0,
      page.integer(at: 16, as: UInt32.self) == MetaPage.magic
    else { return nil }
    version = page.integer(at: 20, as: UInt32.self)
    pageSize = UInt64(page.integer(at: 40, as: UInt32.self))
    free = TreeRecord(page, at: 40)
    main = TreeRecord(page, at: 40 + TreeRecord.size)
    lastPage = page.integer(at: 136, as: UInt64.self)
    transaction = page.integer(at: 144, as: UInt64.self)
  }
}

extension [UInt8] {
  /// The little-endian integer at `offset`, which must be within the array.
  func integer<I: FixedWidthInteger>(at offset: Int, as type: I.Type) -> I {
    var value: I = 0
    for index in (0..<MemoryLayout<I>.size).reversed() {
      value = value << 8 | I(truncatingIfNeeded: self[offset + index])
    }
    return value
  }
}
