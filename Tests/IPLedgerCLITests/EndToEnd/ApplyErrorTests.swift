import Foundation
import Testing

/// Lines that `ipledger apply` cannot understand, and those that a rule refuses.
@Suite(.serialized) struct ApplyErrorTests {
  /// A line, and what its answer has to say.
  struct Mistake: Sendable, CustomTestStringConvertible {
    let line: String
    let says: [String]

    init(_ line: String, _ says: String...) {
      self.line = line
      self.says = says
    }

    var testDescription: String { line }
  }

  static let mistakes = [
    Mistake("hello", "one JSON object on a line", "hello", "not JSON"),
    Mistake(#"{"op":"assign""#, "not JSON"),
    Mistake(#"{"op":"expire","at":"2026-11-23T05:00:00Z"} {}"#, "not JSON"),
    Mistake("[1]", "not an object"),
    Mistake("{}", #""op" is missing"#, "assign, terminate"),
    Mistake(#"{"op":"allocate"}"#, #"found "allocate""#, "complete"),
    Mistake(#"{"op":7}"#, "expected a text, found the number 7"),
    Mistake(#"{"op":"expire"}"#, #""at" is missing"#),
    Mistake(#"{"op":"expire","at":"2026-11-23"}"#, "not an RFC 3339 time"),
    Mistake(#"{"op":"expire","at":"now"}"#, "not an RFC 3339 time"),
    Mistake(
      #"{"op":"expire","at":"2026-11-23T05:00:00Z","uid":"a"}"#, #""uid" is not known"#,
      "expire takes op, at"),
    Mistake(Decisions.assign("05:00:00", "web-0", "a", #""retainhours":48"#), #""retainhours""#),
    Mistake(
      Decisions.assign("05:00:00", "web-0", "a", #""retainHours":1.5"#), "a whole number",
      "the number 1.5"),
    Mistake(
      Decisions.assign("05:00:00", "web-0", "a", #""retainHours":"48""#), #"the text "48""#),
    Mistake(Decisions.assign("05:00:00", "web-0", "a", #""retainHours":true"#), "found true"),
    Mistake(Decisions.assign("05:00:00", "web-0", "a", #""retainHours":1e30"#), "a whole number"),
    Mistake(
      Decisions.assign("05:00:00", "web-0", "a", #""families":["ipv5"]"#), #""ipv4" or "ipv6""#),
    Mistake(Decisions.assign("05:00:00", "web-0", "a", #""families":"ipv4""#), "an array of texts"),
    Mistake(Decisions.assign("05:00:00", "web-0", "a", #""families":[]"#), "an empty array"),
    Mistake(
      Decisions.assign("05:00:00", "web-0", "a", #""nodeClass":"vm""#), #""ecs" or "virtual""#),
    Mistake(Decisions.assign("05:00:00", "web-0", "a", #""zone":"a/b""#), "zone name"),
    Mistake(Decisions.assign("05:00:00", "Web_0", "a"), "pod name", "a–z"),
    Mistake(Decisions.assign("05:00:00", "web-0", "a b"), "pod uid"),
    Mistake(Decisions.notice("delete", "25:00:00", "web-0", "a"), "no hour 25"),
    Mistake(Decisions.notice("delete", "05:00:00", "web-0", "a", #""requestedAt":5"#), "a text"),
    Mistake(Decisions.pool("10.0.0.1/24"), "did you mean 10.0.0.0/24"),
    Mistake(Decisions.pool("10.0.0.0/24", #""exclude":["10.0.0.9-10.0.0.1"]"#), "ends before"),
    Mistake(Decisions.pool("10.0.0.0/24", #""coolDownSeconds":"60""#), "a whole number"),
    Mistake(Decisions.pool("10.0.0.0/24", #""withdraw":1"#), "true or false"),
    Mistake(#"{"op":"pool","prefix":"10.0.0.0/24"}"#, #""network" is missing"#),
    Mistake(
      #"{"op":"release","at":"2026-11-23T05:00:00Z","cluster":"c","namespace":"n","name":"p","by":"a"}"#,
      #""reason" is missing"#),
  ]

  @Test func `each mistake is told by its line, and the rest go on`() throws {
    let directory = try Directory()
    var lines = [Decisions.pool("10.0.0.0/24")]
    for (number, mistake) in Self.mistakes.enumerated() {
      lines += [mistake.line, "", Decisions.assign("05:01:00", "p-\(number)", "a"), "  \t\r"]
    }
    let outcome = try Decisions.apply(["-"], in: directory, lines: lines)
    #expect(outcome.status == 65)
    #expect(
      outcome.errors.contains(
        "\(Self.mistakes.count) of \(2 * Self.mistakes.count + 1) lines could not be understood"))
    #expect(outcome.errors.contains("the first is line 2"))
    let answers = outcome.output.split(separator: "\n")
    try #require(answers.count == 2 * Self.mistakes.count + 1)
    for (number, mistake) in Self.mistakes.enumerated() {
      let answer = try #require(
        try JSONSerialization.jsonObject(with: Data(answers[2 * number + 1].utf8))
          as? [String: Any])
      #expect(answer["line"] as? Int == 4 * number + 2)
      #expect(answer["result"] as? String == "error")
      let message = try #require(answer["message"] as? String)
      for text in mistake.says { #expect(message.contains(text), "\(mistake.line): \(message)") }
      let next = answers[2 * number + 2]
      #expect(next.contains(#""result":"fresh","addresses":["10.0.0.\#(number)"]"#))
    }
  }

  @Test func `what a rule refuses is an answer, with the code of the table`() throws {
    let answers = try Decisions.answers(
      to: [
        Decisions.assign("05:00:00", "web-0", "a"),
        Decisions.pool("10.0.0.0/32", #""zone":"a""#),
        Decisions.pool("10.0.1.0/32", #""zone":"b""#),
        Decisions.assign("05:00:00", "web-0", "a"),
        Decisions.assign("05:00:00", "web-0", "a", #""zone":"c""#),
        Decisions.assign("05:00:00", "web-0", "a", #""zone":"a","families":["ipv6"]"#),
        Decisions.assign("05:00:00", "web-0", "a", #""zone":"a","retainHours":0"#),
        Decisions.assign("05:00:00", "web-0", "a", #""zone":"a","retainHours":null"#),
        Decisions.assign("05:00:00", "web-1", "a", #""zone":"a""#),
        Decisions.assign("05:00:00", "web-1", "a", #""zone":"b""#)
          .replacing("web-1-a", with: "web-0-a"),
        Decisions.notice("delete", "05:00:00", "web-1", "a")
          .replacing("web-1-a", with: "web-0-a"),
        Decisions.pool("10.0.0.0/32", #""zone":"b""#),
        Decisions.pool("10.9.0.0/32", #""withdraw":true"#),
        Decisions.pool("10.2.0.0/24", #""exclude":["10.3.0.0"]"#),
      ], in: Directory())
    #expect(
      answers.map { $0["reason"] as? String } == [
        "network-unknown", nil, nil, "zone-unknown", "zone-unknown", "family-unknown",
        "policy-invalid", "not-requested", "pool-exhausted", "identity-invalid",
        "identity-invalid", "pool-in-other-zone", "pool-unknown", "pool-invalid",
      ])
  }

  @Test func `a line that is too long is an error, and those around it are answered`() throws {
    let long = Decisions.assign("05:01:00", "web-0", "a", #""node":"\#(repeated(1 << 20))""#)
    let answers = try Decisions.answers(
      to: [
        Decisions.pool("10.0.0.0/24"), long, repeated(5 << 20),
        Decisions.assign("05:01:00", "web-0", "a"),
      ], in: Directory(), status: 65)
    #expect(
      answers.map(ApplyTests.words) == ["1 defined", "2 error", "3 error", "4 fresh 10.0.0.0"])
    #expect((answers[1]["message"] as? String)?.contains("1048576 bytes") == true)
  }

  private func repeated(_ count: Int) -> String { String(repeating: "x", count: count) }
}
