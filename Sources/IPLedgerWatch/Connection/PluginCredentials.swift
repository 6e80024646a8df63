import FoundationEssentials
import IPLedger
import Subprocess
import SystemPackage

/// The credentials that a plugin gives, kept until they end.
///
/// See <https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins>.
actor PluginCredentials {
  /// What a plugin gives.
  struct Given: Hashable, Sendable {
    var token: Secret?
    var certificate: ClusterAccess.Certificate?
    var endsAt: Instant?
  }

  /// A plugin has so long to answer.
  private static let patience = Duration.seconds(60)
  /// What a plugin may write, in bytes.
  private static let greatestOutput = 1 << 20
  /// Credentials are not used when they end so soon, in microseconds: ten seconds.
  private static let reserve: Int64 = 10_000_000

  private let plugin: CredentialPlugin
  private let user: String
  private let now: @Sendable () -> Instant
  private var known: Given?

  /// The credentials of a plugin, which messages call the one of a context.
  init(_ plugin: CredentialPlugin, of user: String, now: @escaping @Sendable () -> Instant) {
    self.plugin = plugin
    self.user = user
    self.now = now
  }

  /// Credentials that are good now.
  ///
  /// - Throws: ``WatchError`` where the plugin is not there, fails, or gives none; `CancellationError`.
  func current() async throws -> Given {
    if let known, known.endsAt.map({ now() < $0.adding(microseconds: -Self.reserve) }) ?? true {
      return known
    }
    let given = try await run()
    known = given
    return given
  }

  /// The server does not take them: the plugin is asked again.
  func forget() { known = nil }

  private func run() async throws -> Given {
    let (plugin, info) = (plugin, try info())
    let output: (status: TerminationStatus, text: String)
    do {
      let answer = try await within(Self.patience) { try await Self.output(of: plugin, info) }
      guard let answer else { throw problem("did not answer within \(Self.patience)") }
      output = answer
    } catch let error as WatchError {
      throw error
    } catch let error as SubprocessError where error.code == .executableNotFound {
      throw problem("is not there")
    } catch {
      try Task.checkCancellation()
      throw problem("cannot be run: \(error)")
    }
    guard output.status == .exited(0) else {
      throw problem("failed (\(output.status)); what it wrote to its error output stands above")
    }
    return try Self.read(output.text, problem: problem)
  }

  private static func output(
    of plugin: CredentialPlugin, _ info: String
  ) async throws -> (TerminationStatus, String) {
    var variables: [Environment.Key: String?] = [:]
    variables["KUBERNETES_EXEC_INFO"] = info
    for (name, value) in plugin.environment {
      guard let key = Environment.Key(rawValue: name) else { continue }
      variables[key] = value.reveal()
    }
    let executable: Executable =
      plugin.command.contains("/") ? .path(FilePath(plugin.command)) : .name(plugin.command)
    let result = try await Subprocess.run(
      executable, arguments: Arguments(plugin.arguments),
      environment: .inherit.updating(variables), output: .string(limit: greatestOutput),
      error: .currentStandardError)
    return (result.terminationStatus, result.standardOutput)
  }

  private func problem(_ what: String) -> WatchError {
    WatchError(
      .credential, "the exec plugin \(plugin.command) of \(user) \(what)",
      remedy: plugin.installHint ?? "run it by hand to see what it says")
  }

  // MARK: What stands in its input and output

  /// What the plugin is told, in `KUBERNETES_EXEC_INFO`.
  private func info() throws(WatchError) -> String {
    struct Info: Encodable {
      struct Spec: Encodable {
        struct Cluster: Encodable {
          var server: String
          var authorityData: String?
          var serverName: String?
          var isInsecure: Bool?

          enum CodingKeys: String, CodingKey {
            case server
            case authorityData = "certificate-authority-data"
            case serverName = "tls-server-name"
            case isInsecure = "insecure-skip-tls-verify"
          }
        }
        var interactive = false
        var cluster: Cluster?
      }
      var apiVersion: String
      var kind = "ExecCredential"
      var spec: Spec
    }
    var cluster: Info.Spec.Cluster?
    if let known = plugin.cluster {
      let authorities = try known.authorities.map { material throws(WatchError) in
        Data(try TLSSettings.bytes(of: material, "the certificate authority", of: user))
          .base64EncodedString()
      }
      cluster = Info.Spec.Cluster(
        server: known.server, authorityData: authorities, serverName: known.serverName,
        isInsecure: known.isInsecure ? true : nil)
    }
    do {
      let info = Info(apiVersion: plugin.apiVersion, spec: Info.Spec(cluster: cluster))
      return String(decoding: try JSONEncoder().encode(info), as: UTF8.self)
    } catch {
      throw problem("cannot be told of its cluster")
    }
  }

  /// Reads what a plugin has written.
  private static func read(
    _ text: String, problem: (String) -> WatchError
  ) throws(WatchError) -> Given {
    struct Output: Decodable {
      struct Status: Decodable {
        var token: String?
        var clientCertificateData: String?
        var clientKeyData: String?
        var expirationTimestamp: String?
      }
      var kind: String?
      var status: Status?
    }
    guard let output = try? JSONDecoder().decode(Output.self, from: Data(text.utf8)),
      output.kind == "ExecCredential", let status = output.status
    else { throw problem("wrote something else than an ExecCredential with a status") }
    var given = Given()
    given.token = nonEmpty(status.token).map(Secret.init)
    if let chain = nonEmpty(status.clientCertificateData), let key = nonEmpty(status.clientKeyData)
    {
      given.certificate = ClusterAccess.Certificate(
        chain: .pem(Secret(chain)), key: .pem(Secret(key)))
    }
    guard given.token != nil || given.certificate != nil else {
      throw problem("gave neither a token nor a certificate with its key")
    }
    if let end = nonEmpty(status.expirationTimestamp) {
      guard let instant = try? Instant(rfc3339: end) else {
        throw problem("gave an expirationTimestamp that is no time")
      }
      given.endsAt = instant
    }
    return given
  }
}
