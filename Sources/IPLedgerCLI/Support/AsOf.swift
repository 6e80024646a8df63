import IPLedger

/// An earlier state of the ledger, by position or by recording time.
enum AsOf: Hashable, Sendable {
  /// After the event at this position.
  case position(Position)
  /// What had been recorded by then.
  case time(TimeExpression)

  /// Reads a position, which is digits only, or a time.
  init(parsing text: String) throws(TimeExpressionError) {
    if let number = UInt64(text), text.allSatisfy(\.isNumber) {
      self = .position(Position(number))
    } else {
      self = .time(try TimeExpression(parsing: text))
    }
  }
}

extension Ledger {
  /// The position that an earlier state ends with.
  func position(_ asOf: AsOf, now: Instant) throws -> Position {
    switch asOf {
    case .position(let position): position
    case .time(let time): try position(recordedBy: time.instant(now: now))
    }
  }

  /// Lends the ledger as it is, or as it was, to a question about a subject.
  func ask<Answer>(
    _ asOf: AsOf?, about subject: Subject, now: Instant,
    _ body: (borrowing LedgerView) throws -> Answer
  ) throws -> Answer {
    guard let asOf else { return try read(body) }
    let head = try position(asOf, now: now)
    let concerned = try read { view in
      var identities = try view.identitiesConcerned(by: view.addresses(of: subject))
      if case .pod(let identity) = subject { identities.insert(identity) }
      return identities
    }
    return try read(
      asOf: head, scratch: SystemClock.scratchDirectory, concerning: concerned, body)
  }
}
