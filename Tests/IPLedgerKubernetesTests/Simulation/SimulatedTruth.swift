import IPLedger

/// Who held which address, and for whom one was kept, in truth.
struct SimulatedTruth: Sendable {
  /// One incarnation's use of one address.
  struct Tenure: Sendable {
    var address: String
    var pod: SimulatedPod
    var from: Instant
    var until: Instant?
  }

  /// By their beginnings.
  private(set) var tenures: [Tenure] = []
  /// When the deletion of each pod was first asked for, and when it was gone.
  var requested: [String: Instant] = [:]
  var removed: [String: Instant] = [:]

  init() {}

  /// The truth of several clusters that share a network.
  init(of clusters: [SimulatedCluster]) {
    for cluster in clusters {
      tenures += cluster.truth.tenures
      requested.merge(cluster.truth.requested) { $1 }
      removed.merge(cluster.truth.removed) { $1 }
    }
    tenures.sort { $0.from < $1.from }
  }

  /// From now on a pod holds these addresses and no others.
  mutating func hold(_ held: [String], _ pod: SimulatedPod, at now: Instant) {
    for index in tenures.indices
    where tenures[index].pod.uid == pod.uid && tenures[index].until == nil {
      if !held.contains(tenures[index].address) { tenures[index].until = now }
    }
    for address in held
    where !tenures.contains(where: {
      $0.pod.uid == pod.uid && $0.until == nil && $0.address == address
    }) {
      tenures.append(Tenure(address: address, pod: pod, from: now, until: nil))
    }
  }

  /// Who held an address at an instant, of these clusters, or of all.
  func holders(
    of address: String, at instant: Instant, in clusters: Set<String>? = nil
  ) -> Set<String> {
    Set(
      tenures.filter { tenure in
        tenure.address == address && tenure.from <= instant
          && tenure.until.map { instant < $0 } ?? true
          && clusters.map { $0.contains(tenure.pod.cluster) } ?? true
      }.map(\.pod.uid))
  }

  /// The deadline of a pod's reservation, by its first request (R15).
  func deadline(of uid: String) -> Instant? {
    guard let request = requested[uid], let gone = removed[uid],
      let hours = tenures.first(where: { $0.pod.uid == uid })?.pod.retainedHours
    else { return nil }
    return max(request.wholeSeconds.adding(microseconds: Int64(hours) * 3_600_000_000), gone)
  }

  /// For whom an unused address is kept, and until when where its pod is gone (R15–R17).
  func kept(_ address: String, at instant: Instant) -> (identity: String, until: Instant?)? {
    let begun = tenures.filter { $0.from <= instant }
    guard let last = begun.last(where: { $0.address == address }), let until = last.until,
      until <= instant, last.pod.retainedHours != nil,
      !begun.contains(where: { $0.pod.uid == last.pod.uid && $0.from >= until })
    else { return nil }
    let siblings = Set(
      begun.filter { $0.pod.uid == last.pod.uid && $0.until == until }.map(\.address))
    let isOver = begun.contains {
      $0.from >= until
        && ($0.pod.identity == last.pod.identity || siblings.contains($0.address))
    }
    let deadline = deadline(of: last.pod.uid)
    guard !isOver, deadline.map({ instant < $0 }) ?? true else { return nil }
    return (last.pod.identity, deadline)
  }
}
