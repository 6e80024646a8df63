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
  /// Whether a watch that is begun anew says so, by an error and the list that follows it.
  ///
  /// Who holds the connection knows; in a stream that was piped in it has to be guessed.
  public var announcesRestarts = false
  /// The classes of the nodes whose labels were seen, by the nodes' names; of the others their names
  /// tell (R17).
  public var nodeClasses: [String: NodeClass] = [:]
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
