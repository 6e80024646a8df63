public import IPLedger
import Synchronization

/// What can be told of a running watch: Prometheus' metrics, and whether it is well.
public final class StatusBoard: Sendable {
  /// What takes a walk through tables is found out so often at the most, in microseconds: a minute.
  private static let betweenWalks: Int64 = 60_000_000
  /// A watch that heard nothing for so long is not ready, in seconds: a quiet cluster sends a bookmark each
  /// minute.
  private static let longestSilence = 600.0
  /// So long a watch may be without a connection and ready all the same, in seconds.
  private static let longestOutage = 60.0

  /// What is found out seldom.
  private struct Walk {
    var at: Instant
    var retained: Int
    var conflicts: Int
    var holders: Int
  }

  private let ledger: Ledger
  private let now: @Sendable () -> Instant
  private let watches = Mutex<[(cluster: ClusterName, watch: PodWatch)]>([])
  private let walk = Mutex<Walk?>(nil)

  /// A board for the watches that fill a ledger.
  public init(_ ledger: Ledger, now: @escaping @Sendable () -> Instant) {
    self.ledger = ledger
    self.now = now
  }

  /// Adds a watch.
  public func add(_ watch: PodWatch, of cluster: ClusterName) {
    watches.withLock { $0.append((cluster, watch)) }
  }

  /// All watches in one line for people.
  public var line: String {
    get async {
      var parts: [String] = []
      for (cluster, watch) in watches.withLock({ $0 }) {
        let figures = await watch.figures
        let events = "\(figures.appended) events"
        let silence = Int(figures.silenceSeconds ?? 0)
        let state = figures.isConnected ? "last heard \(silence) s ago" : "no connection"
        let gaps = figures.gaps > 0 ? ", \(figures.gaps) gaps" : ""
        parts.append("\(cluster): \(events), \(state)\(gaps)")
      }
      return parts.joined(separator: " | ")
    }
  }

  /// Whether every watch has listed or resumed, has a connection or lost it just now, and heard something
  /// not long ago.
  func isReady() async -> Bool {
    let all = watches.withLock { $0 }
    for (_, watch) in all {
      let figures = await watch.figures
      let longest = figures.isConnected ? Self.longestSilence : Self.longestOutage
      guard let silence = figures.silenceSeconds, silence <= longest else { return false }
    }
    return !all.isEmpty
  }

  /// Whether the ledger can be read.
  func isHealthy() -> Bool { (try? ledger.read { view in try view.head }) != nil }

  /// Everything in Prometheus' text format 0.0.4.
  func metrics() async throws -> String {
    var text = MetricsText()
    for (cluster, watch) in watches.withLock({ $0 }) {
      let figures = await watch.figures
      let labels = [("cluster", cluster.rawValue)]
      text.add(
        "ipledger_watch_lines_total", "Lines that came, those of lists included.", .counter, labels,
        figures.lines)
      text.add(
        "ipledger_watch_events_total", "Events that were appended.", .counter, labels,
        figures.appended)
      text.add(
        "ipledger_watch_known_total", "Events that were known before.", .counter, labels,
        figures.known)
      text.add(
        "ipledger_watch_refused_total", "Pods and events that were left out.", .counter, labels,
        figures.refused)
      text.add(
        "ipledger_watch_lists_total", "Full lists that were read.", .counter, labels, figures.lists)
      text.add(
        "ipledger_watch_reconnects_total", "Connections that went on where one had ended.",
        .counter, labels, figures.reconnects)
      text.add(
        "ipledger_watch_gaps_total", "Times when changes were missed.", .counter, labels,
        figures.gaps)
      text.add(
        "ipledger_watch_gap_seconds_total", "Time in which changes were missed.", .counter, labels,
        figures.gapSeconds)
      text.add(
        "ipledger_watch_connected", "Whether a connection stands.", .gauge, labels,
        figures.isConnected ? 1 : 0)
      text.add(
        "ipledger_watch_lag_seconds", "From the arrival of the last line to its being recorded.",
        .gauge, labels, figures.lagSeconds)
      if let silence = figures.silenceSeconds {
        text.add(
          "ipledger_watch_silence_seconds", "Since the last line came.", .gauge, labels, silence)
      }
    }
    let storage = try ledger.storage()
    text.add(
      "ipledger_ledger_head", "The position of the last event.", .gauge, [],
      Double(try ledger.read { view in try view.head }.rawValue))
    text.add(
      "ipledger_ledger_used_bytes", "Bytes of the file that are in use.", .gauge, [],
      storage.usedBytes)
    text.add(
      "ipledger_ledger_map_bytes", "The size of the memory map.", .gauge, [], storage.mapSize)
    text.add(
      "ipledger_ledger_readers", "Readers that hold a state of the ledger.", .gauge, [],
      storage.readers)
    let walk = try walked()
    text.add("ipledger_holders", "Pods that hold an address.", .gauge, [], walk.holders)
    text.add(
      "ipledger_retained", "Reservations that are kept for pods that are gone.", .gauge, [],
      walk.retained)
    text.add(
      "ipledger_conflicts", "Addresses that several pods surely held at once, some time.", .gauge,
      [], walk.conflicts)
    return text.text
  }

  private func walked() throws -> Walk {
    let now = now()
    if let known = walk.withLock({ $0 }),
      (0..<Self.betweenWalks).contains(now.microseconds - known.at.microseconds)
    {
      return known
    }
    let status = try ledger.read { view in try view.status(at: now) }
    let found = Walk(
      at: now, retained: status.reservations[.retained] ?? 0, conflicts: status.conflicts.count,
      holders: status.holders)
    walk.withLock { $0 = found }
    return found
  }
}
