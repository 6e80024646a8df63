import IPLedger
import Testing

/// Times that are equal or go back, and pods that come and go between: found by an oracle.
@Suite(.serialized) struct `late and simultaneous requests` {
  @Test func `R18, R24: many lives at one instant do not hide what is retained`() async throws {
    let wrong = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/32
      10:00 a#1 asks        -> fresh 10.0.0.0
      10:00 a#1 goes        -> released
      10:00 a#2 asks        -> fresh 10.0.0.0
      10:00 a#2 goes        -> released
      10:00 a#3 asks        -> fresh 10.0.0.0
      10:00 a#3 goes        -> released
      10:00 p#1 asks keep 1 -> fresh 10.0.0.0
      10:00 p#1 goes        -> retained until 11:00
      10:00 x#1 asks        -> refused pool-exhausted
      10:30 audit 10.0.0.0  -> retained p until 11:00
      10:59 x#1 asks        -> refused pool-exhausted
      """)
    #expect(wrong == [])
  }

  @Test func `R15, R24: an older request does not hide a deadline or a cool-down`() async throws {
    let wrong = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/31
      13:20 a#1 asks        -> fresh 10.0.0.0
      10:00 a#2 asks        -> fresh 10.0.0.1
      10:01 a#2 goes        -> released
      11:00 p#1 asks keep 1 -> fresh 10.0.0.1
      11:05 p#1 goes        -> retained until 12:05
      11:06 audit 10.0.0.1  -> retained p until 12:05
      11:10 x#1 asks        -> refused pool-exhausted
      """)
    #expect(wrong == [])
    let cool = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/31 cool 3600
      13:20 a#1 asks -> fresh 10.0.0.0
      09:00 a#2 asks -> fresh 10.0.0.1
      09:01 a#2 goes -> released
      11:00 p#1 asks -> fresh 10.0.0.1
      11:05 p#1 goes -> released
      11:10 x#1 asks -> refused pool-exhausted
      """)
    #expect(cool == [])
  }

  @Test func `R23: what another cluster's pod was given since is not given back`() async throws {
    let diary = try Diary()
    let network = NetworkName(of: diary.story.cluster)
    let other = try PodIdentity(
      cluster: ClusterName("other"), namespace: "default", name: "x")
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/32
      10:00 web-0#a asks keep 1 -> fresh 10.0.0.0
      10:05 web-0#a goes        -> retained until 11:05
      """)
    #expect(wrong == [])
    let uid = try PodUID("x")
    let given = try await diary.ledger.assign(
      AssignRequest(
        identity: other, uid: uid, at: Instant(story: "11:10"), network: network))
    #expect(given.words == "fresh 10.0.0.0")
    try await diary.ledger.delete(
      PodNotice(identity: other, uid: uid, at: Instant(story: "11:20")))
    let late = try await diary.tell(
      """
      10:30 web-0#b asks keep 1 -> refused address-held
      10:31 web-0#a asks keep 1 -> refused address-held
      """)
    #expect(late == [])
  }

  @Test func `R17: a uid is that of another pod in another cluster`() async throws {
    let diary = try Diary()
    let before = try await diary.tell(
      """
      10:00 pool 10.0.0.0/24
      10:01 web-0#a asks keep 1 -> fresh 10.0.0.0
      10:05 web-0#a goes        -> retained until 11:05
      """)
    #expect(before == [])
    try await diary.story.record(
      "10:06 watch\n10:07 web-0#a gets 10.0.0.0\n10:09 mark", of: "other")
    let after = try await diary.tell("10:10 web-0#b asks keep 1 -> refused address-held")
    #expect(after == [])
  }

  @Test func `R17: another incarnation of the pod that has the address is waited for`() async throws
  {
    let wrong = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/32
      10:00 web-0#a asks keep 1 -> fresh 10.0.0.0
      10:05 web-0#a goes        -> retained until 11:05
      11:10 web-0#b asks        -> fresh 10.0.0.0
      10:30 web-0#c asks keep 1 -> waiting for web-0#b
      11:15 audit 10.0.0.0      -> held web-0#b
      """)
    #expect(wrong == [])
  }

  @Test func `R17: an observed holder that has gone had the address until then`() async throws {
    let diary = try Diary()
    _ = try await diary.tell(
      "10:00 pool 10.0.0.0/31\n10:00 web-0#a asks keep 1\n10:05 web-0#a goes")
    for event in try Timeline("10:10 thief#t gets 10.0.0.0\n10:50 thief#t goes").events {
      try await diary.ledger.record(event)
    }
    let wrong = try await diary.tell(
      """
      10:49 web-0#b asks keep 1 -> refused address-held
      10:50 web-0#b asks keep 1 -> reused 10.0.0.0
      """)
    #expect(wrong == [])
  }

  @Test func `R9: a pod that was rebuilt completes again`() async throws {
    let wrong = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/30
      10:00 web-0#a asks keep 1 -> fresh 10.0.0.0
      10:05 web-0#a completes   -> retained until -
      10:06 web-0#a goes        -> retained until 11:06
      10:07 web-0#a asks keep 1 -> reused 10.0.0.0
      10:08 web-0#a completes   -> retained until -
      10:08 web-0#a completes   -> unchanged
      10:09 tmp#a asks          -> fresh 10.0.0.1
      10:10 tmp#a completes     -> released
      10:11 tmp#a asks          -> fresh 10.0.0.2
      10:12 tmp#a completes     -> released
      10:15 audit 10.0.0.2      -> free
      """)
    #expect(wrong == [])
  }

  @Test func `R9, R17: between completion and deletion the old incarnation is there`() async throws
  {
    let wrong = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/30
      10:00 web-0#a asks keep 1 -> fresh 10.0.0.0
      10:05 web-0#a completes   -> retained until -
      10:06 web-0#b asks keep 1 -> waiting for web-0#a
      10:30 web-0#a goes        -> retained until 11:30
      10:20 web-0#b asks keep 1 -> waiting for web-0#a
      10:04 web-0#a asks keep 1 -> fresh 10.0.0.0
      10:20 web-0#a asks keep 1 -> refused incarnation-over
      10:31 web-0#b asks keep 1 -> reused 10.0.0.0
      """)
    #expect(wrong == [])
    let again = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/30
      10:00 web-0#a asks keep 1 -> fresh 10.0.0.0
      10:05 web-0#a completes   -> retained until -
      10:06 web-0#a asks keep 1 -> reused 10.0.0.0
      10:07 audit 10.0.0.0      -> held web-0#a
      """)
    #expect(again == [])
    let released = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/32
      10:00 tmp#a asks      -> fresh 10.0.0.0
      10:05 tmp#a completes -> released
      10:06 x#x asks        -> fresh 10.0.0.0
      10:30 tmp#a goes      -> unchanged
      10:20 tmp#a asks      -> refused incarnation-over
      10:31 tmp#a asks      -> refused pool-exhausted
      """)
    #expect(released == [])
  }

  @Test func `R17: coming back elsewhere frees what was kept, whoever came between`() async throws {
    let diary = try Diary()
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/32 in a
      10:00 pool 10.0.1.0/30 in b
      10:00 web-0#a asks keep 48 in a -> fresh 10.0.0.0
      10:05 web-0#a goes              -> retained until d3 10:05
      10:06 web-0#r asks in b         -> fresh 10.0.1.0
      10:06 web-0#r goes              -> released
      10:07 web-0#c asks keep 48 in b -> fresh 10.0.1.1 (otherZone)
      10:08 y#y asks in a             -> fresh 10.0.0.0
      """)
    #expect(wrong == [])
    #expect(
      try diary.story.explain("web-0").last
        == "c lost(IPLedger.IncarnationStory.Reason.decided(IPLedger.PodCreated.NoReuse.otherZone))"
    )
  }

  @Test func `R15: who never held a reservation does not move its deadline`() async throws {
    let wrong = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/30 in a
      10:00 pool 10.0.1.0/32 in b
      10:00 web-0#a asks keep 1 in a  -> fresh 10.0.0.0
      10:05 web-0#b asks keep 1 in b  -> fresh 10.0.1.0 (otherZone)
      10:30 web-0#b goes              -> retained until 11:30
      13:00 web-0#a is asked to go    -> unchanged
      12:00 y#y asks in b             -> fresh 10.0.1.0
      12:10 y#y goes                  -> released
      11:15 audit 10.0.1.0            -> retained web-0 until 11:30
      11:45 audit 10.0.1.0            -> free
      12:05 audit 10.0.1.0            -> held y#y
      """)
    #expect(wrong == [])
  }
}
