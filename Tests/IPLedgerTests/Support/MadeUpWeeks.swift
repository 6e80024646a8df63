import IPLedger
import TestSupport

/// Some pods that go and come back for weeks, each incarnation with an address of its own.
struct MadeUpWeeks: CustomStringConvertible {
  private(set) var pods: [String] = []
  private(set) var addresses: [String] = []
  /// When pods went.
  private(set) var departures: [String] = []
  private var lines: [(minute: Int, text: String, hours: Int?)] = []

  init(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    func number(_ limit: Int) -> Int { Int(generator.next() % UInt64(limit)) }
    for pod in 0..<3 {
      pods.append("web-\(pod)")
      var minute = number(600)
      for incarnation in 0..<6 {
        let uid = "web-\(pod)#\(incarnation)"
        let address = "10.0.\(pod).\(incarnation + 1)"
        let hours = number(6) == 0 ? nil : 1 << number(7)
        let node = number(5) == 0 ? "virtual-kubelet-1" : "node-1"
        addresses.append(address)
        lines.append((minute, "\(uid)  gets \(address) on \(node)", hours))
        minute += 10 + number(900)
        lines.append((minute, "\(uid)  is asked to go, grace 30", nil))
        minute += 1 + number(90)
        lines.append((minute, "\(uid)  goes", nil))
        departures.append(Self.time(minute))
        minute += 1 + number(2) * number(90) + number(4) * number(2400)
      }
    }
    lines.sort { $0.minute < $1.minute }
  }

  /// The story, with these hours for all who retain, or with their own.
  func text(retainHours: Int?) -> String {
    let told = lines.map { line in
      let hours = line.hours.map { " retain \(retainHours ?? $0)" } ?? ""
      return "\(Self.time(line.minute))  \(line.text)\(hours)"
    }
    return (["d1 00:00  watch"] + told + ["d90 00:00  watch"]).joined(separator: "\n")
  }

  var description: String { text(retainHours: nil) }

  private static func time(_ minute: Int) -> String {
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "d\(2 + minute / 1440) \(two(minute / 60 % 24)):\(two(minute % 60))"
  }
}

extension Story {
  /// What `explain` says of each recreation, by uid.
  func fates(_ weeks: MadeUpWeeks) throws -> [String: RecreationFate] {
    var fates: [String: RecreationFate] = [:]
    for pod in weeks.pods {
      for story in try ledger.read({ view in try view.explain(self.identity(pod)) }) {
        switch story.outcome {
        case .kept, .lost(.givenAnother): fates[story.pod.uid.rawValue] = .kept
        case .lost(.tooLate), .sameByChance(.tooLate): fates[story.pod.uid.rawValue] = .lost
        case .first, .lost, .sameByChance, .noAddress: break
        }
      }
    }
    return fates
  }

  /// The most addresses that are retained at any instant at which a pod went.
  func mostRetained(_ weeks: MadeUpWeeks) throws -> Int {
    try weeks.departures.map { instant in
      try weeks.addresses.count { try audit($0, at: instant).hasPrefix("retained") }
    }.max() ?? 0
  }
}
