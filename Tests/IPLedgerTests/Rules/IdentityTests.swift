import IPLedger
import Testing

/// Who is who, and which address is which: R1–R3.
@Suite(.serialized) struct `identities and addresses` {
  @Test func `R1: a pod is its identity, an incarnation is its uid`() async throws {
    let story = try await Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1
      10:30  web-0#a  goes
      10:40  web-0#b  gets 10.0.0.2
      10:40  other/web-0#c  gets 10.0.0.3
      11:00  watch
      """
    ).told()
    #expect(try story.explain("web-0").map { $0.prefix(1) } == ["a", "b"])
    #expect(try story.explain("other/web-0") == ["c first"])
  }

  @Test func `R1: a uid belongs to one identity, and says so by name where two claim it`()
    async throws
  {
    let first = try Timeline("10:00  web-0#a  gets 10.0.0.1")
    let story = try await first.told()
    guard case .created(var impostor) = first.events[0] else { return }
    impostor.identity = try story.identity("web-1")
    let error = await #expect(throws: LedgerError.self) {
      try await story.ledger.record(.created(impostor))
    }
    guard case .identityChanged(let uid, let known, let found) = error else {
      Issue.record("expected identityChanged, found \(String(describing: error))")
      return
    }
    #expect(uid.rawValue == "web-0#a")
    #expect(known.name == "web-0")
    #expect(found.name == "web-1")
    #expect(try story.ledger.read { view in try view.head } == Position(1))
  }

  @Test func `R1: the longest names fit every key, and one byte more is refused`() async throws {
    let cluster = String(repeating: "c", count: 63)
    let namespace = String(repeating: "n", count: 63)
    let name = String(repeating: "p", count: 253)
    let uid = String(repeating: "u", count: 128)
    #expect(throws: InvalidName.self) { try ClusterName(cluster + "c") }
    #expect(throws: InvalidName.self) { try ClusterName("a/b") }
    #expect(throws: InvalidName.self) { try ClusterName("") }
    #expect(throws: InvalidName.self) { try NetworkName(cluster + "c") }
    #expect(throws: InvalidName.self) { try PodUID(uid + "u") }
    let scope = try ClusterName(cluster)
    #expect(throws: InvalidName.self) {
      try PodIdentity(cluster: scope, namespace: namespace + "n", name: name)
    }
    #expect(throws: InvalidName.self) {
      try PodIdentity(cluster: scope, namespace: namespace, name: name + "p")
    }

    let timeline = try Timeline(
      """
      10:00  web-0#a  gets 2001:db8::1 10.0.0.1 retain 8760
      10:10  web-0#a  is asked to go, grace 30
      10:11  web-0#a  goes
      """, cluster: cluster)
    let identity = try PodIdentity(cluster: scope, namespace: namespace, name: name)
    let story = try Story(cluster: scope)
    for event in timeline.events {
      try await story.ledger.record(try event.renamed(identity, PodUID(uid)))
    }
    let freed = try await story.ledger.release(
      identity, at: Instant(story: "10:30"), by: "me", reason: "why")
    #expect(freed.count == 1)
    #expect(try story.audit("2001:db8::1", at: "10:05") == "held \(uid)")
    #expect(try story.ledger.replay(scratch: story.scratch).isEqual)
  }

  @Test(arguments: [
    ("::ffff:10.0.0.1", "10.0.0.1"), ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
    ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
  ])
  func `R2: two ways to write an address are one address, and RFC 5952 is written`(
    _ written: String, _ shown: String
  ) async throws {
    let story = try await Timeline(
      """
      10:00  web-0#a  gets \(written)
      11:00  web-0#a  goes
      """
    ).told()
    #expect(try story.audit(shown, at: "10:30") == "held web-0#a")
    #expect(try story.tenures("web-0") == ["\(shown) 10:00 to 11:00 deleted"])
  }

  @Test func `R2: a zone id is refused`() {
    #expect(throws: IPAddressParseError.self) { try IPAddress(parsing: "fe80::1%eth0") }
  }

  @Test func `R2: the same bytes in another network are another address`() async throws {
    let one = try Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1
      11:00  watch
      """)
    let two = try Timeline(
      """
      09:00  watch
      10:30  db-0#x  gets 10.0.0.1
      11:00  watch
      """, cluster: "other")
    let story = try await one.told()
    for event in two.events { try await story.ledger.record(event) }
    #expect(try story.audit("10.0.0.1", at: "10:45") == "held web-0#a")
    #expect(try story.ledger.read { try $0.status(at: Instant(story: "11:00")).conflicts } == [])
  }

  @Test func `R2: all addresses of a dual-stack pod travel and are retained together`()
    async throws
  {
    let text = """
      09:00     watch
      10:00     web-0#a  gets 10.0.0.1 2001:db8::1 retain 1
      10:30     web-0#a  is asked to go, grace 30
      10:30:20  web-0#a  goes
      12:00     watch
      """
    let story = try await Timeline(text).told()
    #expect(
      try story.tenures("web-0") == [
        "10.0.0.1 10:00 to 10:30:20 deleted", "2001:db8::1 10:00 to 10:30:20 deleted",
      ])
    for ip in ["10.0.0.1", "2001:db8::1"] {
      #expect(try story.audit(ip, at: "11:00") == "retained web-0 until 11:30")
      #expect(try story.audit(ip, at: "11:30") == "free")
    }
    #expect(
      try story.reservations(at: "11:00") == ["web-0 10.0.0.1 2001:db8::1 retained until 11:30"])
    try await expectAnyOrder(text)
  }

  @Test func `R2, R17: a taker of one of two addresses ends the reservation of both`()
    async throws
  {
    let text = """
      09:00     watch
      10:00     web-0#a  gets 10.0.0.1 2001:db8::1 retain 1
      10:30     web-0#a  is asked to go, grace 30
      10:30:20  web-0#a  goes
      10:45     db-0#x   gets 2001:db8::1
      12:00     watch
      """
    let story = try await Timeline(text).told()
    #expect(try story.audit("10.0.0.1", at: "10:40") == "retained web-0 until 11:30")
    #expect(try story.audit("2001:db8::1", at: "10:50") == "held db-0#x")
    #expect(try story.audit("10.0.0.1", at: "10:50") == "free")
    #expect(try story.reservations(at: "10:50") == [])
    try await expectAnyOrder(text)
  }

  @Test func `R3: a tenure is half-open`() async throws {
    let story = try await Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1
      11:00  web-0#a  goes
      12:00  watch
      """
    ).told()
    #expect(try story.audit("10.0.0.1", at: "09:59:59.999999") == "free")
    #expect(try story.audit("10.0.0.1", at: "10:00") == "held web-0#a")
    #expect(try story.audit("10.0.0.1", at: "10:59:59.999999") == "held web-0#a")
    #expect(try story.audit("10.0.0.1", at: "11:00") == "free")
  }

  @Test func `R3: who takes an address at the instant at which it was given up has no conflict`()
    async throws
  {
    let story = try await Timeline(
      """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1
      11:00  web-0#a  goes
      11:00  web-1#b  gets 10.0.0.1
      12:00  watch
      """
    ).told()
    #expect(try story.audit("10.0.0.1", at: "11:00") == "held web-1#b")
    #expect(try story.ledger.read { try $0.status(at: Instant(story: "12:00")).conflicts } == [])
  }
}
