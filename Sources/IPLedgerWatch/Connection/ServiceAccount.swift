import FoundationEssentials

/// What Kubernetes gives to a pod, so that it can ask the API of its own cluster.
///
/// See <https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/>.
public enum ServiceAccount {
  /// Where the files are.
  public static let folder = "/var/run/secrets/kubernetes.io/serviceaccount"

  /// How to reach the cluster that this process runs in.
  ///
  /// The token and the certificate authority are read again for each connection: they are replaced.
  ///
  /// - Parameters:
  ///   - environment: The variables of the process: `KUBERNETES_SERVICE_HOST` and
  ///     `KUBERNETES_SERVICE_PORT`.
  ///   - folder: Where the files are.
  /// - Returns: The access; `nil` where the process is in no cluster.
  /// - Throws: ``WatchError`` where the process is in a pod without a service account's token.
  public static func access(
    environment: [String: String], folder: String = ServiceAccount.folder
  ) throws(WatchError) -> ClusterAccess? {
    guard let host = nonEmpty(environment["KUBERNETES_SERVICE_HOST"]),
      let port = nonEmpty(environment["KUBERNETES_SERVICE_PORT"])
    else { return nil }
    let token = "\(folder)/token"
    guard FileManager.default.fileExists(atPath: token) else {
      throw WatchError(
        .configuration, "this is a pod, but there is no \(token)",
        remedy: "give the pod a serviceAccountName and automountServiceAccountToken: true")
    }
    let name = host.contains(":") ? "[\(host)]" : host
    var access = ClusterAccess(name: "the service account", server: "https://\(name):\(port)")
    access.trust = .authorities(.file("\(folder)/ca.crt"))
    access.credential = .tokenFile(token)
    access.namespace = (try? String(contentsOfFile: "\(folder)/namespace", encoding: .utf8))
      .map { String($0.filter { !$0.isWhitespace }) }
    return access
  }
}
