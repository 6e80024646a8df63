/// Whose an address was at an instant: what an audit says, in short.
public struct Attribution: Hashable, Sendable {
  /// An incarnation that an address is attributed to.
  public struct Claimant: Hashable, Sendable {
    /// The pod.
    public let identity: PodIdentity
    /// The incarnation.
    public let uid: PodUID
  }

  /// What it comes to (R20).
  public var verdict: Verdict
  /// Whether it is certain (R21).
  public var certainty: Certainty
  /// Who held it, or may have; all claimants of a conflict; for a retained address whose it was last.
  ///
  /// Nobody where the address was free, or where nobody knows.
  public var claimants: [Claimant]

  /// An answer with its parts.
  public init(verdict: Verdict, certainty: Certainty, claimants: [Claimant]) {
    self.verdict = verdict
    self.certainty = certainty
    self.claimants = claimants
  }
}

/// The question whose an address was at an instant.
public struct AddressQuestion: Hashable, Sendable {
  /// The address.
  public var ip: IPAddress
  /// The instant.
  public var instant: Instant

  /// The question about an address at an instant.
  public init(ip: IPAddress, instant: Instant) {
    self.ip = ip
    self.instant = instant
  }
}

/// Attributes many addresses to pods, as ``LedgerView/audit(_:at:)`` does one by one.
///
/// It remembers the tenures of the addresses that it was asked about, and of each answer for how long
/// it is the same, up to a bound; when the ledger has grown, it begins anew. It belongs to whoever asks:
/// two tasks have one each.
///
/// Whoever has many questions asks some ten thousand of them at once: then what is read of an address
/// serves all questions about it, in whatever order they come.
///
/// ```swift
/// let attributor = Attributor(of: network) { $0 }
/// let questions = rows.map { AddressQuestion(ip: $0.ip, instant: $0.time) }
/// let pods = try ledger.read { try attributor.values(for: questions, in: $0) }
/// ```
public final class Attributor<Value> {
  /// The address space of the addresses.
  public let network: NetworkName
  private let verifies: Bool
  private let make: (Attribution) -> Value
  private var snapshot: Int?
  private var recent: [IPAddress: Memory] = [:]
  private var old: [IPAddress: Memory] = [:]
  private var weight = 0
  private let capacity: Int

  /// What is known of one address.
  private final class Memory {
    let tenures: AddressTenures
    /// From when until when an answer is the same, in time order.
    private var extents: [ClosedRange<Instant>] = []
    private var answers: [Answer] = []

    init(_ tenures: AddressTenures) { self.tenures = tenures }

    var weight: Int { 1 + tenures.count + answers.count }

    /// The answer at an instant, or where it belongs.
    func answer(at instant: Instant) -> (answer: Answer?, place: Int) {
      var low = 0
      var high = extents.count
      while low < high {
        let middle = (low + high) / 2
        if extents[middle].upperBound >= instant { high = middle } else { low = middle + 1 }
      }
      guard low < extents.count, extents[low].contains(instant) else { return (nil, low) }
      return (answers[low], low)
    }

    func insert(_ answer: Answer, for extent: ClosedRange<Instant>, at place: Int) {
      extents.insert(extent, at: place)
      answers.insert(answer, at: place)
    }
  }

  /// What was made of an answer.
  private final class Answer {
    let value: Value
    /// What the answer says, where it says something else of an instant that has not come yet.
    let attributionAhead: Attribution?

    init(_ value: Value, ahead: Attribution?) {
      self.value = value
      attributionAhead = ahead
    }
  }

  /// How many tenures and answers are remembered at least, unless told otherwise; each takes some
  /// hundreds of bytes, and up to twice as many are.
  public static var defaultCapacity: Int { 100_000 }

  /// An attributor that remembers what it makes of each answer.
  ///
  /// - Parameters:
  ///   - network: The address space of the addresses.
  ///   - verifies: Whether the events that an answer rests on are verified, as
  ///     ``LedgerView/verify(_:)-([Position])`` does, when it is first found.
  ///   - capacity: How many tenures and answers are remembered at least.
  ///   - make: Makes of an answer what is wanted, such as a line of text; where an answer is another one for
  ///     instants that have not come yet, it is called for each of these.
  public init(
    of network: NetworkName, verifies: Bool = false, capacity: Int = defaultCapacity,
    _ make: @escaping (Attribution) -> Value
  ) {
    self.network = network
    self.verifies = verifies
    self.capacity = capacity
    self.make = make
  }

