import IPLedger
import TestSupport
import Testing

/// R7: the order of arrival does not matter.
@Suite(.serialized) struct `the order of learning` {
  @Test func `R7: a delete that arrives before its create meets it by uid`() async throws {
    let text = """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1
      11:00  web-0#a  goes
      12:00  watch
      """
    let story = try await Timeline(text).told { $0.reversed() }
    #expect(try story.tenures("web-0") == ["10.0.0.1 10:00 to 11:00 deleted"])
    #expect(try story.audit("10.0.0.1", at: "11:30") == "free")
    try await expectAnyOrder(text)
  }

  @Test func `R7: a delete of an older incarnation never touches the holder of today`()
    async throws
  {
    let text = """
      09:00  watch
      10:00  web-0#a  gets 10.0.0.1
      10:30  web-0#a  goes
      10:40  web-0#b  gets 10.0.0.1
      12:00  watch
      """
    let timeline = try Timeline(text)
    // The deletion of a is the last thing that is learned.
    let story = try await timeline.told { events in
      events.filter { $0.kind != .deleted } + events.filter { $0.kind == .deleted }
    }
    #expect(
      try story.tenures("web-0") == ["10.0.0.1 10:00 to 10:30 deleted", "10.0.0.1 10:40"])
    #expect(try story.audit("10.0.0.1", at: "11:00") == "held web-0#b")
    try await expectAnyOrder(text)
  }

  @Test func `R7: a recreation under the same name within a second is two incarnations`()
    async throws
  {
    let text = """
      09:00            watch
      10:00            web-0#a  gets 10.0.0.1
      10:30:00.100000  web-0#a  goes
      10:30:00.400000  web-0#b  gets 10.0.0.1
      10:30:00.700000  web-0#b  goes
      10:30:00.900000  web-0#c  gets 10.0.0.1
      12:00            watch
      """
    let story = try await Timeline(text).told()
    #expect(try story.audit("10.0.0.1", at: "10:30:00.099999") == "held web-0#a")
    #expect(try story.audit("10.0.0.1", at: "10:30:00.300000") == "free")
    #expect(try story.audit("10.0.0.1", at: "10:30:00.400000") == "held web-0#b")
    #expect(try story.audit("10.0.0.1", at: "10:30:00.800000") == "free")
    #expect(try story.audit("10.0.0.1", at: "10:30:00.900000") == "held web-0#c")
    try await expectAnyOrder(text)
  }

  @Test(arguments: [UInt64](1...6))
  func `R7: a day with everything in it is the same in any order, with any duplicates`(
    _ seed: UInt64
  ) async throws {
    try await expectAnyOrder(
      """
      09:00         watch
      09:10         web-0#a  gets none on node-1 retain 1
      09:11..09:12  web-0#a  shows 10.0.0.1 2001:db8::1 on node-1 retain 9
      09:20         web-1#x  gets 10.0.0.2 on node-2 retain 48
      09:25         web-1#x  shows 10.0.0.3 on node-2 retain 48
      09:30         job-1#j  gets 10.0.0.4 on node-1
      09:40         job-1#j  completes
      ?             web-0#a  is forced out
      09:50         web-0#b  gets 10.0.0.1 on virtual-kubelet-1 retain 2
      09:55         break
      10:20         watch with web-0#b web-1#x
      10:25         web-2#q  gets 10.0.0.3
      10:30         web-0#b  is asked to go, grace 30
      10:30:10      web-0#b  is asked to go, grace 0
      10:30..10:31  web-0#b  goes
      10:40         web-0#c  gets 10.0.0.1 2001:db8::1 on node-1 retain 1
      10:50         list web-2#q
      ?             web-3#l  shows 10.0.0.7 [listed, stamped 10:45, field 10:44, received 10:51]
      ?             web-3#l  shows 10.0.0.8 [stamped 10:59, preceding 10:45, received 10:58]
      11:00         watch
      """, rounds: 10, seed: seed)
  }

  @Test(arguments: [UInt64](1...40))
  func `R7: what is learned late of many incarnations of a pod comes to the same`(
    _ seed: UInt64
  ) async throws {
    var random = SplitMix64(seed: seed &* 7919)
    func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
    var lines: [String] = []
    var minute = 0
    var version = 100
    func time(_ minutes: Int) -> String {
      let (hour, rest) = (9 + minutes / 60, minutes % 60)
      return "\(hour < 10 ? "0" : "")\(hour):\(rest < 10 ? "0" : "")\(rest)"
    }
    for index in 0..<Int.random(in: 2...6, using: &random) {
      let uid = Character(Unicode.Scalar(UInt8(ascii: "a") + UInt8(index)))
      let node = chance(75) ? "node-1" : "virtual-kubelet-1"
      let address = "10.0.0.\(Int.random(in: 1...3, using: &random))"
      let hours = [nil, 1, 2, 48].randomElement(using: &random) ?? nil
      minute += Int.random(in: 1...50, using: &random)
      version += 10
      let begun = (at: version, minute: minute)
      let created = chance(60) ? ", created \(time(minute))" : ""
      let policy = hours.map { " retain \($0)" } ?? ""
      if chance(50) {
        // First without the policy, which an earlier version has.
        lines.append(
          "\(time(minute))  web-0#\(uid)  gets \(address) on \(node) described \(version) "
            + "[at \(version)\(created)]")
        lines.append(
          "\(time(minute))  web-0#\(uid)  gets \(address) on \(node)\(policy) "
            + "described \(version - 5) [at \(version)]")
      } else {
        lines.append(
          "\(time(minute))  web-0#\(uid)  gets \(address) on \(node)\(policy) "
            + "[at \(version)\(created)]")
      }
      guard chance(85) else { continue }
      if chance(60) {
        // By a clock that may be some hours off.
        let asked = max(0, minute + Int.random(in: -60...120, using: &random))
        version += 10
        lines.append(
          "\(time(min(asked, 880)))  web-0#\(uid)  is asked to go, grace 0 [at \(version)]")
      }
      minute += Int.random(in: 1...20, using: &random)
      version += 10
      if chance(80) { lines.append("\(time(minute))  web-0#\(uid)  goes [at \(version)]") }
      if chance(30) {
        lines.append(
          "\(time(begun.minute))  db-0#x\(uid)  gets \(address) on node-2 [at \(begun.at + 1)]")
        lines.append("\(time(minute))  db-0#x\(uid)  goes [at \(version + 1)]")
      }
    }
    try await expectAnyOrder(lines.joined(separator: "\n"), rounds: 6, seed: seed)
  }
}
