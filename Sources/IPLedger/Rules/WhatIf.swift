// What other hours of retention would have changed: R15–R17 asked again, as pure functions.

/// What the rules say of a pod that came back: whether it gets the addresses that were retained for
/// it (R17).
public enum RecreationFate: String, Hashable, Sendable, CaseIterable {
  /// It came back before the deadline, and nothing else had ended the reservation.
  case kept
  /// It came back at the deadline or later, or the reservation had been ended before.
  case lost
  /// It may be either: the bounds of what happened leave it open (R8a).
  case uncertain
}

/// A reservation that a pod left behind, as a question about other hours needs it.
package struct LeftReservation: Hashable, Sendable {
  /// The hours that its incarnation asked for.
  package var recordedHours: Int
  /// When its last deletion was first asked for, where that was seen (R15).
  package var requestedAt: Instant?
  /// When the pod's object was removed.
  package var removal: Bounds
  /// When the pod came back; absent where it did not.
  package var returned: Bounds?
  /// When others were first seen with its addresses.
  package var takings: [Bounds]
  /// When an operator freed it (R19).
  package var releasedAt: Instant?

  package init(
    recordedHours: Int, requestedAt: Instant?, removal: Bounds, returned: Bounds?,
    takings: [Bounds] = [], releasedAt: Instant? = nil
  ) {
    self.recordedHours = recordedHours
    self.requestedAt = requestedAt
    self.removal = removal
    self.returned = returned
    self.takings = takings
    self.releasedAt = releasedAt
  }

  /// The instant from which its addresses are free, with these hours; `nil` where nothing bounds
  /// it.
  package func deadline(hours: Int) -> Instant? {
    DeadlineRule.deadline(requestedAt: requestedAt, removal: removal, hours: hours)
  }

  /// Since when its hours count: the last request, else the latest that its removal can have been.
  package var since: Instant? { requestedAt ?? removal.latest }

  /// Whether the pod gets its addresses back, with these hours; `nil` where it did not come back.
  package func fate(hours: Int) -> RecreationFate? {
    guard let returned else { return nil }
    var fates = [timeliness(of: returned, hours: hours)]
    if let releasedAt {
      fates.append(Self.fate(of: returned, endedAt: Bounds(exactly: releasedAt)))
    }
    fates += takings.map { fate(of: returned, takenAt: $0) }
    if fates.contains(.lost) { return .lost }
    return fates.contains(.uncertain) ? .uncertain : .kept
  }

  /// Whether it came back before the deadline: t < deadline, strictly (R17).
  private func timeliness(of returned: Bounds, hours: Int) -> RecreationFate {
    guard let deadline = deadline(hours: hours) else { return .uncertain }
    if let latest = returned.latest, latest < deadline { return .kept }
    if let earliest = returned.earliest, earliest >= deadline { return .lost }
    return .uncertain
  }

  /// Who was given an address after the recorded deadline takes nothing: with more hours it would
  /// not have been given away, with fewer the pod is too late anyway.
  ///
  /// Who had it before that deadline had it against the rules, and other hours change nothing.
  private func fate(of returned: Bounds, takenAt taking: Bounds) -> RecreationFate {
    let ended = Self.fate(of: returned, endedAt: taking)
    guard ended != .kept else { return .kept }
    guard let deadline = deadline(hours: recordedHours) else { return .uncertain }
    if let earliest = taking.earliest, earliest >= deadline { return .kept }
    return isAgainstTheRules(taking) ? ended : .uncertain
  }

  private func isAgainstTheRules(_ taking: Bounds) -> Bool {
    guard let latest = taking.latest, let deadline = deadline(hours: recordedHours) else {
      return false
    }
    return latest < deadline
  }

  /// Whether an end was before the return: from that instant on the addresses are free.
  private static func fate(of returned: Bounds, endedAt end: Bounds) -> RecreationFate {
    if let latest = end.latest, let back = returned.earliest, latest <= back { return .lost }
    if let earliest = end.earliest, let back = returned.latest, earliest > back { return .kept }
    return .uncertain
  }

  /// The time in which its addresses are retained, with these hours; `nil` where there is none, or
  /// nothing bounds when the pod was gone.
  ///
  /// Where only bounds are known, it begins when the pod was gone at the latest, and ends when the
  /// pod was back, or its address taken against the rules, at the latest.
  package func span(hours: Int) -> Range<Instant>? {
    guard let begin else { return nil }
    let ends =
      [deadline(hours: hours), releasedAt, returned?.latest ?? returned?.earliest]
      + takings.filter(isAgainstTheRules).map(\.latest)
    let end = ends.compactMap(\.self).min() ?? .latest
    return begin < end ? begin..<end : nil
  }

  /// When its pod was gone at the latest; `nil` where nothing bounds it.
  package var begin: Instant? { removal.latest ?? removal.earliest }
}
