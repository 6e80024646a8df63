import Foundation
import Testing

/// Ledgers that hand addresses out, and requests to them.
enum Decisions {
  /// The rolling restart, decided rather than observed.
  static let restart = Recordings.root.appending(
    path: "fixtures/decided-restart/requests.jsonl"
  ).path

  /// A directory in which `ledger` holds the rolling restart.
  static func ledger() throws -> Directory {
    let directory = try Directory()
    let outcome = try apply([restart], in: directory)
    try #require(outcome.status == 0, "\(outcome.errors)")
    return directory
  }

  /// A directory in which `ledger` has pools of which something is bound, retained, cooling down
  /// and conflicted, and one that was withdrawn.
  static func busyLedger() throws -> Directory {
    let directory = try ledger()
    var lines = [
      #"{"op":"pool","at":"2026-11-23T05:51:00Z","network":"vpc-1","zone":"cn-b","prefix":"fd00::/64"}"#,
      #"{"op":"pool","at":"2026-11-23T05:51:00Z","network":"vpc-2","prefix":"10.0.0.0/30"}"#,
      assign("05:52:00", "old-0", "a", #""network":"vpc-2","retainHours":48"#),
      #"{"op":"pool","at":"2026-11-23T05:53:00Z","network":"vpc-2","prefix":"10.0.0.0/30","withdraw":true}"#,
      assign("05:54:00", "tmp-0", "a", #""network":"vpc-1","zone":"cn-a""#),
    ]
    for hours in [1, 2, 24, 40, 100, 1000] {
      lines.append(
        assign(
          "05:54:01", "job-\(hours)", "a",
          #""network":"vpc-1","zone":"cn-a","retainHours":\#(hours)"#))
    }
    for hours in [1, 2, 24, 40, 100, 1000] {
      lines.append(notice("delete", "05:58:00", "job-\(hours)", "a"))
    }
    lines.append(notice("delete", "05:58:00", "tmp-0", "a"))
    let outcome = try apply(["-"], in: directory, lines: lines)
    try #require(outcome.status == 0, "\(outcome.errors)")
    try Recordings.ingest(
      ["--cluster", "twin", "--network", "vpc-1", Recordings.rollingRestart], in: directory)
    return directory
  }

  /// Runs `ipledger apply` on `ledger` with these lines as input.
  static func apply(
    _ arguments: [String], in directory: Directory, lines: [String]? = nil,
    now: [String] = Recordings.now
  ) throws -> Program.Outcome {
    try Program.run(
      ["apply", "--ledger", "ledger"] + arguments + now, in: directory,
      input: lines.map(Recordings.data))
  }

  /// The answers to lines, each as an object; the program has to end with this status.
  static func answers(
    to lines: [String], in directory: Directory, status: Int32 = 0,
    now: [String] = Recordings.now
  ) throws -> [[String: Any]] {
    let outcome = try apply(["-"], in: directory, lines: lines, now: now)
    #expect(outcome.status == status, "\(outcome.errors)")
    return try outcome.output.split(separator: "\n").map { line in
      try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  /// A pool of the network `prod`.
  static func pool(_ prefix: String, _ more: String = #""zone":"default""#) -> String {
    #"{"op":"pool","at":"2026-11-23T05:00:00Z","network":"prod","prefix":"\#(prefix)",\#(more)}"#
  }

  /// A pod of the cluster `prod` asks at a time of day.
  static func assign(
    _ time: String, _ pod: String, _ uid: String, _ more: String = #""retainHours":48"#
  ) -> String {
    #"{"op":"assign",\#(about(time, pod)),"uid":"\#(pod)-\#(uid)",\#(more)}"#
  }

  /// News of a pod of the cluster `prod`.
  static func notice(
    _ op: String, _ time: String, _ pod: String, _ uid: String, _ more: String? = nil
  ) -> String {
    let rest = more.map { ",\($0)" } ?? ""
    return #"{"op":"\#(op)",\#(about(time, pod)),"uid":"\#(pod)-\#(uid)"\#(rest)}"#
  }

  /// An operator's release.
  static func release(_ time: String, _ pod: String) -> String {
    #"{"op":"release",\#(about(time, pod)),"by":"alice","reason":"scaled down"}"#
  }

  private static func about(_ time: String, _ pod: String) -> String {
    #""at":"2026-11-23T\#(time)Z","cluster":"prod","namespace":"default","name":"\#(pod)""#
  }
}
