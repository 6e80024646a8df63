import IPLedger

extension LedgerView {
  /// Finds out what is meant by a target.
  ///
  /// - Throws: A ``Failure`` that lists what there is, where several things may be meant or none is
  ///   known.
  func subject(of target: Target, network: NetworkName?) throws -> Subject {
    let networks = try networks()
    guard !networks.isEmpty else {
      throw Failure(
        message: "the ledger is empty: record something first with 'ipledger ingest'",
        status: .inputOutput)
    }
    if let network, !networks.contains(network) {
      throw Failure.usage(
        "the ledger knows no network \(network); it knows \(list(networks))")
    }
    switch target {
    case .address(let ip):
      let found = try network ?? self.network(of: ip, among: networks)
      return .address(Address(network: found, ip: ip))
    case .prefix(let prefix):
      return .prefix(prefix, network.map { [$0] } ?? networks)
    case .pod(let cluster, let namespace, let name):
      return .pod(try identity(cluster, namespace, name))
    }
  }

  /// The addresses that a subject means, of those that anybody ever held.
  func addresses(of subject: Subject) throws -> [Address] {
    switch subject {
    case .address(let address): [address]
    case .prefix(let prefix, let networks):
      try networks.flatMap { try addresses(in: prefix, of: $0) }
    case .pod(let identity): try addresses(of: identity)
    }
  }

  private func network(
    of ip: IPAddress, among networks: [NetworkName]
  ) throws -> NetworkName {
    let known = try self.networks(of: ip)
    let candidates = known.isEmpty ? networks : known
    if candidates.count == 1, let only = candidates.first { return only }
    let problem =
      known.isEmpty
      ? "\(ip) was never seen, and the ledger knows several networks"
      : "\(ip) is an address in several networks"
    throw Failure.usage("\(problem): give --network with one of \(list(candidates))")
  }

  private func identity(
    _ cluster: ClusterName?, _ namespace: String, _ name: String
  ) throws -> PodIdentity {
    let known = try identities(namespace: namespace, name: name)
    let found = known.filter { cluster == nil || $0.cluster == cluster }
    if found.count == 1, let only = found.first { return only }
    guard found.isEmpty else {
      throw Failure.usage(
        "\(namespace)/\(name) is a pod in several clusters: give one of \(list(found))")
    }
    if !known.isEmpty, let cluster {
      throw Failure.refused(
        "the cluster \(cluster) has no pod \(namespace)/\(name); known is \(list(known))")
    }
    throw Failure.refused(
      "the ledger knows no pod \(namespace)/\(name) in \(list(try clusters())): a pod is known "
        + "once it was seen; was the name meant so?")
  }

  private func list(_ items: [some CustomStringConvertible]) -> String {
    items.map(\.description).joined(separator: ", ")
  }
}
