/// What an observation knows about the time of the change that it saw, raw (R8a).
///
/// Bounds are never baked in when an event is recorded: the rules and the answers derive
/// them from these fields, so a better derivation serves old events too.
public struct Evidence: Hashable, Sendable {
  /// Where an observation came from.
  public enum Source: UInt8, Hashable, Sendable, CaseIterable {
    /// A watch, or `kubectl get -w`.
    case watch = 1
    /// A list, or the initial items of a watch.
    case list = 2
    /// The API server's audit log.
    case audit = 3
    /// The ledger itself: it decided (R23).
    case decision = 4
  }

  /// Where the observation came from.
  public package(set) var source: Source
  /// The object's own resource version: that of its last change.
  public var resourceVersion: ResourceVersion
  /// Whether what the event says was made by this very change, because the source saw the change
  /// before it without a break; else it was made by this change or by an unseen one before it.
  public var isExactChange: Bool
  /// The last resource version at which the pod was known *without* what the event says.
  public var knownWithout: ResourceVersion?
  /// When the observer received it: an upper bound, on the observer's clock.
  public var receivedAt: Instant?
  /// The object's `creationTimestamp`: a lower bound of every change of the pod.
  public var creationStamp: Instant?
  /// The newest stamp that the server put into the object (`creationTimestamp`,
  /// `managedFields[].time`, the deletion request): a lower bound of this change.
  public var newestStamp: Instant?
  /// The newest stamp in the pod's directly preceding change, where one unbroken source showed
  /// both.
  public var precedingStamp: Instant?
  /// The `managedFields[].time` of the manager that owns the field which this event is about (the
  /// pod's IPs, or its phase): the server moves it whenever that manager changes a value, so the
  /// field has had its value since then.
  public var fieldStamp: Instant?
  /// `requestReceivedTimestamp` of the audited request: a lower bound of this change.
  public var requestReceivedAt: Instant?
  /// `stageTimestamp` of the audited response: an upper bound of this change.
  public var stageAt: Instant?

  /// When it happened, for what the ledger decided: that is known to the microsecond.
  public package(set) var decidedAt: Instant?

  /// Evidence from a source, about the change with this resource version; all else is absent until
  /// it is set.
  ///
  /// - Precondition: The source is not the ledger itself: only ``Ledger/assign(_:)`` and its kin
  ///   decide.
  public init(source: Source, resourceVersion: ResourceVersion, isExactChange: Bool = false) {
    precondition(source != .decision, "an observation cannot be the ledger's own decision")
    self.init(from: source, resourceVersion: resourceVersion, isExactChange: isExactChange)
  }

  package init(from source: Source, resourceVersion: ResourceVersion, isExactChange: Bool) {
    self.source = source
    self.resourceVersion = resourceVersion
    self.isExactChange = isExactChange
  }

  /// What the ledger decided, at a place in the order of decisions about the pod.
  package static func decision(
    _ place: ResourceVersion, at instant: Instant
  ) -> Evidence {
    var evidence = Evidence(from: .decision, resourceVersion: place, isExactChange: true)
    evidence.decidedAt = instant
    return evidence
  }
}
