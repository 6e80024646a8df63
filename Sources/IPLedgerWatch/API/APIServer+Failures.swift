import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

// What went wrong, and what to check.

extension APIServer {
  /// An error below HTTP.
  static func failure(_ error: any Error, _ access: ClusterAccess) -> any Error {
    switch error {
    case is WatchError, is CancellationError: error
    case let error as HTTPClientError where error == .cancelled: CancellationError()
    case let error as NIOSSLExtraError where error == .failedToValidateHostname:
      WatchError(
        .certificate,
        "the certificate of \(access.server) is for another name than \(ServerURL(access.server).host)",
        remedy:
          "check the server's URL in the kubeconfig, or name what the certificate is for with "
          + "tls-server-name")
    case let error as NIOSSLError: tlsFailure("\(error)", access)
    case let error as BoringSSLError: tlsFailure("\(error)", access)
    case let error as HTTPClientError where isTimeout(error):
      unreachable("did not answer in time", access)
    case let error as NIOConnectionError: unreachable(words(of: error), access)
    case let error as IOError: unreachable(words(of: error), access)
    case let error as HTTPClientError:
      unreachable("the connection broke (\(name(of: error)))", access)
    case is ChannelError: unreachable("the connection broke", access)
    default: unreachable("the connection broke (\(name(of: error)))", access)
    }
  }

  /// What kind of error it is, without what is in it: that may be a secret.
  private static func name(of error: any Error) -> String {
    String("\(error)".prefix { $0 != "(" })
  }

  private static func isTimeout(_ error: HTTPClientError) -> Bool {
    [
      .connectTimeout, .readTimeout, .deadlineExceeded, .tlsHandshakeTimeout,
      .httpProxyHandshakeTimeout, .getConnectionFromPoolTimeout,
    ].contains(error)
  }

  private static func words(of error: NIOConnectionError) -> String {
    let causes = Set(error.connectionErrors.map { words(of: $0.error) })
    if !causes.isEmpty { return causes.sorted().joined(separator: "; ") }
    return "there is no host of that name"
  }

  /// The system's words for an error.
  static func words(of error: any Error) -> String {
    guard let error = error as? IOError else { return "the connection broke" }
    // As in `connect(descriptor:addr:size:): Connection refused (errno: 111)`.
    let text = "\(error)"
    let end = text.firstRange(of: " (errno: ")?.lowerBound ?? text.endIndex
    let words = text[..<end].split(separator: ": ").last.map(String.init) ?? text
    return words.contains("(") ? words : words.filter { $0 != ")" }
  }

  private static func unreachable(_ why: String, _ access: ClusterAccess) -> WatchError {
    WatchError(
      .unreachable, "\(access.server) (\(access.name)): \(why)",
      remedy: "check the server's URL, the network between, and HTTPS_PROXY and NO_PROXY")
  }

  private static func tlsFailure(_ words: String, _ access: ClusterAccess) -> WatchError {
    if words.contains("CERTIFICATE_VERIFY_FAILED") {
      return WatchError(
        .certificate,
        "the certificate of \(access.server) is signed by nobody whom \(access.name) trusts, or has "
          + "ended",
        remedy: "check certificate-authority in the kubeconfig, and the clock of this machine")
    }
    if words.contains("uncleanShutdown") { return unreachable("the connection broke", access) }
    let isOther = words.contains("WRONG_VERSION_NUMBER") || words.contains("HTTP_REQUEST")
    return WatchError(
      .certificate,
      "\(access.server) (\(access.name)): "
        + (isOther ? "what answers there speaks no TLS" : "the TLS handshake failed"),
      remedy: "check that the port is that of the API, and the client certificate")
  }

  // MARK: Answers that are refusals

  /// What a status other than 200 means.
  func refusal(_ response: HTTPClientResponse, _ path: String) async -> any Error {
    let status = await Self.status(in: response)
    let words = status?.message ?? "HTTP \(response.status.code)"
    let place = "\(access.server) (\(access.name))"
    let retryAfter = response.headers.first(name: "Retry-After").flatMap(Int64.init)
      .map { Duration.seconds($0) }
    switch response.status.code {
    case 401:
      return WatchError(
        .unauthorized, "\(place) does not know who asks: \(words)",
        remedy: "check the user's token, certificate or plugin: kubectl auth whoami says the same")
    case 403:
      return WatchError(
        .forbidden, "\(place): \(words)",
        remedy: Self.rule(path))
    case 410: return WatchError(.gone, "\(place): \(words)", remedy: "")
    case 429, 500...:
      return WatchError(.busy, "\(place): \(words)", remedy: "", retryAfter: retryAfter)
    default:
      return WatchError(
        .unexpected, "\(place): \(words) at \(path)",
        remedy: "check that the server's URL is that of a Kubernetes API")
    }
  }

  /// What an RBAC rule has to allow.
  private static func rule(_ path: String) -> String {
    let isNamespaced = path.hasPrefix("/api/v1/namespaces/") && path.hasSuffix("/pods")
    if path.hasSuffix("/pods") {
      return "it needs a \(isNamespaced ? "Role" : "ClusterRole") with apiGroups [\"\"], resources "
        + "[pods], verbs [list, watch], bound to this user"
    }
    return "it needs a ClusterRole with apiGroups [\"\"], resources [namespaces], resourceNames "
      + "[kube-system], verbs [get], bound to this user; or name the cluster with --cluster"
  }

  /// The API's `Status`, which says why.
  private struct Status: Decodable {
    var message: String?
  }

  private static func status(in response: HTTPClientResponse) async -> Status? {
    guard let body = try? await response.body.collect(upTo: 1 << 20) else { return nil }
    return try? JSONDecoder().decode(Status.self, from: Data(body.readableBytesView))
  }
}
