import Foundation
import Testing

/// Every error that a person can run into: its exit code, and that it says what was found and what
/// to do.
@Suite(.serialized) struct ErrorTests {
  /// A command line that fails.
  struct Mistake: Sendable, CustomTestStringConvertible {
    let arguments: [String]
    let status: Int32
    let says: [String]

    init(_ arguments: [String], _ status: Int32, _ says: String...) {
      self.arguments = arguments
      self.status = status
      self.says = says
    }

    var testDescription: String { arguments.joined(separator: " ") }
  }

  static let usage = [
    Mistake(["audit", "10.0.4"], 64, "not an IP address", "four parts"),
    Mistake(["audit", "10.0.4.1/24"], 64, "10.0.4.0/24"),
    Mistake(["audit", "web-0"], 64, "default/web-0"),
    Mistake(["audit", "default/Web_0"], 64, "pod name", "a–z"),
    Mistake(["audit", "a/b/c/d"], 64, "CLUSTER/NAMESPACE/POD"),
    Mistake(["audit", "192.168.4.11", "--at", "yesterday"], 64, "is not a time", "5m ago"),
    Mistake(["audit", "192.168.4.11", "--at", "5m"], 64, "did you mean", "5m ago"),
    Mistake(
      ["audit", "192.168.4.11", "--at", "now", "--from", "2026-11-23"], 64,
      "leave --from and --to"),
    Mistake(
      ["audit", "192.168.4.11", "--from", "2026-11-24", "--to", "2026-11-23"], 64,
      "has to be before"),
    Mistake(["audit", "192.168.4.11", "--network", "vpc-9"], 64, "no network vpc-9", "prod"),
    Mistake(["audit", "192.168.4.11", "--network", "a/b"], 64, "network name"),
    Mistake(["audit", "192.168.4.11", "--at", "now", "--as-of", "21"], 64, "position 21", "20"),
    Mistake(["audit", "192.168.4.11", "-o", "xml"], 64, "xml"),
    Mistake(["audit"], 64, "target"),
    Mistake(["history", "--limit", "0"], 64, "at least 1"),
    Mistake(["explain", "192.168.4.11"], 64, "NAMESPACE/POD", "ipledger audit"),
    Mistake(["reservations", "--expiring-within", "6"], 64, "unit is missing"),
    Mistake(["expire", "--at", "2026-12-01"], 64, "has not come yet", "--dry-run"),
    Mistake(["pool", "define", "10.9.0.0/24", "--at", "2026-12-01"], 64, "has not come yet"),
    Mistake(["pool", "withdraw", "10.9.0.0/24", "--at", "2026-12-01"], 64, "has not come yet"),
    Mistake(
      ["delete", "default/web-0", "--uid", "u", "--at", "2026-12-01"], 64, "has not come yet"),
    Mistake(
      ["assign", "default/web-0", "--uid", "u", "--at", "2026-12-01"], 64, "has not come yet"),
    Mistake(["release", "192.168.4.0/24", "--by", "a", "--reason", "b"], 64, "one address"),
    Mistake(["release", "default/web-0", "--by", "", "--reason", "b"], 64, "may be empty"),
    Mistake(["release", "default/web-0", "--reason", "b"], 64, "--by"),
    Mistake(["replay", "--to", "3", "--rebuild"], 64, "leave --to away"),
    Mistake(["replay", "--to", "21"], 64, "beyond the head"),
    Mistake(["replay", "--retain-hours", "0"], 64, "from 1 to 8760", "not 0"),
    Mistake(["replay", "--retain-hours", "-1"], 64, "from 1 to 8760", "not -1"),
    Mistake(["replay", "--retain-hours", "8761"], 64, "from 1 to 8760", "not 8761"),
    Mistake(["replay", "--retain-hours", "2d"], 64, "2d"),
    Mistake(["replay", "--retain-hours", "1", "--to", "3"], 64, "leave --to and --rebuild away"),
    Mistake(["replay", "--retain-hours", "1", "--rebuild"], 64, "leave --to and --rebuild away"),
    Mistake(["ingest", "--namespace", "a", "--selector", "b", "x"], 64, "exclude each other"),
    Mistake(["ingest", "--full", "--namespace", "a", "x"], 64, "--full"),
    Mistake(["ingest", "-", "-"], 64, "only once"),
    Mistake(["ingest", "--dialect", "gke", "x"], 64, "acs", "eci"),
    Mistake(["ingest"], 64, "file"),
    Mistake(["backup", ""], 64, "the path of the backup is empty"),
    Mistake(["restore", ""], 64, "the path of the backup is empty"),
    Mistake(["export", ""], 64, "the name of the export is empty"),
  ]

