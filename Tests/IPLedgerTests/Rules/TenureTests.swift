import IPLedger
import Testing

/// When a tenure begins and ends: R8 and R9.
@Suite(.serialized) struct `tenures` {
  @Test func `R8: a tenure begins after the last change without the address`() async throws {
    let text = """
      10:00  web-0#a  gets none
      10:03  web-0#a  shows none
      10:05  web-0#a  shows 10.0.0.1
      11:00  web-0#a  goes
      """
    let story = try await Timeline(text).told()
    #expect(try story.tenures("web-0") == ["10.0.0.1 10:03..10:05 to 11:00 deleted"])
    try await expectAnyOrder(text)
  }

  @Test func `R8: seen by a source that missed nothing, it begins with the change that shows it`()
    async throws
  {
    let story = try await Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets none
      10:05  web-0#a  shows 10.0.0.1
      11:00  web-0#a  goes
      """
    ).told()
    #expect(try story.tenures("web-0") == ["10.0.0.1 10:05 to 11:00 deleted"])
  }

  @Test func `R8: a removal that shows another address tells of a change that nobody saw`()
    async throws
  {
    let text = """
      10:00         watch
      10:05         web-0#a  gets 10.0.0.1
      10:10         break
      10:40         watch from the middle
      10:40         web-0#a  shows 10.0.0.2 [at 60]
      10:40         web-0#a  goes [at 60]
      10:50         mark
      """
    let story = try await Timeline(text).told()
    #expect(
      try story.tenures("web-0") == [
        "10.0.0.1 10:05 to 10:10..10:40 moved", "10.0.0.2 10:10..10:40 to 10:40 deleted",
      ])
    #expect(try story.audit("10.0.0.1", at: "10:20") == "unknown, last web-0#a")
    #expect(try story.audit("10.0.0.1", at: "10:07") == "held web-0#a")
    try await expectAnyOrder(text)
  }

  @Test func `R8: creation is the earliest, not the beginning`() async throws {
    let story = try await Timeline(
      """
      ?  web-0#a  shows 10.0.0.1 [created 09:55, stamped 10:05, received 10:06]
      """
    ).told()
    #expect(try story.tenures("web-0") == ["10.0.0.1 09:55..10:06"])
  }

  @Test func `R8: a pod that never gets an address has no tenure`() async throws {
    let story = try await Timeline(
      """
      10:00  web-0#a  gets none
      10:05  web-0#a  goes
      """
    ).told()
    #expect(try story.tenures("web-0") == [])
    #expect(try story.explain("web-0") == ["a noAddress"])
  }

  @Test func `R8: an IP that changes within a uid ends one tenure and begins another`()
    async throws
  {
    let text = """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1
      10:30  web-0#a  gets 10.0.0.2
      11:00  web-0#a  gets none
      11:10  web-0#a  gets 10.0.0.1
      11:30  web-0#a  goes
      12:00  watch
      """
    let story = try await Timeline(text).told()
    #expect(
      try story.tenures("web-0") == [
        "10.0.0.1 10:00 to 10:30 moved", "10.0.0.2 10:30 to 11:00 dropped",
        "10.0.0.1 11:10 to 11:30 deleted",
      ])
    #expect(try story.audit("10.0.0.1", at: "10:45") == "free")
    #expect(try story.audit("10.0.0.2", at: "10:45") == "held web-0#a")
    #expect(try story.audit("10.0.0.1", at: "11:20") == "held web-0#a")
    try await expectAnyOrder(text)
  }

  @Test func `R9: terminating still holds`() async throws {
    let story = try await Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1
      10:30  web-0#a  is asked to go, grace 600
      10:40  web-0#a  goes
      11:00  watch
      """
    ).told()
    #expect(try story.audit("10.0.0.1", at: "10:39:59") == "held web-0#a")
    #expect(try story.audit("10.0.0.1", at: "10:40") == "free")
  }

  @Test(arguments: ["completes", "fails"])
  func `R9: on an ECS node a pod that ended gave its address up then`(_ ends: String) async throws {
    let text = """
      09:00  watch
      10:00  job-1#a  gets 10.0.0.1 on node-1
      10:30  job-1#a  \(ends)
      10:45  job-2#b  gets 10.0.0.1 on node-1
      10:50  job-1#a  shows 10.0.0.1 on node-1
      11:00  job-1#a  goes
      11:30  watch
      """
    let story = try await Timeline(text).told()
    #expect(try story.tenures("job-1") == ["10.0.0.1 10:00 to 10:30 completed"])
    #expect(try story.audit("10.0.0.1", at: "10:40") == "free")
    #expect(try story.audit("10.0.0.1", at: "10:50") == "held job-2#b")
    try await expectAnyOrder(text)
  }

  @Test func `R9: on a virtual node a pod that ended holds its address until it is gone`()
    async throws
  {
    let text = """
      09:00  watch
      10:00  job-1#a  gets 10.0.0.1 on virtual-kubelet-1
      10:30  job-1#a  completes
      11:00  job-1#a  goes
      11:30  watch
      """
    let story = try await Timeline(text).told()
    #expect(try story.tenures("job-1") == ["10.0.0.1 10:00 to 11:00 deleted"])
    #expect(try story.audit("10.0.0.1", at: "10:45") == "held job-1#a")
    try await expectAnyOrder(text)
  }
}
