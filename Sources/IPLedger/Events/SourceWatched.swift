/// What a source covered: between two points it saw all changes of the pods in its scope (R20).
///
/// Each event stands for itself: it names both ends of what it covers, and the coverage of a
/// cluster is the union, so the order in which such events are learned does not matter (R7).
public struct SourceWatched: Hashable, Sendable {
  /// What the event is there to say.
  public enum Phase: UInt8, Hashable, Sendable, CaseIterable {
    /// A watch began with a change, not with what was there: it was resumed.
    case began = 1
    /// The source listed what was there.
    case synced = 2
    /// The source went on: it covers what lies between the two points.
    case advanced = 3
    /// The source ended or broke; what follows is not covered by it.
    case interrupted = 4
  }

  /// Which pods of the cluster the source shows.
  public enum Scope: Hashable, Sendable {
    /// All pods of the cluster.
    case cluster
    /// All pods of one namespace.
    case namespace(String)
    /// A selection by labels or fields: it says nothing of pods that it does not show.
    case selection(String)
  }

  /// A point in a source.
  public struct Point: Hashable, Sendable {
    /// The last resource version that had been seen there.
    public var resourceVersion: ResourceVersion?
    /// An instant up to which the source was certainly watched here: of an audit log, by the
    /// server's clock; of a watch that still delivered, the last receive time less what delivery
    /// may take.
    public var notBefore: Instant?
    /// An instant at which the observer had certainly reached this point.
    public var notAfter: Instant?

    /// A point with what is known of it.
    public init(
      resourceVersion: ResourceVersion? = nil, notBefore: Instant? = nil, notAfter: Instant? = nil
    ) {
      self.resourceVersion = resourceVersion
      self.notBefore = notBefore
      self.notAfter = notAfter
    }
  }

  /// A resource version and what is known of its time, from a change that made no event of its own
  /// (R8a).
  public struct Mark: Hashable, Sendable {
    /// The change.
    public var resourceVersion: ResourceVersion
    /// It was not before this.
    public var notBefore: Instant?
    /// It was not after this.
    public var notAfter: Instant?

    /// A mark at a resource version.
    public init(resourceVersion: ResourceVersion, notBefore: Instant?, notAfter: Instant?) {
      self.resourceVersion = resourceVersion
      self.notBefore = notBefore
      self.notAfter = notAfter
    }
  }

  /// The pods that a list, or the initial items of a watch, showed.
  public struct Presence: Hashable, Sendable {
    /// The resource version at which they were all present.
    public var resourceVersion: ResourceVersion
    /// Whether no other pod was there: a full list, with all its pages, of the whole scope (R10).
    public var isComplete: Bool
    /// Whether the list was made at this version or at an unknown later one: kubectl's lists have no
    /// version of their own, so that of the newest item stands for it.
    public var isVersionAtLeast = false
    /// Who was there, sorted, each once.
    public let uids: [PodUID]

    /// These pods were present, in any order.
    public init(
      resourceVersion: ResourceVersion, isComplete: Bool, uids: some Sequence<PodUID>
    ) {
      self.resourceVersion = resourceVersion
      self.isComplete = isComplete
      self.uids = Set(uids).sorted()
    }
  }

  /// The cluster.
  public var cluster: ClusterName
  /// The address space of its pods.
  public var network: NetworkName
  /// What kind of source it was.
  public var source: Evidence.Source
  /// Which pods it shows.
  public var scope: Scope
  /// What the event is there to say.
  public var phase: Phase
  /// Where what it covers begins; absent where it covers nothing.
  public var from: Point?
  /// Where what it covers ends.
  public var through: Point?
  /// Who was present, for a list.
  public var presence: Presence?
  /// Times of changes that made no event of their own.
  public var marks: [Mark]

  /// An event about a source that covers nothing yet.
  public init(
    cluster: ClusterName, network: NetworkName, source: Evidence.Source, scope: Scope, phase: Phase,
    from: Point? = nil, through: Point? = nil, presence: Presence? = nil, marks: [Mark] = []
  ) {
    self.cluster = cluster
    self.network = network
    self.source = source
    self.scope = scope
    self.phase = phase
    self.from = from
    self.through = through
    self.presence = presence
    self.marks = marks
  }
}
