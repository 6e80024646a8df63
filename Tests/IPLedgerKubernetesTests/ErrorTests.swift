import Testing

@testable import IPLedgerKubernetes

@Suite(.serialized) struct `What is no such stream gets an error with a remedy` {
  @Test(arguments: [
    ("EVENT      NAMESPACE   NAME\nADDED  a  b", "a table for people"),
    ("NAME    READY   STATUS", "a table for people"),
    ("object:\n  apiVersion: v1", "YAML"), ("---\napiVersion: v1", "YAML"),
    ("apiVersion: v1\nitems: []", "YAML"), ("- apiVersion: v1", "YAML"),
    ("[{\"kind\":\"Pod\"}]", "a JSON array"), ("<html>", "HTML or XML"),
    ("No resources found in default namespace.", "a message of kubectl's"),
    ("error: You must be logged in to the server", "a message of kubectl's"),
    ("hello", "`hello`"), ("\u{0}\u{1}\u{2}", "binary data"), ("5", "`5`"), ("}", "`}`"),
    ("BZh91AY", "data that bzip2 compressed"),
  ])
  func `text that is not JSON`(text: String, found: String) throws {
    let error = try #require(Reading(text).error)
    #expect(error.code == .notJSON)
    #expect(error.line == 1)
    #expect(error.found.hasPrefix(found))
    #expect(error.remedy.contains("ipledger ingest"))
  }

  @Test func `bytes that are not text`() throws {
    let inputs: [[UInt8]] = [
      [0xff, 0xfe, 0x7b, 0], [0x28, 0xb5, 0x2f, 0xfd], [0xc0, 0x80, 1, 2, 3], [0xc0, 0x20],
    ]
    for bytes in inputs {
      let error = try #require(Reading(.bytes(bytes, named: "input")).error)
      #expect(error.code == .notJSON)
    }
  }

