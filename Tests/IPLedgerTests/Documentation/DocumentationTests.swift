import Foundation
import Testing

@testable import IPLedger

/// What the documentation shows is what the code does.
@Suite(.serialized) struct `the documentation` {
  @Test func `the README's example is the one that is compiled`() throws {
    let source = try text(of: "Tests/IPLedgerTests/Documentation/EmbedExample.swift")
    let compiled = try #require(
      between("// README: begin\n", and: "// README: end\n", in: source))
    let readme = try text(of: "README.md")
    let shown = try #require(between("```swift\nimport IPLedger\n", and: "```\n", in: readme))
    #expect("import IPLedger\n" + shown == compiled)
  }

  @Test func `the README's address service is the one that is compiled`() throws {
    let source = try text(of: "Tests/IPLedgerTests/Documentation/AddressService.swift")
    let compiled = try #require(
      between("// README: begin\n", and: "// README: end\n", in: source))
    #expect(try text(of: "README.md").contains("```swift\n" + compiled + "```\n"))
  }

  @Test func `the README's address service gives, keeps and expires addresses`() async throws {
    let directory = FileManager.default.temporaryDirectory
      .appending(path: "ipledger-service-\(UInt64.random(in: 0 ... .max))")
    defer { try? FileManager.default.removeItem(at: directory) }
    let clock = StepClock()
    let service = try await AddressService(at: directory.path, now: clock.read)
    let web = try PodIdentity(cluster: ClusterName("prod"), namespace: "default", name: "web-0")
    let (old, new) = (try PodUID("old"), try PodUID("new"))
    let given = try await service.add(web, old, node: "node-1", keep: 48)
    #expect(given.map(\.ip.description) == ["10.0.4.4"])
    #expect(try await service.add(web, old, node: "node-1", keep: 48) == given)
    async let waiting = service.add(web, new, node: "node-2", keep: 48)
    #expect(try await service.delete(web, old) != nil)
    #expect(try await waiting == given)
    #expect(try await service.delete(web, old) == nil)
    let sweep = Task { try await service.sweep() }
    sweep.cancel()
    try await sweep.value
    service.close()
    let again = try await AddressService(at: directory.path, now: clock.read)
    #expect(try await again.add(web, new, node: "node-2", keep: 48) == given)
    again.close()
  }

  @Test func `the README's example says what it promises`() async throws {
    let directory = FileManager.default.temporaryDirectory
      .appending(path: "ipledger-readme-\(UInt64.random(in: 0 ... .max))")
    defer { try? FileManager.default.removeItem(at: directory) }
    let answer = try await whoHadIt(at: directory.path) { Instant.seconds(1_800_000_000) }
    #expect(answer.verdict == .held)
    #expect(answer.certainty == .exact)
    #expect(answer.holders.map(\.pod.identity.name) == ["web-0"])
  }

  @Test func `the frame in the article is the frame of that event`() throws {
    let position = Position(2)
    let frame = try articleFrame()
    #expect(frame == EventFrame.encode(try articleEvent(at: position)))
    #expect(try EventFrame.decode(frame, at: position) == articleEvent(at: position))
  }

  @Test(.enabled(if: Python.path != nil, "there is no python3 here"))
  func `the reader in the article reads that frame`() throws {
    let program =
      try #require(between("```python\n", and: "```\n", in: text(of: Self.format)))
      + "print(*event(bytes.fromhex(sys.argv[1]), bytes.fromhex(sys.argv[2]))[:4])\n"
    let hex = try articleFrame().map { byte in
      String(repeating: "0", count: byte < 16 ? 1 : 0) + String(byte, radix: 16)
    }
    // As a module, so that it does not look for a ledger.
    let said = try Python.run(
      "__name__ = 'reader'\n" + program, ["0000000000000002", hex.joined()])
    #expect(said == "2 created 1795478400000000 None\n")
  }

  // MARK: The article's frame

  private static let format = "Sources/IPLedger/IPLedger.docc/TheLogsFormat.md"

  /// The bytes of the article's dump: what stands before the bar in each line.
  @Test func `the article on the log names the present layout`() throws {
    let article = try text(of: Self.format)
    #expect(article.contains("the layout of the tables, now \(MetaTable.currentLayout);"))
  }

  private func articleFrame() throws -> [UInt8] {
    let dump = try #require(between("```text\n", and: "```\n", in: text(of: Self.format)))
    return try dump.split(separator: "\n").flatMap { line in
      try line.prefix { $0 != "|" }.split(separator: " ").map { digits in
        try #require(UInt8(digits, radix: 16))
      }
    }
  }

  /// The event that the article says it is.
  private func articleEvent(at position: Position) throws -> RecordedEvent {
    let cluster = try ClusterName("demo")
    let node = "virtual-kubelet-cn-wulanchabu-b"
    var description = PodDescription(
      describedAt: ResourceVersion(282), policy: .retain(hours: 48),
      grounds: RetentionGrounds(eligibility: .eligible, hoursDefaulted: true))
    description.node = node
    description.nodeClass = NodeClass(nodeName: node)
    description.nodeClassGround = .name
    description.workload = Workload(kind: "StatefulSet", name: "web")
    var evidence = Evidence(
      source: .watch, resourceVersion: ResourceVersion(289), isExactChange: true)
    evidence.knownWithout = ResourceVersion(288)
    evidence.receivedAt = try Instant(rfc3339: "2026-11-23T05:39:46.239986Z")
    evidence.creationStamp = try Instant(rfc3339: "2026-11-23T05:39:45Z")
    evidence.newestStamp = try Instant(rfc3339: "2026-11-23T05:39:46Z")
    evidence.precedingStamp = try Instant(rfc3339: "2026-11-23T05:39:45Z")
    evidence.fieldStamp = try Instant(rfc3339: "2026-11-23T05:39:46Z")
    let created = PodCreated(
      identity: try PodIdentity(cluster: cluster, namespace: "default", name: "web-0"),
      uid: try PodUID("d8517233-9666-468a-a9b9-0d53f5ac014e"), network: NetworkName(of: cluster),
      addresses: [try IPAddress(parsing: "192.168.4.11")], description: description,
      evidence: evidence)
    return RecordedEvent(
      position: position, recordedAt: try Instant(rfc3339: "2026-11-24T00:00:00Z"),
      event: .created(created))
  }

  // MARK: Texts

  /// A file of the package, by its path from the package's folder.
  private func text(of path: String) throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// What stands between the first two marks; `nil` where one is missing.
  private func between(_ begin: String, and end: String, in text: String) -> String? {
    guard let start = text.range(of: begin),
      let stop = text.range(of: end, range: start.upperBound..<text.endIndex)
    else { return nil }
    return String(text[start.upperBound..<stop.lowerBound])
  }
}

/// The Python of this machine.
private enum Python {
  static let path = ["/usr/bin/python3", "/usr/local/bin/python3", "/opt/homebrew/bin/python3"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  /// Runs a program and gives what it prints.
  static func run(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: try #require(path))
    process.arguments = ["-c", program] + arguments
    process.standardOutput = output
    try process.run()
    let printed = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return String(decoding: printed, as: UTF8.self)
  }
}
