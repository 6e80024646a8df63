import IPLedger

/// Questions with the answers that a sound ledger gives.
struct Questions {
  /// What became of the answers.
  enum Outcome {
    /// All are as they should be.
    case same
    /// One was refused with an error.
    case refused
    /// One is another than it should be, and was given as right.
    case different(String)
  }

  private enum Question {
    case audit(Address, Instant)
    case history(Address)
    case explain(PodIdentity)
    case reservations(Instant)
    case assign(AssignRequest)
    case pools(Instant)
    case head
  }

  private enum Answer: Hashable {
    case audit(PointAnswer)
    case history([HistorySpan])
    case explain([IncarnationStory])
    case reservations([ReservationStatus])
    case assign(Decision)
    case pools([PoolStatus])
    case head(Position)
  }

  private static let askedAtOnce = 6
  private var asked: [(question: Question, answer: Answer)] = []

  /// Asks a sound ledger.
  init(ledger path: String) throws {
    let ledger = try Self.open(path)
    defer { ledger.close() }
    let events = try ledger.events(after: .origin, limit: .max)
    let instants = events.compactMap { recorded in
      recorded.event.occurredAt ?? recorded.event.evidence?.newestStamp
    }.sorted()
    asked = try ledger.read { view in
      var questions: [Question] = [.head]
      for network in try view.networks() {
        for prefix in ["0.0.0.0/0", "::/0"] {
          for address in try view.addresses(in: AddressPrefix(parsing: prefix), of: network) {
            questions.append(.history(address))
            for _ in 0..<4 where !instants.isEmpty {
              let instant = instants[questions.count * 37 % instants.count]
              questions.append(.audit(address, instant.adding(microseconds: 300_000)))
            }
          }
        }
      }
      for identity in Set(events.compactMap(\.event.identity)).sorted() {
        questions.append(.explain(identity))
      }
      for index in stride(from: 0, to: instants.count, by: 60) {
        questions.append(.reservations(instants[index]))
      }
      questions += try Self.decisions(instants.last ?? .epoch, view)
      return try questions.map { ($0, try Self.answer($0, view)) }
    }
  }

  /// What pods that come and come back would be given, as often as there are pools and pods.
  private static func decisions(
    _ last: Instant, _ view: borrowing LedgerView
  ) throws -> [Question] {
    var questions: [Question] = []
    for (index, pool) in try view.pools(of: nil).enumerated() {
      let instant = last.adding(microseconds: Int64(index + 1) * 3_600_000_000)
      let cluster = try ClusterName("prod")
      for name in ["new", "web-0", "web-1", "web-2"] {
        let identity = try PodIdentity(cluster: cluster, namespace: "default", name: name)
        var request = AssignRequest(
          identity: identity, uid: try PodUID("\(name)-anew"), at: instant, network: pool.network,
          retainHours: name == "new" ? nil : 48)
        request.zone = pool.zone
        questions += [.assign(request), .pools(instant)]
      }
    }
    // They are asked as often as all others together.
    return Array(repeating: questions, count: 40).flatMap(\.self)
  }

  /// Asks some of the questions of a ledger, others at each place.
  func outcome(at path: String, _ place: Int) -> Outcome {
    do {
      let ledger = try Self.open(path)
      defer { ledger.close() }
      return try ledger.read { view in
        for turn in 0..<Self.askedAtOnce {
          let (question, expected) = asked[(place &* 31 &+ turn &* 7919) % asked.count]
          let answer = try Self.answer(question, view)
          try view.verify(Self.evidence(of: answer))
          if answer != expected { return .different("\(question)") }
        }
        return .same
      }
    } catch {
      return .refused
    }
  }

  private static func open(_ path: String) throws -> Ledger {
    try Ledger.open(
      at: path, options: Ledger.Options(readOnly: true, create: false, clock: { .epoch }))
  }

  private static func answer(
    _ question: Question, _ view: borrowing LedgerView
  ) throws -> Answer {
    switch question {
    case .audit(let address, let instant): .audit(try view.audit(address, at: instant))
    case .history(let address): .history(try view.history(of: address))
    case .explain(let identity): .explain(try view.explain(identity))
    case .reservations(let instant): .reservations(try view.reservations(at: instant))
    case .assign(let request): .assign(try view.preview(request))
    case .pools(let instant): .pools(try view.poolStatuses(at: instant))
    case .head: .head(try view.head)
    }
  }

  /// The events that the command line reads again before it prints such an answer.
  private static func evidence(of answer: Answer) -> [Position] {
    switch answer {
    case .audit(let answer): answer.evidence
    case .history(let spans): spans.flatMap(\.evidence)
    case .explain(let stories): stories.flatMap(\.evidence)
    case .reservations, .assign, .pools, .head: []
    }
  }
}
