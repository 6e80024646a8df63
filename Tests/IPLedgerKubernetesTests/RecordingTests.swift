import Testing

@testable import IPLedgerKubernetes

@Suite(
  .enabled(
    if: Recordings.areThere,
    "the recordings of a real control plane are not at ../shared/data/kube beside the project"))
struct `The recordings are read whole` {
  @Test(arguments: [
    ("S1.watch.jsonl", InputFormat.watch, 42), ("S4.watch.jsonl", .watch, 472),
    ("S6.watch.jsonl", .watch, 289), ("S4.kubectl-watch.json", .watch, 466),
    ("S4.gone-410.jsonl", .watch, 1), ("S4.bookmarks.jsonl", .watch, 3),
    ("S4.kubectl-w-plain.json", .pods, 15), ("S4.list.json", .list, 37),
    ("S4.kubectl-list.json", .list, 37), ("S4.audit.jsonl", .audit, 1954),
    ("S6.audit.jsonl", .audit, 912),
  ])
  func `every document of it`(name: String, format: InputFormat, count: Int) {
    let reading = Reading(Recordings.source(name))
    #expect(reading.error == nil)
    #expect(reading.format == format)
    #expect(reading.documents.count == count)
    if name.hasSuffix(".jsonl") {
      #expect(reading.lines == Array(1...reading.documents.count))
    }
  }

  @Test(arguments: [
    ("S4.watch-table.jsonl", "a Table"), ("S4.kubectl-w.yaml", "YAML"),
    ("S4.kubectl-w-wide.txt", "a table for people"),
    ("S4.gone-continue.json", "the API server's refusal 410"),
  ])
  func `what people pipe in by mistake`(name: String, found: String) throws {
    let reading = Reading(Recordings.source(name))
    #expect(reading.documents.isEmpty)
    #expect(try #require(reading.error).found.hasPrefix(found))
  }

  @Test func `kubectl and the API tell the same of each pod`() throws {
    func pods(_ name: String) -> [PodObject] {
      Reading(Recordings.source(name)).contents.compactMap(\.pod)
        .sorted { $0.metadata.uid < $1.metadata.uid }
        .map { pod in
          var pod = pod
          pod.metadata.managedFields = []
          return pod
        }
    }
    let api = pods("S4.list.json")
    #expect(!api.isEmpty)
    #expect(api == pods("S4.kubectl-list.json"))
  }

  @Test func `a page says that there is more`() throws {
    let reading = Reading(Recordings.source("S4.list.page1.json"))
    guard case .listEnd(let list) = try #require(reading.contents.last) else {
      Issue.record("the list has no end")
      return
    }
    #expect(list.kind == "PodList")
    #expect(list.continueToken != nil)
    #expect((list.remainingItemCount ?? 0) > 0)
    #expect(list.itemCount == reading.documents.count - 2)
  }

  @Test func `the audit log shows the pods of each write`() {
    let events = Reading(Recordings.source("S4.audit.jsonl")).contents.compactMap(\.audit)
    let collections = events.filter {
      if case .podList = $0.response { $0.verb == "deletecollection" } else { false }
    }
    #expect(!collections.isEmpty)
    let deletions = events.filter { $0.verb == "delete" && $0.objectRef?.isPods == true }
    #expect(!deletions.isEmpty)
    for deletion in deletions {
      #expect(deletion.deleteRequest != nil)
      guard case .pod = deletion.response else {
        Issue.record("a deletion without its pod")
        continue
      }
    }
    #expect(events.contains { $0.objectRef == nil })
  }

  @Test func `chunks of seven bytes give the same`() {
    let source = Recordings.source("S1.watch.jsonl")
    let limits = InputLimits(chunkBytes: 7, valueBytes: 1 << 20)
    #expect(Reading(source, limits: limits) == Reading(source))
  }
}
