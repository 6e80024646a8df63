import Foundation
package import IPLedger

/// What etcd's revisions show of a recording: which pod had which address when.
package struct Truth {
  /// One pod's use of one address; open until the recording ends.
  package struct Interval {
    package let address: IPAddress
    package let uid: String
    package let from: Instant
    package let until: Instant
  }

  /// A question whose answer is known.
  package struct Question {
    package let address: IPAddress
    package let instant: Instant
    /// Who held the address then.
    package let holders: Set<String>
  }

  /// Shorter intervals and gaps are left out: the truth itself lags by up to 85 ms.
  private static let shortest: Int64 = 200_000

  package let intervals: [Interval]

  /// The truth of a recording; what is open ends with it.
  package init(_ recording: RecordedCluster, end: Instant) throws {
    intervals = try recording.lines("truth-api.csv").dropFirst().compactMap { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard fields[7] == "false" else { return nil }
      let isVirtual = fields[6].hasPrefix("virtual-kubelet-")
      // R9: a completed pod gave its address up, but on a virtual node it holds it until it is
      // gone.
      let ends = [fields[5], isVirtual ? "" : fields[10]].filter { !$0.isEmpty }
      let until = try ends.map { try Instant(rfc3339: $0) }.min() ?? end
      let interval = Interval(
        address: try IPAddress(parsing: fields[0]), uid: fields[3],
        from: try Instant(rfc3339: fields[4]), until: until)
      return interval.from < interval.until ? interval : nil
    }
  }

  /// Who held an address at an instant.
  package func holders(of address: IPAddress, at instant: Instant) -> Set<String> {
    Set(
      intervals.filter { $0.address == address && $0.from <= instant && instant < $0.until }
        .map(\.uid))
  }

  /// A question in the middle of every interval, and of every gap between two.
  package var questions: [Question] {
    var questions: [Question] = []
    func ask(_ address: IPAddress, _ from: Instant, _ until: Instant) {
      guard until.microseconds - from.microseconds >= Self.shortest else { return }
      let middle = Instant(microseconds: (from.microseconds + until.microseconds) / 2)
      questions.append(
        Question(
          address: address, instant: middle, holders: holders(of: address, at: middle)))
    }
    for (address, intervals) in Dictionary(grouping: intervals, by: \.address)
      .sorted(by: { $0.key < $1.key })
    {
      let sorted = intervals.sorted { $0.from < $1.from }
      for interval in sorted { ask(address, interval.from, interval.until) }
      var reached = sorted[0].until
      for next in sorted.dropFirst() {
        if next.from > reached { ask(address, reached, next.from) }
        reached = max(reached, next.until)
      }
    }
    return questions
  }
}

/// How a ledger answered the questions.
package struct Score: CustomStringConvertible {
  package var asked = 0
  package var exact = 0
  package var bounded = 0
  package var unknown = 0
  package var wrong: [String] = []

  /// The share of exact answers among those that anybody could give.
  package var exactShare: Double { Double(exact) / Double(max(asked - unknown, 1)) }

  package var description: String {
    "\(asked) asked, \(exact) exact (\(Int(exactShare * 100)) %), \(bounded) bounded, "
      + "\(unknown) unknown, \(wrong.count) wrong"
  }

  /// The questions that nobody could answer: the input never showed the pod, or nobody watched
  /// then.
  package var unanswered: [Truth.Question] = []

  package init(_ truth: Truth, _ view: borrowing LedgerView, network: NetworkName) throws {
    for question in truth.questions {
      let answer = try view.audit(
        Address(network: network, ip: question.address), at: question.instant)
      asked += 1
      let named = Set(answer.holders.map(\.pod.uid.rawValue))
      let isRight: Bool
      switch (answer.verdict, answer.certainty) {
      case (.unknown, _):
        unknown += 1
        unanswered.append(question)
        isRight = true
      case (_, .exact):
        exact += 1
        isRight = named == question.holders
      case (_, .bounded):
        bounded += 1
        isRight = named.isSuperset(of: question.holders)
      }
      if !isRight {
        wrong.append(
          "\(question.address) at \(question.instant): \(answer.verdict) \(answer.certainty) "
            + "\(named.sorted()), truth \(question.holders.sorted())")
      }
    }
  }
}
