import Testing

@testable import IPLedgerKubernetes

@Suite(.serialized) struct `An input is told by its content` {
  @Test func `watch events, in any order of their keys and with a receive time`() {
    let reading = Reading(
      """
      \(Sample.added())
      {"object":\(Sample.pod("web-1")),"receivedAt":"2026-11-23T05:42:28.5Z","type":"DELETED"}
      """)
    #expect(reading.format == .watch)
    #expect(reading.lines == [1, 2])
    #expect(reading.documents[0].content.pod?.metadata.name == "web-0")
    guard case .watchEvent(.deleted, .pod, let receivedAt) = reading.contents[1] else {
      Issue.record("no deletion")
      return
    }
    #expect(receivedAt == "2026-11-23T05:42:28.5Z")
  }

  @Test func `a bookmark, the end of the initial events and a 410 are parts of a watch`() {
    let reading = Reading(Sample.bookmark + "\n" + Sample.gone + "\n")
    #expect(
      reading.contents == [
        .watchEvent(
          type: .bookmark, object: .bookmark(resourceVersion: "276", initialEventsEnd: true),
          receivedAt: nil),
        .watchEvent(
          type: .error,
          object: .status(
            StatusObject(
              code: 410, reason: "Expired", message: "too old resource version: 1 (2895)")),
          receivedAt: nil),
      ])
  }

  @Test func `an error whose object is no Status is told with its kind`() {
    let reading = Reading(#"{"type":"ERROR","object":{"kind":"Trouble"}}"#)
    #expect(
      reading.contents == [
        .watchEvent(type: .error, object: .other(kind: "Trouble"), receivedAt: nil)
      ])
  }

  @Test func `several events on a line, and one event on many lines`() {
    let spread = Sample.added("b").replacing(",", with: ",\n").replacing("{", with: "{\n  ")
    let reading = Reading(Sample.added("a") + Sample.added("a") + "\n" + spread + Sample.added())
    #expect(reading.error == nil)
    #expect(reading.documents.count == 4)
    #expect(reading.lines.prefix(3) == [1, 1, 2])
    #expect(reading.lines.last == 2 + spread.count { $0 == "\n" })
  }

  @Test func `pods one after another`() {
    let reading = Reading(Sample.pod("a") + "\n" + Sample.pod("b"))
    #expect(reading.format == .pods)
    #expect(reading.contents.map { $0.pod?.metadata.name } == ["a", "b"])
  }

  @Test func `audit events, also in an EventList`() {
    let one = Sample.audit()
    let alone = Reading(one)
    let list = Reading(
      #"{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[\#(one),\#(one)]}"#
    )
    #expect(alone.format == .audit)
    #expect(list.format == .audit)
    #expect(list.contents == alone.contents + alone.contents)
  }

  @Test(arguments: ["", " \n\r\n\t", "\u{feff}", "\u{feff}\n"])
  func `an empty input says nothing and is no error`(text: String) {
    let reading = Reading(text)
    #expect(reading.error == nil)
    #expect(reading.documents.isEmpty)
    #expect(reading.format == nil)
  }

  @Test func `a byte order mark and CRLF change nothing`() {
    let text = Sample.added() + "\n" + Sample.added("b") + "\n"
    let reading = Reading("\u{feff}" + text.replacing("\n", with: "\r\n"))
    #expect(reading == Reading(text))
  }

  @Test(arguments: InputFormat.allCases)
  func `a forced format takes its own and no other`(format: InputFormat) {
    let list = #"{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[]}"#
    let samples: [InputFormat: String] = [
      .watch: Sample.added(), .list: list, .pods: Sample.pod(), .audit: Sample.audit(),
    ]
    for (kind, text) in samples {
      let reading = Reading(text, format: format)
      #expect(reading.error?.code == (kind == format ? nil : .otherFormat))
      #expect(reading.format == format)
    }
  }

  @Test func `one input has one format`() throws {
    let reading = Reading(Sample.added() + "\n" + Sample.pod())
    let error = try #require(reading.error)
    #expect(reading.documents.count == 1)
    #expect(error.code == .otherFormat)
    #expect(error.line == 2)
    #expect(error.found == "pods one after another")
    #expect(error.expected == "watch events, as before in this input")
  }
}
