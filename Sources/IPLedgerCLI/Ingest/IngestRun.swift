import IPLedger
import IPLedgerKubernetes

/// Takes what is read, turns it into facts and records them, a bounded amount at a time.
struct IngestRun {
  /// So many events share a transaction at the most, give or take those of one document.
  private static let batch = 2000
  /// In which epoch an input is, is decided by so many documents at the most.
  private static let epochDocuments = 512
  /// A live input is looked at so often when nothing is read from it.
  private static let idle = Duration.seconds(1)
  /// It says how far it has come so often at the most: each time is an event.
  private static let betweenAdvances = Duration.seconds(5)

  private let ledger: Ledger
  private let options: ObservationOptions
  private var observer: PodObserver
  private var hasObserver = false
  /// The observer of the input before: the pages of one list may be in several inputs.
  private var previous: PodObserver?
  /// What was read of the input before it is known in which epoch of resource versions it is.
  private var undecided: [(document: InputDocument, readAt: Instant?)] = []
  private var isEpochKnown = false
  private var isLive = false
  private var hasNews = false
  private var advancedAt = ContinuousClock.now
  private var waiting: [(event: Event, line: Int)] = []
  private(set) var tally: IngestTally

  /// A run that records in a ledger.
  init(_ ledger: Ledger, _ options: ObservationOptions) {
    self.ledger = ledger
    self.options = options
    observer = PodObserver(options)
    tally = IngestTally(options)
  }

  /// Records all that comes, until the hand-off is closed.
  ///
  /// - Throws: The first error of an input, once all that came before it is recorded; errors of the
  ///   ledger.
  mutating func record(from handoff: Handoff<Reading>) async throws {
    let ticker = Task {
      while !Task.isCancelled {
        try? await Task.sleep(for: Self.idle)
        handoff.tick()
      }
    }
    defer {
      ticker.cancel()
      handoff.close()
    }
    while true {
      switch await handoff.take() {
      case .end:
        if tally.inputs > 0, observer.missesPages {
          tally.observed.warnings[.pagesMissing, default: 0] += 1
        }
        return
      case .idle: try await advance()
      case .items(let readings):
        for reading in readings { try await take(reading) }
        if isLive { try await flush() }
      }
    }
  }

  private mutating func take(_ reading: Reading) async throws {
    switch reading {
    case .began(let source, let isLive):
      begin(source)
      self.isLive = isLive
    case .document(let document, let readAt):
      do throws(ObservationError) {
        try observe(document, readAt: readAt)
      } catch {
        try await end()
        throw refusal(of: document.line, error.message, .badData)
      }
      hasNews = true
      if undecided.count >= Self.epochDocuments { try decideEpoch() }
      if waiting.count >= Self.batch { try await flush() }
    case .ended(let source, let error):
      if !hasObserver { begin(source) }
      try await end()
      if let error { throw error }
    }
  }

  private mutating func begin(_ source: InputSource) {
    previous = tally.inputs > 0 ? observer : nil
    observer = PodObserver(options(at: observer.epoch), continuing: previous)
    hasObserver = true
    isEpochKnown = false
    undecided = []
    tally.inputs += 1
    tally.source = source.name
  }

  private func options(at epoch: UInt32) -> ObservationOptions {
    var options = options
    options.epoch = max(epoch, options.epoch)
    return options
  }

  private mutating func observe(
    _ document: InputDocument, readAt: Instant?
  ) throws(ObservationError) {
    waiting += try observer.observe(document, readAt: readAt).map { ($0, document.line) }
    if !isEpochKnown, !observer.isEpochStated { undecided.append((document, readAt)) }
  }

  /// Decides in which epoch of resource versions the input can be true, by its first documents
  /// (R8a).
  private mutating func decideEpoch() throws {
    let documents = undecided
    undecided = []
    isEpochKnown = waiting.contains { $0.event.evidence?.newestStamp != nil }
    let fellBack = try ledger.read { view in
      try waiting.contains { try EpochRule.fellBack($0.event, in: view) }
    }
    guard fellBack else { return }
    tally.observed.warnings[.versionsFellBack, default: 0] += 1
    waiting = []
    observer = PodObserver(options(at: observer.epoch + 1), continuing: previous)
    for (document, readAt) in documents { try observe(document, readAt: readAt) }
    undecided = []
  }

  /// Says how far a live input has come, once it is quiet.
  private mutating func advance() async throws {
    let now = ContinuousClock.now
    guard isLive, hasNews, hasObserver, advancedAt.duration(to: now) >= Self.betweenAdvances
    else { return }
    advancedAt = now
    hasNews = false
    if !undecided.isEmpty { try decideEpoch() }
    waiting += observer.advance().map { ($0, 0) }
    try await flush()
  }

  /// The end of an input: what only it tells, and the figures.
  private mutating func end() async throws {
    guard hasObserver else { return }
    if !undecided.isEmpty { try decideEpoch() }
    waiting += observer.finish().map { ($0, 0) }
    tally.observed.add(observer.summary)
    hasObserver = false
    try await flush()
  }

  private mutating func flush() async throws {
    if !undecided.isEmpty { try decideEpoch() }
    guard !waiting.isEmpty else { return }
    let batch = waiting
    waiting = []
    do {
      let recordings = try await ledger.record(contentsOf: batch.map(\.event))
      for (item, recording) in zip(batch, recordings) { tally.count(item.event, recording) }
    } catch let error as LedgerError where error.isOfOneEvent {
      // All of them or none: one by one, what stands before that event is recorded.
      for item in batch { try await record(item.event, line: item.line) }
    }
  }

  private mutating func record(_ event: Event, line: Int) async throws {
    do {
      tally.count(event, try await ledger.record(event))
    } catch let error as LedgerError {
      throw refusal(of: line, "\(error)", ExitReason(error))
    }
  }

  /// Why an object of the present input was not recorded, and what to do.
  private func refusal(of line: Int, _ why: String, _ status: ExitReason) -> Failure {
    Failure(
      message: "\(tally.place(line)): \(why)\n"
        + "What was read before it stays recorded; leave that object out and ingest it again.",
      status: status)
  }
}
