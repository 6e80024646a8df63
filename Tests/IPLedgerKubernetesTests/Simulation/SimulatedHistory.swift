import IPLedger
import TestSupport

/// A random true history of a small cluster.
struct SimulatedHistory {
  private var cluster = SimulatedCluster()
  private var generator: SplitMix64
  private var serial = 0
  private var reserved: [String: (name: String, until: Instant)] = [:]
  private let isDual: Bool
  private let steps: Int

  static func make(seed: UInt64) -> SimulatedCluster {
    var history = SimulatedHistory(seed: seed)
    for _ in 0..<history.steps { history.step() }
    history.cluster.wait(seconds: 60)
    return history.cluster
  }

  private init(seed: UInt64) {
    generator = SplitMix64(seed: seed)
    isDual = Int.random(in: 0..<4, using: &generator) == 0
    steps = Int.random(in: 10..<60, using: &generator)
  }

  private mutating func chance(_ one: Int) -> Bool {
    Int.random(in: 0..<one, using: &generator) == 0
  }

  private mutating func step() {
    switch Int.random(in: 0..<20, using: &generator) {
    case 0: cluster.wait(Int64.random(in: 600_000_000..<5_000_000_000, using: &generator))
    case 1..<4: cluster.wait(Int64.random(in: 5_000_000..<60_000_000, using: &generator))
    case 4..<12: cluster.wait(Int64.random(in: 500_000..<5_000_000, using: &generator))
    default: cluster.wait(Int64.random(in: 6_000..<500_000, using: &generator))
    }
    cluster.skipVersions(Int.random(in: 0..<3, using: &generator))
    cluster.stampLead = Int64.random(in: 0..<5_000, using: &generator)
    let pods = cluster.pods.values.sorted { $0.uid < $1.uid }
    guard pods.count < 6, pods.isEmpty || chance(4), create(pods) else {
      if let pod = pods.randomElement(using: &generator) { move(pod) }
      return
    }
  }

  private mutating func create(_ pods: [SimulatedPod]) -> Bool {
    serial += 1
    let kinds = ["web-0", "web-1", "db-0", "job-\(serial)", "deploy-\(serial)"]
    guard let name = kinds.randomElement(using: &generator),
      !pods.contains(where: { $0.name == name })
    else { return false }
    var annotations: [String: String] = [:]
    if name.hasPrefix("web") || (name.hasPrefix("db") && chance(2)) {
      annotations = [Dialects.acsEnable: "true", Dialects.acsHours: "1"]
    }
    let finalizers = chance(5) ? ["example.com/keep"] : []
    let isHasty = serial.isMultiple(of: 5)
    cluster.create(name, uid: "\(name)#\(serial)") { pod in
      pod.annotations = annotations
      pod.ownGrace = isHasty ? 0 : 30
      pod.finalizers = finalizers
    }
    return true
  }

  private mutating func move(_ pod: SimulatedPod) {
    if let deletion = pod.deletion {
      if deletion.grace == 0 || (!pod.finalizers.isEmpty && chance(3)) {
        cluster.removeFinalizers(pod.uid)
      } else if !pod.isCompleted, !pod.addresses.isEmpty, chance(5) {
        cluster.report(pod.uid) { $0.phase = "Succeeded" }
      } else {
        cluster.delete(pod.uid, grace: chance(6) ? 5 : 0)
      }
    } else if pod.node == nil {
      if chance(8) { return cluster.delete(pod.uid, grace: 30) }
      let virtual = pod.name.hasPrefix("web-1") || chance(4)
      cluster.bind(pod.uid, to: virtual ? "virtual-kubelet-z" : "node-1")
    } else if pod.addresses.isEmpty {
      if chance(10) { return cluster.delete(pod.uid, grace: chance(2) ? 0 : 30) }
      guard let ip = address(for: pod) else { return }
      cluster.run(pod.uid, isDual ? ["10.0.0.\(ip)", "fd00::\(ip)"] : ["10.0.0.\(ip)"])
    } else if !pod.isCompleted, pod.name.hasPrefix("job"), chance(2) {
      cluster.complete(pod.uid)
    } else if !pod.isCompleted, chance(12), let ip = address(for: pod) {
      cluster.report(pod.uid) { [isDual] in
        $0.addresses = isDual ? ["10.0.0.\(ip)", "fd00::\(ip)"] : ["10.0.0.\(ip)"]
      }
    } else if chance(3) {
      cluster.annotate(pod.uid)
    } else if chance(5) {
      cluster.report(pod.uid) { _ in }
    } else {
      cluster.delete(pod.uid, grace: chance(5) ? 0 : 30)
    }
  }

  /// An address that nobody holds; the one that the pod had before where it can be.
  private mutating func address(for pod: SimulatedPod) -> Int? {
    let free = (1...4).filter {
      cluster.truth.holders(of: "10.0.0.\($0)", at: cluster.now).isEmpty
    }.filter { ip in
      // A pod that is seen on both sides of a gap held its address through it (R20).
      !cluster.truth.tenures.contains { $0.pod.uid == pod.uid && $0.address == "10.0.0.\(ip)" }
    }
    if pod.retainedHours != nil, !chance(8) {
      let own = cluster.truth.tenures.last { $0.pod.name == pod.name && $0.address.contains(".") }
      if let own, let ip = own.address.split(separator: ".").last.flatMap({ Int($0) }),
        free.contains(ip)
      {
        return ip
      }
    }
    return free.randomElement(using: &generator)
  }
}
