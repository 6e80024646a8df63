import Testing

/// What every command prints about the rolling restart, in the three forms, compared exactly.
@Suite(.serialized) struct SnapshotTests {
  /// A command line whose output is kept.
  struct Question: Sendable, CustomTestStringConvertible {
    let name: String
    let arguments: [String]

    init(_ name: String, _ arguments: String...) {
      self.name = name
      self.arguments = arguments
    }

    var testDescription: String { name }
  }

  static let forms = ["table", "json", "csv"]

  static let questions = [
    Question("audit-held", "audit", "192.168.4.11", "--at", "2026-11-23T05:39:48Z"),
    Question("audit-bounded", "audit", "192.168.4.11", "--at", "2026-11-23T05:39:46.1Z"),
    Question("audit-unknown", "audit", "192.168.4.11", "--at", "2026-11-24"),
    Question("audit-address", "audit", "192.168.4.11"),
    Question(
      "audit-period", "audit", "192.168.4.11", "--from", "2026-11-23 05:39:50", "--to",
      "2026-11-23T05:39:52Z"),
    Question("audit-pod", "who", "default/web-1"),
    Question("audit-prefix-at", "audit", "192.168.4.0/24", "--at", "2026-11-23T05:39:53Z"),
    Question(
      "audit-as-of", "audit", "default/web-0", "--at", "2026-11-23T05:39:48Z", "--as-of", "19"),
    Question("history", "history", "--limit", "5"),
    Question("history-pod", "history", "prod/default/web-0", "--reverse"),
    Question("reservations", "reservations"),
    Question("explain", "explain", "default/web-0"),
    Question("replay", "replay"),
    Question("replay-to", "replay", "--to", "19"),
    Question("replay-retain-hours", "replay", "--retain-hours", "1"),
    Question("status", "status"),
    Question("check", "check"),
  ]

  static let questionsOfScaledDown = [
    Question("audit-retained", "audit", "192.168.4.11", "--at", "2026-11-23T05:39:53Z"),
    Question("reservations-retained", "reservations", "--state", "retained"),
    Question("audit-address-retained", "audit", "192.168.4.11"),
    Question("audit-prefix-retained", "audit", "192.168.4.0/24", "--at", "2026-11-23T05:39:53Z"),
    Question("explain-retained", "explain", "default/web-0"),
    Question("expire-dry-run", "expire", "--dry-run", "--at", "2026-11-26"),
    Question("release", "release", "default/web-0", "--by", "alice", "--reason", "scaled, down"),
  ]

  static let conflict = Question("audit-conflict", "audit", "192.168.4.11")

  @Test(arguments: questions, forms)
  func `the output on the rolling restart`(_ question: Question, _ form: String) throws {
    try check(question, form, in: Recordings.ledger())
  }

  @Test(arguments: questionsOfScaledDown, forms)
  func `the output on a pod that is gone`(_ question: Question, _ form: String) throws {
    try check(question, form, in: Recordings.scaledDown())
  }

  @Test(arguments: forms)
  func `the output on a conflict`(_ form: String) throws {
    let ledger = try Recordings.ledger()
    try Recordings.ingest(
      ["--cluster", "twin", "--network", "prod", Recordings.rollingRestart], in: ledger)
    try check(Self.conflict, form, in: ledger)
    try check(
      Question("audit-conflict-at", "audit", "192.168.4.11", "--at", "2026-11-23T05:39:48Z"), form,
      in: ledger)
    try check(Question("status-conflict", "status"), form, in: ledger)
  }

  @Test(arguments: forms)
  func `the summary of ingest`(_ form: String) throws {
    let directory = try Directory()
    try check(
      Question("ingest", "ingest", "--cluster", "prod", Recordings.rollingRestart), form,
      in: directory)
    try check(Question("ingest-again", "ingest", Recordings.rollingRestart), form, in: directory)
  }

  @Test(arguments: forms)
  func `the summary of a rebuild`(_ form: String) throws {
    try check(Question("rebuild", "replay", "--rebuild"), form, in: Recordings.ledger())
  }

  @Test(arguments: [
    "", "watch", "ingest", "audit", "attribute", "history", "reservations", "explain", "expire",
    "release", "replay", "status", "check", "backup", "restore", "compact", "export", "import",
  ])
  func `the help`(_ command: String) throws {
    let outcome = try Program.run(
      command.isEmpty ? ["--help"] : ["help", command], in: Directory(),
      environment: ["COLUMNS": "80"])
    #expect(outcome.status == 0)
    try Snapshot.check(outcome.output, named: "help-\(command.isEmpty ? "ipledger" : command)")
  }

  private func check(_ question: Question, _ form: String, in directory: Directory) throws {
    let outcome = try Program.run(
      question.arguments + ["--ledger", "ledger", "-o", form] + Recordings.now, in: directory)
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
    try Snapshot.check(
      Snapshot.withoutSizes(outcome.output), named: "\(question.name).\(form)")
  }
}
