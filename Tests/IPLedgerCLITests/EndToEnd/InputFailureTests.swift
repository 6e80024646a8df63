import Foundation
import Testing

/// Standard inputs that fail while they are read.
@Suite(.serialized) struct `inputs that fail` {
  /// Runs what is given with a socket as standard input that is reset before anything is read.
  private static let reset = """
    import socket, struct, subprocess, sys
    listener = socket.create_server(("127.0.0.1", 0))
    ours = socket.create_connection(listener.getsockname())
    theirs, _ = listener.accept()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    ours.close()
    sys.exit(subprocess.call(sys.argv[1:], stdin=theirs.fileno()))
    """

  @Test(
    arguments: [
      ["attribute", "-", "--ledger", "ledger"], ["apply", "-", "--ledger", "ledger"],
      ["import", "-", "--ledger", "new"],
      ["ingest", "-", "--cluster", "prod", "--ledger", "ledger"],
    ])
  func `a socket that is reset is told in the system's words, and leaves nothing`(
    _ command: [String]
  ) throws {
    let directory = try Recordings.ledger()
    let outcome = try Program.run(
      ["-c", Self.reset, Program.path.path] + command, in: directory,
      executable: URL(filePath: "/usr/bin/python3"))
    #expect(outcome.status == 74, "\(outcome.errors)")
    #expect(outcome.errors.contains("standard input"), "\(outcome.errors)")
    #expect(outcome.errors.contains("Connection reset by peer"), "\(outcome.errors)")
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.url.path)
    #expect(!names.contains { $0.hasPrefix("new") })
  }

  @Test(arguments: [("<&-", "Bad file descriptor"), ("< .", "Is a directory")])
  func `what is no input is told in the system's words`(_ input: String, _ words: String) throws {
    let directory = try Recordings.ledger()
    for command in [
      "attribute - --ledger ledger", "apply - --ledger ledger", "import - --ledger new",
      "ingest - --cluster prod --ledger ledger",
    ] {
      let outcome = try Program.run(
        ["-c", "\(Program.path.path) \(command) \(input)"], in: directory,
        executable: URL(filePath: "/bin/sh"))
      #expect(outcome.status == 74, "\(command): \(outcome.errors)")
      #expect(outcome.errors.contains(words), "\(command): \(outcome.errors)")
      #expect(!outcome.errors.contains("NSCocoaErrorDomain"), "\(command): \(outcome.errors)")
    }
  }
}
