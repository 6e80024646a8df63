import Foundation
import Testing

/// Places that hold no ledger, or one that cannot be used: a clear error each, and no crash.
@Suite(.serialized) struct `wrong places` {
  private static let commands = [
    ["audit", "10.0.0.1"], ["status"], ["check"], ["replay"], ["export"], ["expire"],
    ["backup", "copy"], ["compact"], ["restore"],
  ]

  /// Runs every command on a ledger; each has to say something, and to end by itself.
  private func refused(
    _ words: [String], in directory: Directory, environment: [String: String] = [:]
  ) throws {
    for command in Self.commands {
      let arguments =
        command == ["restore"]
        ? ["restore", "ledger", "--ledger", "new"] : command + ["--ledger", "ledger"]
      let outcome = try Program.run(arguments, in: directory, environment: environment)
      // What is wrong with a file that is there is a finding of the check.
      let isFinding = command == ["check"] && outcome.status == 1
      #expect(
        [64, 74].contains(outcome.status) || isFinding, "\(command): \(outcome.status)")
      #expect(outcome.output == "" || isFinding, "\(command)")
      #expect(
        words.contains { (outcome.errors + outcome.output).contains($0) },
        "\(command): \(outcome.errors)")
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.url.path)
    #expect(!names.contains { $0.hasPrefix("copy") || $0.hasPrefix("new") })
  }

  private func make(_ name: String, _ content: Data, in directory: Directory) throws {
    let folder = directory.url.appending(path: "ledger")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try content.write(to: folder.appending(path: name))
  }

  @Test func `nothing there`() throws {
    try refused(["there is no ledger"], in: Directory())
  }

  @Test func `an empty directory`() throws {
    let directory = try Directory()
    try FileManager.default.createDirectory(
      at: directory.url.appending(path: "ledger"), withIntermediateDirectories: false)
    try refused(["there is no ledger"], in: directory)
    let names = try FileManager.default.contentsOfDirectory(
      atPath: directory.url.appending(path: "ledger").path)
    #expect(names == [])
  }

  @Test func `a file instead of a directory`() throws {
    let directory = try Directory()
    try directory.write("hello", to: "ledger")
    try refused(["expected a directory"], in: directory)
  }

  @Test func `a data file that is a directory`() throws {
    let directory = try Directory()
    try FileManager.default.createDirectory(
      at: directory.url.appending(path: "ledger/data.mdb"), withIntermediateDirectories: true)
    try refused(["data.mdb: expected a file, found a directory"], in: directory)
    #expect(try names(in: directory) == ["data.mdb"])
  }

  /// What is in the ledger's directory.
  private func names(in directory: Directory) throws -> [String] {
    try FileManager.default.contentsOfDirectory(
      atPath: directory.url.appending(path: "ledger").path)
  }

  @Test(.timeLimit(.minutes(10))) func `a data file that is a pipe`() throws {
    let directory = try Directory()
    let folder = directory.url.appending(path: "ledger")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let made = try Program.run(
      ["ledger/data.mdb"], in: directory, executable: URL(filePath: "/usr/bin/mkfifo"))
    try #require(made.status == 0, "\(made.errors)")
    try refused(["data.mdb: expected a file, found a named pipe"], in: directory)
    #expect(try names(in: directory) == ["data.mdb"])
  }

  @Test func `a data file that is a socket`() throws {
    let directory = try Directory()
    let folder = directory.url.appending(path: "ledger")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let made = try Program.run(
      ["-c", "import socket; socket.socket(socket.AF_UNIX).bind('ledger/data.mdb')"],
      in: directory, executable: URL(filePath: "/usr/bin/python3"))
    try #require(made.status == 0, "\(made.errors)")
    try refused(["data.mdb: expected a file, found a socket"], in: directory)
    #expect(try names(in: directory) == ["data.mdb"])
  }

  @Test(arguments: [0, 100, 5_000, 20_000])
  func `a data file of zeros`(_ size: Int) throws {
    let directory = try Directory()
    try make("data.mdb", Data(count: size), in: directory)
    try refused([size > 0 ? "LMDB" : "found an empty one"], in: directory)
    // Only what makes a ledger where there is none begins one in an empty file.
    let file = directory.url.appending(path: "ledger/data.mdb")
    #expect(try Data(contentsOf: file).count == size)
  }

  @Test func `an environment of other software`() throws {
    let directory = try Recordings.ledger()
    // The name of the table that every ledger has becomes another one.
    let file = directory.url.appending(path: "ledger/data.mdb")
    var bytes = try Data(contentsOf: file)
    var place = bytes.startIndex
    while let found = bytes.range(of: Data("meta".utf8), in: place..<bytes.endIndex) {
      bytes[found.lowerBound] = UInt8(ascii: "n")
      place = found.upperBound
    }
    try bytes.write(to: file)
    for command in [["status"], ["audit", "10.0.0.1"], ["expire"]] {
      let outcome = try Program.run(command + ["--ledger", "ledger"], in: directory)
      #expect(outcome.status == 74)
      #expect(outcome.errors.contains("not a ledger"))
    }
    #expect(try Program.run("check", "--ledger", "ledger", in: directory).status == 1)
  }

  @Test func `a ledger of a newer version`() throws {
    let directory = try Recordings.ledger()
    let file = directory.url.appending(path: "ledger/data.mdb")
    var bytes = try Data(contentsOf: file)
    var place = bytes.startIndex
    // The row of the layout: 8 bytes and a checksum, behind its key.
    while let found = bytes.range(of: Data("layout".utf8), in: place..<bytes.endIndex) {
      bytes[found.upperBound + 7] = 200
      bytes.replaceSubrange(
        found.upperBound + 8..<found.upperBound + 12, with: Self.layoutChecksum(200))
      place = found.upperBound
    }
    try bytes.write(to: file)
    for command in [["status"], ["audit", "10.0.0.1"], ["expire"], ["check"]] {
      let outcome = try Program.run(command + ["--ledger", "ledger"], in: directory)
      #expect(outcome.status == 74, "\(command) \(outcome.output)")
      #expect(outcome.errors.contains("upgrade ipledger"), "\(command) \(outcome.errors)")
    }
  }

  /// CRC-32C of the row's key and its content, bit by bit.
  private static func layoutChecksum(_ layout: UInt8) -> [UInt8] {
    var crc = UInt32.max
    for byte in Array("layout".utf8) + [0, 0, 0, 0, 0, 0, 0, layout] {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
    }
    crc = ~crc
    return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: crc >> $0) }
  }
}

