import IPLedger
import Testing

/// What other hours of retention would have changed: R15–R19 asked again.
@Suite(.serialized) struct `what if` {
  /// A pod that was away from 10:30 until 12:00.
  private static func away(retain hours: Int, as addresses: String = "10.0.0.1") -> String {
    """
    09:00     watch
    10:00     web-0#a  gets 10.0.0.1 on node-1 retain \(hours)
    10:30     web-0#a  is asked to go, grace 30
    10:30:20  web-0#a  goes
    12:00     web-0#b  gets \(addresses) on node-1 retain \(hours)
    13:00     watch
    """
  }

  @Test func `R15, R17: fewer hours lose an address that was kept`() async throws {
    let story = try await Timeline(Self.away(retain: 48)).told()
    #expect(try story.outcomes("web-0") == [.first, .kept])
    #expect(
      try story.differences(retainHours: 1)
        == ["web-0 a b would-be-lost: until d3 10:30, with 1 h until 11:30"])
    #expect(try story.differences(retainHours: 2) == [])
    #expect(try story.counts(retainHours: 2) == "1 kept")
  }

  @Test func `R15, R17: more hours keep an address that was lost`() async throws {
    let story = try await Timeline(Self.away(retain: 1, as: "10.0.0.2")).told()
    #expect(
      try story.differences(retainHours: 2)
        == ["web-0 a b would-be-kept: until 11:30, with 2 h until 12:30"])
    #expect(try story.differences(retainHours: 1) == [])
    #expect(try story.counts(retainHours: 1) == "1 lost")
  }

  @Test func `a difference says how long the pod was away, and on which events it rests`()
    async throws
  {
    let story = try await Timeline(Self.away(retain: 48)).told()
    let answer = try story.whatIf(retainHours: 1)
    let recreation = try #require(answer.differing.first)
    #expect(recreation.gap == .minutes(90))
    #expect(recreation.recordedHours == 48)
    #expect(recreation.addresses == [try story.address("10.0.0.1")])
    #expect(recreation.hasSameAddresses)
    #expect(recreation.evidence == [2, 3, 4, 5].map { Position($0) })
    #expect(answer.asOf == Position(8))
  }

  @Test func `R17: at the deadline itself it is lost, a microsecond before it is kept`()
    async throws
  {
    func story(back: String) async throws -> Story {
      try await Timeline(
        """
        09:00     watch
        10:00     web-0#a  gets 10.0.0.1 on node-1 retain 48
        10:30     web-0#a  is asked to go, grace 0
        10:31     web-0#a  goes
        \(back)   web-0#b  gets 10.0.0.1 on node-1 retain 48
        23:00     watch
        """
      ).told()
    }
    #expect(try await story(back: "11:30").counts(retainHours: 1) == "1 would-be-lost")
    #expect(try await story(back: "11:29:59.999999").counts(retainHours: 1) == "1 kept")
  }

  @Test func `R15: no hours end a reservation before its pod is gone`() async throws {
    let story = try await Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 48
      10:30  web-0#a  is asked to go, grace 9000
      13:00  web-0#a  goes
      13:10  web-0#b  gets 10.0.0.1 on node-1 retain 48
      14:00  watch
      """
    ).told()
    #expect(
      try story.differences(retainHours: 1)
        == ["web-0 a b would-be-lost: until d3 10:30, with 1 h until 13:00"])
    #expect(try story.differences(retainHours: 3) == [])
  }

  @Test func `R15: a completed pod's hours count from its deletion`() async throws {
    let story = try await Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 48
      10:30  web-0#a  completes
      14:00  web-0#a  is asked to go, grace 0
      14:01  web-0#a  goes
      14:59  web-0#b  gets 10.0.0.1 on node-1 retain 48
      16:00  watch
      """
    ).told()
    #expect(try story.counts(retainHours: 1) == "1 kept")
    #expect(try story.peaks(retainHours: 1) == "1 at 14:01, then 1 at 14:01")
  }

  @Test func `R14: who releases its address still does`() async throws {
    let story = try await Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1
      10:30  web-0#a  goes
      10:40  web-0#b  gets 10.0.0.2 on node-1 retain 1
      10:50  web-0#b  goes
      11:00  web-0#c  gets 10.0.0.3 on node-1
      13:00  watch
      """
    ).told()
    #expect(try story.counts(retainHours: 8760) == "")
    #expect(try story.peaks(retainHours: 8760) == "1 at 10:50, then 1 at 10:50")
  }

  @Test func `R17: nothing crosses to the other class of nodes, for any hours`() async throws {
    let story = try await Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:30  web-0#a  goes
      11:00  web-0#b  gets 10.0.0.2 on virtual-kubelet-1 retain 1
      11:30  web-0#b  goes
      12:00  web-0#c  gets 10.0.0.3 on node-1 retain 1
      13:00  watch
      """
    ).told()
    #expect(
      try story.differences(retainHours: 2)
        == ["web-0 a c would-be-kept: until 11:30, with 2 h until 12:30"])
    #expect(try story.counts(retainHours: 2) == "1 would-be-kept")
  }

  @Test func `R8a: where the bounds leave it open it is uncertain`() async throws {
    let story = try await Timeline(
      """
      09:00         watch
      10:00         web-0#a  gets 10.0.0.1 on node-1 retain 48
      10:30         web-0#a  goes
      11:20..11:40  web-0#b  gets 10.0.0.1 on node-1 retain 48
      13:00         watch
      """
    ).told()
    #expect(
      try story.differences(retainHours: 1)
        == ["web-0 a b uncertain: until d3 10:30, with 1 h until 11:30"])
    #expect(try story.counts(retainHours: 2) == "1 kept")
  }

  // MARK: Who else had the address

  /// 10.0.0.1 is kept for web-0 until 11:30, then another pod is given it, and web-0 comes back.
  private static func taken(at time: String) -> String {
    """
    09:00     watch
    10:00     web-0#a  gets 10.0.0.1 on node-1 retain 1
    10:30     web-0#a  goes
    \(time)   db-0#x   gets 10.0.0.1 on node-1
    12:00     web-0#b  gets 10.0.0.2 on node-1 retain 1
    13:00     watch
    """
  }

  @Test func `R17: what was given away after the deadline would not have been`() async throws {
    let story = try await Timeline(Self.taken(at: "11:30")).told()
    #expect(try story.counts(retainHours: 2) == "1 would-be-kept")
    #expect(try story.peaks(retainHours: 2) == "1 at 10:30, then 1 at 10:30")
  }

  @Test func `R17: what was taken while it was retained stays lost`() async throws {
    let story = try await Timeline(Self.taken(at: "11:29")).told()
    #expect(try story.counts(retainHours: 2) == "1 lost")
    #expect(try story.counts(retainHours: 1) == "1 lost")
  }

  @Test func `R8a: what was taken around the deadline leaves it open`() async throws {
    let story = try await Timeline(Self.taken(at: "11:20..11:40")).told()
    #expect(try story.counts(retainHours: 2) == "1 uncertain")
    // With the recorded hours it is too late either way.
    #expect(try story.counts(retainHours: 1) == "1 lost")
  }

  @Test func `R17: who has the address after the pod came back with another takes nothing`()
    async throws
  {
    let story = try await Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:30  web-0#a  goes
      11:00  web-0#b  gets 10.0.0.2 on node-1 retain 1
      11:10  db-0#x   gets 10.0.0.1 on node-1
      13:00  watch
      """
    ).told()
    #expect(try story.counts(retainHours: 2) == "1 kept")
  }

  @Test func `R19: what an operator freed stays free`() async throws {
    let story = try await Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:30  web-0#a  goes
      """
    ).told()
    _ = try await story.ledger.release(
      story.identity("web-0"), at: Instant(story: "10:40"), by: "ops", reason: "moving out")
    let rest = try Timeline(
      """
      10:00  web-1#a  gets 10.0.0.3 on node-1 retain 1
      10:35  web-1#a  goes
      11:00  mark
      12:00  web-0#b  gets 10.0.0.2 on node-1 retain 1
      12:00  web-1#b  gets 10.0.0.4 on node-1 retain 1  [at 100]
      13:00  mark                                       [at 110]
      """)
    for event in rest.events { try await story.ledger.record(event) }
    #expect(
      try story.differences(retainHours: 2)
        == ["web-1 a b would-be-kept: until 11:35, with 2 h until 12:35"])
    #expect(try story.counts(retainHours: 2) == "1 lost, 1 would-be-kept")
  }

  // MARK: How many at most

  @Test func `R3: the peak is the most at one instant, and ends do not count with beginnings`()
    async throws
  {
    let story = try await Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:00  web-1#a  gets 10.0.0.2 2001:db8::2 on node-1 retain 1
      10:00  web-2#a  gets 10.0.0.3 on node-1 retain 1
      10:30  web-0#a  goes
      11:30  web-1#a  goes
      12:30  web-2#a  goes
      12:40  web-2#b  gets 10.0.0.3 on node-1 retain 1
      20:00  watch
      """
    ).told()
    // Each is free when the next is gone, by the recorded hours.
    #expect(try story.peaks(retainHours: 1) == "2 at 11:30, then 2 at 11:30")
    #expect(try story.peaks(retainHours: 2) == "2 at 11:30, then 3 at 11:30")
    #expect(try story.peaks(retainHours: 3) == "2 at 11:30, then 4 at 12:30")
  }

  @Test func `R8a: an address counts from when its pod was gone at the latest`() async throws {
    let story = try await Timeline(
      """
      09:00         watch
      10:00         web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:30..10:50  web-0#a  goes
      13:00         watch
      """
    ).told()
    #expect(try story.counts(retainHours: 2) == "")
    #expect(try story.peaks(retainHours: 2) == "1 at 10:50, then 1 at 10:50")
  }

  @Test func `what nothing bounds is in no peak, and is counted`() async throws {
    let story = try await Timeline(
      """
      ?  web-0#a  gets 10.0.0.1 on node-1 retain 1
      ?  web-0#a  goes
      ?  web-0#b  gets 10.0.0.1 on node-1 retain 1
      """
    ).told()
    #expect(try story.counts(retainHours: 2) == "1 uncertain")
    #expect(try story.whatIf(retainHours: 2).undated == 1)
    #expect(try story.peaks(retainHours: 2) == "0, then 0")
  }

  // MARK: All of it

  @Test(arguments: [UInt64](1...3))
  func `the answer is what the same story gives, told with the other hours`(
    _ seed: UInt64
  ) async throws {
    let weeks = MadeUpWeeks(seed: seed)
    let told = try await Timeline(weeks.text(retainHours: nil)).told()
    for hours in [1, 5, 30] {
      let answer = try told.whatIf(retainHours: hours)
      #expect(answer.compared > 0)
      let retold = try await Timeline(weeks.text(retainHours: hours)).told()
      let (before, after) = (try told.fates(weeks), try retold.fates(weeks))
      #expect(answer.compared == before.count)
      let differing = before.filter { after[$0.key] != $0.value }
      #expect(
        Set(answer.differing.map(\.uid.rawValue)) == Set(differing.keys), "\(hours) h, \(weeks)")
      for recreation in answer.differing {
        #expect(recreation.recorded == before[recreation.uid.rawValue])
        #expect(recreation.hypothetical == after[recreation.uid.rawValue])
      }
      #expect(answer.recordedPeak.addresses == (try told.mostRetained(weeks)))
      #expect(answer.hypotheticalPeak.addresses == (try retold.mostRetained(weeks)))
    }
  }

  @Test func `R12: hours that no pod can have are a programmer's error`() async {
    await #expect(processExitsWith: .failure) {
      _ = try await Timeline("09:00  watch").told().whatIf(retainHours: 0)
    }
  }
}
