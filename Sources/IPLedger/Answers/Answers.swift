/// What the ledger says of one address at one instant (R20).
public enum Verdict: String, Hashable, Sendable, CaseIterable {
  /// Somebody holds it, or may hold it: see ``Certainty``.
  case held
  /// It is kept for a pod that is gone, and nobody uses it.
  case retained
  /// Nobody holds it and it is kept for nobody.
  case free
  /// Several incarnations surely hold it at once (R11).
  case conflicted
  /// Nobody watched then, so nobody knows.
  case unknown
}

/// Whether an answer is certain (R8b, R21).
public enum Certainty: String, Hashable, Sendable, CaseIterable {
  /// It is so.
  case exact
  /// It lies between bounds: the pods named may hold the address, and it may be nobody, or one that
  /// nobody saw. Also of an instant that has not come yet.
  case bounded
}

/// One incarnation's use of an address, with all that is known of its times.
public struct Holding: Hashable, Sendable {
  /// The address.
  public var address: Address
  /// The pod.
  public var pod: PodReference
  /// When it began.
  public var from: Bounds
  /// When it ended; absent while nothing says that it did.
  public var to: Bounds?
  /// Why it ended.
  public var ended: TenureEnd?
  /// Until when it is certain that it went on, where it has no end.
  public var knownUntil: Instant?
  /// Whether two clocks contradict each other in its evidence.
  public var clocksDisagree: Bool

  /// Whether it is certain that the pod held the address then.
  public func surelyHolds(at instant: Instant) -> Bool {
    guard from.isSurelyBy(instant) else { return false }
    guard let to else { return knownUntil.map { instant <= $0 } ?? false }
    return to.isSurelyAfter(instant)
  }

  /// Whether it is possible that the pod held the address then.
  public func mayHold(at instant: Instant) -> Bool {
    if from.isSurelyAfter(instant) { return false }
    guard let to else { return true }
    return !to.isSurelyBy(instant)
  }

  /// The time in which it is certain that the pod held the address; `nil` where there is none.
  public var sureSpan: Range<Instant>? {
    guard let start = from.latest, let end = to == nil ? knownUntil : to?.earliest, start < end
    else { return nil }
    return start..<end
  }
}

/// An address that is kept for a pod that is gone.
public struct Retention: Hashable, Sendable {
  /// Why it is kept no more.
  public enum End: String, Hashable, Sendable, CaseIterable {
    /// The deadline passed (R18).
    case expired
    /// The pod came back and has it again (R16).
    case returned
    /// The pod came back with other addresses (R17).
    case returnedElsewhere = "returned-elsewhere"
    /// Another pod was given it (R17).
    case taken
    /// An operator freed it (R19).
    case released
  }

  /// For whom.
  public var identity: PodIdentity
  /// On which class of nodes (R17).
  public var nodeClass: NodeClass
  /// The incarnation that held it last.
  public var uid: PodUID
  /// All the addresses of the reservation (R2).
  public var addresses: [Address]
  /// Since when nobody uses it.
  public var from: Bounds
  /// When its last deletion was asked for, or the latest that it can have been: the period counts
  /// from here (R15).
  public var since: Instant?
  /// From when on it is free, if nothing happens before; absent while the pod's object is still
  /// there, or where nothing bounds its deletion.
  public var deadline: Instant?
  /// When it ended or will end; absent while that is not known.
  public var to: Bounds?
  /// Why it ended or will end.
  public var ended: End?
  /// Who took it, where somebody did.
  public var taker: PodReference?
  /// The fact with which it ended, where a pod's return or another pod's coming did that.
  var endFact: FactPlace?

  /// Where a fact about an incarnation is found.
  struct FactPlace: Hashable, Sendable {
    var cluster: ClusterName
    var uid: PodUID
    var version: ResourceVersion
  }

  /// Whether it is certain that the address was kept then, as far as the pod itself tells.
  public func surelyKeeps(at instant: Instant) -> Bool {
    from.isSurelyBy(instant) && (to.map { $0.isSurelyAfter(instant) } ?? true)
  }

  /// Whether it is possible that the address was kept then.
  public func mayKeep(at instant: Instant) -> Bool {
    !from.isSurelyAfter(instant) && !(to.map { $0.isSurelyBy(instant) } ?? false)
  }
}

/// The answer for one address at one instant (R20–R22).
public struct PointAnswer: Hashable, Sendable {
  /// The address that was asked for.
  public var address: Address
  /// The instant that was asked for.
  public var instant: Instant
  /// The last position of the log that the answer knows of.
  public var asOf: Position
  /// What it comes to.
  public var verdict: Verdict
  /// Whether it is certain.
  public var certainty: Certainty
  /// Who holds the address; those who may hold it, in a bounded answer; the last known holder, in
  /// an unknown one.
  public var holders: [Holding]
  /// For whom it is kept, where it is.
  public var retention: Retention?
  /// The positions of the events that the answer rests on, ascending (R21).
  public var evidence: [Position]
}

/// One line of the history of an address or a pod.
public struct HistorySpan: Hashable, Sendable {
  /// Why a span ended.
  public enum End: Hashable, Sendable, CustomStringConvertible {
    /// A pod gave the address up.
    case tenure(TenureEnd)
    /// A reservation ended.
    case retention(Retention.End)

    /// One word, such as `deleted` or `expired`.
    public var description: String {
      switch self {
      case .tenure(let end): "\(end)"
      case .retention(let end): end.rawValue
      }
    }
  }

  /// What was so.
  public var kind: Verdict
  /// Whether it certainly was so at some time between ``from`` and ``to``.
  public var certainty: Certainty
  /// The address.
  public var address: Address
  /// Who, for a span in which somebody held it; all of them in a conflict.
  public var holders: [Holding]
  /// For whom, for a span in which it was kept.
  public var retention: Retention?
  /// When it began; absent where nothing is known before.
  public var from: Bounds?
  /// When it ended; absent while it goes on.
  public var to: Bounds?
  /// Why it ended.
  public var ended: End?
  /// The positions of the events that it rests on, ascending.
  public var evidence: [Position]
}
