import IPLedger

// The end of a pod's object, as a watch and an audit log show it: the last state of the object, which
// may hold what no change before it showed.

extension PodObserver {
  /// Whether a removed pod had an address, or may have had one that was not seen.
  func mayHaveHadAddress(_ sighting: PodSighting) -> Bool {
    guard let known = pods[sighting.uid] else { return true }
    return known.hadAddress || !known.isSeenWhole || !sighting.addresses.isEmpty
  }

  /// Whether an object shows the addresses and the phase that its pod is known with.
  func isKnown(_ sighting: PodSighting) -> Bool {
    pods[sighting.uid].map { !$0.holdsOtherwise(than: sighting) } ?? false
  }

  /// Passes over the removal of a pod that never had an address.
  mutating func skipRemoval(_ sighting: PodSighting) -> [Event] {
    summary.skip(.neverHadAddress)
    pods[sighting.uid] = nil
    return []
  }

  /// Takes in the removal of a pod's object.
  ///
  /// - Parameters:
  ///   - sighting: The object as it was removed; of a pod not known before, it is all there is.
  ///   - first: Under what the object is seen first, where it shows what was made by a change that was
  ///     not seen.
  ///   - context: Under what its removal was seen.
  ///   - version: The version of the removal.
  /// - Returns: The facts that it adds.
  mutating func remove(
    _ sighting: PodSighting, first: SightingContext?, _ context: SightingContext,
    at version: UInt64
  ) -> [Event] {
    var events = first.map { take(sighting, $0) } ?? []
    let memory = pods[sighting.uid] ?? PodMemory(sighting, epoch: options.epoch, isSeenWhole: false)
    events.append(memory.removal(sighting, context, at: version))
    pods[sighting.uid] = nil
    return events
  }
}
