import ArgumentParser
import IPLedger

/// Whether a pod kept its address, and why.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell whether a pod kept its address each time it was made anew, and why.",
    discussion: """
      One paragraph for each incarnation, oldest first: what it held and when, what became of \
      the address after it, and the rule (R12 to R17) by which it kept or lost it, with the \
      positions of the events in the log.

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

  @OptionGroup var options: LedgerOptions

  func validate() throws {
    guard case .pod = target else {
      throw ValidationError(
        "what is explained is a pod, as NAMESPACE/POD; who had an address tells 'ipledger audit'")
    }
  }

  func run() throws {
    let ledger = try options.openToRead()
    let (identity, stories) = try ledger.read { view in
      guard case .pod(let identity) = try view.subject(of: target, network: nil) else {
        throw Failure.usage("what is explained is a pod, as NAMESPACE/POD")
      }
      return (identity, try view.explain(identity))
    }
    var output = Output()
    if options.output == .table {
      output.line(
        "\(identity.shortName) in the cluster \(identity.cluster): "
          + plural(stories.count, "incarnation"))
      for (index, story) in stories.enumerated() {
        output.line()
        output.lines(story.lines(number: index + 1, Terminal.style))
      }
    } else {
      output.write(stories, csv: options.output == .csv)
    }
    try output.flush()
  }
}
