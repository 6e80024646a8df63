import ArgumentParser
import IPLedger

/// Which incarnation a decision is about, and as of when.
struct PodOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("A pod as [CLUSTER/]NAMESPACE/POD.", valueName: "pod"),
    transform: Target.init(parsing:))
  var target: Target

  @Option(help: "The incarnation: the uid that Kubernetes gave it.", transform: PodUID.init(_:))
  var uid: PodUID

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("As of this instant, instead of now.", valueName: "t"),
    transform: TimeExpression.init(parsing:))
  var at: TimeExpression?

  func validate() throws {
    guard case .pod = target else {
      throw ValidationError("expected a pod, as NAMESPACE/POD or CLUSTER/NAMESPACE/POD")
    }
  }

  /// The pod that is meant, known or not; without a cluster that of the only one there is.
  ///
  /// - Parameters:
  ///   - ledger: Where the clusters are known.
  ///   - given: The cluster, where an option names it.
  /// - Returns: Its identity.
  /// - Throws: A ``Failure`` that lists the clusters.
  func identity(in ledger: Ledger, cluster given: ClusterName? = nil) throws -> PodIdentity {
    guard case .pod(let named, let namespace, let name) = target else {
      throw Failure.usage("expected a pod, as NAMESPACE/POD")
    }
    if let named, let given, named != given {
      throw Failure.usage(
        "is the cluster \(named), as in the pod's name, or \(given), as in --cluster?")
    }
    if let cluster = named ?? given {
      return try PodIdentity(cluster: cluster, namespace: namespace, name: name)
    }
    let known = try ledger.read { view in try view.clusters() }
    guard known.count == 1, let only = known.first else {
      let names = known.map(\.rawValue).joined(separator: ", ")
      throw Failure.usage(
        "which cluster is the pod of? The ledger knows \(known.isEmpty ? "none yet" : names): write "
          + "it as CLUSTER/\(namespace)/\(name)")
    }
    return try PodIdentity(cluster: only, namespace: namespace, name: name)
  }

  /// What is told of it.
  ///
  /// - Throws: A ``Failure`` where its instant has not come yet, or the cluster is not clear.
  func notice(
    in ledger: Ledger, requestedAt: TimeExpression? = nil, _ options: LedgerOptions
  ) throws -> PodNotice {
    PodNotice(
      identity: try identity(in: ledger), uid: uid, at: try options.pastInstant(at),
      requestedAt: requestedAt?.instant(now: options.currentTime))
  }
}

extension LedgerOptions {
  /// An instant that is written down, now where none is given: one that has not come yet could not
  /// be taken back.
  func pastInstant(_ at: TimeExpression?) throws -> Instant {
    let now = currentTime
    let instant = at?.instant(now: now) ?? now
    guard instant <= now else {
      throw Failure.usage(
        "--at \(instant) has not come yet: what is decided is written down for good; leave --at away, "
          + "or try with --dry-run where there is one")
    }
    return instant
  }

  /// Prints what was decided; where it is not what was asked for, the program ends as refused.
  func finish(with decision: some DecisionRecord) throws {
    var written = Output()
    written.write(decision, output)
    try written.flush()
    if !decision.isDone { throw ExitCode(ExitReason.refused.rawValue) }
  }
}