  @Test(arguments: [
    (#"{"type":"ADDED","object":{"kind":"Table","rows":[]}}"#, "a Table"),
    (#"{"kind":"Table","rows":[]}"#, "a Table"),
    (#"{"kind":"PartialObjectMetadata"}"#, "PartialObjectMetadata: metadata without spec"),
    (#"{"type":"ADDED","object":{"kind":"PartialObjectMetadata"}}"#, "PartialObjectMetadata"),
    (#"{"kind":"PartialObjectMetadataList","items":[]}"#, "PartialObjectMetadataList"),
    (#"{"type":"MODIFIED","object":{"kind":"Deployment"}}"#, "an object of kind `Deployment`"),
    (#"{"kind":"NodeList","items":[]}"#, "an object of kind `NodeList`"),
    (#"{"kind":"Secret","type":"Opaque"}"#, "an object of kind `Secret`"),
    (#"{"kind":"Event","apiVersion":"v1"}"#, "an Event of v1"),
    (#"{"type":"ADDED","object":{}}"#, "an object without a kind"),
    (#"{"type":"CHANGED","object":{}}"#, "an event of the type `CHANGED`"),
    (#"{}"#, "an object without a kind"),
  ])
  func `JSON that is nothing of pods`(text: String, found: String) throws {
    let error = try #require(Reading(text).error)
    #expect(error.code == .unexpectedObject)
    #expect(error.found.hasPrefix(found))
    #expect(error.remedy.contains("ipledger ingest") || error.remedy.contains("kubectl"))
  }

  @Test func `a Status says to list again, or what the server complained of`() throws {
    let gone = try #require(
      Reading(#"{"kind":"Status","message":"too old","reason":"Expired","code":410}"#).error)
    #expect(gone.code == .refusedByServer)
    #expect(gone.found == "the API server's refusal 410, `Expired: too old`")
    #expect(gone.remedy.contains("list again from the start"))
    let forbidden = try #require(
      Reading(#"{"kind":"Status","reason":"Forbidden","code":403}"#).error)
    #expect(forbidden.found == "the API server's refusal 403, `Forbidden`")
  }

  @Test func `a stream that is cut short keeps what came before`() throws {
    let reading = Reading(Sample.added() + "\n" + Sample.added().dropLast(7))
    let error = try #require(reading.error)
    #expect(reading.documents.count == 1)
    #expect(error.code == .truncated)
    #expect(error.line == 2)
    #expect(error.found.contains("begins with `{\"type\":\"ADDED\""))
    #expect(error.remedy.contains("stays recorded"))
  }

  @Test func `a line that was cut is found at once, wherever the cut is`() throws {
    let line = Sample.added()
    let next = Array(repeating: Sample.added("b"), count: 50).joined(separator: "\n")
    for cut in 1..<line.count {
      let reading = Reading(Sample.added("a") + "\n" + line.prefix(cut) + "\n" + next)
      #expect(reading.documents.count == 1)
      let error = try #require(reading.error)
      #expect(error.line == 2, "cut behind \(line.prefix(cut))")
    }
  }

  @Test(arguments: [
    "nonsense", "{\"a\" 5}", "{\"a\":}", "{\"a\":1 \"b\":2}", "{\"a\":1,}", "{5:1}", "{,}",
    "{\"a\":tru}", "{\"a\":[}]}", "{\"kind\":\"\\q\"}", "{\"a\":\u{1}}", "{\"a\":\"\u{1}\"}", "{]",
    "{\"kind\":\"Pod\",\"b\":[1 2]}",
  ])
  func `garbage behind good lines stops the reader`(garbage: String) throws {
    let reading = Reading(Sample.added() + "\n" + garbage + "\n" + Sample.added())
    let error = try #require(reading.error)
    #expect(reading.documents.count == 1)
    #expect(error.code == (garbage == "nonsense" ? .notJSON : .malformed))
    #expect(error.line == 2)
  }

  @Test func `nesting has a limit and no stack overflows`() throws {
    func nested(_ depth: Int) -> String {
      #"{"kind":"Secret","a":"#
        + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
    }
    let inside = try #require(Reading(nested(InputLimits.nestingDepth - 1)).error)
    #expect(inside.code == .unexpectedObject)
    for depth in [InputLimits.nestingDepth, InputLimits.nestingDepth + 1, 1_000_000] {
      #expect(try #require(Reading(nested(depth)).error).code == .limit)
    }
    #expect(
      try #require(Reading(#"{"a":"# + String(repeating: #"{"a":"#, count: 9999)).error).code
        == .limit)
  }

  @Test func `a value has a limit of bytes`() throws {
    let limits = InputLimits(chunkBytes: 64, valueBytes: 1000)
    let small = Reading(Sample.added(), limits: limits)
    #expect(small.error == nil)
    let large = Reading(
      Sample.added() + "\n" + Sample.added(String(repeating: "x", count: 2000)), limits: limits)
    let error = try #require(large.error)
    #expect(error.code == .limit)
    #expect(error.line == 2)
    #expect(error.found.hasPrefix("a value of more than 1000 bytes"))
  }

  @Test func `an error is thrown again, never mistaken for the end`() throws {
    var reader = try InputReader(.bytes(Array("nonsense".utf8), named: "input"))
    for _ in 0..<2 {
      var thrown: InputError?
      do throws(InputError) { _ = try reader.next() } catch { thrown = error }
      #expect(thrown?.code == .notJSON)
    }
  }

  @Test func `names the file, the line, what was found and the command`() throws {
    let error = try #require(Reading("\n\nNAME   READY").error)
    #expect(
      error.description == """
        input, line 3: found a table for people, `NAME   READY`, expected JSON: watch events, \
        a list of pods, pods one after another or audit events
        Ask for JSON. Watch with: kubectl get pods -A -w -o json --output-watch-events \
        | ipledger ingest --stamp -
        or list with: kubectl get pods -A -o json | ipledger ingest -
        """)
  }

  @Test func `an excerpt is short and has no control characters`() throws {
    let text = "hi\u{1b}[31m\u{202e}" + String(repeating: "é", count: 500)
    let found = try #require(Reading(text).error).found
    #expect(found.hasPrefix("`hi\\u{1b}[31m\\u{202e}é"))
    #expect(found.hasSuffix("…`"))
    #expect(found.count == InputError.excerptCharacters + 2)
  }
}
