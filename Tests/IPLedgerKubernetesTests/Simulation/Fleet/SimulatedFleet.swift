import IPLedger
import TestSupport

/// Clusters whose controllers, schedulers and nodes do what a list of turns says.
struct SimulatedFleet: Sendable {
  let clusters: [FleetCluster]
  /// Whether the clusters' pods are in one network, and there have the same addresses by a mistake.
  let isShared: Bool
  let isMistaken: Bool

  /// A fleet after these turns; the seed decides what does not change.
  init(seed: UInt64, turns: [Turn]) {
    var random = SplitMix64(seed: seed ^ 0xF1EE7)
    let isShared = Bool.random(using: &random)
    let isMistaken = isShared && Int.random(in: 0..<4, using: &random) == 0
    var clusters = (0..<3).map { index in
      FleetCluster(
        name: "c\(index)", subnet: isShared && !isMistaken ? index : 0,
        isDual: Int.random(in: 0..<3, using: &random) == 0,
        stampLead: Bool.random(using: &random) ? 5_000 : 900_000)
    }
    for turn in turns {
      for index in clusters.indices { clusters[index].api.wait(turn.pause) }
      var salt = SplitMix64(seed: turn.salt)
      clusters[turn.cluster].take(turn.deed, &salt)
    }
    for index in clusters.indices { clusters[index].api.wait(seconds: 60) }
    clusters.removeAll { $0.api.changes.isEmpty }
    self.clusters = clusters
    self.isShared = isShared
    self.isMistaken = isMistaken
  }

  /// The clusters by the networks that they are in.
  var networks: [(name: String, clusters: [FleetCluster])] {
    isShared ? [("vpc", clusters)] : clusters.map { ($0.api.name, [$0]) }
  }
}

/// One cluster of a fleet, and what its controllers want.
struct FleetCluster: Sendable {
  var api: SimulatedCluster
  /// Pods whose annotations were changed while they lived.
  private(set) var edited: Set<String> = []

  private let subnet: Int
  private let isDual: Bool
  private let stampLead: Int64
  private var workloads = SimulatedWorkload.all
  private var lost: Set<String> = []
  private var serial = 0

  private static let nodes = ["node-1", "node-2", "virtual-kubelet-a"]

  init(name: String, subnet: Int, isDual: Bool, stampLead: Int64) {
    api = SimulatedCluster(named: name)
    self.subnet = subnet
    self.isDual = isDual
    self.stampLead = stampLead
  }

  private var pods: [SimulatedPod] { api.pods.values.sorted { $0.uid < $1.uid } }

  /// Does what a turn says, where there is anything that it could be done to.
  mutating func take(_ deed: Turn.Deed, _ salt: inout SplitMix64) {
    api.skipVersions(Int.random(in: 0..<3, using: &salt))
    api.stampLead = .random(in: 0..<stampLead, using: &salt)
    switch deed {
    case .reconcile: reconcile(&salt)
    case .proceed: proceed(&salt)
    case .scale:
      want(&salt) { workload, salt in workload.replicas = .random(in: 0...3, using: &salt) }
    case .roll: want(&salt) { workload, _ in workload.revision += 1 }
    case .setRetention:
      want(&salt) { workload, salt in
        guard workload.kind == .statefulSet else { return }
        workload.retainedHours = [nil, 1, 2].randomElement(using: &salt) ?? nil
        workload.revision += 1
      }
    case .loseNode: Self.nodes.randomElement(using: &salt).map { _ = lost.insert($0) }
    case .returnNode: lost.min().map { _ = lost.remove($0) }
    case .collectGarbage:
      pick(&salt) { [lost] pod in pod.node.map(lost.contains) ?? false }
        .map { api.delete($0.uid, grace: 0) }
    case .evict:
      pick(&salt) { $0.deletion == nil }.map { api.delete($0.uid, grace: $0.ownGrace ?? 30) }
    case .forceDelete: pick(&salt) { _ in true }.map { api.delete($0.uid, grace: 0) }
    case .keepByFinalizer:
      pick(&salt) { $0.deletion == nil && $0.finalizers.isEmpty }
        .map { api.addFinalizer($0.uid) }
    case .dropFinalizer:
      pick(&salt) { !$0.finalizers.isEmpty }.map { api.removeFinalizers($0.uid) }
    case .changeAddress:
      pick(&salt) { !$0.addresses.isEmpty && !$0.isCompleted && !$0.hostNetwork }
        .map { pod in
          guard let addresses = addresses(for: pod, &salt) else { return }
          api.report(pod.uid) { $0.addresses = addresses }
        }
    case .editAnnotations:
      pick(&salt) { _ in true }.map { pod in
        edited.insert(pod.uid)
        api.annotate(
          pod.uid, with: [Dialects.acsEnable: "true", Dialects.acsHours: "\(salt.next() % 9 + 1)"])
      }
    case .touch: pick(&salt) { _ in true }.map { api.annotate($0.uid) }
    case .fail:
      pick(&salt) { !$0.isCompleted && !$0.addresses.isEmpty }
        .map { api.report($0.uid) { $0.phase = "Failed" } }
    }
  }