  /// What was made of the answer about an address at an instant.
  ///
  /// - Throws: ``LedgerError`` where a row or an event that the answer rests on is damaged.
  public func value(
    for ip: IPAddress, at instant: Instant, in view: borrowing LedgerView
  ) throws -> Value {
    if snapshot != view.snapshot {
      recent.removeAll()
      old.removeAll()
      weight = 0
      snapshot = view.snapshot
    }
    let memory = try memory(of: ip, in: view)
    let (known, place) = memory.answer(at: instant)
    let answer: Answer
    if let known {
      answer = known
    } else {
      let (found, extent) = try find(ip, at: instant, memory.tenures, in: view)
      memory.insert(found, for: extent, at: place)
      weight += 1
      answer = found
    }
    if let attribution = answer.attributionAhead, view.isAhead(instant) { return make(attribution) }
    return answer.value
  }

  /// What was made of the answers to many questions, in the order of the questions.
  ///
  /// They are asked in the order of the addresses, and of one address in the order of time.
  ///
  /// - Throws: ``LedgerError`` where a row or an event that an answer rests on is damaged.
  public func values(
    for questions: [AddressQuestion], in view: borrowing LedgerView
  ) throws -> [Value] {
    let order = questions.indices.sorted { left, right in
      let (one, other) = (questions[left], questions[right])
      return one.ip == other.ip ? one.instant < other.instant : one.ip < other.ip
    }
    var values: [Value] = []
    values.reserveCapacity(questions.count)
    var places = Array(repeating: 0, count: questions.count)
    for index in order {
      places[index] = values.count
      values.append(try value(for: questions[index].ip, at: questions[index].instant, in: view))
    }
    return places.map { values[$0] }
  }

  private func memory(of ip: IPAddress, in view: borrowing LedgerView) throws -> Memory {
    if let known = recent[ip] { return known }
    if weight >= capacity {
      old = recent
      recent = [:]
      weight = 0
    }
    let memory: Memory
    if let known = old[ip] {
      memory = known
    } else {
      memory = Memory(try AddressTenures(of: Address(network: network, ip: ip), in: view))
    }
    recent[ip] = memory
    weight += memory.weight
    return memory
  }

  private func find(
    _ ip: IPAddress, at instant: Instant, _ tenures: AddressTenures, in view: borrowing LedgerView
  ) throws -> (answer: Answer, extent: ClosedRange<Instant>) {
    let address = Address(network: network, ip: ip)
    let (finding, extent) = try view.findingWithExtent(address, at: instant, tenures)
    if verifies { try view.verify(view.evidence(of: finding, address, at: instant)) }
    var attribution = Attribution(finding)
    let value = make(attribution)
    guard finding.verdict != .unknown, finding.certainty == .exact else {
      return (Answer(value, ahead: nil), extent)
    }
    // What is decided until then nobody knows.
    attribution.certainty = .bounded
    return (Answer(value, ahead: attribution), extent)
  }
}

extension Attribution {
  /// What an answer says, in short.
  public init(_ answer: PointAnswer) {
    self.init(answer.verdict, answer.certainty, answer.holders, answer.retention)
  }

  init(_ finding: LedgerView.Finding) {
    self.init(finding.verdict, finding.certainty, finding.holders, finding.retention)
  }

  private init(
    _ verdict: Verdict, _ certainty: Certainty, _ holders: [Holding], _ retention: Retention?
  ) {
    self.verdict = verdict
    self.certainty = certainty
    switch verdict {
    case .held, .conflicted:
      claimants = holders.map { Claimant(identity: $0.pod.identity, uid: $0.pod.uid) }
    case .retained:
      claimants = retention.map { [Claimant(identity: $0.identity, uid: $0.uid)] } ?? []
    case .free, .unknown:
      claimants = []
    }
  }
}
