import Foundation
import Testing

@testable import LMDB

/// What stands where the files of an environment should.
@Suite(.serialized) struct EnvironmentFileTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory.path)
  }

  @Test(
    .timeLimit(.minutes(10)),
    arguments: ["data.mdb", "lock.mdb", "pid-namespace"], [true, false])
  func `a pipe is refused at once, and nothing is left beside it`(
    _ name: String, create: Bool
  ) throws {
    #expect(unsafe mkfifo("\(directory.path)/\(name)", 0o600) == 0)
    #expect(code { try Environment.open(at: directory.path, create: create) } == .notAFile)
    #expect(code { try Environment.compact(directory.path) { _ in } } == .notAFile)
    #expect(try names() == [name])
  }

  @Test func `a directory as data file is told as what it is`() throws {
    try FileManager.default.createDirectory(
      atPath: directory.dataFile, withIntermediateDirectories: false)
    let error = #expect(throws: LMDBError.self) { try Environment.open(at: directory.path) }
    #expect(error?.code == .notAFile)
    #expect(error?.message.contains("found a directory") == true)
    #expect(try names() == ["data.mdb"])
  }

  @Test(arguments: [10, 150, 20_000], [true, false])
  func `nothing is left beside a file that is not LMDB's`(_ size: Int, create: Bool) throws {
    try Data(repeating: 0x2E, count: size).write(to: URL(filePath: directory.dataFile))
    #expect(code { try Environment.open(at: directory.path, create: create) } == .invalid)
    #expect(try names() == ["data.mdb"])
  }

  @Test func `nothing is left beside a file that was cut`() throws {
    let environment = try Environment.open(at: directory.path, options: scratch)
    try environment.store(["a": String(repeating: "x", count: 50_000)], in: "t")
    environment.close()
    let bytes = try Data(contentsOf: URL(filePath: directory.dataFile))
    for name in try names() {
      try FileManager.default.removeItem(atPath: "\(directory.path)/\(name)")
    }
    try bytes.prefix(20_000).write(to: URL(filePath: directory.dataFile))
    #expect(code { try Environment.open(at: directory.path) } == .truncated)
    #expect(try names() == ["data.mdb"])
  }

  @Test func `a path within the directory is known, however it leads there`() throws {
    let environment = try Environment.open(at: directory.path, options: scratch)
    defer { environment.close() }
    try FileManager.default.createDirectory(
      atPath: "\(directory.path)/a/b", withIntermediateDirectories: true)
    let link = try TemporaryDirectory()
    try FileManager.default.createSymbolicLink(
      atPath: "\(link.path)/link", withDestinationPath: directory.path)
    for path in [
      "\(directory.path)/new", "\(directory.path)/a/b/new", "\(link.path)/link/new",
      "\(link.path)/link/a/../new",
    ] {
      #expect(environment.encloses(path), "\(path)")
    }
    for path in [
      directory.path, "\(directory.path)-new", "\(link.path)/new", "/new", "new",
      "\(directory.path)/../new", "\(directory.path)/none/new",
    ] {
      #expect(!environment.encloses(path), "\(path)")
    }
  }

  @Test(
    arguments: [
      ("/a/b", "/a"), ("/a", "/"), ("a/b", "a"), ("a", "."), ("", "."), ("a/b/c", "a/b"),
    ])
  func `the directory of a path`(_ path: String, directory: String) {
    #expect(Disk.directory(of: path) == directory)
  }

  @Test func `who may not open it is told of all its files, and of none where there are none`() {
    let file = LMDBError(errno: EACCES, subject: "/l/pid-namespace", action: "opening")
    for name in ["data.mdb", "lock.mdb", "pid-namespace"] {
      #expect(file.message.contains("\(name)"))
    }
    let directory = LMDBError(directory: "/l", errno: EACCES, action: "making the directory")
    #expect(directory.code == .system(EACCES))
    #expect(directory.message.contains("permission denied"))
    #expect(!directory.message.contains("lock.mdb"))
  }
}
