import IPLedger
import Testing

/// R23: what a pod that asks for its addresses is answered.
@Suite(.serialized) struct `assigning addresses` {
  @Test func `R16, R17, R23: a rolling restart keeps the addresses, and the new pod waits`()
    async throws
  {
    let wrong = try await Diary().tell(
      """
      10:00    pool 10.0.0.0/24                -> defined
      10:01    web-0#a asks keep 48            -> fresh 10.0.0.0
      10:01    web-1#a asks keep 48            -> fresh 10.0.0.1
      10:10    web-1#a is asked to go          -> unchanged
      10:10:05 web-1#b asks keep 48            -> waiting for web-1#a
      10:10:30 web-1#a goes                    -> retained until d3 10:10
      10:10:31 web-1#b asks keep 48            -> reused 10.0.0.1
      10:11    web-0#a is asked to go          -> unchanged
      10:11:30 web-0#a goes                    -> retained until d3 10:11
      10:11:40 reservations                    -> web-0 10.0.0.0 retained until d3 10:11, web-1 10.0.0.1 bound
      10:11:40 audit 10.0.0.0                  -> retained web-0 until d3 10:11
      10:12    web-0#b asks keep 48            -> reused 10.0.0.0
      10:12    audit 10.0.0.0                  -> held web-0#b
      10:11:29 audit 10.0.0.0                  -> held web-0#a
      11:00    web-1#b is asked to go          -> unchanged
      11:01    web-1#b goes                    -> retained until d3 11:00
      11:02    web-1#c asks keep 48            -> reused 10.0.0.1
      11:03    reservations                    -> web-0 10.0.0.0 bound, web-1 10.0.0.1 bound
      """)
    #expect(wrong == [])
  }

