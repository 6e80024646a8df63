import IPLedger

/// A control plane that keeps a true history: every change with its exact time.
struct SimulatedCluster: Sendable {
  /// One change of one pod.
  struct Change: Sendable {
    enum Kind: String, Sendable { case added, modified, deleted }
    var kind: Kind
    var pod: SimulatedPod
    var at: Instant
    var verb: String
    var subresource: String?
    var version: Int { pod.version }
  }

  let name: String
  private(set) var now = Instant.seconds(1_790_000_000)
  private(set) var version = 100
  private(set) var changes: [Change] = []
  private(set) var pods: [String: SimulatedPod] = [:]
  private(set) var truth = SimulatedTruth()
  /// How long before its commit a stamp is taken, in microseconds.
  var stampLead: Int64 = 0

  init(named name: String = "lab") { self.name = name }

  mutating func wait(_ microseconds: Int64) { now = now.adding(microseconds: microseconds) }
  mutating func wait(seconds: Double) { wait(Int64(seconds * 1_000_000)) }
  /// Other objects of the cluster change.
  mutating func skipVersions(_ count: Int) { version += count }

  private var stamp: Instant { now.adding(microseconds: -stampLead).wholeSeconds }

  mutating func create(
    _ podName: String, uid: String, _ body: (inout SimulatedPod) -> Void = { _ in }
  ) {
    var pod = SimulatedPod(podName, uid: uid, created: stamp)
    pod.cluster = name
    body(&pod)
    pod.firstAnnotations = pod.annotations
    commit(pod, .added, "create")
  }

  mutating func bind(_ uid: String, to node: String) {
    change(uid, "create", "binding") { $0.node = node }
  }

  /// The kubelet reports its state.
  mutating func report(_ uid: String, _ body: (inout SimulatedPod) -> Void) {
    let stamp = stamp
    change(uid, "patch", "status") { pod in
      body(&pod)
      pod.stamps["kubelet"] = stamp
    }
  }

  mutating func run(_ uid: String, _ addresses: [String]) {
    report(uid) { ($0.addresses, $0.phase) = (addresses, "Running") }
  }

  mutating func complete(_ uid: String) { report(uid) { $0.phase = "Succeeded" } }

  mutating func annotate(
    _ uid: String, by manager: String = "kubectl", with annotations: [String: String] = [:]
  ) {
    let stamp = stamp
    change(uid, "patch", nil) { pod in
      pod.stamps[manager] = stamp
      pod.annotations.merge(annotations) { $1 }
    }
  }

  mutating func addFinalizer(_ uid: String) {
    let stamp = stamp
    change(uid, "patch", nil) { pod in
      pod.stamps["finalizer"] = stamp
      pod.finalizers = ["example.com/keep"]
    }
  }

  /// Somebody asks for the pod's deletion; it is gone at once where nothing keeps it.
  mutating func delete(_ uid: String, grace: Int) {
    guard var pod = pods[uid] else { return }
    let grace = pod.isCompleted || pod.node == nil ? 0 : grace
    // The smallest that was ever shown counts, also where a clock stepped back between two (R15).
    truth.requested[uid] = min(truth.requested[uid] ?? stamp, stamp)
    pod.deletion = (stamp.adding(microseconds: Int64(grace) * 1_000_000), grace)
    commit(pod, grace == 0 && pod.finalizers.isEmpty ? .deleted : .modified, "delete")
  }

  mutating func removeFinalizers(_ uid: String) {
    guard var pod = pods[uid] else { return }
    pod.finalizers = []
    pod.stamps["finalizer"] = stamp
    commit(pod, pod.deletion?.grace == 0 ? .deleted : .modified, "patch")
  }

  private mutating func change(
    _ uid: String, _ verb: String, _ subresource: String?, _ body: (inout SimulatedPod) -> Void
  ) {
    guard var pod = pods[uid] else { return }
    body(&pod)
    commit(pod, .modified, verb, subresource)
  }

  private mutating func commit(
    _ pod: SimulatedPod, _ kind: Change.Kind, _ verb: String, _ subresource: String? = nil
  ) {
    var pod = pod
    version += 1
    pod.version = version
    changes.append(
      Change(kind: kind, pod: pod, at: now, verb: verb, subresource: subresource))
    pods[pod.uid] = kind == .deleted ? nil : pod
    if kind == .deleted { truth.removed[pod.uid] = now }
    let isOver = kind == .deleted || (pod.isCompleted && !pod.isVirtual) || pod.hostNetwork
    let held = isOver ? [] : pod.addresses
    truth.hold(held, pod, at: now)
  }

  /// The pods as they were behind a change.
  func state(after version: Int) -> [SimulatedPod] {
    var state: [String: SimulatedPod] = [:]
    for change in changes where change.version <= version {
      state[change.pod.uid] = change.kind == .deleted ? nil : change.pod
    }
    return state.values.sorted { $0.uid < $1.uid }
  }
}
