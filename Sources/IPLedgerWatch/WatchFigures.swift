public import IPLedger
public import IPLedgerKubernetes

/// What a watch did, in figures.
public struct WatchFigures: Hashable, Sendable {
  /// How many lines came, those of lists included.
  public internal(set) var lines = 0
  /// How many events were appended.
  public internal(set) var appended = 0
  /// How many were known before.
  public internal(set) var known = 0
  /// How many pods or events were left out, because they made no sense.
  public internal(set) var refused = 0
  /// How many full lists were read.
  public internal(set) var lists = 0
  /// How often the watch was connected again where it had ended.
  public internal(set) var reconnects = 0
  /// How often it could not go on where it had ended, so that changes were missed.
  public internal(set) var gaps = 0
  /// The time in which changes were missed, in seconds: from the end of a connection to the list that
  /// followed.
  public internal(set) var gapSeconds = 0.0
  /// Whether a connection stands.
  public internal(set) var isConnected = false
  /// Since when no line came, in seconds; absent where none ever did.
  public internal(set) var silenceSeconds: Double?
  /// How long it took from the arrival of the last lines until they were recorded, in seconds.
  public internal(set) var lagSeconds = 0.0
  /// The last position that was appended.
  public internal(set) var head: Position?
  /// What became of the lines; known at the end.
  public internal(set) var observed = ObservationSummary()
}
