import Foundation
import Testing

@testable import IPLedgerKubernetes

@Suite(.serialized) struct `A list is read item by item` {
  @Test func `the API's PodList tells of itself first`() {
    let reading = Reading(
      """
      {"kind":"PodList","apiVersion":"v1",
       "metadata":{"resourceVersion":"26222","continue":"abc","remainingItemCount":28},
       "items":[
         \(Sample.pod("a", kind: false)),
         \(Sample.pod("b", kind: false))
       ]}
      """)
    #expect(reading.format == .list)
    #expect(reading.lines == [1, 4, 5, 1])
    #expect(
      reading.contents.first
        == .listBegin(
          ListHeader(kind: "PodList", resourceVersion: "26222", continueToken: "abc")))
    #expect(reading.contents[2].pod?.metadata.name == "b")
    #expect(
      reading.contents.last
        == .listEnd(
          ListMetadata(
            kind: "PodList", resourceVersion: "26222", continueToken: "abc",
            remainingItemCount: 28, itemCount: 2)))
  }

  @Test func `kubectl's List tells of itself last, and may hold other kinds`() {
    let reading = Reading(
      #"{"apiVersion":"v1","items":[\#(Sample.pod()),{"kind":"Service","metadata":{}}],"#
        + #""kind":"List","metadata":{"resourceVersion":""}}"#)
    #expect(reading.error == nil)
    #expect(reading.contents.first == .listBegin(ListHeader()))
    #expect(reading.contents[2] == .listItemOther(kind: "Service"))
    #expect(reading.contents.last == .listEnd(ListMetadata(kind: "List", itemCount: 2)))
  }

  @Test func `the keys may stand in any order, and unknown ones are passed over`() {
    let item = Sample.pod(kind: false)
    let members = [
      #""kind":"PodList""#, #""metadata":{"resourceVersion":"5","items":[1]}"#,
      #""items":[\#(item)]"#, #""extra":[{"items":[]},"}",-1.5e3,true,null]"#,
    ]
    for shift in members.indices {
      let rotated = members[shift...] + members[..<shift]
      let reading = Reading("{" + rotated.joined(separator: " ,\n ") + "\n}")
      #expect(reading.error == nil)
      #expect(reading.documents.count == 3)
      #expect(
        reading.contents.last
          == .listEnd(ListMetadata(kind: "PodList", resourceVersion: "5", itemCount: 1)))
    }
  }

  @Test(arguments: ["[]", "[ \n ]", "null"])
  func `a list may be empty`(items: String) {
    let reading = Reading(
      #"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"5"},"items":\#(items)}"#)
    #expect(reading.error == nil)
    #expect(
      reading.contents == [
        .listBegin(ListHeader(kind: "PodList", resourceVersion: "5")),
        .listEnd(ListMetadata(kind: "PodList", resourceVersion: "5", itemCount: 0)),
      ])
  }

  @Test func `pages may follow one another`() {
    let page = #"{"kind":"PodList","metadata":{},"items":[\#(Sample.pod(kind: false))]}"#
    #expect(Reading(page + "\n" + page).lines == [1, 1, 1, 2, 2, 2])
  }

  @Test func `a list of something else is refused before its items, or at its end`() throws {
    let early = Reading(#"{"kind":"NodeList","apiVersion":"v1","items":[{"metadata":{}}]}"#)
    #expect(early.documents.isEmpty)
    #expect(try #require(early.error).found == "an object of kind `NodeList`")

    let late = Reading(
      #"{"items":[\#(Sample.pod(kind: false))],"kind":"ReplicaSetList"}"#)
    #expect(late.documents.count == 2)
    #expect(try #require(late.error).code == .unexpectedObject)

    let silent = Reading(#"{"items":[{"metadata":{"name":"n"}}],"kind":"NodeList"}"#)
    #expect(try #require(silent.error).found == "an object without a kind")
  }

  @Test func `a list that is cut short keeps the items before the cut`() throws {
    let whole =
      #"{"kind":"PodList","metadata":{"resourceVersion":"5"},"#
      + "\n\"items\":[\n\(Sample.pod("a", kind: false)),\n\(Sample.pod("b", kind: false))\n]}"
    let inItem = Reading(String(whole.dropLast(20)))
    #expect(inItem.documents.count == 2)
    #expect(try #require(inItem.error).line == 4)
    for tail in [1, 2, 3] {
      let error = try #require(Reading(String(whole.dropLast(tail))).error)
      #expect(error.code == .truncated)
      #expect(error.line == 1)
      #expect(error.found.contains("within the list that begins there, after 2 items"))
    }
  }

  @Test(arguments: ["5", "[1]", "null", #""a""#])
  func `an item is an object`(item: String) throws {
    let error = try #require(Reading(#"{"kind":"PodList","items":[\#(item)]}"#).error)
    #expect(error.code == .malformed)
  }

  @Test func `memory does not grow with the list`() throws {
    let item = Sample.pod(kind: false)
    let count = 20_000
    let text =
      #"{"kind":"PodList","metadata":{"resourceVersion":"5"},"items":["#
      + Array(repeating: item, count: count).joined(separator: ",") + "]}"
    // A window that may hold two items and no more reads a list of twenty thousand.
    let limits = InputLimits(chunkBytes: item.utf8.count, valueBytes: item.utf8.count * 2)
    let end = try withTemporaryFile(text.utf8) { path in
      var reader = try InputReader(.file(path), limits: limits)
      #expect(reader.totalBytes == text.utf8.count)
      var last: InputDocument?
      while let document = try reader.next() { last = document }
      #expect(reader.bytesRead == text.utf8.count)
      return last?.content
    }
    #expect(
      end == .listEnd(ListMetadata(kind: "PodList", resourceVersion: "5", itemCount: count)))
  }
}
