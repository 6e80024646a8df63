import IPLedger
import Testing

/// Which positions an answer rests on: R21.
@Suite(.serialized) struct `evidence` {
  private func positions(_ ip: String, at instant: String, in story: Story) throws -> [UInt64] {
    try story.ledger.read { view in
      try view.audit(story.address(ip), at: Instant(story: instant)).evidence.map(\.rawValue)
    }
  }

  @Test func `R21: held names the facts with which the tenure begins and ends, and no others`()
    async throws
  {
    let story = try await Timeline(
      """
      10:00  web-0#a  gets 10.0.0.1
      10:10  db-0#x   gets 10.0.0.2
      10:20  web-0#a  is asked to go, grace 30
      10:30  web-0#a  goes
      """
    ).told()
    #expect(try positions("10.0.0.1", at: "10:15", in: story) == [1, 4])
  }

  @Test func `R21: a conflict names the facts of all claimants`() async throws {
    let story = try await Timeline(
      """
      10:00  web-0#a  gets 10.0.0.1
      10:10  web-1#b  gets 10.0.0.1
      10:30  web-0#a  goes
      10:40  web-1#b  goes
      """
    ).told()
    #expect(try positions("10.0.0.1", at: "10:20", in: story) == [1, 2, 3, 4])
    #expect(try positions("10.0.0.1", at: "10:35", in: story) == [2, 4])
  }

  @Test func `R21: retained names the request that its deadline counts from`() async throws {
    let story = try await Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:30  web-0#a  is asked to go, grace 30
      10:31  web-0#a  goes
      12:00  watch
      """
    ).told()
    let found = try positions("10.0.0.1", at: "11:00", in: story)
    #expect(Set(found).isSuperset(of: [2, 3, 4]))
  }

  @Test func `R21: free after a release names the release`() async throws {
    let story = try await Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1 on node-1 retain 1
      10:30  web-0#a  goes
      12:00  watch
      """
    ).told()
    _ = try await story.ledger.release(
      story.identity("web-0"), at: Instant(story: "10:45"), by: "ops", reason: "why")
    let head = try story.ledger.read { try $0.head.rawValue }
    #expect(try positions("10.0.0.1", at: "11:00", in: story).contains(head))
  }

  @Test func `R21: superseded names the newer one, missing names the list`() async throws {
    let story = try await Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1
      10:10  db-0#x   gets 10.0.0.2
      10:30  web-0#b  gets 10.0.0.3
      11:00  list web-0#b
      12:00  mark
      """
    ).told()
    #expect(try positions("10.0.0.1", at: "10:05", in: story) == [2, 4])
    #expect(Set(try positions("10.0.0.2", at: "10:15", in: story)).isSuperset(of: [3, 5]))
  }

  @Test func `R21: free that was never held names what says that all was watched`() async throws {
    let story = try await Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1
      11:00  mark
      """
    ).told()
    let head = try story.ledger.read { try $0.head.rawValue }
    // The list at the beginning, and the statement up to where all was seen.
    #expect(try positions("10.9.9.9", at: "10:30", in: story) == [1, head])
  }

  @Test func `R21: unknown names the facts of the last known holder`() async throws {
    let story = try await Timeline(
      """
      10:00  web-0#a  gets 10.0.0.1
      10:30  web-0#a  goes
      """
    ).told()
    #expect(try positions("10.0.0.1", at: "11:00", in: story) == [1, 2])
  }

  @Test func `R21: in another order of learning the same facts are at other positions`()
    async throws
  {
    let story = try await Timeline(
      """
      10:00  web-0#a  gets 10.0.0.1
      10:10  db-0#x   gets 10.0.0.2
      10:30  web-0#a  goes
      """
    ).told { $0.reversed() }
    #expect(try positions("10.0.0.1", at: "10:15", in: story) == [1, 3])
    #expect(try positions("10.0.0.2", at: "10:15", in: story) == [2])
  }
}