  static let refusals = [
    Mistake(["audit", "default/web-9"], 1, "no pod default/web-9", "prod"),
    Mistake(["audit", "stage/default/web-0"], 1, "stage", "prod/default/web-0"),
    Mistake(["explain", "default/web-9"], 1, "no pod default/web-9"),
    Mistake(
      ["release", "default/web-0", "--by", "a", "--reason", "b"], 1, "pod holds it",
      "once the pod is gone"),
    Mistake(
      ["release", "192.168.4.11", "--by", "a", "--reason", "b"], 1, "prod/default/web-0 holds it"),
    Mistake(["release", "192.168.4.99", "--by", "a", "--reason", "b"], 1, "retained for nobody"),
  ]

  @Test(arguments: usage + refusals)
  func `a mistake is told with its remedy`(_ mistake: Mistake) throws {
    let directory = try Recordings.ledger()
    let outcome = try Program.run(
      mistake.arguments + ["--ledger", "ledger"] + Recordings.now, in: directory)
    #expect(outcome.status == mistake.status)
    #expect(outcome.output == "")
    for text in mistake.says { #expect(outcome.errors.contains(text)) }
  }

  @Test func `a command that there is none of is a usage error`() throws {
    let outcome = try Program.run("frobnicate", in: Directory())
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("frobnicate"))
  }

  @Test(arguments: [
    ["audit", "10.0.0.1"], ["history"], ["reservations"], ["explain", "a/b"], ["expire"],
    ["release", "a/b", "--by", "x", "--reason", "y"], ["replay"], ["replay", "--rebuild"],
    ["status"],
  ])
  func `without a ledger each command says how to make one`(_ arguments: [String]) throws {
    let directory = try Directory()
    let outcome = try Program.run(arguments + ["--ledger", "none"], in: directory)
    #expect(outcome.status == 74)
    #expect(outcome.errors.contains("there is no ledger at none"))
    #expect(outcome.errors.contains("ipledger ingest"))
    #expect(!FileManager.default.fileExists(atPath: directory.url.appending(path: "none").path))
  }

  @Test func `the cluster is asked for where the ledger knows none or several`() throws {
    let directory = try Directory()
    let none = try Program.run(
      "ingest", "--ledger", "ledger", Recordings.rollingRestart, in: directory)
    #expect(none.status == 64)
    #expect(none.errors.contains("knows none yet: give --cluster NAME"))
    for cluster in ["prod", "stage"] {
      try Recordings.ingest(["--cluster", cluster, Recordings.rollingRestart], in: directory)
    }
    let several = try Program.run(
      "ingest", "--ledger", "ledger", Recordings.rollingRestart, in: directory)
    #expect(several.status == 64)
    #expect(several.errors.contains("knows prod, stage: give --cluster NAME"))
  }

  @Test func `what may mean several things is listed`() throws {
    let directory = try Directory()
    for cluster in ["prod", "stage"] {
      try Recordings.ingest(["--cluster", cluster, Recordings.rollingRestart], in: directory)
    }
    for (target, list) in [
      ("192.168.4.11", "give --network with one of prod, stage"),
      ("192.168.4.99", "never seen"),
      ("default/web-0", "prod/default/web-0, stage/default/web-0"),
    ] {
      let outcome = try Program.run("audit", target, "--ledger", "ledger", in: directory)
      #expect(outcome.status == 64)
      #expect(outcome.errors.contains(list))
    }
    let named = try Program.run(
      "audit", "192.168.4.11", "--network", "stage", "--ledger", "ledger", "-o", "json",
      in: directory)
    #expect(named.status == 0)
    #expect(!named.output.contains(#""network":"prod""#))
    let qualified = try Program.run(
      "audit", "stage/default/web-0", "--ledger", "ledger", "-o", "json", in: directory)
    #expect(qualified.status == 0)
    #expect(!qualified.output.contains(#""cluster":"prod""#))
  }

