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

  /// One incarnation's use of one address, in truth.
  struct Tenure: Sendable {
    var address: String
    var pod: SimulatedPod
    var from: Instant
    var until: Instant?
  }

  private(set) var now = Instant.seconds(1_790_000_000)
  private(set) var version = 100
  private(set) var changes: [Change] = []
  private(set) var pods: [String: SimulatedPod] = [:]
  private(set) var tenures: [Tenure] = []
  /// When the deletion of each pod was first asked for, and when it was gone.
  private(set) var requested: [String: Instant] = [:]
  private(set) var removed: [String: Instant] = [:]
  /// How long before its commit a stamp is taken, in microseconds.
  var stampLead: Int64 = 0

  mutating func wait(_ microseconds: Int64) { now = now.adding(microseconds: microseconds) }
  mutating func wait(seconds: Double) { wait(Int64(seconds * 1_000_000)) }
  /// Other objects of the cluster change.
  mutating func skipVersions(_ count: Int) { version += count }

  private var stamp: Instant { now.adding(microseconds: -stampLead).wholeSeconds }

  mutating func create(_ name: String, uid: String, _ body: (inout SimulatedPod) -> Void = { _ in })
  {
    var pod = SimulatedPod(name, uid: uid, created: stamp)
    body(&pod)
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

  mutating func annotate(_ uid: String, by manager: String = "kubectl") {
    let stamp = stamp
    change(uid, "patch", nil) { $0.stamps[manager] = stamp }
  }

  /// Somebody asks for the pod's deletion; it is gone at once where nothing keeps it.
  mutating func delete(_ uid: String, grace: Int) {
    guard var pod = pods[uid] else { return }
    let grace = pod.isCompleted || pod.node == nil ? 0 : grace
    if requested[uid] == nil { requested[uid] = stamp }
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
    if kind == .deleted { removed[pod.uid] = now }
    let isOver = kind == .deleted || (pod.isCompleted && !pod.isVirtual) || pod.hostNetwork
    let held = isOver ? [] : pod.addresses
    for index in tenures.indices
    where tenures[index].pod.uid == pod.uid && tenures[index].until == nil {
      if !held.contains(tenures[index].address) { tenures[index].until = now }
    }
    for address in held
    where !tenures.contains(where: {
      $0.pod.uid == pod.uid && $0.until == nil && $0.address == address
    }) {
      tenures.append(Tenure(address: address, pod: pod, from: now, until: nil))
    }
  }

  /// Who held an address at an instant.
  func holders(of address: String, at instant: Instant) -> Set<String> {
    Set(
      tenures.filter {
        $0.address == address && $0.from <= instant && $0.until.map { instant < $0 } ?? true
      }.map(\.pod.uid))
  }

  /// The deadline of a pod's reservation, by its first request (R15).
  func deadline(of uid: String) -> Instant? {
    guard let request = requested[uid], let gone = removed[uid],
      let hours = tenures.first(where: { $0.pod.uid == uid })?.pod.retainedHours
    else { return nil }
    return max(request.wholeSeconds.adding(microseconds: Int64(hours) * 3_600_000_000), gone)
  }

  /// For whom an unused address is kept, and until when where its pod is gone (R15–R17).
  func kept(_ address: String, at instant: Instant) -> (name: String, until: Instant?)? {
    let begun = tenures.filter { $0.from <= instant }
    guard let last = begun.last(where: { $0.address == address }), let until = last.until,
      until <= instant, last.pod.retainedHours != nil,
      !begun.contains(where: { $0.pod.uid == last.pod.uid && $0.from >= until })
    else { return nil }
    let siblings = Set(
      begun.filter { $0.pod.uid == last.pod.uid && $0.until == until }.map(\.address))
    let isOver = begun.contains {
      $0.from >= until && ($0.pod.name == last.pod.name || siblings.contains($0.address))
    }
    let deadline = deadline(of: last.pod.uid)
    guard !isOver, deadline.map({ instant < $0 }) ?? true else { return nil }
    return (last.pod.name, deadline)
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
