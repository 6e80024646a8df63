// The README's second example is what stands between the markers below; DocumentationTests compares
// the two.

// README: begin
import IPLedger

/// What the daemon of a CNI plugin does: it keeps one ledger open and decides with it.
final class AddressService: Sendable {
  private let ledger: Ledger
  private let now: @Sendable () -> Instant

  init(at path: String, now: @escaping @Sendable () -> Instant) async throws {
    self.now = now
    ledger = try Ledger.open(at: path, options: Ledger.Options(clock: now))
    let pool = try Pool(
      network: NetworkName("vpc-1"), zone: ZoneName("cn-hangzhou-a"),
      prefix: AddressPrefix(parsing: "10.0.4.0/24"),
      exclusions: [AddressRange(parsing: "10.0.4.0/30"), AddressRange(parsing: "10.0.4.255")],
      coolDown: .minutes(5))
    // The same pool again changes nothing, so every start may define it.
    if case .refused(let why) = try await ledger.define(pool, at: now()) {
      throw NoAddress(why: "\(why)")
    }
  }

  /// CNI ADD: waits while the pod's old incarnation still has what is kept for it.
  ///
  /// Asked again, it gives the same addresses again.
  func add(_ pod: PodIdentity, _ uid: PodUID, node: String, keep hours: Int?) async throws
    -> [Address]
  {
    let request = AssignRequest(
      identity: pod, uid: uid, at: now(), network: try NetworkName("vpc-1"), node: node,
      retainHours: hours)
    switch try await ledger.assignWhenFree(request) {
    case .reused(let assignment), .fresh(let assignment): return assignment.addresses
    case .refused(let refusal): throw NoAddress(why: "\(refusal.code): \(refusal)")
    case .waiting: throw NoAddress(why: "it waits")
    }
  }

  /// CNI DEL: may come again, and for pods that never had an address.
  func delete(_ pod: PodIdentity, _ uid: PodUID) async throws -> Instant? {
    try await ledger.delete(PodNotice(identity: pod, uid: uid, at: now())).deadline
  }

  /// Writes down what expires, until its task is cancelled.
  func sweep() async throws { try await Sweeper(ledger, clock: Sweeper.Clock(now: now)).run() }

  func close() { ledger.close() }
}

struct NoAddress: Error { let why: String }
// README: end
