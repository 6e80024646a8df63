import IPLedger

// The changes in an audit log, each once nothing can come before it: which request made it, and
// whether it was the next one after the last that is known (R8a).

extension PodObserver {
  /// Takes in a version of a pod that answers showed.
  ///
  /// - Parameters:
  ///   - change: The version.
  ///   - isCertain: Whether all lines were read that can say anything about it.
  /// - Returns: The facts that it adds.
  mutating func take(_ change: AuditProgress.Change, isCertain: Bool) -> [Event] {
    let sighting = change.sighting
    var context = SightingContext(
      source: .audit, isExactChange: false, knownWithout: nil, receivedAt: nil,
      requestReceivedAt: nil, stageAt: nil)
    let known = pods[sighting.uid]
    defer { settle(change) }
    if sighting.isHostNetwork {
      if change.isRemoval { pods[sighting.uid] = nil }
      return skipHostNetwork(sighting, context, isCreation: change.isCreation)
    }
    if change.removalVersion == nil {
      context.stageAt = change.shownAt
      context.knownWithout = known?.version
      if change.isCreation || change.isRemoval {
        context.requestReceivedAt = change.begunAt
        context.isExactChange = change.isCreation || known != nil
      } else if isCertain, let known, let begun = beginning(of: change, known) {
        context.requestReceivedAt = begun
        context.isExactChange = true
      }
    }
    if let known, sighting.version < known.version, !change.isRemoval {
      summary.skip(.nothingNew)
      return []
    }
    guard change.isRemoval else { return take(sighting, context, isCreation: change.isCreation) }
    return takeRemoval(change, context)
  }

  /// Notes when a pod was shown as it is now known, which settles what was in doubt before.
  private mutating func settle(_ change: AuditProgress.Change) {
    let sighting = change.sighting
    guard let asked = change.askedAt else { return }
    if let known = pods[sighting.uid] {
      guard known.version == sighting.version, change.removalVersion == nil else { return }
      pods[sighting.uid]?.shownAt = greater(known.shownAt, asked)
    } else if !change.isRemoval {
      return
    }
    audit.doubts.settle(sighting.identity, by: asked)
  }

  /// When the request was received that made a version, or the first of those that may have;
  /// absent where it may have been one that the log does not show.
  ///
  /// A request that changed nothing shows an older version, which some other request made.
  private func beginning(of change: AuditProgress.Change, _ known: PodMemory) -> Instant? {
    let sighting = change.sighting
    guard known.version < sighting.version, let stamp = sighting.newestStamp else { return nil }
    let isOfStatus = known.holdsOtherwise(than: sighting)
    guard
      !audit.doubts.concern(
        sighting.identity, since: known.shownAt, by: change.shownAt, ofStatus: isOfStatus)
    else { return nil }
    return change.requests.compactMap { request in
      guard let received = request.receivedAt, received <= change.shownAt,
        request.writesStatus || !isOfStatus,
        // The server stamps what a request changes, in whole seconds.
        stamp.adding(microseconds: StampRule.step) > received,
        audit.versionAnswered(by: received) < sighting.version
      else { return nil }
      return received
    }.min()
  }

  private mutating func takeRemoval(
    _ change: AuditProgress.Change, _ context: SightingContext
  ) -> [Event] {
    let sighting = change.sighting
    let known = pods[sighting.uid]
    guard mayHaveHadAddress(sighting) else { return skipRemoval(sighting) }
    var first = context
    first.isExactChange = false
    first.requestReceivedAt = nil
    let isAsKnown = isKnown(sighting) && change.removalVersion == nil
    let version = change.removalVersion ?? max(sighting.version, (known?.version ?? 0) + 1)
    var own = context
    own.isExactChange = true
    own.requestReceivedAt = change.begunAt
    own.stageAt = change.shownAt
    return remove(sighting, first: isAsKnown ? nil : first, own, at: version)
  }
}
