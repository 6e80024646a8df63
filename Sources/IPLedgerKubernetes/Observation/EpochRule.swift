public import IPLedger

/// When resource versions have fallen back: etcd was restored, or the cluster made anew (R8a).
///
/// A change with a lower version than another cannot have been stamped later than that other was
/// made; where it was, by more than clocks disagree, the cluster counts anew, in a new epoch.
public enum EpochRule {
  /// How far clocks may disagree before versions count as having fallen back, in microseconds: ten
  /// minutes.
  static let tolerance: Int64 = 600_000_000

  /// Whether an observation shows that the resource versions of its cluster fell back since what a
  /// ledger knows.
  ///
  /// - Throws: `LedgerError` where a row of the ledger is damaged.
  public static func fellBack(_ event: Event, in view: borrowing LedgerView) throws -> Bool {
    guard let evidence = event.evidence, let stamp = evidence.newestStamp else { return false }
    let known = try view.latestBound(ofChange: evidence.resourceVersion, of: event.cluster)
    guard let known else { return false }
    return stamp > known.adding(microseconds: tolerance)
  }
}

extension PodObserver {
  /// Moves the source to the next epoch, where its first facts show that versions have fallen back
  /// since what the ledger knows: see ``EpochRule``.
  ///
  /// - Parameter events: The facts of the source that were not recorded yet.
  /// - Returns: The same facts, in the new epoch.
  public mutating func enterNextEpoch(_ events: [Event]) -> [Event] {
    options.epoch += 1
    summary.warn(.versionsFellBack)
    for uid in pods.keys { pods[uid]?.description.describedAt.moveToEpoch(options.epoch) }
    return events.map { $0.inEpoch(options.epoch) }
  }
}

extension ResourceVersion {
  fileprivate mutating func moveToEpoch(_ epoch: UInt32) {
    self = ResourceVersion(epoch: epoch, value)
  }
}

extension Event {
  /// The same fact with all its resource versions in an epoch.
  fileprivate func inEpoch(_ epoch: UInt32) -> Event {
    switch self {
    case .created(var event):
      event.evidence.moveToEpoch(epoch)
      event.description.describedAt.moveToEpoch(epoch)
      return .created(event)
    case .deleting(var event):
      event.evidence.moveToEpoch(epoch)
      return .deleting(event)
    case .completed(var event):
      event.evidence.moveToEpoch(epoch)
      return .completed(event)
    case .deleted(var event):
      event.evidence.moveToEpoch(epoch)
      return .deleted(event)
    case .watched(var event):
      event.from?.resourceVersion?.moveToEpoch(epoch)
      event.through?.resourceVersion?.moveToEpoch(epoch)
      event.presence?.resourceVersion.moveToEpoch(epoch)
      for index in event.marks.indices { event.marks[index].resourceVersion.moveToEpoch(epoch) }
      return .watched(event)
    case .expired:
      return self
    }
  }
}

extension Evidence {
  fileprivate mutating func moveToEpoch(_ epoch: UInt32) {
    resourceVersion.moveToEpoch(epoch)
    knownWithout?.moveToEpoch(epoch)
  }
}
