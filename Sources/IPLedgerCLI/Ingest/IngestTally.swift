import IPLedger
import IPLedgerKubernetes

/// What a run of ingest did, in figures.
struct IngestTally: Hashable, Sendable {
  /// The cluster that the inputs were taken for.
  let cluster: ClusterName
  /// The address space.
  let network: NetworkName
  /// Which pods of the cluster the inputs were taken to show.
  let scope: SourceWatched.Scope
  /// How many inputs were read, the one that failed included.
  var inputs = 0
  /// The documents and what was passed over of them.
  var observed = ObservationSummary()
  /// How many events were appended, by kind.
  var appended: [Event.Kind: Int] = [:]
  /// How many were known already, by kind.
  var duplicates: [Event.Kind: Int] = [:]
  /// What was covered, each source's parts drawn together.
  var coverage = RunCoverage()
  /// The last position that was appended.
  var head: Position?
  /// The input that is being read.
  var source = ""

  /// Nothing yet.
  init(_ options: ObservationOptions) {
    cluster = options.cluster
    network = options.network
    scope = options.scope
  }

  /// Counts an event and what became of it.
  mutating func count(_ event: Event, _ recording: Recording) {
    if recording.isNew {
      appended[event.kind, default: 0] += 1
      head = recording.position
    } else {
      duplicates[event.kind, default: 0] += 1
    }
    if case .watched(let watched) = event { coverage.add(watched) }
  }

  /// A place in the input that is being read.
  func place(_ line: Int) -> String {
    line > 0 ? "\(source), line \(line)" : source
  }

  /// How the inputs were taken, which nobody can see in them.
  var takenAs: String {
    switch scope {
    case .cluster: "Taken as showing all pods of the cluster \(cluster)"
    case .namespace(let name): "Taken as showing the namespace \(name) of the cluster \(cluster)"
    case .selection(let selector):
      "Taken as showing only pods selected by \(selector) in the cluster \(cluster)"
    }
  }
}

/// What the inputs of one run covered.
struct RunCoverage: Hashable, Sendable {
  /// Parts between two resource versions within which all changes were seen, apart from each other.
  private(set) var versions: [ClosedRange<ResourceVersion>] = []
  /// Parts between two instants of the server's clock, likewise (audit log).
  private(set) var times: [ClosedRange<Instant>] = []
  /// How many lists told who was present.
  private(set) var lists = 0
  /// How many of them were complete.
  private(set) var completeLists = 0

  /// Adds what an event says.
  mutating func add(_ watched: SourceWatched) {
    if let presence = watched.presence {
      lists += 1
      if presence.isComplete { completeLists += 1 }
    }
    guard let from = watched.from, let through = watched.through else { return }
    if let start = from.resourceVersion, let end = through.resourceVersion, start <= end {
      Self.add(start...end, to: &versions)
    } else if let start = from.notAfter ?? from.notBefore,
      let end = through.notBefore ?? through.notAfter, start <= end
    {
      Self.add(start...end, to: &times)
    }
  }

  private static func add<Bound>(_ part: ClosedRange<Bound>, to parts: inout [ClosedRange<Bound>]) {
    // They stand apart from each other and in order, and most come last.
    var first = parts.endIndex
    while first > 0, parts[first - 1].upperBound >= part.lowerBound { first -= 1 }
    var end = first
    var whole = part
    while end < parts.endIndex, parts[end].lowerBound <= part.upperBound {
      let (lower, upper) = (parts[end].lowerBound, parts[end].upperBound)
      whole = min(lower, whole.lowerBound)...max(upper, whole.upperBound)
      end += 1
    }
    parts.replaceSubrange(first..<end, with: [whole])
  }
}
