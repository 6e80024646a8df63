import IPLedger

/// What happens to a ledger, step by step: the same in every run, and each step the same when it is
/// taken again.
struct Scenario {
  /// How many steps it has; they append about a thousand events.
  static let steps = 480

  private let cluster: ClusterName
  private let network: NetworkName

  init() throws {
    cluster = try ClusterName("lab")
    network = try NetworkName("vpc-1")
  }

  /// What time it is at a step.
  static func time(_ step: Int) -> Instant {
    Instant.epoch.adding(microseconds: Int64(1_795_000_000 + 600 * step) * 1_000_000)
  }

  /// Opens a ledger at the time of a step.
  static func open(_ path: String, at step: Int) throws -> Ledger {
    let now = time(step)
    return try Ledger.open(at: path, options: Ledger.Options(clock: { now }))
  }

  /// What the step does, in a word.
  static func name(_ step: Int) -> String {
    if step == 0 { return "define" }
    if step == steps / 2 { return "rebuild" }
    return [
      "create", "create many", "assign", "assign", "list", "create together", "deleting", "delete",
      "go", "expire", "release", "watched",
    ][step % 12]
  }

  /// Takes a step; returns when all of it is durable.
  func perform(_ step: Int, on ledger: Ledger) async throws {
    let now = Self.time(step)
    switch Self.name(step) {
    case "define":
      for (zone, prefix) in [("a", "10.1.0.0/24"), ("b", "fd00::/120")] {
        let pool = try Pool(
          network: network, zone: ZoneName(zone), prefix: AddressPrefix(parsing: prefix),
          coolDown: .minutes(5))
        _ = try await ledger.define(pool, at: now)
      }
    case "rebuild": try await ledger.rebuild()
    case "create": try await ledger.record(created(step, 0))
    case "create many":
      try await ledger.record(contentsOf: try (0..<8).map { try created(step, $0) })
    case "create together":
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<4 {
          let event = try created(step, index)
          group.addTask { try await ledger.record(event) }
        }
        try await group.waitForAll()
      }
    case "assign": try await assign(step, on: ledger)
    case "list": try await ledger.record(.watched(list(step)))
    case "deleting": try await ledger.record(deleting(step))
    case "delete": try await ledger.record(contentsOf: [deleting(step), deleted(step)])
    case "go": try await go(step, on: ledger)
    case "expire": _ = try await ledger.expire(at: now)
    case "release":
      _ = try await ledger.release(service(step - 8), at: now, by: "alice", reason: "a test")
    default: try await ledger.record(.watched(advanced(step)))
    }
  }

  // MARK: What the ledger decides

  private func service(_ step: Int) throws -> PodIdentity {
    try PodIdentity(cluster: cluster, namespace: "shop", name: "web-\(step / 24 % 5)-\(step % 12)")
  }

  private func assign(_ step: Int, on ledger: Ledger) async throws {
    let decision = try await ledger.assign(
      AssignRequest(
        identity: service(step), uid: PodUID("web-\(step)"), at: Self.time(step), network: network,
        zone: ZoneName("a"), node: "node-1", retainHours: step % 5 == 0 ? nil : 1 + step % 3))
    if decision.assignment == nil { throw Point.Broken("no address: \(decision)") }
  }

  /// The pods that were given addresses five and six steps before go.
  private func go(_ step: Int, on ledger: Ledger) async throws {
    for pod in [step - 5, step - 6] {
      let notice = PodNotice(
        identity: try service(pod), uid: try PodUID("web-\(pod)"), at: Self.time(step))
      _ = try await ledger.terminate(notice)
      _ = try await ledger.delete(notice)
    }
  }

  // MARK: What is observed

  private func uid(_ step: Int, _ index: Int) throws -> PodUID {
    try PodUID("job-\(step)-\(index)")
  }

  private func job(_ index: Int) throws -> PodIdentity {
    try PodIdentity(cluster: cluster, namespace: "jobs", name: "job-\(index % 60)")
  }

  private func evidence(_ step: Int, _ index: Int = 0) -> Evidence {
    var evidence = Evidence(
      source: .watch, resourceVersion: ResourceVersion(UInt64(1000 + 20 * step + index)),
      isExactChange: true)
    evidence.newestStamp = Self.time(step).adding(microseconds: -2_000_000)
    evidence.receivedAt = Self.time(step)
    return evidence
  }

  private func created(_ step: Int, _ index: Int) throws -> Event {
    let evidence = evidence(step, index)
    let address = try IPAddress(parsing: "10.2.\(step % 7).\(1 + (step + index) % 200)")
    return .created(
      PodCreated(
        identity: try job(step + index), uid: try uid(step, index), network: network,
        addresses: [address], description: PodDescription(describedAt: evidence.resourceVersion),
        evidence: evidence))
  }

  /// The pod that was created at the last step of its kind is asked to go.
  private func deleting(_ step: Int) throws -> Event {
    let made = step / 12 * 12
    return .deleting(
      PodDeleting(
        identity: try job(made + 1 + step % 8), uid: try uid(made + 1, step % 8),
        request: DeletionRequest(deletionTimestamp: Self.time(step), gracePeriodSeconds: 30),
        evidence: evidence(step)))
  }

  private func deleted(_ step: Int) throws -> Event {
    let made = step / 12 * 12
    return .deleted(
      PodDeleted(
        identity: try job(made + 1 + step % 8), uid: try uid(made + 1, step % 8),
        request: nil, cause: .deleted, evidence: evidence(step, 1)))
  }

  /// A list with many pods: its row takes pages of its own.
  private func list(_ step: Int) throws -> SourceWatched {
    let version = evidence(step).resourceVersion
    return SourceWatched(
      cluster: cluster, network: network, source: .list, scope: .cluster, phase: .synced,
      through: SourceWatched.Point(
        resourceVersion: version, notBefore: nil, notAfter: Self.time(step)),
      presence: SourceWatched.Presence(
        resourceVersion: version, isComplete: false,
        uids: try (0..<240).map { try uid(step, $0) }))
  }

  private func advanced(_ step: Int) throws -> SourceWatched {
    SourceWatched(
      cluster: cluster, network: network, source: .watch, scope: .cluster, phase: .advanced,
      from: SourceWatched.Point(resourceVersion: evidence(max(0, step - 8)).resourceVersion),
      through: SourceWatched.Point(
        resourceVersion: evidence(step).resourceVersion, notBefore: Self.time(step - 1)))
  }
}
