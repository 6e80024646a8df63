/// What the ledger answers a pod that asks for its addresses (R23).
public enum Decision: Hashable, Sendable {
  /// It has its old addresses again.
  case reused(Assignment)
  /// Nothing was given back to it; it has other addresses.
  case fresh(Assignment)
  /// Its addresses are kept for it, but the old incarnation is not gone.
  case waiting(Waiting)
  /// It gets none.
  case refused(Refusal)

  /// The addresses that it has, where it has any.
  public var assignment: Assignment? {
    switch self {
    case .reused(let assignment), .fresh(let assignment): assignment
    case .waiting, .refused: nil
    }
  }
}

/// The addresses that a pod was given.
public struct Assignment: Hashable, Sendable {
  /// Them, ascending.
  public var addresses: [Address]
  /// The zone that they are of, where the ledger knows.
  public var zone: ZoneName?
  /// Why these.
  public var ground: PodCreated.Assignment.Ground
  /// Since when it has them.
  public var since: Instant
  /// The event that says so; absent for a pod that was only observed with them.
  public var position: Position?
  /// Whether this very request gave them; if not, the pod had them.
  public var isNew: Bool
}

/// Why a pod has to wait: the old incarnation still has what is kept for it.
public struct Waiting: Hashable, Sendable {
  /// Who has it.
  public var holder: PodReference
  /// The addresses.
  public var addresses: [Address]
  /// Since when it has had them.
  public var since: Bounds
  /// When its deletion was asked for; absent where it was not.
  public var deletionRequestedAt: Instant?
}

/// Why the ledger gives no address: a value, since it is an answer and no failure.
///
/// Which of them comes first is a table in <doc:DecideAddresses>.
public enum Refusal: Hashable, Sendable {
  /// The uid is known as another pod.
  case identityInvalid(uid: PodUID, known: PodIdentity)
  /// The incarnation is over: it has ended, and a newer one of the pod is known, or it had completed
  /// before the instant of the request and was gone after it.
  case incarnationOver(uid: PodUID, newer: PodUID?)
  /// The hours are not 1 to 8760 (R12).
  case policyInvalid(hours: Int)
  /// Another pod has an address that is kept for this one.
  case addressHeld(Address, by: PodReference, until: Instant?)
  /// No pool was defined in the network; these have some.
  case networkUnknown(NetworkName, known: [NetworkName])
  /// No pool was defined in the zone, or none is named and there are several; these are there.
  case zoneUnknown(ZoneName?, network: NetworkName, known: [ZoneName])
  /// The zone has no pool of the family.
  case familyUnknown(IPAddress.Family, zone: ZoneName, network: NetworkName)
  /// Nothing in the zone's pools of the family can be given now.
  case poolExhausted(Exhaustion)

  /// What the addresses of a zone are busy with.
  public struct Exhaustion: Hashable, Sendable {
    /// The zone.
    public var zone: ZoneName
    /// The network.
    public var network: NetworkName
    /// The family.
    public var family: IPAddress.Family
    /// How many addresses pods hold.
    public var bound: UInt128
    /// How many are retained.
    public var retained: UInt128
    /// How many are free, but not yet for the cool-down.
    public var coolingDown: UInt128
    /// When the next can be given; absent where that is not known.
    public var nextAt: Instant?
  }

  /// The code that scripts see: stable, never used for something else.
  public var code: String {
    switch self {
    case .identityInvalid: "identity-invalid"
    case .incarnationOver: "incarnation-over"
    case .policyInvalid: "policy-invalid"
    case .addressHeld: "address-held"
    case .networkUnknown: "network-unknown"
    case .zoneUnknown: "zone-unknown"
    case .familyUnknown: "family-unknown"
    case .poolExhausted: "pool-exhausted"
    }
  }
}

extension Refusal: CustomStringConvertible {
  /// What is so, and what to do.
  public var description: String {
    switch self {
    case .identityInvalid(let uid, let known):
      "the uid \(uid) is known as the pod \(known): a uid belongs to one pod only"
    case .incarnationOver(let uid, let newer?):
      """
      the uid \(uid) has ended, and \(newer) came after it: a name belongs to one incarnation at a \
      time, and an older one does not come back
      """
    case .incarnationOver(let uid, nil):
      "the uid \(uid) had completed then, and is gone since: it does not run again"
    case .policyInvalid(let hours):
      """
      addresses cannot be kept for \(hours) hours: ask for \
      \(RetentionPolicy.allowedHours.lowerBound) to \(RetentionPolicy.allowedHours.upperBound), or \
      for none
      """
    case .addressHeld(let address, let pod, let until):
      """
      \(address.ip) is kept for this pod, but \(pod.identity) (uid \(pod.uid)) has it, or was given it \
      since\(until.map { "; it is free of that from \($0) on" } ?? ": end that pod, or release the reservation")
      """
    case .networkUnknown(let network, let known):
      "the network \(network) has no pool: "
        + (known.isEmpty
          ? "define one with 'ipledger pool define'"
          : "there are pools in \(known.map(\.rawValue).joined(separator: ", "))")
    case .zoneUnknown(let zone?, let network, let known):
      """
      the zone \(zone) of the network \(network) has no pool; there are pools in \
      \(known.map(\.rawValue).joined(separator: ", "))
      """
    case .zoneUnknown(nil, let network, let known):
      """
      the network \(network) has pools in several zones: name one of \
      \(known.map(\.rawValue).joined(separator: ", "))
      """
    case .familyUnknown(let family, let zone, let network):
      "the zone \(zone) of the network \(network) has no pool of IPv\(family.rawValue)"
    case .poolExhausted(let state):
      """
      the zone \(state.zone) of the network \(state.network) has no IPv\(state.family.rawValue) \
      address to give: \(state.bound) bound, \(state.retained) retained, \(state.coolingDown) \
      cooling down; \(state.nextAt.map { "the next is free at \($0)" } ?? "none is going to be free by itself")
      """
    }
  }
}
