// Which pods an answer as of an earlier position has to know of (R22).

extension LedgerView {
  /// The pods that ever held one of these addresses, and those that held another address of the
  /// same reservations.
  public func identitiesConcerned(by addresses: [Address]) throws -> Set<PodIdentity> {
    let direct = try holders(of: addresses)
    var siblings: Set<Address> = []
    for identity in direct { siblings.formUnion(try self.addresses(of: identity)) }
    return direct.union(try holders(of: siblings.subtracting(addresses).sorted()))
  }

  private func holders(of addresses: [Address]) throws -> Set<PodIdentity> {
    var identities: Set<PodIdentity> = []
    for address in addresses {
      for row in try tenureRows(of: address) { identities.insert(row.pod.identity) }
    }
    return identities
  }
}
