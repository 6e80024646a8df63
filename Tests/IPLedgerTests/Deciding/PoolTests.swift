import IPLedger
import Testing

/// R24: which addresses a pool gives, and in what order.
@Suite(.serialized) struct `pools and fresh addresses` {
  @Test func `R24: never used first, then free the longest, never within the cool-down`()
    async throws
  {
    let wrong = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/30 cool 600  -> defined
      10:01 a-0#1 asks                 -> fresh 10.0.0.0
      10:02 a-1#1 asks                 -> fresh 10.0.0.1
      10:03 a-1#1 goes                 -> released
      10:04 a-0#1 goes                 -> released
      10:05 a-2#1 asks                 -> fresh 10.0.0.2
      10:06 a-3#1 asks                 -> fresh 10.0.0.3
      10:07 a-4#1 asks                 -> refused pool-exhausted
      10:12:59.999999 a-4#1 asks       -> refused pool-exhausted
      10:13 a-4#1 asks                 -> fresh 10.0.0.1
      10:13 a-5#1 asks                 -> refused pool-exhausted
      10:14 a-5#1 asks                 -> fresh 10.0.0.0
      """)
    #expect(wrong == [])
  }

  @Test func `R24: a retained address is free since its deadline, and cools down from there`()
    async throws
  {
    let wrong = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/31 cool 60
      10:01 a-0#1 asks keep 1          -> fresh 10.0.0.0
      10:01 a-1#1 asks                 -> fresh 10.0.0.1
      10:02 a-0#1 goes                 -> retained until 11:02
      11:02 a-2#1 asks                 -> refused pool-exhausted
      11:02:59 a-1#1 goes              -> released
      11:03 a-2#1 asks                 -> fresh 10.0.0.0
      11:03:58 a-3#1 asks              -> refused pool-exhausted
      11:03:59 a-3#1 asks              -> fresh 10.0.0.1
      """)
    #expect(wrong == [])
  }

  @Test func `R24: the pod itself has its address back within the cool-down`() async throws {
    let wrong = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/32 cool 3600
      10:01 a-0#1 asks keep 1 -> fresh 10.0.0.0
      10:02 a-0#1 goes        -> retained until 11:02
      10:03 a-0#2 asks keep 1 -> reused 10.0.0.0
      10:04 a-0#2 goes        -> retained until 11:04
      11:30 a-0#3 asks keep 1 -> refused pool-exhausted
      12:04 a-0#3 asks keep 1 -> fresh 10.0.0.0 (tooLate)
      """)
    #expect(wrong == [])
  }

  @Test(
    arguments: [
      ("10.0.0.0/30", 4, "10.0.0.0", "10.0.0.3"), ("10.0.0.254/31", 2, "10.0.0.254", "10.0.0.255"),
      ("255.255.255.255/32", 1, "255.255.255.255", "255.255.255.255"),
      ("fd00::ff/128", 1, "fd00::ff", "fd00::ff"),
      (
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127", 2,
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
      ),
    ])
  func `R24: a small pool gives each of its addresses once, and all again`(
    _ prefix: String, _ count: Int, _ first: String, _ last: String
  ) async throws {
    let diary = try Diary()
    #expect(try await diary.answer("10:00 pool \(prefix)") == "defined")
    for round in 0..<3 {
      var given: [String] = []
      for number in 0..<count {
        given.append(try await diary.answer("10:0\(round) p-\(number)#\(round) asks"))
      }
      #expect(given.first == "fresh \(first)")
      #expect(given.last == "fresh \(last)")
      #expect(Set(given).count == count)
      #expect(try await diary.answer("10:0\(round) q#\(round) asks") == "refused pool-exhausted")
      for number in 0..<count {
        let gone = try await diary.answer("10:0\(round):30 p-\(number)#\(round) goes")
        #expect(gone == "released")
      }
    }
  }

  @Test func `R24: exclusions at both ends and in the middle are never given`() async throws {
    let diary = try Diary()
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/29 except 10.0.0.0 except 10.0.0.3-10.0.0.4 except 10.0.0.7 -> defined
      10:01 a-0#1 asks -> fresh 10.0.0.1
      10:01 a-1#1 asks -> fresh 10.0.0.2
      10:01 a-2#1 asks -> fresh 10.0.0.5
      10:01 a-3#1 asks -> fresh 10.0.0.6
      10:01 a-4#1 asks -> refused pool-exhausted
      10:02 pool 10.0.0.0/29 except 10.0.0.0 except 10.0.0.1 except 10.0.0.7 -> defined
      10:03 a-4#1 asks -> fresh 10.0.0.3
      10:03 a-0#1 goes -> released
      10:04 a-5#1 asks -> fresh 10.0.0.4
      10:04 a-6#1 asks -> refused pool-exhausted
      10:05 pool 10.0.0.0/29 except 10.0.0.0 except 10.0.0.7 -> defined
      10:06 a-6#1 asks -> fresh 10.0.0.1
      """)
    #expect(wrong == [])
    let statuses = try diary.ledger.read { view in
      try view.poolStatuses(at: Instant(story: "10:07"))
    }
    #expect(statuses.map(\.capacity) == [6])
    #expect(statuses.map(\.bound) == [6])
    #expect(statuses.map(\.free) == [0])
  }

  @Test func `R24: a /64 gives addresses without being counted out`() async throws {
    let diary = try Diary()
    let wrong = try await diary.tell(
      """
      10:00 pool fd00::/64 except fd00::-fd00::ff except fd00::ffff:0:0:0/80 -> defined
      10:01 a-0#1 asks -> fresh fd00::100
      10:01 a-1#1 asks -> fresh fd00::101
      10:02 a-0#1 goes -> released
      10:03 a-2#1 asks -> fresh fd00::102
      """)
    #expect(wrong == [])
    let status = try diary.ledger.read { view in
      try view.poolStatuses(at: Instant(story: "10:07"))[0]
    }
    #expect(status.capacity == (UInt128(1) << 64) - 256 - (UInt128(1) << 48))
    #expect(status.neverUsed == status.capacity - 3)
    #expect(status.free == status.capacity - 2)
  }

  @Test func `R24: a zone gives of its own pools only, and each network has its own addresses`()
    async throws
  {
    let wrong = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/31 in a             -> defined
      10:00 pool 10.0.0.2/31 in b             -> defined
      10:00 pool 10.0.0.0/31 in a network two -> defined
      10:01 x#1 asks                          -> refused zone-unknown
      10:01 x#1 asks in c                     -> refused zone-unknown
      10:01 x#1 asks in b                     -> fresh 10.0.0.2
      10:01 y#1 asks in a network two         -> fresh 10.0.0.0
      10:01 z#1 asks in a                     -> fresh 10.0.0.0
      10:01 w#1 asks in a                     -> fresh 10.0.0.1
      10:01 v#1 asks in a                     -> refused pool-exhausted
      10:01 v#1 asks network two              -> fresh 10.0.0.1
      10:01 u#1 asks network three            -> refused network-unknown
      """)
    #expect(wrong == [])
  }

  @Test func `pools that overlap are refused, and the same one again changes nothing`()
    async throws
  {
    let wrong = try await Diary().tell(
      """
      10:00 pool 10.0.0.0/24 in a          -> defined
      10:00 pool 10.0.0.0/24 in a          -> unchanged
      10:00 pool 10.0.0.0/24 in b          -> refused pool-in-other-zone
      10:00 pool 10.0.0.0/16 in a          -> refused pool-overlaps
      10:00 pool 10.0.0.128/25 in b        -> refused pool-overlaps
      10:00 pool 10.0.0.0/24 in a cool 60  -> defined
      10:00 pool 10.0.0.128/25 network two -> defined
      10:01 withdraw 10.0.1.0/24           -> refused pool-unknown
      10:01 withdraw 10.0.0.0/24           -> withdrawn
      10:01 withdraw 10.0.0.0/24           -> unchanged
      10:02 pool 10.0.0.0/16 in b          -> defined
      """)
    #expect(wrong == [])
  }

  @Test func `a withdrawn pool gives nothing new, and what is bound or retained stays`()
    async throws
  {
    let diary = try Diary()
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/30
      10:01 web-0#a asks keep 48 -> fresh 10.0.0.0
      10:01 web-1#a asks keep 48 -> fresh 10.0.0.1
      10:02 web-0#a goes         -> retained until d3 10:02
      10:03 withdraw 10.0.0.0/30 -> withdrawn
      10:04 web-2#a asks keep 48 -> refused network-unknown
      10:05 audit 10.0.0.0       -> retained web-0 until d3 10:02
      10:05 audit 10.0.0.1       -> held web-1#a
      10:05 audit 10.0.0.2       -> unknown
      10:02 audit 10.0.0.2       -> free
      10:06 web-0#b asks keep 48 -> reused 10.0.0.0
      10:06 web-1#a goes         -> retained until d3 10:06
      """)
    #expect(wrong == [])
    let statuses = try diary.ledger.read { view in
      try view.poolStatuses(at: Instant(story: "10:07"))
    }
    #expect(statuses.map(\.bound) == [1])
    #expect(statuses.map(\.retained) == [1])
    #expect(statuses.map(\.free) == [0])
    #expect(statuses.first?.withdrawnAt?.story == "10:03")
    let again = try await diary.tell(
      """
      10:08 pool 10.0.0.0/29 in b          -> defined
      10:09 web-3#a asks in b              -> fresh 10.0.0.2
      10:09 web-1#b asks keep 48           -> reused 10.0.0.1
      """)
    #expect(again == [])
  }

  @Test func `a pool over addresses that pods have already gives only the others`() async throws {
    let diary = try Diary()
    for event in try Timeline(
      """
      09:00 watch
      09:01 old-0#a gets 10.0.0.0 on node-1
      09:02 old-1#a gets 10.0.0.1 on node-1 retain 1
      09:03 old-2#a gets 10.0.0.3 on node-1
      09:04 old-2#a goes
      09:30 mark
      """
    ).events {
      try await diary.ledger.record(event)
    }
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/30 cool 60                -> defined
      10:01 new-0#a asks                            -> fresh 10.0.0.2
      10:02 new-1#a asks                            -> fresh 10.0.0.3
      10:03 new-2#a asks                            -> refused pool-exhausted
      10:04 old-1#b asks keep 1 on node-1           -> waiting for old-1#a
      10:05 old-0#a asks                            -> reused 10.0.0.0
      10:06 old-1#a goes                            -> retained until 11:06
      10:07 old-0#a goes                            -> released
      10:07 audit 10.0.0.0                          -> free
      10:08 new-2#a asks                            -> fresh 10.0.0.0
      10:09 old-1#b asks keep 1 on node-1           -> reused 10.0.0.1
      """)
    #expect(wrong == [])
  }

  @Test func `a pool that cannot be is refused with what is wrong`() throws {
    let prefix = try AddressPrefix(parsing: "10.0.0.0/30")
    func pool(_ exclusion: String, _ coolDown: Microseconds = .zero) throws -> Pool {
      try Pool(
        network: NetworkName("n"), zone: .default, prefix: prefix,
        exclusions: [AddressRange(parsing: exclusion)], coolDown: coolDown)
    }
    #expect(throws: InvalidPool.self) { try pool("10.0.0.0/29") }
    #expect(throws: InvalidPool.self) { try pool("10.0.0.0/30") }
    #expect(throws: InvalidPool.self) { try pool("10.0.0.1", .seconds(-1)) }
    #expect(throws: InvalidPool.self) { try pool("10.0.0.1", Pool.maximumCoolDown + .seconds(1)) }
    let small = try pool("10.0.0.1", Pool.maximumCoolDown)
    #expect(small.capacity == 3)
    #expect(small.overlaps(try pool("10.0.0.2")))
  }

  @Test func `a preview says what assign would, and writes nothing`() async throws {
    let diary = try Diary()
    _ = try await diary.answer("10:00 pool 10.0.0.0/30")
    let head = try diary.ledger.read { view in try view.head }
    let request = AssignRequest(
      identity: try diary.story.identity("web-0"), uid: try PodUID("a"),
      at: try Instant(story: "10:01"))
    let preview = try diary.ledger.read { view in try view.preview(request) }
    #expect(preview.words == "fresh 10.0.0.0")
    #expect(preview.assignment?.position == nil)
    #expect(try diary.ledger.read { view in try view.head } == head)
    #expect(try await diary.ledger.assign(request).words == preview.words)
  }

  @Test func `accounting: free, bound, retained, cooling down, and the forecast`() async throws {
    let diary = try Diary()
    let wrong = try await diary.tell(
      """
      10:00 pool 10.0.0.0/28 except 10.0.0.0 cool 600
      10:01 a-0#1 asks keep 1 -> fresh 10.0.0.1
      10:01 a-1#1 asks keep 2 -> fresh 10.0.0.2
      10:01 a-2#1 asks keep 2 -> fresh 10.0.0.3
      10:01 a-3#1 asks        -> fresh 10.0.0.4
      10:01 a-4#1 asks        -> fresh 10.0.0.5
      10:01 a-5#1 asks        -> fresh 10.0.0.6
      10:02 a-0#1 goes        -> retained until 11:02
      10:02 a-1#1 goes        -> retained until 12:02
      10:02 a-2#1 goes        -> retained until 12:02
      10:03 a-3#1 goes        -> released
      10:20 a-4#1 goes        -> released
      """)
    #expect(wrong == [])
    let status = try diary.ledger.read { view in
      try view.poolStatuses(at: Instant(story: "10:21"))[0]
    }
    #expect(status.capacity == 15)
    #expect(status.neverUsed == 9)
    #expect(status.free == 10)
    #expect(status.bound == 1)
    #expect(status.retained == 3)
    #expect(status.coolingDown == 1)
    #expect(status.conflicted == [])
    #expect(status.forecast.map { "\($0.instant.story) \($0.count)" } == ["11:02 1", "12:02 2"])
  }
}