  @Test func `R9, R15: what was kept since a completion is released when its period was over`()
    async throws
  {
    let wrong = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/24                -> defined
      10:01 web-0#a asks keep 1             -> fresh 10.0.0.0
      10:10 web-0#a completes               -> retained until -
      10:20 web-0#a is asked to go          -> unchanged
      11:21 web-0#a goes                    -> released
      11:22 audit 10.0.0.0                  -> free
      """)
    #expect(wrong == [])
  }

  @Test func `R23: the same uid gets the same answer again, and nothing is appended`() async throws
  {
    let diary = try Diary()
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/24
      10:01 web-0#a asks keep 48 -> fresh 10.0.0.0
      10:02 web-0#a goes
      10:03 web-0#b asks keep 48 -> reused 10.0.0.0
      """)
    #expect(wrong == [])
    let head = try diary.ledger.read { view in try view.head }
    let again = try await diary.tell(
      """
      10:04 web-0#b asks keep 48         -> reused 10.0.0.0
      10:02 web-0#b asks keep 1 in other -> reused 10.0.0.0
      10:05 web-0#b asks                 -> reused 10.0.0.0
      """)
    #expect(again == [])
    #expect(try diary.ledger.read { view in try view.head } == head)
  }

  @Test func `R18: at the deadline itself the address is free, a microsecond before it is not`()
    async throws
  {
    let wrong = try await Diary().tell(
      """
      10:00             pool 10.0.0.0/32
      10:01             web-0#a asks keep 1 -> fresh 10.0.0.0
      10:02             web-0#a goes        -> retained until 11:02
      11:01:59.999999   web-1#a asks keep 1 -> refused pool-exhausted
      11:01:59.999999   web-0#b asks keep 1 -> reused 10.0.0.0
      11:30             web-0#b goes        -> retained until 12:30
      12:30             web-0#c asks keep 1 -> fresh 10.0.0.0 (tooLate)
      13:00             web-0#c goes        -> retained until 14:00
      14:00             web-1#a asks keep 1 -> fresh 10.0.0.0
      14:00             web-0#d asks keep 1 -> refused pool-exhausted
      """)
    #expect(wrong == [])
  }

  @Test func `R18: an expiry and an assignment at the same microsecond agree`() async throws {
    let wrong = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/32
      10:01 web-0#a asks keep 1 -> fresh 10.0.0.0
      10:02 web-0#a goes        -> retained until 11:02
      11:02 web-1#a asks keep 1 -> fresh 10.0.0.0
      11:02 expire              -> expired 1
      11:02 expire              -> expired 0
      11:02 audit 10.0.0.0      -> held web-1#a
      """)
    #expect(wrong == [])
    let other = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/32
      10:01 web-0#a asks keep 1 -> fresh 10.0.0.0
      10:02 web-0#a goes        -> retained until 11:02
      11:02 expire              -> expired 1
      11:02 web-0#b asks keep 1 -> fresh 10.0.0.0 (tooLate)
      """)
    #expect(other == [])
  }

  @Test
  func `R15: the period counts from the first request, and never ends before the pod is gone`()
    async throws
  {
    let wrong = try await Diary().tell(
      """
      10:00    pool 10.0.0.0/24
      10:01    web-0#a asks keep 1            -> fresh 10.0.0.0
      10:05    web-0#a is asked to go         -> unchanged
      10:06    web-0#a is asked to go         -> unchanged
      10:07    web-0#a goes                   -> retained until 11:05
      10:08    web-0#b asks keep 1            -> reused 10.0.0.0
      10:09    web-0#b is asked to go         -> unchanged
      12:30    web-0#c asks keep 1            -> waiting for web-0#b
      12:40    web-0#b goes                   -> released
      12:41    web-0#c asks keep 1            -> fresh 10.0.0.1 (tooLate)
      12:50    web-0#c goes asked 12:45       -> retained until 13:45
      12:51    web-0#c goes asked 12:44       -> unchanged
      12:55    web-0#a goes                   -> unchanged
      12:56    reservations                   -> web-0 10.0.0.1 retained until 13:45
      """)
    #expect(wrong == [])
  }

  @Test func `R9, R15: a completed pod keeps its reservation without a clock until it is deleted`()
    async throws
  {
    let wrong = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/24
      10:01 job-0#a asks keep 1                            -> fresh 10.0.0.0
      10:02 job-0#a completes                              -> retained until -
      15:00 job-0#b asks keep 1                            -> waiting for job-0#a
      15:00 audit 10.0.0.0                                 -> retained job-0 until -
      15:01 job-0#a goes                                   -> retained until 16:01
      15:02 job-0#b asks keep 1                            -> reused 10.0.0.0
      15:03 tmp-0#a asks                                   -> fresh 10.0.0.1
      15:04 tmp-0#a completes                              -> released
      15:05 tmp-0#a goes                                   -> unchanged
      15:06 vir-0#a asks keep 1 on virtual-kubelet-cn-a    -> fresh 10.0.0.2
      15:07 vir-0#a completes                              -> unchanged
      15:08 audit 10.0.0.2                                 -> held vir-0#a
      """)
    #expect(wrong == [])
  }

  @Test func `R23: a sandbox that is rebuilt gets its address back, and the deletion is withdrawn`()
    async throws
  {
    let diary = try Diary()
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/24
      10:01 web-0#a asks keep 48 -> fresh 10.0.0.0
      10:05 web-0#a goes         -> retained until d3 10:05
      10:06 web-0#a asks keep 48 -> reused 10.0.0.0
      10:06 web-0#a goes         -> retained until d3 10:06
      10:06 web-0#a asks keep 48 -> reused 10.0.0.0
      10:07 web-0#b asks keep 48 -> waiting for web-0#a
      10:05 audit 10.0.0.0       -> held web-0#a
      10:08 web-0#a goes         -> retained until d3 10:08
      10:09 web-0#b asks keep 48 -> reused 10.0.0.0
      """)
    #expect(wrong == [])
    #expect(
      try diary.story.tenures("web-0") == [
        "10.0.0.0 10:01 to 10:08 deleted", "10.0.0.0 10:09",
      ])
  }

  @Test func `R23: a uid whose reservation is over gets another tenure`() async throws {
    let diary = try Diary()
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/31
      10:01 web-0#a asks keep 1 -> fresh 10.0.0.0
      10:05 web-0#a goes        -> retained until 11:05
      11:10 web-0#a asks keep 1 -> fresh 10.0.0.1 (tooLate)
      11:20 web-0#a goes        -> retained until 12:20
      11:21 web-0#b asks keep 1 -> reused 10.0.0.1
      11:22 tmp-0#a asks        -> fresh 10.0.0.0
      11:23 tmp-0#a goes        -> released
      11:24 tmp-0#a asks        -> fresh 10.0.0.0
      """)
    #expect(wrong == [])
    #expect(
      try diary.story.tenures("web-0") == [
        "10.0.0.0 10:01 to 10:05 deleted", "10.0.0.1 11:10 to 11:20 deleted", "10.0.0.1 11:21",
      ])
    #expect(try diary.story.audit("10.0.0.0", at: "10:30") == "retained web-0 until 11:05")
    #expect(try diary.story.audit("10.0.0.0", at: "11:05") == "free")
  }

  @Test func `R23: an older incarnation does not come back after a newer one`() async throws {
    let diary = try Diary()
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/29
      10:00 web-0#a asks keep 1 -> fresh 10.0.0.0
      10:05 web-0#a goes        -> retained until 11:05
      10:10 web-0#b asks keep 1 -> reused 10.0.0.0
      10:12 web-0#a asks keep 1 -> refused incarnation-over
      10:15 web-0#b goes        -> retained until 11:15
      10:20 web-0#a asks keep 1 -> refused incarnation-over
      10:25 web-0#c asks keep 1 -> reused 10.0.0.0
      10:26 web-0#b asks keep 1 -> refused incarnation-over
      10:27 tmp-0#a asks        -> fresh 10.0.0.1
      10:28 tmp-0#a goes        -> released
      10:29 tmp-0#b asks        -> fresh 10.0.0.2
      10:30 tmp-0#a asks        -> refused incarnation-over
      """)
    #expect(wrong == [])
  }

  @Test func `R14: a uid that asks again has the policy and the node that it had`() async throws {
    let wrong = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/29
      10:00 web-0#z asks keep 1                            -> fresh 10.0.0.0
      10:01 web-0#z goes                                   -> retained until 11:01
      10:02 web-0#a asks                                   -> fresh 10.0.0.1
      10:03 web-0#a goes                                   -> released
      10:04 web-0#a asks keep 1                            -> fresh 10.0.0.2
      10:05 web-0#a goes                                   -> released
      10:06 web-0#b asks keep 1                            -> reused 10.0.0.0
      10:07 vir-0#a asks keep 1 on virtual-kubelet-cn-a    -> fresh 10.0.0.3
      10:08 vir-0#a goes                                   -> retained until 11:08
      10:09 vir-0#a asks keep 1 on node-1                  -> reused 10.0.0.3
      10:10 vir-0#a asks keep 2 on node-1                  -> reused 10.0.0.3
      10:11 vir-0#a goes                                   -> retained until 11:11
      """)
    #expect(wrong == [])
  }

  @Test func `R17: what does not fit is not given back`() async throws {
    let wrong = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/28 in a
      10:00 pool 10.0.0.16/28 in b
      10:00 pool 10.0.1.0/28 in a network other
      10:01 web-0#a asks keep 48 in a                            -> fresh 10.0.0.0
      10:02 web-0#a goes                                         -> retained until d3 10:02
      10:03 web-0#v asks keep 48 in a on virtual-kubelet-cn-a    -> fresh 10.0.0.1 (otherNodeClass)
      10:04 web-0#r asks in a                                    -> fresh 10.0.0.2
      10:05 web-0#i asks keep 48 in a class gpu                  -> fresh 10.0.0.3 (ineligibleComputeClass)
      10:06 web-0#b asks keep 48 in a                            -> reused 10.0.0.0
      10:07 web-0#b goes                                         -> retained until d3 10:07
      10:08 web-0#c asks keep 48 in b                            -> fresh 10.0.0.16 (otherZone)
      10:09 audit 10.0.0.0                                       -> free
      10:10 web-0#c goes                                         -> retained until d3 10:10
      10:11 web-0#d asks keep 48 in b for 6                      -> refused family-unknown
      10:12 web-0#d asks keep 48 network other                   -> fresh 10.0.1.0 (otherNetwork)
      """)
    #expect(wrong == [])
  }

  @Test func `R19: an operator frees what is retained, and nothing that is held`() async throws {
    let wrong = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/32
      10:01 web-0#a asks keep 48       -> fresh 10.0.0.0
      10:02 release web-0 by alice     -> refused
      10:03 web-0#a goes               -> retained until d3 10:03
      10:04 release web-0 by alice     -> released 1
      10:05 web-0#b asks keep 48       -> fresh 10.0.0.0 (released)
      10:06 web-0#b goes               -> retained until d3 10:06
      10:07 web-1#a asks keep 48       -> refused pool-exhausted
      10:08 release web-0 by alice     -> released 1
      10:09 web-1#a asks keep 48       -> fresh 10.0.0.0
      """)
    #expect(wrong == [])
  }

  @Test func `R19: a pod that came back has its reservation, whatever the instant of a release`()
    async throws
  {
    let diary = try Diary()
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/24           -> defined
      10:01 web-0#a asks keep 48       -> fresh 10.0.0.0
      10:02 web-0#a goes               -> retained until d3 10:02
      10:10 web-0#b asks keep 48       -> reused 10.0.0.0
      10:05 release web-0 by alice     -> refused
      10:06 audit 10.0.0.0             -> retained web-0 until d3 10:02
      """)
    #expect(wrong == [])
  }

  @Test func `R2: a dual-stack pod gets one address of each family, and both back`() async throws {
    let wrong = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/30
      10:00 pool fd00::/64
      10:01 web-0#a asks keep 48           -> fresh 10.0.0.0 fd00::
      10:02 tmp-0#a asks for 6             -> fresh fd00::1
      10:03 web-0#a goes                   -> retained until d3 10:03
      10:04 web-0#b asks keep 48           -> reused 10.0.0.0 fd00::
      10:05 web-0#b goes                   -> retained until d3 10:05
      10:06 web-0#c asks keep 48 for 4     -> fresh 10.0.0.1 (otherFamilies)
      10:07 audit fd00::                   -> free
      """)
    #expect(wrong == [])
  }
}
