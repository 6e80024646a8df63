import Foundation
import Testing

/// What an input, a file's name or an argument holds is shown, and does nothing to the terminal.
@Suite(.serialized) struct `escape codes` {
  /// Sets the title of a window, clears the screen, rings, begins a new line, turns the writing around.
  private static let codes = "\u{1B}]0;x\u{07}\u{1B}[2J\u{9B}31m\r\nrm -rf\u{202E}\u{2028}\u{7F}"

  private static var quoted: String {
    codes.unicodeScalars.map { scalar in
      let hexadecimal = String(scalar.value, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - hexadecimal.count) + hexadecimal
    }.joined()
  }

  /// A pod with the codes in one of its texts.
  private static func pod(
    name: String = "web-0", uid: String = "u1", namespace: String = "default",
    node: String = "node-1", label: String = "general-purpose", owner: String = "web",
    hours: String = "48", phase: String = "Running", ip: String = "10.0.0.1",
    stamp: String = "2026-11-23T05:00:00Z", version: Int = 10
  ) -> String {
    #"{"kind":"Pod","apiVersion":"v1","metadata":{"name":"\#(name)","namespace":"\#(namespace)","#
      + #""uid":"\#(uid)","resourceVersion":"\#(version)","creationTimestamp":"\#(stamp)","#
      + #""labels":{"alibabacloud.com/compute-class":"\#(label)"},"#
      + #""ownerReferences":[{"apiVersion":"apps/v1","kind":"StatefulSet","name":"\#(owner)","#
      + #""uid":"o","controller":true}],"annotations":{"#
      + #""network.alibabacloud.com/enable-fixed-ip":"true","#
      + #""network.alibabacloud.com/fixed-ip-retain-hour":"\#(hours)"}},"#
      + #""spec":{"nodeName":"\#(node)"},"status":{"phase":"\#(phase)","podIP":"\#(ip)","#
      + #""podIPs":[{"ip":"\#(ip)"}]}}"#
  }

  private static var inputs: [String] {
    let codes = quoted
    return [
      pod(name: codes), pod(uid: codes), pod(namespace: codes), pod(node: codes), pod(label: codes),
      pod(owner: codes), pod(hours: codes), pod(phase: codes), pod(ip: codes), pod(stamp: codes),
      "\(codes)", "{\"kind\":\"\(codes)\"}", Self.codes, "{\"\(Self.codes)\": 1}",
    ]
  }

  /// Bytes that are no line and no text.
  private static func isHarmless(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      switch scalar.value {
      case 0x0A: true
      case ..<0x20, 0x7F...0x9F, 0x2028, 0x2029, 0x202A...0x202E: false
      default: true
      }
    }
  }

  private func expectHarmless(_ arguments: [String], in directory: Directory) throws {
    let outcome = try Program.run(arguments, in: directory)
    // Lines of CSV end with CR LF.
    let output = outcome.output.replacing("\r\n", with: "\n")
    #expect(Self.isHarmless(output), "\(arguments): \(outcome.output.debugDescription)")
    #expect(Self.isHarmless(outcome.errors), "\(arguments): \(outcome.errors.debugDescription)")
  }

  private static let questions = [
    ["audit", "10.0.0.1"], ["audit", "default/web-0"], ["history"], ["explain", "default/web-0"],
    ["reservations"], ["status"], ["check"], ["expire", "--dry-run"],
    ["replay", "--what-if", "retain-hours=1"], ["pool", "list"],
  ]

  @Test(arguments: inputs.indices) func `in an input`(_ index: Int) throws {
    let directory = try Directory()
    try directory.write(Self.inputs[index] + "\n", to: "input.jsonl")
    try expectHarmless(
      ["ingest", "--ledger", "ledger", "--cluster", "c", "input.jsonl"], in: directory)
    for format in ["table", "json", "csv"] {
      for question in Self.questions {
        try expectHarmless(question + ["--ledger", "ledger", "-o", format], in: directory)
      }
    }
  }

  @Test func `in the name of a ledger, and of what was selected`() throws {
    let directory = try Directory()
    let codes = Self.codes.replacing("/", with: "")
    try directory.write(Self.pod(), to: "input.jsonl")
    for ledger in ["ledger", codes] {
      try expectHarmless(
        ["ingest", "--ledger", ledger, "--cluster", "c", "--selector", codes, "input.jsonl"],
        in: directory)
      for format in ["table", "json", "csv"] {
        for question in Self.questions {
          try expectHarmless(question + ["--ledger", ledger, "-o", format], in: directory)
        }
      }
    }
    try expectHarmless(
      ["ingest", "--ledger", "ledger", "--cluster", "c", "--namespace", codes, "input.jsonl"],
      in: directory)
  }

  @Test func `in requests`() throws {
    let directory = try Directory()
    try expectHarmless(
      ["pool", "define", "10.0.0.0/24", "--network", "c", "--ledger", "ledger"], in: directory)
    for key in ["do", "pod", "uid", "at", "node", "zone", "computeClass", Self.quoted] {
      try directory.write(
        #"{"do":"assign","pod":"c/default/web-0","uid":"u","\#(key)":"\#(Self.quoted)"}"# + "\n",
        to: "requests.jsonl")
      try expectHarmless(["apply", "--ledger", "ledger", "requests.jsonl"], in: directory)
    }
  }

  @Test func `in arguments and the names of files`() throws {
    let directory = try Directory()
    let codes = Self.codes.replacing("\u{0}", with: "")
    try directory.write(Self.pod(), to: "input.jsonl")
    try expectHarmless(
      ["ingest", "--ledger", "ledger", "--cluster", "c", "input.jsonl"], in: directory)
    let rest = ["--ledger", "ledger"]
    for arguments in [
      ["audit", codes] + rest, ["audit", "10.0.0.1", "--at", codes] + rest,
      ["audit", "10.0.0.1", "--network", codes] + rest, ["history", codes] + rest,
      ["ingest", "--cluster", codes, "input.jsonl"] + rest,
      ["ingest", "--cluster", "c", codes] + rest, ["audit", "10.0.0.1", "--ledger", codes],
      ["check", "--ledger", codes], ["backup", codes] + rest, ["export", codes] + rest,
      ["import", codes] + rest, ["restore", codes] + rest, ["apply", codes] + rest, [codes],
      ["audit", "--\(codes)"],
      ["release", "default/web-0", "--by", codes, "--reason", codes] + rest,
      ["pool", "define", codes, "--zone", codes] + rest, ["pool", "show", codes] + rest,
    ] {
      try expectHarmless(arguments, in: directory)
    }
  }
}
