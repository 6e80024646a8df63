import ArgumentParser
import IPLedger
import IPLedgerArchive

/// The events as they were learned.
struct History: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Print the events in log order: what was learned, when it happened, and from what.",
    discussion: """
      Of a pod, all events about it; of an IP or CIDR prefix, all events about the pods that \
      ever held it; without a target, the whole log. --from and --to look at when things \
      happened, not at when they were recorded; what may have happened then is shown.

      JSON has one object an event with all its fields, evidence included, raw. CSV has \
      position, recorded_at, kind, cluster, namespace, name, uid, happened_earliest, \
      happened_latest, says, source, resource_version.

      Examples:
        ipledger history default/web-0
        ipledger history --reverse --limit 20
        ipledger history 10.0.4.17 --from '2h ago' -o json
      """)

  /// So many events are read at a time: a reader that stays open makes the file grow.
  private static let page = 256

  @Argument(
    help: ArgumentHelp("An IP, a CIDR prefix or a pod as [CLUSTER/]NAMESPACE/POD."),
    transform: Target.init(parsing:))
  var target: Target?

  @Option(help: "The address space, where an IP is in several.", transform: NetworkName.init(_:))
  var network: NetworkName?

  @OptionGroup var period: PeriodOptions

  @Flag(help: "Newest first.")
  var reverse = false

  @Option(help: ArgumentHelp("Print so many events at the most.", valueName: "n"))
  var limit: Int?

  @OptionGroup var options: LedgerOptions

  func validate() throws {
    if let limit, limit < 1 {
      throw ValidationError("--limit has to be at least 1, found \(limit)")
    }
  }

  func run() throws {
    let ledger = try options.openToRead()
    let (from, to) = try period.instants(now: options.currentTime)
    let writer = EventWriter(
      form: options.output, from: from, to: to, limit: limit ?? .max, style: Terminal.style)
    if let target {
      try printEvents(of: target, in: ledger, writer)
    } else {
      try printAll(of: ledger, writer)
    }
  }

  private func printAll(of ledger: Ledger, _ writer: consuming EventWriter) throws {
    let head = try ledger.head
    let last = reverse ? Position(1) : head
    var reached = Position.origin
    while !writer.isFull, head > .origin, reached != last {
      var events: [DatedEvent] = []
      try ledger.read { view in
        try view.forEachEvent(after: reached, reverse: reverse) { event in
          events.append(DatedEvent(recorded: event, happened: try view.bounds(of: event.event)))
          return events.count < Self.page
        }
      }
      guard let position = events.last?.recorded.position else { break }
      reached = position
      try writer.write(events)
    }
    try writer.finish()
  }

  private func printEvents(
    of target: Target, in ledger: Ledger, _ writer: consuming EventWriter
  ) throws {
    var positions = try ledger.read { view in
      switch try view.subject(of: target, network: network) {
      case .pod(let identity): try view.positions(of: identity)
      case .address(let address): try view.positions(of: address)
      case .prefix(let prefix, let networks):
        Set(
          try networks.flatMap { try view.addresses(in: prefix, of: $0) }
            .flatMap { try view.positions(of: $0) }
        ).sorted()
      }
    }
    if reverse { positions.reverse() }
    var rest = positions[...]
    while !writer.isFull, !rest.isEmpty {
      let page = rest.prefix(Self.page)
      rest = rest.dropFirst(Self.page)
      let events = try ledger.read { view in
        try page.compactMap { position in
          try view.event(at: position).map {
            DatedEvent(recorded: $0, happened: try view.bounds(of: $0.event))
          }
        }
      }
      try writer.write(events)
    }
    try writer.finish()
  }
}

/// Writes events page by page, those that may have happened in a time, up to a limit.
struct EventWriter: ~Copyable {
  private let form: OutputForm
  private let from: Instant?
  private let to: Instant?
  private let style: Style
  private var left: Int
  private var isFirst = true
  private var output = Output()

  init(form: OutputForm, from: Instant?, to: Instant?, limit: Int, style: Style) {
    self.form = form
    self.from = from
    self.to = to
    self.style = style
    left = limit
  }

  /// Whether as many were written as were asked for.
  var isFull: Bool { left == 0 }

  /// Writes a page.
  mutating func write(_ events: [DatedEvent]) throws {
    let shown = events.filter { mayHaveHappened($0.happened) }.prefix(left)
    left -= shown.count
    guard !shown.isEmpty else { return }
    if form == .table {
      for event in shown {
        if !isFirst { output.line() }
        isFirst = false
        output.lines(event.entry(style))
      }
    } else {
      if isFirst, form == .csv { output.text(CSV.line(DatedEvent.columns)) }
      isFirst = false
      output.write(more: shown, csv: form == .csv)
    }
    try output.flush()
  }

  /// Writes what is left: a header where there was no event.
  mutating func finish() throws {
    if isFirst, form == .csv { output.text(CSV.line(DatedEvent.columns)) }
    try output.flush()
    if isFirst { Terminal.note("no event matches\n") }
  }

  private func mayHaveHappened(_ bounds: Bounds) -> Bool {
    if let to, let earliest = bounds.earliest, earliest >= to { return false }
    if let from, let latest = bounds.latest, latest < from { return false }
    return true
  }
}
