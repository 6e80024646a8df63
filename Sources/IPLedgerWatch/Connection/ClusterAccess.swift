/// Where the API of one cluster is, and how to ask it.
public struct ClusterAccess: Sendable {
  /// Bytes that stand in the kubeconfig itself, or in a file that may change.
  enum Material: Hashable, Sendable {
    /// Base64 of PEM.
    case data(Secret)
    case pem(Secret)
    case file(String)
  }

  /// Whom to believe.
  enum Trust: Hashable, Sendable {
    /// The certificate authorities of the system.
    case system
    /// These.
    case authorities(Material)
    /// Whoever answers: only where the kubeconfig says so.
    case anybody
  }

  /// How to say who asks, besides a certificate.
  enum Credential: Hashable, Sendable {
    case none
    case token(Secret)
    /// A file that is read again for every connection, since tokens are replaced.
    case tokenFile(String)
    case password(user: String, Secret)
    case plugin(CredentialPlugin)
  }

  /// A certificate of the one who asks.
  struct Certificate: Hashable, Sendable {
    var chain: Material
    var key: Material
  }

  /// In whose name to ask.
  struct Impersonation: Hashable, Sendable {
    var user: String
    var uid: String?
    var groups: [String] = []
    var extra: [String: [String]] = [:]
  }

  /// What messages call the way: a context of the kubeconfig, or the pod's service account.
  public internal(set) var name: String
  /// Where the API is, such as `https://10.0.0.1:6443`, without a slash at the end.
  public internal(set) var server: String
  /// The namespace that the context names.
  public internal(set) var namespace: String?
  var trust = Trust.system
  /// The name that the server's certificate has to be for, where it is not that of the URL.
  var serverName: String?
  var certificate: Certificate?
  var credential = Credential.none
  var impersonation: Impersonation?
  var proxy: String?

  init(name: String, server: String) {
    self.name = name
    self.server = server
  }
}

/// A program that gives credentials (`users[].user.exec`).
struct CredentialPlugin: Hashable, Sendable {
  /// What it is told of the cluster, where it asks for that.
  struct Cluster: Hashable, Sendable {
    var server: String
    var authorities: ClusterAccess.Material?
    var serverName: String?
    var isInsecure: Bool
  }

  var apiVersion: String
  /// A program found by PATH, or a path.
  var command: String
  var arguments: [String] = []
  var environment: [String: Secret] = [:]
  var installHint: String?
  var cluster: Cluster?
}
