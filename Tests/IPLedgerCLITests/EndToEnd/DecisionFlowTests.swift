import Foundation
import Testing

/// Deciding from the command line, a command at a time.
@Suite(.serialized) struct DecisionFlowTests {
  @Test func `a pod keeps its address through a restart`() throws {
    let directory = try Directory()
    func run(_ arguments: String...) throws -> Program.Outcome {
      try Program.run(arguments + ["--ledger", "ledger"], in: directory)
    }
    let uid = ["a", "b"]
    #expect(
      try run("pool", "define", "10.0.0.0/24", "--network", "vpc", "--at", "10m ago").status == 0)
    let web = ["--network", "vpc", "--retain-hours", "48"]
    func assign(_ uid: String, _ more: String...) throws -> Program.Outcome {
      try Program.run(
        ["assign", "default/web-0", "--uid", uid, "--ledger", "ledger", "-o", "json"] + web + more,
        in: directory)
    }
    #expect(try assign(uid[0], "--cluster", "prod", "--at", "9m ago").output.contains("fresh"))
    let waiting = try assign(uid[1], "--at", "8m ago")
    #expect(waiting.status == 1)
    #expect(waiting.output.contains(#""reason":"old-incarnation","waitingFor":"a""#))
    #expect(try run("terminate", "default/web-0", "--uid", "a", "--at", "7m ago").status == 0)
    let gone = try run("delete", "default/web-0", "--uid", "a", "--at", "6m ago", "--forced")
    #expect(gone.output.hasPrefix("retained: 10.0.0.0 is kept for it until "))
    let reused = try assign(uid[1], "--at", "5m ago")
    #expect(reused.status == 0)
    #expect(reused.output.contains(#""result":"reused","addresses":["10.0.0.0"]"#))
    let held = try run("audit", "10.0.0.0", "--at", "1m ago", "--exit-code")
    #expect(held.status == 0)
  }

  @Test func `--wait answers once another process says that the old pod is gone`() throws {
    let directory = try Decisions.ledger()
    let (process, output, _) = try Program.process(
      [
        "assign", "default/web-0", "--uid", "web-0-4", "--network", "vpc-1", "--retain-hours", "48",
        "--wait", "--ledger", "ledger",
      ] + Recordings.now, in: directory)
    try process.run()
    usleep(300_000)
    #expect(process.isRunning)
    let gone = try Program.run(
      ["delete", "default/web-0", "--uid", "web-0-3", "--ledger", "ledger"] + Recordings.now,
      in: directory)
    #expect(gone.status == 0)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let answer = try String(contentsOf: output, encoding: .utf8)
    #expect(answer.hasPrefix("reused: it has 192.168.4.11"))
  }

  /// A command line that fails on the busy ledger.
  static let mistakes = [
    ErrorTests.Mistake(["pool", "show", "10.0.0.0/30"], 64, "vpc-1, vpc-2", "--network"),
    ErrorTests.Mistake(
      ["pool", "show", "10.0.0.0/8", "--network", "vpc-1"], 1, "no pool 10.0.0.0/8",
      "192.168.4.0/24"),
    ErrorTests.Mistake(["pool", "define", "10.0.0.1/24"], 64, "did you mean 10.0.0.0/24"),
    ErrorTests.Mistake(["pool", "define", "10.0.0.0/24", "--exclude", "x"], 64, "not a range"),
    ErrorTests.Mistake(["pool", "define", "10.0.0.0/24", "--cool-down", "5"], 64, "unit"),
    ErrorTests.Mistake(["delete", "default/web-0", "--uid", "u"], 64, "prod, twin", "CLUSTER/"),
    ErrorTests.Mistake(["delete", "192.168.4.11", "--uid", "u"], 64, "expected a pod"),
    ErrorTests.Mistake(["delete", "default/web-0"], 64, "--uid"),
    ErrorTests.Mistake(["delete", "default/web-0", "--uid", "a b"], 64, "pod uid"),
    ErrorTests.Mistake(
      ["assign", "prod/default/web-0", "--uid", "u", "--cluster", "stage"], 64, "prod", "stage"),
    ErrorTests.Mistake(
      ["assign", "prod/default/web-0", "--uid", "u", "--node-class", "vm"], 64, "ecs", "virtual"),
    ErrorTests.Mistake(
      ["assign", "prod/default/web-0", "--uid", "u", "--retain-hours", "x"], 64, "retain-hours"),
    ErrorTests.Mistake(["apply"], 64, "file"),
  ]

  @Test(arguments: mistakes)
  func `a mistake is told with its remedy`(_ mistake: ErrorTests.Mistake) throws {
    let outcome = try Program.run(
      mistake.arguments + ["--ledger", "ledger"] + Recordings.now, in: Decisions.busyLedger())
    #expect(outcome.status == mistake.status)
    #expect(outcome.output == "")
    for text in mistake.says { #expect(outcome.errors.contains(text), "\(outcome.errors)") }
  }

  @Test(arguments: ["0", "-1", "8761"])
  func `hours that no rule allows are a refusal`(_ hours: String) throws {
    let outcome = try Program.run(
      [
        "assign", "default/db-0", "--uid", "db-0-1", "--network", "vpc-1", "--retain-hours", hours,
        "--ledger", "ledger", "-o", "json",
      ] + Recordings.now, in: Decisions.ledger())
    #expect(outcome.status == 1)
    #expect(outcome.output.contains(#""reason":"policy-invalid""#))
  }

  @Test(arguments: [
    ["pool", "list"], ["pool", "show", "10.0.0.0/24"], ["pool", "withdraw", "10.0.0.0/24"],
    ["assign", "c/n/p", "--uid", "u"], ["delete", "c/n/p", "--uid", "u"],
    ["terminate", "c/n/p", "--uid", "u"], ["complete", "c/n/p", "--uid", "u"],
  ])
  func `without a ledger nothing is made`(_ arguments: [String]) throws {
    let directory = try Directory()
    let outcome = try Program.run(arguments + ["--ledger", "none"], in: directory)
    #expect(outcome.status == 74)
    #expect(outcome.errors.contains("there is no ledger at none"))
    #expect(!FileManager.default.fileExists(atPath: directory.url.appending(path: "none").path))
  }

  @Test func `a new ledger asks for a pool's network, and then knows it`() throws {
    let directory = try Directory()
    func define(_ prefix: String, _ more: String...) throws -> Program.Outcome {
      try Program.run(
        ["pool", "define", prefix, "--ledger", "ledger"] + more + Recordings.now, in: directory)
    }
    let none = try define("10.0.0.0/24")
    #expect(none.status == 64)
    #expect(none.errors.contains("None has a pool yet"))
    #expect(try define("10.0.0.0/24", "--network", "vpc").status == 0)
    #expect(try define("10.0.1.0/24").output.contains("in the network vpc hands"))
    #expect(try define("10.0.1.0/24").output.hasPrefix("unchanged"))
  }
}
