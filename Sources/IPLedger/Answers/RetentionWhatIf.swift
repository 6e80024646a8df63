/// What would have been different with other hours of retention, by the rules (R15–R19).
///
/// Every incarnation whose policy is to retain is given the same hours instead of its own; those
/// whose policy is release stay so. All else stays as it was observed, but for one thing: an address
/// that another pod was given after the recorded deadline would not have been given away where the
/// other hours keep it. One that was taken while it was still retained, against the rules, and one
/// that an operator freed stay lost.
public struct RetentionWhatIf: Hashable, Sendable {
  /// How the other hours compare with the recorded ones, for one recreation.
  public enum Outcome: String, Hashable, Sendable, CaseIterable {
    /// It gets its addresses back under both.
    case kept
    /// It loses them under both.
    case lost
    /// It lost them, and would have got them back.
    case wouldBeKept = "would-be-kept"
    /// It got them back, and would have lost them.
    case wouldBeLost = "would-be-lost"
    /// The bounds of what happened leave one or both open (R8a).
    case uncertain

    /// The comparison of what the rules say under both.
    public init(recorded: RecreationFate, hypothetical: RecreationFate) {
      switch (recorded, hypothetical) {
      case (.kept, .kept): self = .kept
      case (.lost, .lost): self = .lost
      case (.lost, .kept): self = .wouldBeKept
      case (.kept, .lost): self = .wouldBeLost
      case (.uncertain, _), (_, .uncertain): self = .uncertain
      }
    }

    /// Whether the other hours make a difference, or may make one.
    public var isDifference: Bool { self != .kept && self != .lost }
  }

  /// A pod that came back, for which the other hours make a difference or may make one.
  public struct Recreation: Hashable, Sendable {
    /// The pod.
    public var identity: PodIdentity
    /// On which class of nodes (R17).
    public var nodeClass: NodeClass
    /// The incarnation that left the reservation.
    public var previous: PodUID
    /// The incarnation that came back.
    public var uid: PodUID
    /// All the addresses of the reservation (R2).
    public var addresses: [Address]
    /// What the rules say with the recorded hours.
    public var recorded: RecreationFate
    /// What the rules say with the other hours.
    public var hypothetical: RecreationFate
    /// Since when the hours count: the last deletion request, else the latest that the pod can have
    /// been removed (R15); absent where nothing bounds it.
    public var since: Instant?
    /// When it had an address again.
    public var returned: Bounds
    /// The hours that were recorded.
    public var recordedHours: Int
    /// The deadline by the recorded hours.
    public var recordedDeadline: Instant?
    /// The deadline by the other hours.
    public var hypotheticalDeadline: Instant?
    /// Whether it did come back with the same addresses, whatever the rules say.
    public var hasSameAddresses: Bool
    /// The positions of the events that it rests on, ascending.
    public var evidence: [Position]

    /// How the two compare.
    public var outcome: Outcome { Outcome(recorded: recorded, hypothetical: hypothetical) }

    /// How long it was away: from ``since`` to the latest that it can have come back.
    public var gap: Microseconds? {
      guard let since, let latest = returned.latest else { return nil }
      return latest - since
    }
  }

  /// The last position of the log that the answer knows of.
  public var asOf: Position
  /// The hours that are asked about.
  public var retainHours: Int
  /// How many recreations there are of each outcome; none where one is absent.
  public var outcomes: [Outcome: Int]
  /// The recreations whose outcome is not the same for certain, by identity and oldest first.
  public var differing: [Recreation]
  /// The most addresses that were retained at once by the recorded hours.
  ///
  /// An address counts from when its pod was gone at the latest; one of a completed pod, too, only
  /// from when its object was gone.
  public var recordedPeak: RetentionPeak
  /// The most addresses that would have been retained at once by the other hours.
  public var hypotheticalPeak: RetentionPeak
  /// How many reservations are in neither peak, because nothing bounds when their pod was gone.
  public var undated: Int

  init(retainHours: Int, asOf head: Position) {
    asOf = head
    self.retainHours = retainHours
    outcomes = [:]
    differing = []
    recordedPeak = RetentionPeak(addresses: 0, at: nil)
    hypotheticalPeak = recordedPeak
    undated = 0
  }

  /// How many recreations were compared.
  public var compared: Int { outcomes.values.reduce(0, +) }
}
