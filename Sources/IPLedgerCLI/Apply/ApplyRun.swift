import IPLedger
import IPLedgerArchive

/// Answers requests in the order of their lines.
///
/// Those that were read while one transaction was on its way share the next one; so many lines cost
/// few synchronous writes, and a line that comes alone is answered alone.
struct ApplyRun {
  /// So many requests share a transaction at the most.
  static let window = 256

  /// A line that was read and is not answered yet.
  private struct Waiting {
    let line: Int
    let answer: Answer
  }

  private enum Answer {
    /// It is known without the ledger.
    case known([JSON.Member])
    /// The ledger is asked.
    case asked(DecisionRequest)
  }

  private let ledger: Ledger
  private let clock: @Sendable () -> Instant
  private var waiting: [Waiting] = []
  /// The latest instant of all lines so far.
  private var latest: Instant?
  /// How many lines there were.
  private(set) var lines = 0
  /// The lines that could not be understood: how many, and the first.
  private(set) var faults: (count: Int, first: Int) = (0, 0)

  /// A run that asks a ledger.
  init(_ ledger: Ledger, clock: @escaping @Sendable () -> Instant) {
    self.ledger = ledger
    self.clock = clock
  }

  /// Answers all lines that come, until the hand-off is closed.
  ///
  /// - Throws: What keeps the input from being read, once all that came before is answered; errors
  ///   of the ledger.
  mutating func answer(from handoff: Handoff<RequestBlock>) async throws {
    defer { handoff.close() }
    while true {
      switch await handoff.take() {
      case .end: return
      case .idle: break
      case .items(let blocks):
        for block in blocks { try await take(block) }
        try await flush()
      }
    }
  }

  private mutating func take(_ block: RequestBlock) async throws {
    switch block {
    case .failed(let failure):
      try await flush()
      throw failure
    case .lines(let lines):
      for line in lines { try await take(line) }
    }
  }

  private mutating func take(_ line: ApplyLine) async throws {
    lines += 1
    switch line.request {
    case .failure(let fault): add(line, fault)
    case .success(let request):
      if let fault = fromTheFuture(request) { return add(line, fault) }
      if let instant = request.instant { latest = max(latest ?? instant, instant) }
      switch request {
      case .decide(let request): add(line, .asked(request))
      case .define(let pool, let instant):
        add(line, .asked(.define(pool, at: instant ?? latest ?? clock())))
      case .withdraw(let prefix, let network, let instant):
        add(line, .asked(.withdraw(prefix, of: network, at: instant ?? latest ?? clock())))
      case .invalidPool(let invalid): add(line, .known(PoolAnswer(refusing: invalid).members))
      case .expire(let instant):
        // A sweep has transactions of its own: what came before it is decided before.
        try await flush()
        let count = try await ledger.sweep(at: instant).count
        add(
          line,
          .known([.result("expired"), JSON.Member(name: "count", value: .integer(count))]))
      }
    }
    if waiting.count >= Self.window { try await flush() }
  }

  /// What is wrong with a request whose instant has not come yet: the ledger would refuse all that
  /// shares its transaction.
  private func fromTheFuture(_ request: ApplyRequest) -> LineFault? {
    let now = clock()
    guard let instant = request.instant,
      instant > now.adding(microseconds: LedgerLimits.maximumDecisionLead.count)
    else { return nil }
    return LineFault(
      "the key \"at\": \(instant) has not come yet, the clock says \(now): what is decided is written "
        + "down for good")
  }

  private mutating func add(_ line: ApplyLine, _ fault: LineFault) {
    faults = (faults.count + 1, faults.count == 0 ? line.number : faults.first)
    add(line, .known([.result("error"), .message(fault.description)]))
  }

  private mutating func add(_ line: ApplyLine, _ answer: Answer) {
    waiting.append(Waiting(line: line.number, answer: answer))
  }

  /// Answers what waits, once what was decided is durable.
  private mutating func flush() async throws {
    let requests = waiting.compactMap { waiting in
      if case .asked(let request) = waiting.answer { request } else { nil }
    }
    var decided = zip(requests, try await ledger.decide(requests)).makeIterator()
    var output = Output()
    for line in waiting {
      let members: [JSON.Member]
      switch line.answer {
      case .known(let known): members = known
      case .asked:
        guard let (request, answer) = decided.next() else {
          preconditionFailure("the ledger answers each request")
        }
        members = answer.members(to: request)
      }
      let number = JSON.Member(name: "line", value: .integer(line.line))
      output.line(JSON.object([number] + members).text)
    }
    waiting.removeAll(keepingCapacity: true)
    try output.flush()
  }
}

extension DecisionAnswer {
  /// The answer to a request as members of an object.
  fileprivate func members(to request: DecisionRequest) -> [JSON.Member] {
    switch (self, request) {
    case (.assignment(let decision), _):
      AssignAnswer(decision: decision, instant: request.instant).members
    case (.disposition(let disposition), _): NoticeAnswer(disposition: disposition).members
    case (.pool(let outcome), .withdraw(let prefix, let network, _)):
      PoolAnswer(outcome, prefix, network).members
    case (.pool(let outcome), .define(let pool, _)):
      PoolAnswer(outcome, pool.prefix, pool.network).members
    case (.released(let ends), _): ReleaseAnswer(ends: ends, why: nil).members
    case (.notReleased(let why), _): ReleaseAnswer(ends: [], why: why).members
    case (.pool, _): preconditionFailure("only what asks about a pool is told of one")
    }
  }
}
