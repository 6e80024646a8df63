import Foundation
import Testing

@testable import LMDB

@Suite(.serialized) struct OpeningTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test func `what was written is there after reopening`() throws {
    let environment = try Environment.open(at: directory.path)
    try environment.store(["a": "1"], in: "t")
    environment.close()
    environment.close()
    let again = try Environment.open(at: directory.path)
    #expect(try again.text("a", in: "t") == "1")
  }

  @Test func `a new directory is its owner's only`() throws {
    let path = "\(directory.path)/new"
    let environment = try Environment.open(at: path, options: scratch)
    defer { environment.close() }
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o700)
  }

  @Test func `a second opening in one process is refused, by whatever path`() throws {
    let environment = try Environment.open(at: directory.path, options: scratch)
    let link = try TemporaryDirectory()
    try FileManager.default.createSymbolicLink(
      atPath: "\(link.path)/link", withDestinationPath: directory.path)
    let name = try #require(directory.path.split(separator: "/").last)
    for path in [directory.path, "\(directory.path)/../\(name)/", "\(link.path)/link"] {
      #expect(code { try Environment.open(at: path) } == .alreadyOpen)
    }
    environment.close()
    let again = try Environment.open(at: "\(link.path)/link", options: scratch)
    again.close()
  }

  @Test func `a file that has the inode of one that is closed only now is open all the same`()
    throws
  {
    let old = try TemporaryDirectory()
    FileManager.default.createFile(atPath: "\(old.path)/data.mdb", contents: Data())
    let closing = try OpenFiles.reserve(old.path)
    // As where the old file was removed, and the file system gave its inode away.
    let opened = try OpenFiles.register(directory: directory.path) { () throws(LMDBError) in
      _ = try? FileManager.default.linkItem(
        atPath: "\(old.path)/data.mdb", toPath: "\(directory.path)/data.mdb")
    }.identities
    #expect(opened == closing)
    OpenFiles.unregister(closing)
    #expect(code { try OpenFiles.reserve(directory.path) } == .alreadyOpen)
    OpenFiles.unregister(opened)
    OpenFiles.unregister(try OpenFiles.reserve(directory.path))
  }

  @Test func `environments that come and go at once do not open each other's files`() async throws {
    let directory = directory
    try await withThrowingTaskGroup { group in
      for worker in 0..<4 {
        group.addTask {
          for round in 0..<40 {
            let path = "\(directory.path)/\(worker)-\(round)"
            let environment = try Environment.open(at: path, options: scratch)
            #expect(code { try Environment.open(at: path, options: scratch) } == .alreadyOpen)
            try FileManager.default.removeItem(atPath: path)
            environment.close()
          }
        }
      }
      try await group.waitForAll()
    }
  }

  @Test func `releasing an environment closes it`() throws {
    for round in 0..<20 {
      let environment = try Environment.open(at: directory.path, options: scratch)
      try environment.store(["round": "\(round)"], in: "t")
    }
  }

  @Test func `a closed environment refuses reads and writes`() throws {
    let environment = try Environment.open(at: directory.path, options: scratch)
    environment.close()
    #expect(code { try environment.text("a", in: "t") } == .closed)
    #expect(code { try environment.store([:], in: "t") } == .closed)
    #expect(code { try environment.statistics() } == .closed)
    #expect(code { try environment.clearStaleReaders() } == .closed)
  }

  @Test func `closing waits for the writes that were submitted`() throws {
    let environment = try Environment.open(at: directory.path, options: scratch)
    for number in 0..<50 {
      environment.submit { txn in
        try txn.put(txn.createTable("t"), "\(number)".bytes, [])
      } completion: { _ in
      }
    }
    environment.close()
    let again = try Environment.open(at: directory.path, options: scratch)
    let count = try again.read { txn in try txn.table("t").map { try txn.count($0) } }
    #expect(count == 50)
  }

  @Test func `a file in place of the directory is refused`() throws {
    let path = "\(directory.path)/file"
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    #expect(code { try Environment.open(at: path) } == .notADirectory)
  }

  @Test func `a missing directory is made only when asked`() throws {
    let path = "\(directory.path)/missing"
    #expect(code { try Environment.open(at: path, create: false) } == .system(ENOENT))
    let reading = Environment.Options(readOnly: true)
    #expect(code { try Environment.open(at: directory.path, options: reading) } == .system(ENOENT))
  }

  @Test func `a read-only environment reads and refuses to write`() throws {
    let environment = try Environment.open(at: directory.path, options: scratch)
    try environment.store(["a": "1"], in: "t")
    environment.close()
    let reading = try Environment.open(
      at: directory.path, options: Environment.Options(readOnly: true))
    #expect(try reading.text("a", in: "t") == "1")
    #expect(code { try reading.store([:], in: "t") } == .readOnly)
    reading.close()
  }

  @Test(
    arguments: [
      (0x6969, "NFS"), (0xFF53_4D42, "CIFS"), (0xFE53_4D42, "SMB2"), (0xEF53, nil),
      (0x0102_1994, nil), (0x6573_5546, nil),
    ] as [(UInt32, String?)])
  func `network file systems are known by their magic number`(_ magic: UInt32, name: String?) {
    #expect(NetworkFileSystem.name(magic: magic) == name)
  }

  @Test(
    arguments: [
      (0, 9, 24, true), (0, 9, 25, true), (0, 9, 26, false), (0, 9, 31, false), (0, 9, 32, true),
      (1, 0, 0, false),
    ] as [(Int32, Int32, Int32, Bool)])
  func `libraries that break the shared lock are refused`(
    _ major: Int32, _ minor: Int32, _ patch: Int32, accepted: Bool
  ) {
    let found = code { try LibraryVersion(major: major, minor: minor, patch: patch).check() }
    #expect(found == (accepted ? nil : .wrongLibraryVersion))
  }
}