/// File systems that are full or cannot be written; made with `mount`, which only root may use.
@Suite(.serialized, .enabled(if: Mounts.areAllowed, "mounting a file system needs root"))
struct `file systems` {
  @Test func `a full disk gives an error, and what was acknowledged is there afterwards`() throws {
    let directory = try Directory()
    let place = try Mounts.mount("size=300k", in: directory)
    defer { Mounts.unmount(place) }
    let fixtures = Recordings.root.appending(path: "fixtures").path
    try Recordings.ingest(
      [Recordings.rollingRestart, "--cluster", "a", "--ledger", "\(place)/l"], in: directory)
    let full = try Program.run(
      [
        "ingest", "--ledger", "\(place)/l", "--cluster", "b",
        "\(fixtures)/api-edges/audit.jsonl.gz",
        "\(fixtures)/resumed-watch/audit.jsonl.gz",
      ], in: directory)
    #expect(full.status == 74, "\(full.output)")
    #expect(full.errors.contains("free space"), "\(full.errors)")
    let check = try Program.run("check", "--ledger", "\(place)/l", in: directory)
    #expect(check.status == 0, "\(check.output)\(check.errors)")
    let status = try Program.run("status", "--ledger", "\(place)/l", "-o", "json", in: directory)
    #expect(status.status == 0)
    let backup = try Program.run("backup", "\(place)/copy", "--ledger", "\(place)/l", in: directory)
    #expect(backup.status == 74)
    #expect(backup.errors.contains("the disk is full"), "\(backup.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: place) == ["l"])
  }