  /// Something that is no stream of pods.
  struct BadInput: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let says: [String]

    init(_ name: String, _ text: String, _ says: String...) {
      self.name = name
      self.text = text
      self.says = says
    }

    var testDescription: String { name }
  }

  static let badInputs = [
    BadInput(
      "a table as JSON",
      #"{"type":"ADDED","object":{"kind":"Table","apiVersion":"meta.k8s.io/v1"}}"#,
      "line 1", "Table", "-o json --output-watch-events"),
    BadInput("YAML", "apiVersion: v1\nkind: Pod\n", "line 1", "YAML", "-o json"),
    BadInput(
      "wide text", "NAME    READY   STATUS\nweb-0   1/1     Running\n", "line 1", "table", "-o json"
    ),
    BadInput(
      "an object without a uid",
      #"{"kind":"Pod","metadata":{"name":"a","namespace":"b","resourceVersion":"1"}}"#,
      "line 1", "without a uid"),
    BadInput(
      "truncated JSON", #"{"type":"ADDED","object":{"kind":"Pod","#, "line 1", "end of the input"),
  ]

  @Test(arguments: badInputs)
  func `what is no stream of pods is refused by file, line and remedy`(_ input: BadInput) throws {
    let directory = try Directory()
    try directory.write(input.text, to: "input")
    let outcome = try Program.run(
      "ingest", "--ledger", "ledger", "--cluster", "prod", "input", in: directory)
    #expect(outcome.status == 65)
    #expect(outcome.output == "")
    #expect(outcome.errors.contains("input"))
    for text in input.says { #expect(outcome.errors.contains(text)) }
  }

  @Test func `a bad value within an object is told by its line`() throws {
    var lines = try Recordings.lines()
    lines[4] = lines[4].replacing(
      #""creationTimestamp":"2026-"#, with: #""creationTimestamp":"26-"#)
    let directory = try Directory()
    let outcome = try Program.run(
      "ingest", "--ledger", "ledger", "--cluster", "prod", "-", in: directory,
      input: Recordings.data(lines))
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("standard input, line 5"))
    #expect(outcome.errors.contains("What was read before it stays recorded"))
  }

  @Test func `what stands before an event beyond a limit is recorded, and the event is told`()
    throws
  {
    func pod(_ number: Int, created: String) -> String {
      """
      {"kind":"Pod","metadata":{"name":"web-\(number)","namespace":"default","uid":"u-\(number)",\
      "resourceVersion":"\(100 + number)","creationTimestamp":"\(created)"},\
      "spec":{"nodeName":"n"},"status":{"phase":"Running","podIP":"10.0.0.\(number)"}}
      """
    }
    let past = "2026-11-23T05:00:00Z"
    let lines = [
      pod(1, created: past), pod(2, created: "2126-01-01T00:00:00Z"), pod(3, created: past),
    ]
    let directory = try Directory()
    let outcome = try Program.run(
      ["ingest", "--ledger", "ledger", "--cluster", "prod", "-"] + Recordings.now, in: directory,
      input: Recordings.data(lines))
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("standard input, line 2"))
    #expect(outcome.errors.contains("What was read before it stays recorded"))
    let history = try Program.run("history", "--ledger", "ledger", "-o", "json", in: directory)
    #expect(history.output.contains("web-1"))
  }

  @Test func `a file that is not there is an I/O error`() throws {
    let outcome = try Program.run(
      "ingest", "--ledger", "ledger", "--cluster", "prod", "nowhere.json", in: Directory())
    #expect(outcome.status == 74)
    #expect(outcome.errors.contains("nowhere.json"))
  }

  @Test func `a directory that holds something else is left alone`() throws {
    let directory = try Directory()
    try directory.write("precious", to: "ledger")
    let outcome = try Program.run("status", "--ledger", "ledger", in: directory)
    #expect(outcome.status == 74)
    #expect(outcome.errors.contains("ledger"))
  }

  @Test func `without HOME the path of the ledger is asked for`() throws {
    let outcome = try Program.run("status", in: Directory(), environment: ["HOME": ""])
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("give --ledger PATH, or set IPLEDGER_PATH"))
  }
}
