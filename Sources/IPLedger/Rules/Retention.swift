// Who keeps what, and from when on it is free: R14–R17 as pure functions.

extension Incarnation {
  /// The class of nodes that its reservation belongs to; a pod whose node is unknown counts as on
  /// ECS.
  package var nodeClass: NodeClass { description?.nodeClass ?? .ecs }

  /// The hours for which its addresses are kept; `nil` where its policy is release (R12–R14).
  package var retainedHours: Int? { description?.policy.hours }

  /// The addresses that it held when it ended, or holds now: those that a reservation keeps (R2).
  package func finalAddresses(before successor: Incarnation?) -> [Address] {
    if let stage = stages.last { return stage.addresses }
    return tenures(before: successor)
      .filter { tenure in
        switch tenure.end?.cause {
        case .moved, .dropped: false
        default: true
        }
      }
      .map(\.address).sorted()
  }
}

/// The arithmetic of deadlines.
package enum DeadlineRule {
  private static let microsecondsPerHour: Int64 = 3_600_000_000

  /// By how much a clock of the API server may have stepped back between two deletions of one pod, so
  /// that the earlier one has the later instant: older incarnations than that are not asked.
  package static let greatestClockStep = Microseconds.hours(7 * 24)

  /// The instant from which a retained address is free (R15).
  ///
  /// - Parameters:
  ///   - requestedAt: When the deletion was first asked for, where any observation showed it.
  ///   - removal: When the object was removed; it counts where no request was seen, and the later
  ///     bound does, because keeping too long wastes an address, but freeing too early gives it to
  ///     two pods.
  ///   - hours: The hours of the incarnation that was deleted.
  /// - Returns: `nil` where nothing bounds it yet.
  package static func deadline(
    requestedAt: Instant?, removal: Bounds, hours: Int
  ) -> Instant? {
    let period = Int64(hours) * microsecondsPerHour
    guard let requestedAt else {
      return removal.latest.map { $0.adding(microseconds: period) }
    }
    // It never expires before its pod is gone: the later of both is in force.
    let asked = requestedAt.adding(microseconds: period)
    return greater(asked, removal.latest ?? removal.earliest)
  }
}
