import IPLedger
import TestSupport
import Testing

/// Made-up days against a simple oracle: no exact answer is wrong, and every bounded one contains
/// the truth (R8b).
@Suite(.serialized) struct `made-up days` {
  private static let ips = (1...7).map { "10.0.0.\($0)" }

  @Test(arguments: [UInt64](1...4))
  func `R8b, R20: with exact times each answer is exact and the truth`(_ seed: UInt64) async throws
  {
    let day = MadeUpDay(seed: seed, changes: 60, isExact: true)
    let text = Self.watched(day)
    let story = try await Timeline(text).told()
    for second in stride(from: 0, to: day.end, by: 4) {
      for ip in Self.ips {
        let answer = try story.audit(ip, at: MadeUpDay.time(second))
        if let holder = day.holder(of: ip, at: second) {
          try #require(answer == "held \(holder)", "\(ip) at \(MadeUpDay.time(second)):\n\(text)")
        } else {
          let isVacant = answer == "free" || answer.hasPrefix("retained web")
          try #require(isVacant, "\(ip) at \(MadeUpDay.time(second)): \(answer)\n\(text)")
        }
      }
    }
    try await expectAnyOrder(text, rounds: 2, seed: seed)
  }

  @Test(arguments: [UInt64](21...26))
  func `R8b, R20: with bounded times no exact answer is wrong`(_ seed: UInt64) async throws {
    let day = MadeUpDay(seed: seed, changes: 60, isExact: false)
    let text = Self.watched(day)
    let story = try await Timeline(text).told()
    try Self.check(story, day, text)
    try await expectAnyOrder(text, rounds: 2, seed: seed)
  }

  /// A change of address or phase between two sights cannot be seen by any rule (R20), so these are
  /// not missed.
  @Test(arguments: [UInt64](41...46))
  func `R8b, R20: where many facts were missed no exact answer is wrong`(
    _ seed: UInt64
  ) async throws {
    let day = MadeUpDay(seed: seed, changes: 60, isExact: false)
    var generator = SplitMix64(seed: seed)
    var lines: [String] = []
    for (index, line) in day.lines.enumerated() {
      let isNeeded = line.contains("described") || line.contains("completes")
      guard generator.next() % 5 < 3 || isNeeded else { continue }
      lines.append("\(line)  [at \(index * 10 + 10)]")
    }
    let text = lines.joined(separator: "\n").replacing("gets", with: "shows")
    let story = try await Timeline(text).told()
    try Self.check(story, day, text)
    try await expectAnyOrder(text, rounds: 2, seed: seed)
  }

  @Test(arguments: [UInt64](61...62))
  func `R21, R22: every answer names positions that exist, ascending, each once`(
    _ seed: UInt64
  ) async throws {
    let day = MadeUpDay(seed: seed, changes: 60, isExact: false)
    let story = try await Timeline(Self.watched(day)).told()
    try story.ledger.read { view in
      for second in stride(from: 0, to: day.end, by: 7) {
        for ip in Self.ips {
          let answer = try view.audit(
            story.address(ip), at: Instant(story: MadeUpDay.time(second)))
          #expect(answer.evidence == Set(answer.evidence).sorted())
          #expect(answer.evidence.isEmpty == (answer.verdict == .unknown && answer.holders.isEmpty))
          for position in answer.evidence { #expect(try view.event(at: position) != nil) }
        }
      }
    }
  }

  @Test(arguments: [UInt64](71...90))
  func `R15, R17, R20: what is listed as kept is what each address says`(
    _ seed: UInt64
  ) async throws {
    let day = MadeUpDay(seed: seed, changes: 60, isExact: true)
    let story = try await Timeline(Self.watched(day)).told()
    let now = MadeUpDay.time(day.end + 10)
    let listed = try story.reservations(at: now).filter { $0.contains("retained") }
    var said: [String] = []
    for ip in Self.ips {
      let words = try story.audit(ip, at: now).split(separator: " ")
      // Where the clock has not started, the pod is still there and its reservation is bound.
      guard words.first == "retained", words[3] != "-" else { continue }
      said.append("\(words[1]) \(ip) retained until \(words[3])")
    }
    #expect(listed.sorted() == said.sorted(), "\(Self.watched(day))")
  }

  private static func watched(_ day: MadeUpDay) -> String {
    "09:00  watch\n\(day.lines.joined(separator: "\n"))\n\(MadeUpDay.time(day.end + 60))  watch"
  }

  /// No exact answer is wrong, and every bounded one contains the truth.
  private static func check(_ story: Story, _ day: MadeUpDay, _ text: String) throws {
    for second in stride(from: 0, to: day.end, by: 5) {
      for ip in Self.ips {
        let answer = try story.audit(ip, at: MadeUpDay.time(second))
        let isBounded = answer.hasPrefix("unknown") || answer.contains("?")
        let place = "\(ip) at \(MadeUpDay.time(second)): \(answer)\n\(text)"
        if let holder = day.holder(of: ip, at: second) {
          let names = answer.split(separator: " ").contains { $0 == holder }
          try #require(names || answer.hasPrefix("unknown"), "\(holder) held \(place)")
        } else {
          let isVacant = answer.hasPrefix("free") || answer.hasPrefix("retained")
          try #require(isBounded || isVacant, "nobody held \(place)")
        }
      }
    }
  }
}
