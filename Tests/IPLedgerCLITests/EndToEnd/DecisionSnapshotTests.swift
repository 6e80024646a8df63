import Testing

/// What the commands that decide print, in the three forms, compared exactly.
@Suite(.serialized) struct DecisionSnapshotTests {
  /// A command line whose output and exit code are kept.
  struct Question: Sendable, CustomTestStringConvertible {
    let name: String
    let status: Int32
    let arguments: [String]

    init(_ name: String, exits status: Int32 = 0, _ arguments: String...) {
      self.name = name
      self.status = status
      self.arguments = arguments
    }

    var testDescription: String { name }
  }

  static let onRestart = [
    Question("pool-list", "pool", "list"),
    Question("pool-define", "pool", "define", "10.1.0.0/16", "--zone", "cn-b"),
    Question(
      "pool-define-refused", exits: 1, "pool", "define", "192.168.0.0/16", "--zone", "cn-a"),
    Question("pool-withdraw", "pool", "withdraw", "192.168.4.0/24"),
    Question(
      "assign-fresh", "assign", "default/db-0", "--uid", "db-0-1", "--network", "vpc-1",
      "--retain-hours", "48"),
    Question(
      "assign-again", "assign", "default/web-0", "--uid", "web-0-3", "--network", "vpc-1"),
    Question(
      "assign-waiting", exits: 1, "assign", "prod/default/web-0", "--uid", "web-0-4", "--network",
      "vpc-1", "--retain-hours", "48"),
    Question(
      "assign-refused", exits: 1, "assign", "default/db-0", "--uid", "db-0-1", "--network",
      "vpc-1", "--family", "ipv6"),
    Question(
      "assign-dry-run", exits: 1, "assign", "prod/default/web-0", "--uid", "web-0-4", "--network",
      "vpc-1", "--retain-hours", "48", "--dry-run"),
    Question("explain-decided", "explain", "default/web-0"),
    Question("audit-decided", "audit", "192.168.4.11"),
    Question("history-decided", "history", "default/web-0", "--limit", "3"),
    Question("status-decided", "status"),
    Question("terminate", "terminate", "default/web-0", "--uid", "web-0-3"),
    Question("complete", "complete", "default/web-0", "--uid", "web-0-3"),
    Question(
      "delete", "delete", "default/web-0", "--uid", "web-0-3", "--requested-at", "30s ago"),
    Question("delete-unknown", "delete", "default/db-0", "--uid", "db-0-1"),
    Question("delete-refused", exits: 1, "delete", "default/db-0", "--uid", "web-0-3"),
  ]

  static let onBusy = [
    Question("pool-list-busy", "pool", "list"),
    Question("pool-show", "pool", "show", "192.168.4.0/24", "--network", "vpc-1"),
    Question("pool-show-withdrawn", "pool", "show", "10.0.0.0/30", "--network", "vpc-2"),
  ]

  @Test(arguments: onRestart, SnapshotTests.forms)
  func `the output after the decided restart`(_ question: Question, _ form: String) throws {
    try check(question, form, in: Decisions.ledger())
  }

  @Test(arguments: onBusy, SnapshotTests.forms)
  func `the output on pools that are used`(_ question: Question, _ form: String) throws {
    try check(question, form, in: Decisions.busyLedger())
  }

  @Test func `the answers to the decided restart read like the story`() throws {
    let outcome = try Decisions.apply([Decisions.restart], in: Directory())
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
    try Snapshot.check(outcome.output, named: "apply-decided-restart")
  }

  @Test(arguments: [
    "apply", "assign", "delete", "terminate", "complete", "pool", "pool define", "pool withdraw",
    "pool list", "pool show",
  ])
  func `the help`(_ command: String) throws {
    let words = command.split(separator: " ").map(String.init)
    let outcome = try Program.run(
      ["help"] + words, in: Directory(), environment: ["COLUMNS": "80"])
    #expect(outcome.status == 0)
    try Snapshot.check(outcome.output, named: "help-\(words.joined(separator: "-"))")
  }

  private func check(_ question: Question, _ form: String, in directory: Directory) throws {
    let outcome = try Program.run(
      question.arguments + ["--ledger", "ledger", "-o", form] + Recordings.now, in: directory)
    #expect(outcome.status == question.status, "\(outcome.errors)")
    #expect(outcome.errors == "")
    try Snapshot.check(outcome.output, named: "\(question.name).\(form)")
  }
}
