import ArgumentParser
import IPLedger
import IPLedgerArchive

/// Whether a pod kept its address, and why.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Tell whether a pod kept its address each time it was made anew, and why.",
    discussion: """
      One paragraph for each incarnation, oldest first: what it held and when, what became of \
      the address after it, and the rule (R12 to R17) by which it kept or lost it, with the \
      positions of the events in the log. Of a pod whose addresses this ledger gave, a last \
      paragraph says what a new incarnation with the same policy would be answered now, and why.

      JSON has one object an incarnation: cluster, namespace, name, uid, node, nodeClass, \
      holdings, outcome, reason, explanation, retainHours, descriptionsDiffer, \
      deletionRequestedAt, retention, evidence. Outcome is first, kept, same by chance, lost or \
      no address. CSV has one line an incarnation.

      Example:
        ipledger explain default/web-0
      """)

  @Argument(
    help: ArgumentHelp("A pod as [CLUSTER/]NAMESPACE/POD.", valueName: "pod"),
    transform: Target.init(parsing:))
  var target: Target

  @OptionGroup var verification: VerifyOption

  @OptionGroup var options: LedgerOptions

  func validate() throws {
    guard case .pod = target else {
      throw ValidationError(
        "what is explained is a pod, as NAMESPACE/POD; who had an address tells 'ipledger audit'")
    }
  }

  func run() throws {
    let ledger = try options.openToRead()
    let now = options.currentTime
    let (identity, stories, next) = try ledger.read { view in
      guard case .pod(let identity) = try view.subject(of: target, network: nil) else {
        throw Failure.usage("what is explained is a pod, as NAMESPACE/POD")
      }
      let stories = try view.explain(identity)
      return (identity, stories, try view.nextAnswer(to: identity, stories, at: now))
    }
    try verification.verify(stories.map(\.evidence), in: ledger)
    var output = Output()
    if options.output == .table {
      output.line(
        "\(identity.shortName) in the cluster \(identity.cluster): "
          + plural(stories.count, "incarnation"))
      for (index, story) in stories.enumerated() {
        output.line()
        output.lines(story.lines(number: index + 1, Terminal.style))
      }
      if let next { output.lines(["", next]) }
    } else {
      output.write(stories, csv: options.output == .csv)
    }
    try output.flush()
  }
}

extension LedgerView {
  /// What a new incarnation with the policy of the last one would be answered; `nil` where this
  /// ledger does not decide on the pod.
  fileprivate func nextAnswer(
    to identity: PodIdentity, _ stories: [IncarnationStory], at now: Instant
  ) throws -> String? {
    guard let last = stories.last, last.assignment != nil, let known = last.description else {
      return nil
    }
    let request = AssignRequest(
      identity: identity, uid: try PodUID("next"), at: now,
      network: last.holdings.last?.address.network, zone: last.assignment?.zone, node: known.node,
      nodeClass: known.nodeClass, computeClass: known.computeClass,
      retainHours: known.policy.hours)
    let answer = AssignAnswer(decision: try preview(request), instant: now)
    return "A new incarnation with the same policy would be answered at \(now): \(answer.words)"
  }
}