  /// ThreadSanitizer maps a file of its own in `TMPDIR`, and faults where that is full.
  @Test(.enabled(if: !Program.path.path.contains(".build-thread"), "no room for its own file"))
  func `on a full disk a ledger is read, also without its file of the namespace`() throws {
    let directory = try Directory()
    let place = try Mounts.mount("size=600k", in: directory)
    defer { Mounts.unmount(place) }
    try Recordings.ingest(
      [Recordings.rollingRestart, "--cluster", "a", "--ledger", "\(place)/l"], in: directory)
    try FileManager.default.removeItem(atPath: "\(place)/l/pid-namespace")
    let file = try FileHandle(forWritingTo: directory.newFile(named: "mounted/rest"))
    while (try? file.write(contentsOf: Data(count: 4096))) != nil {}
    try file.close()
    for command in [["audit", "192.168.4.11"], ["status"], ["history"]] {
      let outcome = try Program.run(command + ["--ledger", "\(place)/l"], in: directory)
      #expect(outcome.status == 0, "\(command): \(outcome.errors)")
    }
    // What needs room for a while leaves nothing where there is none.
    for command in [["check"], ["replay"]] {
      let outcome = try Program.run(
        command + ["--ledger", "\(place)/l"], in: directory, environment: ["TMPDIR": place])
      #expect(outcome.status == 74, "\(command): \(outcome.errors)")
      #expect(outcome.errors.contains("no ledger was touched"), "\(command): \(outcome.errors)")
      #expect(outcome.errors.contains("set TMPDIR"), "\(command): \(outcome.errors)")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: place).sorted() == ["l", "rest"])
  }

  @Test func `an import that finds no room leaves nothing, and says so`() throws {
    let directory = try Recordings.ledger()
    let export = try Program.run("export", "log.jsonl", "--ledger", "ledger", in: directory)
    #expect(export.status == 0)
    for size in ["size=16k", "size=40k"] {
      let place = try Mounts.mount(size, in: directory)
      defer { Mounts.unmount(place) }
      let full = try Program.run("import", "log.jsonl", "--ledger", "\(place)/l", in: directory)
      #expect(full.status == 74, "\(full.output)")
      #expect(full.errors.contains("nothing was copied or imported"), "\(size): \(full.errors)")
      #expect(full.errors.contains("make room"), "\(size): \(full.errors)")
      #expect(!full.errors.contains("writes are refused"), "\(size): \(full.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: place) == [])
    }
  }

  @Test func `a ledger on a file system that cannot be written is read, and not written`() throws {
    let directory = try Directory()
    let place = try Mounts.mount("size=4m", in: directory)
    defer { Mounts.unmount(place) }
    try Recordings.ingest(
      [Recordings.rollingRestart, "--cluster", "a", "--ledger", "\(place)/l"], in: directory)
    try Mounts.makeReadOnly(place)
    for command in [["audit", "192.168.4.11"], ["check"], ["status"]] {
      let outcome = try Program.run(command + ["--ledger", "\(place)/l"], in: directory)
      #expect(outcome.status == 0, "\(command): \(outcome.errors)")
    }
    for command in [["expire"], ["compact"], ["ingest", Recordings.rollingRestart]] {
      let outcome = try Program.run(command + ["--ledger", "\(place)/l"], in: directory)
      #expect(outcome.status == 74, "\(command): \(outcome.errors)")
      #expect(outcome.errors.contains("Read-only file system"), "\(command): \(outcome.errors)")
    }
  }

  @Test func `processes of another container are refused while one has the ledger open`() throws {
    let directory = try Recordings.ledger()
    let (process, _, _) = try Program.process(
      ["ingest", "-", "--cluster", "prod", "--ledger", "ledger"], in: directory)
    let pipe = Pipe()
    process.standardInput = pipe
    try process.run()
    // The first one has it open as soon as nobody else can lock the file for itself alone.
    while try Program.run(
      ["--nonblock", "--exclusive", "ledger/pid-namespace", "/bin/true"], in: directory,
      executable: URL(filePath: "/usr/bin/flock")
    ).status == 0 {
      #expect(process.isRunning)
      usleep(2_000)
    }
    let refused = try Program.run(
      ["--pid", "--fork", Program.path.path, "status", "--ledger", "ledger"], in: directory,
      executable: URL(filePath: "/usr/bin/unshare"))
    #expect(refused.status == 74)
    #expect(refused.errors.contains("PID namespace"), "\(refused.errors)")
    try pipe.fileHandleForWriting.close()
    process.waitUntilExit()
  }
}

/// Small file systems in memory.
private enum Mounts {
  /// Whether a file system can be mounted here.
  static let areAllowed: Bool = {
    guard let directory = try? Directory(), let place = try? mount("size=64k", in: directory) else {
      return false
    }
    unmount(place)
    return true
  }()

  struct Failed: Error {}

  static func mount(_ options: String, in directory: Directory) throws -> String {
    let place = directory.url.appending(path: "mounted").path
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    try run("/bin/mount", ["-t", "tmpfs", "-o", options, "tmpfs", place], directory)
    return place
  }

  static func makeReadOnly(_ place: String) throws {
    try run("/bin/mount", ["-o", "remount,ro", place], Directory())
  }

  static func unmount(_ place: String) {
    try? run("/bin/umount", [place], Directory())
  }

  private static func run(_ program: String, _ arguments: [String], _ directory: Directory) throws {
    let outcome = try Program.run(
      arguments, in: directory, executable: URL(filePath: program))
    guard outcome.status == 0 else { throw Failed() }
  }
}
