import IPLedger
import TestSupport

/// A made-up day of a cluster: what truly happened, and a story that tells it with bounds around
/// the truth.
struct MadeUpDay {
  /// Who held an address from when until when, in seconds after 10:00.
  struct Use: Hashable {
    let ip: String
    let uid: String
    let from: Int
    var to: Int?
  }

  /// What truly happened.
  private(set) var uses: [Use] = []
  /// The changes, as lines of a story.
  private(set) var lines: [String] = []
  /// The last second of the day.
  private(set) var end = 0

  private struct Pod {
    var uid: String
    var node: String
    var ip: String?
    var isCompleted = false
  }

  private var generator: SplitMix64
  private let isExact: Bool
  private var alive: [String: Pod] = [:]

  /// A day of so many changes, told exactly or with bounds.
  init(seed: UInt64, changes: Int, isExact: Bool) {
    generator = SplitMix64(seed: seed)
    self.isExact = isExact
    for change in 0..<changes {
      end += 2 + number(20)
      step(change)
    }
    end += 30
  }

  /// Who truly held an address at a second.
  func holder(of ip: String, at second: Int) -> String? {
    uses.first { use in
      use.ip == ip && use.from <= second && use.to.map { second < $0 } ?? true
    }?.uid
  }

  private mutating func number(_ limit: Int) -> Int {
    Int(generator.next() % UInt64(limit))
  }

  private mutating func step(_ change: Int) {
    let name = "web-\(number(4))"
    guard var pod = alive[name] else {
      let node = number(3) == 0 ? "virtual-kubelet-1" : "node-1"
      let pod = Pod(uid: "\(name)#\(change)", node: node, ip: freeAddress())
      alive[name] = pod
      begin(pod)
      let ending = number(2) == 0 ? " retain 1" : ""
      tell("\(pod.uid)  gets \(pod.ip ?? "none") on \(node)\(ending)")
      return
    }
    switch number(5) {
    case 0 where !pod.isCompleted:
      finish(pod)
      pod.ip = freeAddress()
      begin(pod)
      tell("\(pod.uid)  gets \(pod.ip ?? "none") on \(pod.node) described \(change)")
    case 1 where !pod.isCompleted:
      pod.isCompleted = true
      if pod.node == "node-1" { finish(pod) }
      tell("\(pod.uid)  completes")
    case 2:
      tell("\(pod.uid)  is asked to go, grace 30")
    case 3, 4:
      finish(pod)
      alive[name] = nil
      tell("\(pod.uid)  goes")
      return
    default: tell("mark")
    }
    alive[name] = pod
  }

  private mutating func freeAddress() -> String? {
    let ips = (0..<6).map { "10.0.0.\($0 + 1)" }
    let free = ips.filter { holder(of: $0, at: end) == nil }
    return number(6) == 0 || free.isEmpty ? nil : free[number(free.count)]
  }

  private mutating func begin(_ pod: Pod) {
    if let ip = pod.ip { uses.append(Use(ip: ip, uid: pod.uid, from: end, to: nil)) }
  }

  private mutating func finish(_ pod: Pod) {
    if let index = uses.lastIndex(where: { $0.uid == pod.uid && $0.to == nil }) {
      uses[index].to = end
    }
  }

  private mutating func tell(_ what: String) {
    guard !isExact else {
      lines.append("\(Self.time(end))  \(what)")
      return
    }
    let (early, late) = (Self.time(max(0, end - number(30))), Self.time(end + number(30)))
    lines.append("\(early)..\(late)  \(what)")
  }

  /// A second after 10:00 as a story tells it.
  static func time(_ second: Int) -> String {
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(10 + second / 3600):\(two(second / 60 % 60)):\(two(second % 60))"
  }
}
