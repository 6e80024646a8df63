public import IPLedger

/// How a source is to be taken.
public struct ObservationOptions: Sendable {
  /// The cluster that it shows.
  public var cluster: ClusterName
  /// The address space of the cluster's pods.
  public var network: NetworkName
  /// The annotations by which pods ask for a fixed IP.
  public var dialect: Dialect = .acs
  /// Which pods of the cluster it shows, on the word of who names it: it cannot be seen in the
  /// source.
  public var scope: SourceWatched.Scope = .cluster
  /// Whether a list is of all namespaces and without a selector, on the same word: then who is
  /// missing is gone (R10).
  public var isFullList = false
  /// How often the cluster's resource versions are known to have fallen back.
  public var epoch: UInt32 = 0

  /// A source that shows all pods of a cluster.
  public init(cluster: ClusterName, network: NetworkName) {
    self.cluster = cluster
    self.network = network
  }
}

/// Something in a source that makes no sense; the reader of the source knows where it stood.
public struct ObservationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was found and what was expected.
  public var message: String

  /// What was found and what was expected.
  public var description: String { message }
}