  private func pick(
    _ salt: inout SplitMix64, _ isMeant: (SimulatedPod) -> Bool
  ) -> SimulatedPod? {
    pods.filter(isMeant).randomElement(using: &salt)
  }

  private mutating func want(
    _ salt: inout SplitMix64, _ change: (inout SimulatedWorkload, inout SplitMix64) -> Void
  ) {
    guard let index = workloads.indices.randomElement(using: &salt) else { return }
    change(&workloads[index], &salt)
  }

  // MARK: Controllers

  private mutating func reconcile(_ salt: inout SplitMix64) {
    // Whom a lost node still has is asked to go.
    if let stranded = pods.first(where: { pod in
      pod.deletion == nil && (pod.node.map(lost.contains) ?? false)
    }), Bool.random(using: &salt) {
      return api.delete(stranded.uid, grace: 30)
    }
    for workload in workloads.shuffled(using: &salt) {
      switch workload.nextStep(pods.filter(workload.owns), serial: serial) {
      case .create(let name): return create(name, workload, &salt)
      case .delete(let uid): return api.delete(uid, grace: 30)
      case nil: continue
      }
    }
  }

  private mutating func create(
    _ name: String, _ workload: SimulatedWorkload, _ salt: inout SplitMix64
  ) {
    serial += 1
    let grace: Int? = [0, 5, 30, 30, 30, nil].randomElement(using: &salt) ?? 30
    let isKept = Int.random(in: 0..<8, using: &salt) == 0
    api.create(name, uid: "\(api.name)-\(name)#\(serial)") { pod in
      pod.namespace = workload.namespace
      pod.labels = [
        "of": "\(workload.namespace)/\(workload.name)", "revision": "\(workload.revision)",
      ]
      pod.ownGrace = grace
      pod.hostNetwork = workload.kind == .daemonSet
      if isKept { pod.finalizers = ["example.com/keep"] }
      if let hours = workload.retainedHours {
        pod.annotations = [Dialects.acsEnable: "true", Dialects.acsHours: "\(hours)"]
      }
    }
  }

  // MARK: Schedulers and nodes

  private mutating func proceed(_ salt: inout SplitMix64) {
    guard let pod = pick(&salt, { pod in !(pod.node.map(lost.contains) ?? false) }) else { return }
    if let deletion = pod.deletion {
      if deletion.grace == 0 || (!pod.finalizers.isEmpty && Bool.random(using: &salt)) {
        api.removeFinalizers(pod.uid)
      } else if !pod.isCompleted, !pod.addresses.isEmpty, Int.random(in: 0..<4, using: &salt) == 0 {
        // Its containers have ended, its object is still there.
        let phase = Bool.random(using: &salt) ? "Failed" : "Succeeded"
        api.report(pod.uid) { $0.phase = phase }
      } else {
        api.delete(pod.uid, grace: 0)
      }
    } else if pod.node == nil {
      let nodes = Self.nodes.filter { !lost.contains($0) }
      nodes.randomElement(using: &salt).map { api.bind(pod.uid, to: $0) }
    } else if pod.addresses.isEmpty {
      guard let addresses = addresses(for: pod, &salt) else { return }
      api.run(pod.uid, addresses)
    } else if pod.labels["of"] == "test/batch", !pod.isCompleted {
      api.complete(pod.uid)
    } else {
      api.report(pod.uid) { _ in }
    }
  }

  /// Addresses that nobody holds; those that are kept for the pod where it may have them (R17), and
  /// those that are kept for another one only by mistake.
  private func addresses(for pod: SimulatedPod, _ salt: inout SplitMix64) -> [String]? {
    if pod.hostNetwork { return ["192.168.0.\(pod.node == Self.nodes[0] ? 1 : 2)"] }
    func both(_ number: Int) -> [String] {
      let first = "10.0.\(subnet).\(number)"
      return isDual ? [first, "fd00:0:0:\(subnet)::\(number)"] : [first]
    }
    let now = api.now
    let free = (1...6).filter { number in
      let first = both(number)[0]
      // Who is seen on both sides of a gap held its address through it (R20): nobody gets one back.
      return api.truth.holders(of: first, at: now).isEmpty
        && !api.truth.tenures.contains { $0.pod.uid == pod.uid && $0.address == first }
    }
    let takesAny = Int.random(in: 0..<10, using: &salt) == 0
    let kept = free.map { ($0, api.truth.kept(both($0)[0], at: now)?.identity) }
    if !takesAny, pod.retainedHours != nil,
      let own = kept.first(where: { $0.1 == pod.identity })
    {
      return both(own.0)
    }
    let open = takesAny ? free : kept.filter { $0.1 == nil }.map(\.0)
    return open.randomElement(using: &salt).map(both)
  }
}
