import Foundation
import Glibc
import Testing

@testable import LMDB

/// Who may share an environment, and who has to be alone.
@Suite(.serialized) struct `sharing an environment` {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test func `a process of another PID namespace is refused while the first is there`() throws {
    let path = directory.path
    var first = try ProcessNamespace.enter(path, as: "pid:[1]")
    let companion = try ProcessNamespace.enter(path, as: "pid:[1]")
    #expect(companion != nil)
    #expect(code { try ProcessNamespace.enter(path, as: "pid:[2]") } == .otherProcessNamespace)
    _ = companion
    first = nil
    #expect(first == nil)
  }

  @Test func `another PID namespace is welcome once the first has gone`() throws {
    for name in ["pid:[1]", "pid:[22222]", "pid:[3]"] {
      let entered = try ProcessNamespace.enter(directory.path, as: name)
      #expect(entered != nil)
    }
    let environment = try Environment.open(at: directory.path, options: scratch)
    environment.close()
    #expect(try ProcessNamespace.enter(directory.path, as: "pid:[4]") != nil)
  }

  @Test func `an environment that is open keeps its namespace`() throws {
    let environment = try Environment.open(at: directory.path, options: scratch)
    #expect(
      code { try ProcessNamespace.enter(directory.path, as: "pid:[4]") } == .otherProcessNamespace)
    environment.close()
  }

  @Test(arguments: ["data.mdb", "lock.mdb", "pid-namespace"])
  func `a file that is a symbolic link is refused, and nothing is written through it`(
    _ name: String
  ) throws {
    let target = "\(directory.path)/target"
    let link = "\(directory.path)/\(name)"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
    #expect(code { try Environment.open(at: directory.path) } == .symbolicLink)
    #expect(!FileManager.default.fileExists(atPath: target))
  }

  @Test func `a data file with a second name is refused`() throws {
    try Environment.open(at: directory.path, options: scratch).close()
    try FileManager.default.linkItem(
      atPath: directory.dataFile, toPath: "\(directory.path)/other.mdb")
    #expect(code { try Environment.open(at: directory.path) } == .hardLink)
    try FileManager.default.removeItem(atPath: "\(directory.path)/other.mdb")
    #expect(code { try Environment.open(at: directory.path) } == nil)
  }

  @Test func `compacting removes nothing through a symbolic link`() throws {
    let victim = "\(directory.path)/victim"
    try Environment.open(at: directory.path, options: scratch).close()
    try Environment.open(at: victim, options: scratch).close()
    try FileManager.default.createSymbolicLink(
      atPath: "\(directory.path)/compact.partial", withDestinationPath: victim)
    #expect(code { try Environment.compact(directory.path) { _ in } } == .symbolicLink)
    let names = try FileManager.default.contentsOfDirectory(atPath: victim)
    #expect(names.contains("data.mdb") && names.contains("lock.mdb"))
  }

  @Test func `the lock file has its room on the disk before it is mapped`() throws {
    let environment = try Environment.open(at: directory.path, options: scratch)
    defer { environment.close() }
    var information = stat()
    let isThere = unsafe stat("\(directory.path)/lock.mdb", &information) == 0
    #expect(isThere && information.st_size > 0)
    #expect(Int(information.st_blocks) * 512 >= Int(information.st_size))
  }

  @Test func `files are their owner's only`() throws {
    let environment = try Environment.open(at: directory.path, options: scratch)
    try environment.store(["a": "1"], in: "t")
    try environment.copy(to: "\(directory.path)/copy")
    environment.close()
    for name in ["data.mdb", "lock.mdb", "pid-namespace", "copy/data.mdb"] {
      let attributes = try FileManager.default.attributesOfItem(
        atPath: "\(directory.path)/\(name)")
      #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
    let attributes = try FileManager.default.attributesOfItem(atPath: "\(directory.path)/copy")
    #expect(attributes[.posixPermissions] as? Int == 0o700)
  }

  @Test func `a copy has the same entries, without the free pages`() throws {
    let environment = try Environment.open(at: directory.path, options: scratch)
    for round in 0..<20 {
      try environment.store(["a": String(repeating: "x", count: 9_000 + round)], in: "t")
    }
    let path = "\(directory.path)/copy"
    try environment.copy(to: path)
    #expect(code { try environment.copy(to: path) } == .system(EEXIST))
    environment.close()
    let copy = try Environment.open(at: path, options: scratch)
    defer { copy.close() }
    #expect(try copy.text("a", in: "t")?.count == 9_019)
    let report = try copy.checkPages()
    #expect(report.faults == [])
    #expect(report.freePages == 0)
    #expect(report.lostPages == 0)
  }

  @Test func `compacting replaces the file only where the new one is found good`() throws {
    struct NotGood: Error {}
    let environment = try Environment.open(at: directory.path, options: scratch)
    for round in 0..<30 {
      try environment.store(["a": String(repeating: "x", count: 9_000 + 500 * round)], in: "t")
    }
    #expect(code { try Environment.compact(directory.path) { _ in } } == .alreadyOpen)
    environment.close()
    #expect(throws: NotGood.self) {
      try Environment.compact(directory.path) { _ in throw NotGood() }
    }
    let sizes = try Environment.compact(directory.path) { copy in
      let environment = try Environment.open(at: copy, options: scratch)
      #expect(try environment.text("a", in: "t")?.count == 23_500)
      environment.close()
    }
    #expect(sizes.after < sizes.before)
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
    #expect(Set(names) == ["data.mdb", "lock.mdb", "pid-namespace"])
    let again = try Environment.open(at: directory.path, options: scratch)
    #expect(try again.text("a", in: "t")?.count == 23_500)
    again.close()
  }

  @Test func `what a compacting left that was killed is removed by the next`() throws {
    let environment = try Environment.open(at: directory.path, options: scratch)
    try environment.store(["a": "1"], in: "t")
    try environment.copy(to: "\(directory.path)/compact.partial")
    environment.close()
    _ = try Environment.compact(directory.path) { _ in }
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
    #expect(!names.contains("compact.partial"))
  }

  @Test func `a fault in a map ends the process with the message`() async throws {
    let environment = try Environment.open(at: directory.path)
    try await environment.write { txn in
      let table = try txn.createTable("t")
      for number in 0..<500 {
        try txn.put(table, "\(number)".bytes, [UInt8](repeating: 7, count: 500))
      }
    }
    environment.close()
    let result = await #expect(
      processExitsWith: .exitCode(74), observing: [\.standardErrorContent]
    ) { [path = directory.path as String] in
      FaultGuard.install(message: "a damaged file\n", exitCode: 74)
      let environment = try Environment.open(at: path)
      guard unsafe truncate("\(path)/data.mdb", 8_192) == 0 else { exit(1) }
      _ = try environment.text("250", in: "t")
      exit(2)
    }
    #expect(
      String(decoding: result?.standardErrorContent ?? [], as: UTF8.self) == "a damaged file\n")
  }

  @Test func `a fault elsewhere ends the process as before`() async {
    await #expect(processExitsWith: .signal(SIGSEGV)) {
      FaultGuard.install(message: "a damaged file\n", exitCode: 74)
      unsafe UnsafeMutablePointer<Int>(bitPattern: 64)?.pointee = 1
    }
  }
}
