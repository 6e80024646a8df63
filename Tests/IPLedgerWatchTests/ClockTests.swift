import IPLedger
import TestSupport
import Testing

@testable import IPLedgerWatch

@Suite struct `the server's clock` {
  @Test func `is read from dates`() throws {
    #expect(
      HTTPDate.instant("Sun, 06 Nov 1994 08:49:37 GMT")
        == (try Instant(rfc3339: "1994-11-06T08:49:37Z")))
    for text in [
      "", "06 Nov 1994 08:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT", "Sunday, 06-Nov-94",
    ] {
      #expect(HTTPDate.instant(text) == nil)
    }
  }

  @Test(arguments: Seeds.chosen(kept: [], few: 50, many: 2000))
  func `is never behind what is taken for the latest that it can show`(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var clock = ServerClock()
    // The server's clock less ours; both are steady.
    let difference = Int64.random(in: -5_000_000...5_000_000, using: &random)
    var ours: Int64 = 1_764_000_000_000_000
    var width = Int64.max
    for _ in 0..<100 {
      ours += Int64.random(in: 0...30_000_000, using: &random)
      let sent = ours
      let answered = sent + Int64.random(in: 0...200_000, using: &random)
      ours = answered + Int64.random(in: 0...200_000, using: &random)
      let second = (answered + difference) / 1_000_000 * 1_000_000
      let step = clock.learn(
        Instant(microseconds: second), sentAt: Instant(microseconds: sent),
        receivedAt: Instant(microseconds: ours))
      #expect(step == nil)
      let latest = clock.latest(at: Instant(microseconds: ours))
      #expect((latest?.microseconds ?? 0) >= ours + difference)
      if let known = clock.difference { width = min(width, known.upperBound - known.lowerBound) }
    }
    // Answers at many fractions of a second tell more than one.
    #expect(width < 750_000)
  }

  @Test func `that was set is noticed`() {
    var clock = ServerClock()
    let now = Instant.seconds(1_764_000_000)
    #expect(clock.learn(now, sentAt: now, receivedAt: now) == nil)
    let set = now.adding(microseconds: 90_000_000)
    #expect(clock.learn(set, sentAt: now, receivedAt: now) == 89_000_000)
    #expect((clock.latest(at: now) ?? now) >= set)
    // Whichever of the two is true: what comes next tells.
    #expect((clock.difference ?? 0...0).contains(0))
    let later = now.adding(microseconds: 5_000_000)
    #expect(
      clock.learn(set.adding(microseconds: 5_000_000), sentAt: later, receivedAt: later) == nil)
    #expect(!(clock.difference ?? 0...0).contains(0))
  }

  @Test func `is nobody's until it is known`() {
    let now = Instant.seconds(1_764_000_000)
    #expect(ServerClock().latest(at: now) == nil)
    // An answer that was long on its way tells nothing.
    var clock = ServerClock()
    #expect(clock.learn(now, sentAt: now, receivedAt: now + .seconds(9)) == nil)
    #expect(clock.difference == nil)
  }
}

@Suite struct `lines that are made` {
  @Test func `are the API's own`() {
    #expect(
      String(decoding: PodLine.added(Array("{\n \"metadata\":{}}".utf8)), as: UTF8.self)
        == #"{"type":"ADDED","object":{"kind":"Pod","apiVersion":"v1","metadata":{}}}"#)
    #expect(
      String(decoding: PodLine.gone(#"a "b" \ c"#), as: UTF8.self).contains(#"a \"b\" \\ c"#))
  }
}

@Suite struct `a pause` {
  @Test func `grows up to a bound and keeps to what the server asks for`() {
    var backoff = Backoff()
    var last = Duration.zero
    for _ in 0..<20 { last = backoff.pause() }
    #expect(last >= .seconds(30) && last <= .seconds(60))
    #expect(backoff.pause(atLeast: .seconds(90)) == .seconds(90))
    backoff.reset()
    #expect(backoff.pause() < .seconds(2))
  }
}

@Suite struct `questions about the time` {
  @Test(arguments: Seeds.chosen(kept: [], few: 50, many: 2000))
  func `are asked when they tell most`(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var clock = ServerClock()
    let difference = Int64.random(in: -5_000_000...5_000_000, using: &random)
    var ours: Int64 = 1_764_000_000_000_000 + Int64.random(in: 0..<1_000_000, using: &random)
    for _ in 0..<12 {
      if let wait = ServerClockProbe.wait(at: Instant(microseconds: ours), clock.difference) {
        ours += Int64(wait / .microseconds(1))
      }
      let sent = ours
      ours += 400
      let date = (ours + difference) / 1_000_000 * 1_000_000
      ours += 400
      _ = clock.learn(
        Instant(microseconds: date), sentAt: Instant(microseconds: sent),
        receivedAt: Instant(microseconds: ours))
    }
    let known = clock.difference ?? 0...0
    #expect(known.contains(difference))
    // Sixteen questions' time, for a drift that was none.
    #expect(known.upperBound - known.lowerBound < 15_000, "\(known) for \(difference)")
  }
}
