import ArgumentParser
import IPLedger
import IPLedgerKubernetes

/// How the pods of a cluster are to be taken, however they come.
struct SourceOptions: ParsableArguments {
  @Option(
    help: "The address space of its pods, such as a VPC. Without it: the cluster's name.",
    transform: NetworkName.init(_:))
  var network: NetworkName?

  @Option(help: "The annotations that ask for a fixed IP.")
  var dialect: DialectName = .acs

  /// The names that a cluster's pods are recorded with.
  ///
  /// - Parameters:
  ///   - cluster: The cluster.
  ///   - ledger: The ledger: where it knows the cluster's pods, it knows their network, since an address in
  ///     another one would be another address (R2).
  /// - Returns: The names; the scope and whether a list is full are the caller's to say.
  /// - Throws: `Failure` where another network is given.
  func observation(of cluster: ClusterName, in ledger: Ledger) throws -> ObservationOptions {
    let known = try ledger.read { view in try view.networks(of: cluster) }
    var observation = ObservationOptions(
      cluster: cluster, network: try network(of: cluster, known: known))
    observation.dialect = dialect.dialect
    return observation
  }

  private func network(of cluster: ClusterName, known: [NetworkName]) throws -> NetworkName {
    guard let first = known.first else { return network ?? NetworkName(of: cluster) }
    guard let network else { return first }
    guard known.contains(network) else {
      throw Failure.usage(
        "the ledger knows the pods of \(cluster) in the network \(first), not in \(network): leave "
          + "--network away, or give what is another cluster another name with --cluster")
    }
    return network
  }

  /// Throws where a name cannot be that of a namespace.
  static func requireNamespace(_ name: String) throws {
    do {
      _ = try PodIdentity(cluster: ClusterName("any"), namespace: name, name: "any")
    } catch {
      throw ValidationError("--namespace: \(error)")
    }
  }
}

/// A dialect by its name on the command line.
enum DialectName: String, CaseIterable, ExpressibleByArgument, Sendable {
  /// Alibaba Cloud ACS.
  case acs
  /// Alibaba Cloud ECI.
  case eci

  /// The annotations.
  var dialect: Dialect {
    switch self {
    case .acs: .acs
    case .eci: .eci
    }
  }
}
