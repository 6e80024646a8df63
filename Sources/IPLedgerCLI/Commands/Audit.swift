import ArgumentParser
import IPLedger
import IPLedgerArchive

/// Which pod held an address when, and which addresses a pod held.
struct Audit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Tell which pod held an address when, or which addresses a pod held.",
    discussion: """
      With --at, one answer for each address: held, retained (kept for a pod that is gone), \
      free, conflicted or unknown, and whether that is exact or lies between bounds. Without \
      it, the whole history in time order, or what may overlap --from and --to.

      Times are RFC 3339 (UTC where there is no zone), dates, 'now', or like '5m ago'. Where \
      only bounds of a time are known it is printed as EARLIEST .. LATEST.

      JSON with --at: address, network, at, asOf, verdict, certainty, pods, retained, evidence. \
      Without: kind, certainty, address, network, pod, retained, from, to, ended, evidence; a \
      conflict has null for pod, and all claimants in pods.
      CSV has the same, flat: one line for each pod that an answer names. Evidence is the \
      positions of the events, as 'ipledger history' prints them.

      Examples:
        ipledger audit 10.0.4.17 --at '2026-11-23 03:12'
        ipledger audit 10.0.4.0/24 --at '5m ago' -o json
        ipledger audit default/web-0 --from 2026-11-22
        ipledger audit 10.0.4.17 --at 2026-11-23T03:12:00Z --as-of 1200
      """,
    aliases: ["who"])

  @Argument(
    help: ArgumentHelp("An IP, a CIDR prefix or a pod as [CLUSTER/]NAMESPACE/POD."),
    transform: Target.init(parsing:))
  var target: Target

  @Option(help: "The address space, where an IP is in several.", transform: NetworkName.init(_:))
  var network: NetworkName?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The instant to ask about.", valueName: "t"),
    transform: TimeExpression.init(parsing:))
  var at: TimeExpression?

  @OptionGroup var period: PeriodOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Answer as the ledger knew it at a position, or at a recording time.",
      valueName: "position|t"),
    transform: AsOf.init(parsing:))
  var asOf: AsOf?

  @Flag(help: "Exit with 0 only if the answer is, or has among its lines, held; else with 1.")
  var exitCode = false

  @OptionGroup var verification: VerifyOption

  @OptionGroup var options: LedgerOptions

  func validate() throws {
    if at != nil, period.isGiven {
      throw ValidationError("--at is one instant: leave --from and --to away, or --at")
    }
  }

  func run() throws {
    let now = options.currentTime
    let ledger = try options.openToRead()
    let subject = try ledger.read { view in try view.subject(of: target, network: network) }
    let isHeld: Bool
    if let at {
      let instant = at.instant(now: now)
      let answers = try ledger.ask(asOf, about: subject, now: now) { view in
        try view.addresses(of: subject, in: network).map { try view.audit($0, at: instant) }
      }
      try verification.verify(answers.map(\.evidence), in: ledger)
      if instant > now, answers.contains(where: { $0.verdict != .unknown }) {
        Terminal.note("\(instant) has not come yet: so it will be if nothing happens until then\n")
      }
      try write(answers, about: subject)
      isHeld = answers.contains { $0.verdict == .held }
    } else {
      let (from, to) = try period.instants(now: now)
      let spans = try ledger.ask(asOf, about: subject, now: now) { view in
        try view.spans(of: subject, in: network).filter { $0.mayOverlap(from: from, to: to) }
      }
      try verification.verify(spans.map(\.evidence), in: ledger)
      try write(spans, about: subject)
      isHeld = spans.contains { $0.kind == .held }
    }
    if exitCode, !isHeld { throw ExitCode(ExitReason.refused.rawValue) }
  }

  private func write(_ answers: [PointAnswer], about subject: Subject) throws {
    var output = Output()
    if options.output != .table {
      output.write(answers, csv: options.output == .csv)
    } else if case .address = subject, let answer = answers.first {
      output.lines(answer.story(Terminal.style))
    } else {
      var table = TextTable(PointAnswer.tableHeader)
      for row in answers.flatMap(\.tableRows) { table.add(row) }
      if !table.isEmpty { output.lines(table.lines(Terminal.style)) }
    }
    try output.flush()
    if answers.isEmpty { Terminal.note("\(subject.nothingKnown)\n") }
  }

  private func write(_ spans: [HistorySpan], about subject: Subject) throws {
    var output = Output()
    if options.output != .table {
      output.write(spans, csv: options.output == .csv)
    } else {
      var table = TextTable(HistorySpan.tableHeader)
      for row in spans.flatMap(\.tableRows) { table.add(row) }
      if !table.isEmpty { output.lines(table.lines(Terminal.style)) }
    }
    try output.flush()
    if spans.isEmpty { Terminal.note("\(subject.nothingKnown)\n") }
  }
}

extension LedgerView {
  /// The addresses of a subject that lie in a network, where one is asked for.
  func addresses(of subject: Subject, in network: NetworkName?) throws -> [Address] {
    try addresses(of: subject).filter { network == nil || $0.network == network }
  }

  /// The history of all that a subject means, in time order for each address, or for the pod as a
  /// whole.
  func spans(of subject: Subject, in network: NetworkName?) throws -> [HistorySpan] {
    if case .pod(let identity) = subject {
      return try history(of: identity).filter { network == nil || $0.address.network == network }
    }
    return try addresses(of: subject, in: network).flatMap { try history(of: $0) }
  }
}

extension Subject {
  /// What is said where an answer has no lines.
  var nothingKnown: String {
    switch self {
    case .address(let address):
      "no pod was seen with \(address.ip) in the network \(address.network) in that time; "
        + "ask with --at whether it was free or nobody watched"
    case .prefix(let prefix, _): "no pod was seen with an address in \(prefix)"
    case .pod(let identity): "the pod \(identity) was not seen with an address in that time"
    }
  }
}
