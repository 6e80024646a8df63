/// A controller's pods: how many there should be, and what they are made from.
struct SimulatedWorkload: Sendable {
  enum Kind: Sendable { case statefulSet, deployment, job, daemonSet }

  var kind: Kind
  var name: String
  var namespace: String
  var replicas: Int
  /// How often its template was changed.
  var revision = 0
  /// For how many hours the template asks its pods' addresses to be kept.
  var retainedHours: Int?

  /// What a fleet's cluster runs.
  static let all = [
    SimulatedWorkload(
      kind: .statefulSet, name: "web", namespace: "shop", replicas: 2, retainedHours: 1),
    SimulatedWorkload(kind: .statefulSet, name: "db", namespace: "shop", replicas: 1),
    SimulatedWorkload(
      kind: .statefulSet, name: "web", namespace: "test", replicas: 1, retainedHours: 2),
    SimulatedWorkload(kind: .deployment, name: "api", namespace: "shop", replicas: 1),
    SimulatedWorkload(kind: .job, name: "batch", namespace: "test", replicas: 1),
    SimulatedWorkload(kind: .daemonSet, name: "agent", namespace: "kube-system", replicas: 1),
  ]

  /// Whether a pod is one of its own.
  func owns(_ pod: SimulatedPod) -> Bool { pod.labels["of"] == "\(namespace)/\(name)" }

  /// The next step towards what is wanted.
  enum Step: Equatable {
    case create(name: String)
    case delete(uid: String)
  }

  /// What its controller does next, where it does anything.
  ///
  /// - Parameters:
  ///   - pods: Its own pods, in the order of their names.
  ///   - serial: A number that no pod has had.
  /// - Returns: One step; absent where all is as it is wanted, or somebody is waited for.
  func nextStep(_ pods: [SimulatedPod], serial: Int) -> Step? {
    switch kind {
    case .statefulSet: statefulStep(pods)
    case .deployment, .daemonSet: deploymentStep(pods, serial)
    case .job: jobStep(pods, serial)
    }
  }

  /// One at a time, in order; the highest first where one has to go.
  private func statefulStep(_ pods: [SimulatedPod]) -> Step? {
    for ordinal in 0..<replicas {
      guard let pod = pods.first(where: { $0.name == "\(name)-\(ordinal)" }) else {
        return .create(name: "\(name)-\(ordinal)")
      }
      if pod.phase == "Failed", pod.deletion == nil { return .delete(uid: pod.uid) }
      if pod.addresses.isEmpty || pod.deletion != nil { return nil }
    }
    let surplus = pods.last { $0.deletion == nil && ordinal(of: $0) >= replicas }
    let outdated = pods.last { $0.deletion == nil && isOutdated($0) }
    return (surplus ?? outdated).map { .delete(uid: $0.uid) }
  }

  /// New ones before the old ones go.
  private func deploymentStep(_ pods: [SimulatedPod], _ serial: Int) -> Step? {
    let alive = pods.filter { $0.deletion == nil && !$0.isCompleted }
    let current = alive.filter { !isOutdated($0) }
    if current.count < replicas { return .create(name: "\(name)-\(revision)-\(serial)") }
    let old = alive.first(where: isOutdated)
    let surplus = current.count > replicas ? current.last : nil
    return (old ?? surplus).map { .delete(uid: $0.uid) }
  }

  /// As many at a time as are wanted; one that has ended is kept for a while.
  private func jobStep(_ pods: [SimulatedPod], _ serial: Int) -> Step? {
    if pods.filter({ !$0.isCompleted && $0.deletion == nil }).count < replicas {
      return .create(name: "\(name)-\(serial)")
    }
    let ended = pods.filter { $0.isCompleted && $0.deletion == nil }
    return ended.count > 1 ? ended.first.map { .delete(uid: $0.uid) } : nil
  }

  private func isOutdated(_ pod: SimulatedPod) -> Bool { pod.labels["revision"] != "\(revision)" }

  private func ordinal(of pod: SimulatedPod) -> Int {
    pod.name.split(separator: "-").last.flatMap { Int($0) } ?? 0
  }
}
