// The README's example is what stands between the markers below; DocumentationTests compares the two.

// README: begin
import IPLedger

/// Records that web-0 was seen with an address, and asks who had it two seconds later.
func whoHadIt(at path: String, now: @escaping @Sendable () -> Instant) async throws -> PointAnswer {
  let ledger = try Ledger.open(at: path, options: Ledger.Options(clock: now))
  defer { ledger.close() }
  let cluster = try ClusterName("prod")
  let address = Address(network: NetworkName(of: cluster), ip: try IPAddress(parsing: "10.0.4.17"))
  let seen = ResourceVersion(289)
  var evidence = Evidence(source: .watch, resourceVersion: seen, isExactChange: true)
  evidence.newestStamp = try Instant(rfc3339: "2026-11-23T03:11:58Z")
  evidence.receivedAt = try Instant(rfc3339: "2026-11-23T03:11:58.240Z")
  let created = PodCreated(
    identity: try PodIdentity(cluster: cluster, namespace: "default", name: "web-0"),
    uid: try PodUID("d8517233-9666-468a-a9b9-0d53f5ac014e"), network: address.network,
    addresses: [address.ip], description: PodDescription(describedAt: seen), evidence: evidence)
  let through = SourceWatched.Point(  // the watch still delivered later, and showed nothing new
    resourceVersion: seen, notBefore: try Instant(rfc3339: "2026-11-23T03:13:00Z"))
  let watched = SourceWatched(
    cluster: cluster, network: address.network, source: .watch, scope: .cluster, phase: .advanced,
    from: SourceWatched.Point(resourceVersion: seen), through: through)
  try await ledger.record(contentsOf: [.created(created), .watched(watched)])
  let instant = try Instant(rfc3339: "2026-11-23T03:12:00Z")
  return try ledger.read { view in try view.audit(address, at: instant) }  // held by web-0, exact
}
// README: end
