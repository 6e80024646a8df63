import TestSupport

/// One thing that happens in a simulated network of pods, at a second of the story.
struct Action: Hashable, Sendable, CustomStringConvertible {
  enum Verb: Hashable, Sendable {
    case asks(hours: Int?, zone: String, node: String, isEligible: Bool)
    /// The second is when somebody asked, which may be learned later.
    case isAskedToGo(at: Int)
    case completes
    case goes(asked: Int?)
    case expire
    case release
  }

  /// When, in seconds after the first day's midnight.
  var second: Int
  var name = ""
  var letter = ""
  var verb: Verb

  var uid: String { "\(name)#\(letter)" }

  /// The action as a line of a ``Diary``.
  var description: String {
    switch verb {
    case .asks(let hours, let zone, let node, let isEligible):
      let keep = hours.map { " keep \($0)" } ?? ""
      let compute = isEligible ? "" : " class gpu"
      return "\(Self.clock(second)) \(uid) asks\(keep) in \(zone) on \(node)\(compute)"
    case .isAskedToGo(let asked):
      return "\(Self.clock(second)) \(uid) is asked to go at \(Self.clock(asked))"
    case .completes: return "\(Self.clock(second)) \(uid) completes"
    case .goes(let asked):
      let since = asked.map { " asked \(Self.clock($0))" } ?? ""
      return "\(Self.clock(second)) \(uid) goes\(since)"
    case .expire: return "\(Self.clock(second)) expire"
    case .release: return "\(Self.clock(second)) release \(name) by alice"
    }
  }

  /// A second as stories write it.
  static func clock(_ second: Int) -> String {
    func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
    let (day, rest) = second.quotientAndRemainder(dividingBy: 86_400)
    let seconds = rest % 60 == 0 ? "" : ":\(two(rest % 60))"
    let date = day == 0 ? "" : "d\(day + 1) "
    return "\(date)\(two(rest / 3600)):\(two(rest / 60 % 60))\(seconds)"
  }
}

/// The pools of the simulated network: few addresses, so that they are used again and run out.
enum SimulatedPools {
  struct Pool: Sendable {
    let zone: String
    let prefix: String
    /// What it offers, ascending.
    let addresses: [String]
    let coolDown: Int

    var isIPv6: Bool { prefix.contains(":") }
  }

  static let all = [
    Pool(
      zone: "a", prefix: "10.0.0.0/30", addresses: ["10.0.0.0", "10.0.0.1", "10.0.0.3"],
      coolDown: 60),
    Pool(
      zone: "a", prefix: "10.0.0.8/31", addresses: ["10.0.0.8", "10.0.0.9"], coolDown: 3600),
    Pool(
      zone: "b", prefix: "10.0.1.0/30",
      addresses: ["10.0.1.0", "10.0.1.1", "10.0.1.2", "10.0.1.3"], coolDown: 0),
    // Whoever asks here gets an address of each family.
    Pool(zone: "c", prefix: "10.0.2.0/31", addresses: ["10.0.2.0", "10.0.2.1"], coolDown: 0),
    Pool(
      zone: "c", prefix: "fd00::/126", addresses: ["fd00::", "fd00::1", "fd00::2", "fd00::3"],
      coolDown: 600),
  ]

  static let lines = [
    "d1 00:00 pool 10.0.0.0/30 in a except 10.0.0.2 cool 60",
    "d1 00:00 pool 10.0.0.8/31 in a cool 3600", "d1 00:00 pool 10.0.1.0/30 in b cool 0",
    "d1 00:00 pool 10.0.2.0/31 in c", "d1 00:00 pool fd00::/126 in c cool 600",
  ]
}

/// A random history: pods of a few names come, end, go and come back, on both classes of nodes.
struct ActionMaker {
  private var generator: SplitMix64
  private var second = 600
  private var letters: [String: Int] = [:]
  private var alive: [(name: String, letter: String, since: Int)] = []
  private static let names = ["web-0", "web-1", "web-2", "test/web-0"]

  /// The actions of a seed.
  static func actions(seed: UInt64, count: Int) -> [Action] {
    var maker = ActionMaker(generator: SplitMix64(seed: seed))
    return (0..<count).map { _ in maker.next() }
  }

  private mutating func number(_ limit: Int) -> Int { Int(generator.next() % UInt64(limit)) }

  private mutating func next() -> Action {
    second += [1, 30, 61, 600, 3600, 5400, 40_000][number(7)] + number(5)
    let name = Self.names[number(4)]
    switch number(20) {
    case 0: return Action(second: second, verb: .expire)
    case 1: return Action(second: second, name: name, verb: .release)
    case 2...9: return ask(name)
    default: break
    }
    guard !alive.isEmpty else { return ask(name) }
    let pod = alive[number(alive.count)]
    // Learned at once, or some time later.
    let asked = max(pod.since, second - [0, 0, 30, 3600][number(4)])
    let verbs: [Action.Verb] = [
      .isAskedToGo(at: asked), .goes(asked: nil), .goes(asked: nil), .goes(asked: asked),
      .completes,
    ]
    return Action(second: second, name: pod.name, letter: pod.letter, verb: verbs[number(5)])
  }

  private mutating func ask(_ name: String) -> Action {
    let known = letters[name, default: 0]
    // Now and then somebody asks again, also one who has gone.
    let isAgain = known > 0 && number(4) == 0
    let index = isAgain ? number(known) : known
    if !isAgain { letters[name] = known + 1 }
    let letter = "u\(index)"
    if !isAgain { alive.append((name, letter, second)) }
    return Action(
      second: second, name: name, letter: letter,
      verb: .asks(
        hours: [nil, 1, 1, 2, 12, 48, 0][number(7)], zone: ["a", "a", "b", "c"][number(4)],
        node: number(4) == 0 ? "virtual-kubelet-1" : "node-1", isEligible: number(8) > 0))
  }
}
