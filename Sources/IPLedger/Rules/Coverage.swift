/// Two points between which a source saw all changes of the pods in its scope.
package struct VersionSpan: Hashable, Sendable {
  /// Which pods it showed.
  package var scope: SourceWatched.Scope
  /// The change from which on all were seen.
  package var from: ResourceVersion
  /// The last change up to which all were seen.
  package var through: ResourceVersion
  /// Until when the source was certainly watched without a change after `through`, where observers
  /// tell.
  package var watchedUntil: Instant?
  /// When an observer had certainly seen `through`, where observers tell.
  package var seenUntil: Instant?

  package init(
    scope: SourceWatched.Scope, from: ResourceVersion, through: ResourceVersion,
    watchedUntil: Instant?, seenUntil: Instant?
  ) {
    self.scope = scope
    self.from = from
    self.through = through
    self.watchedUntil = watchedUntil
    self.seenUntil = seenUntil
  }

  /// Whether the two share a change, so that together they are one span.
  package func touches(_ other: VersionSpan) -> Bool {
    from.epoch == other.from.epoch && from <= other.through && other.from <= through
  }

  /// Both at once.
  package func union(_ other: VersionSpan) -> VersionSpan {
    let last = through > other.through ? self : other
    let isSame = through == other.through
    return VersionSpan(
      scope: scope, from: min(from, other.from), through: last.through,
      watchedUntil: isSame ? greater(watchedUntil, other.watchedUntil) : last.watchedUntil,
      seenUntil: isSame ? greater(seenUntil, other.seenUntil) : last.seenUntil)
  }
}

/// Two instants of the API server's clock between which all changes were logged.
package struct TimeSpan: Hashable, Sendable {
  /// Which pods it showed.
  package var scope: SourceWatched.Scope
  /// From here on all changes are in the log.
  package var from: Instant
  /// Up to here certainly.
  package var through: Instant
  /// The log's last line: changes between `through` and here may still have been on their way.
  package var seenUntil: Instant

  package init(
    scope: SourceWatched.Scope, from: Instant, through: Instant, seenUntil: Instant
  ) {
    self.scope = scope
    self.from = from
    self.through = through
    self.seenUntil = seenUntil
  }

  package func touches(_ other: TimeSpan) -> Bool {
    from <= other.through && other.from <= through
  }

  package func union(_ other: TimeSpan) -> TimeSpan {
    TimeSpan(
      scope: scope, from: min(from, other.from), through: max(through, other.through),
      seenUntil: max(seenUntil, other.seenUntil))
  }
}

/// What was watched of one cluster: each kind of span is their union, so order does not matter
/// (R7).
package struct Coverage: Hashable, Sendable {
  /// Spans between changes, by scope and beginning.
  package var versions: [VersionSpan] = []
  /// Spans between instants, by scope and beginning.
  package var times: [TimeSpan] = []
  /// The first changes of watches that did not begin with what was there, ascending.
  package var resumptions: [ResourceVersion] = []

  /// How many revisions may lie between the end of one watch and the first change of a resumed one
  /// that is taken to go on where the first one ended: a client resumes from a version that it saw.
  package static let resumptionReach: UInt64 = 4

  package init() {}

  /// Whether a pod whose state at a change is known was watched so closely up to a later change
  /// that this one is the next of its changes: without a break, or with one at which the watch was
  /// resumed (R8a).
  package func leads(
    from version: ResourceVersion, to next: ResourceVersion, namespace: String
  ) -> Bool {
    let reached = knownThrough(version, namespace: namespace)
    if reached >= next { return true }
    return resumptions.contains { resumed in
      resumed.epoch == reached.epoch && reached < resumed
        && resumed.value - reached.value <= Self.resumptionReach && resumed <= next
        && knownThrough(resumed, namespace: namespace) >= next
    }
  }

  /// Until when the source that came to a change was watched without another one.
  package func watchedUntil(_ version: ResourceVersion, namespace: String) -> Instant? {
    versions.filter { $0.through == version && $0.shows(namespace) }.compactMap(\.watchedUntil)
      .max()
  }

  /// How far the state of a pod at a change is known to have lasted, as far as sources saw no
  /// other.
  package func knownThrough(
    _ version: ResourceVersion, namespace: String
  ) -> ResourceVersion {
    var reached = version
    // The cluster's spans come first, and one of a namespace may lead into one of them.
    while true {
      let before = reached
      for span in versions where span.shows(namespace) {
        if span.from <= reached, span.through > reached, span.from.epoch == reached.epoch {
          reached = span.through
        }
      }
      if reached == before { return reached }
    }
  }
}

extension VersionSpan {
  /// Whether it shows all pods of a namespace: a selection says nothing of the pods that leave it.
  package func shows(_ namespace: String) -> Bool { scope.shows(namespace) }
}

extension SourceWatched.Scope {
  /// Whether all pods of a namespace are in the scope.
  package func shows(_ namespace: String) -> Bool {
    switch self {
    case .cluster: true
    case .namespace(let own): own == namespace
    case .selection: false
    }
  }
}
