import Foundation
import IPLedger
import NIOSSL
import RecordedClusters
import Synchronization
import Testing

@testable import IPLedgerWatch

/// Each way to reach a cluster, and each way in which that fails.
@Suite(.serialized) struct `reaching a cluster` {
  /// What a test asks, of which server and how; the answer's uid, or what went wrong.
  private static func ask(
    _ access: (PlayedServer) throws -> ClusterAccess, tls: TLSConfiguration? = nil,
    patience: APIServer.Patience = APIServer.Patience(),
    behave: @escaping @Sendable (PlayedServer.Request) -> PlayedServer.Behaviour = { _ in .good },
    times: Int = 1
  ) async throws -> (
    answer: Result<String, WatchError>, log: String, requests: [PlayedServer.Request]
  ) {
    let played = try PlayedWatch()
    let server = try await PlayedServer(played.cluster, played.clock, tls: tls, behave: behave)
    let api = try played.api(try access(server), patience: patience)
    var answer: Result<String, WatchError> = .success("")
    for _ in 0..<times {
      do {
        answer = .success(try await api.clusterUID())
      } catch let error as WatchError {
        answer = .failure(error)
      }
    }
    await api.shutdown()
    let requests = server.requests
    await server.stop()
    return (answer, played.log.text, requests)
  }

  private static func secure(_ server: PlayedServer) -> ClusterAccess {
    var access = ClusterAccess(name: "lab", server: "https://127.0.0.1:\(server.port)")
    access.trust = .authorities(.file(Certificates.path("ca.pem")))
    return access
  }

  private static func token(_ value: String)
    -> @Sendable (PlayedServer.Request) -> PlayedServer.Behaviour
  {
    { request in
      request.headers["authorization"] == "Bearer \(value)"
        ? .good : .refuses(status: 401, retryAfter: nil)
    }
  }

  // MARK: TLS

  @Test func `over TLS, by an authority in a file or in the kubeconfig`() async throws {
    let tls = try Certificates.server()
    let file = try await Self.ask({ Self.secure($0) }, tls: tls)
    #expect(try file.answer.get() == PlayedServer.uid)
    let data = try await Self.ask(
      { server in
        var access = Self.secure(server)
        access.trust = .authorities(.data(Secret(try Certificates.base64("ca.pem"))))
        return access
      }, tls: tls)
    #expect(try data.answer.get() == PlayedServer.uid)
  }

  @Test func `whom nobody trusts is not asked`() async throws {
    for trust in [
      ClusterAccess.Trust.authorities(.file(Certificates.path("other-ca.pem"))), .system,
    ] {
      let (answer, _, requests) = try await Self.ask(
        { server in
          var access = Self.secure(server)
          access.trust = trust
          return access
        }, tls: Certificates.server())
      let error = #expect(throws: WatchError.self) { try answer.get() }
      #expect(error?.code == .certificate)
      #expect(error?.description.contains("certificate-authority") == true)
      #expect(requests.isEmpty)
    }
  }

  @Test func `whoever answers is trusted where the kubeconfig says so`() async throws {
    let (answer, _, _) = try await Self.ask(
      { server in
        var access = Self.secure(server)
        access.trust = .anybody
        return access
      }, tls: Certificates.server())
    #expect(try answer.get() == PlayedServer.uid)
  }

  @Test func `a certificate for another name is none, unless that name is given`() async throws {
    let wrong = try await Self.ask(
      { Self.secure($0) }, tls: Certificates.server("named"))
    let error = #expect(throws: WatchError.self) { try wrong.answer.get() }
    #expect(error?.code == .certificate)
    #expect(error?.description.contains("tls-server-name") == true)
    let named = try await Self.ask(
      { server in
        var access = Self.secure(server)
        access.serverName = "kube.test"
        return access
      }, tls: Certificates.server("named"))
    #expect(try named.answer.get() == PlayedServer.uid)
  }

  @Test func `with a client certificate`() async throws {
    let tls = try Certificates.server(wantsClient: true)
    let with = try await Self.ask(
      { server in
        var access = Self.secure(server)
        access.certificate = ClusterAccess.Certificate(
          chain: .file(Certificates.path("client.pem")),
          key: .data(Secret(try Certificates.base64("client.key"))))
        return access
      }, tls: tls)
    #expect(try with.answer.get() == PlayedServer.uid)
    let without = try await Self.ask({ Self.secure($0) }, tls: tls)
    #expect(throws: WatchError.self) { try without.answer.get() }
    let damaged = try await Self.ask(
      { server in
        var access = Self.secure(server)
        access.certificate = ClusterAccess.Certificate(
          chain: .file(Certificates.path("client.pem")), key: .data(Secret("bm8ga2V5")))
        return access
      }, tls: tls)
    let error = #expect(throws: WatchError.self) { try damaged.answer.get() }
    #expect(error?.code == .credential)
    #expect(error?.description.contains("bm8ga2V5") == false)
  }

  // MARK: Who asks

  @Test func `with a token, a password, and in another's name`() async throws {
    let token = try await Self.ask(
      { server in
        var access = PlayedWatch.access(server)
        access.credential = .token(Secret("hush"))
        access.impersonation = ClusterAccess.Impersonation(
          user: "auditor", uid: "7", groups: ["a", "b"], extra: ["acme.com/why": ["x", "y"]])
        return access
      }, behave: Self.token("hush"))
    #expect(try token.answer.get() == PlayedServer.uid)
    let headers = try #require(token.requests.first).headers
    #expect(headers["impersonate-user"] == "auditor")
    #expect(headers["impersonate-uid"] == "7")
    #expect(headers["impersonate-group"] == "a,b")
    #expect(headers["impersonate-extra-acme.com%2fwhy"] == "x,y")
    #expect(!token.log.contains("hush"))
    let password = try await Self.ask { server in
      var access = PlayedWatch.access(server)
      access.credential = .password(user: "u", Secret("p"))
      return access
    }
    #expect(password.requests.first?.headers["authorization"] == "Basic dTpw")
  }

  @Test func `a token in a file is read again`() async throws {
    let folder = try Folder(["token": "old\n"])
    let answers = Mutex<[String]>([])
    _ = try await Self.ask(
      { server in
        var access = PlayedWatch.access(server)
        access.credential = .tokenFile(folder.file("token"))
        return access
      },
      behave: { request in
        answers.withLock { $0.append(request.headers["authorization"] ?? "") }
        try? folder.write("new\n", to: "token")
        return .good
      }, times: 2)
    #expect(answers.withLock { $0 } == ["Bearer old", "Bearer new"])
    let missing = try await Self.ask { server in
      var access = PlayedWatch.access(server)
      access.credential = .tokenFile(folder.file("nothing"))
      return access
    }
    let error = #expect(throws: WatchError.self) { try missing.answer.get() }
    #expect(error?.code == .credential)
  }

  @Test(arguments: ["two words", "line\nbreak", "tab\t", "bell\u{7}", "umläut"])
  func `what is no token is told without it`(_ token: String) async throws {
    let folder = try Folder(["token": token + "x"])
    let file = folder.file("token")
    for credential in [ClusterAccess.Credential.token(Secret(token + "x")), .tokenFile(file)] {
      let (answer, log, _) = try await Self.ask { server in
        var access = PlayedWatch.access(server)
        access.credential = credential
        return access
      }
      let error = #expect(throws: WatchError.self) { try answer.get() }
      #expect(error?.code == .credential)
      for part in token.split(whereSeparator: \.isWhitespace) where part.count > 3 {
        #expect(!"\(error as Any)\(log)".contains(part))
      }
    }
  }

  /// A plugin that writes what a shell script says.
  private static func plugin(_ script: String, in folder: Folder) throws -> CredentialPlugin {
    try folder.write("#!/bin/sh\n\(script)\n", to: "plugin")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o700], ofItemAtPath: folder.file("plugin"))
    var plugin = CredentialPlugin(
      apiVersion: "client.authentication.k8s.io/v1", command: folder.file("plugin"))
    plugin.arguments = ["--for", "lab"]
    plugin.environment = ["PLUGIN_SECRET": Secret("hush")]
    plugin.installHint = "install it with apt"
    return plugin
  }

  private static func ask(
    _ script: String, times: Int = 1,
    behave: @escaping @Sendable (PlayedServer.Request) -> PlayedServer.Behaviour
  ) async throws -> (answer: Result<String, WatchError>, runs: Int, log: String) {
    let folder = try Folder(["runs": ""])
    let counted = "echo run >> \(folder.file("runs")); \(script)"
    let plugin = try Self.plugin(counted, in: folder)
    let (answer, log, _) = try await ask(
      { server in
        var access = PlayedWatch.access(server)
        access.credential = .plugin(plugin)
        return access
      }, behave: behave, times: times)
    let runs = try String(contentsOfFile: folder.file("runs"), encoding: .utf8)
    return (answer, runs.split(separator: "\n").count, log)
  }

  private static func credential(_ status: String) -> String {
    #"echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":\#(status)}'"#
  }

  @Test func `a plugin gives a token, which is kept until it ends`() async throws {
    let kept = try await Self.ask(
      Self.credential(#"{"token":"given"}"#), times: 3, behave: Self.token("given"))
    #expect(try kept.answer.get() == PlayedServer.uid)
    #expect(kept.runs == 1)
    let ended = try await Self.ask(
      Self.credential(#"{"token":"given","expirationTimestamp":"2020-01-01T00:00:00Z"}"#), times: 3,
      behave: Self.token("given"))
    #expect(ended.runs == 3)
    #expect(!kept.log.contains("given") && !kept.log.contains("hush"))
  }

  @Test func `a plugin is told of the variables and asked again after a 401`() async throws {
    let outcome = try await Self.ask(
      #"test "$PLUGIN_SECRET" = hush && test "$2" = lab && "#
        + #"case "$KUBERNETES_EXEC_INFO" in *ExecCredential*) "#
        + Self.credential(#"{"token":"t"}"#) + ";; esac", behave: Self.token("other"))
    let error = #expect(throws: WatchError.self) { try outcome.answer.get() }
    #expect(error?.code == .unauthorized)
    #expect(outcome.runs == 2)
  }

  @Test(arguments: [
    ("exit 3", "failed"), ("echo no", "something else"),
    (#"echo '{"kind":"ExecCredential","status":{}}'"#, "neither a token"),
    (
      #"echo '{"kind":"ExecCredential","status":{"token":"x","expirationTimestamp":"soon"}}'"#,
      "no time"
    ),
  ])
  func `a plugin that gives nothing is named`(_ script: String, _ words: String) async throws {
    let outcome = try await Self.ask(script) { _ in .good }
    let error = #expect(throws: WatchError.self) { try outcome.answer.get() }
    #expect(error?.code == .credential)
    let description = error.map { "\($0)" } ?? ""
    #expect(
      description.contains(words) && description.contains("install it with apt"), "\(description)")
  }

  @Test func `a plugin is told of its cluster where it wants that`() async throws {
    let folder = try Folder(["ca.pem": "PEM of an authority"])
    let data = Data("PEM of an authority".utf8).base64EncodedString()
    for material in [
      ClusterAccess.Material.file(folder.file("ca.pem")), .data(Secret(data)),
      .pem(Secret("PEM of an authority")),
    ] {
      var plugin = try Self.plugin(
        #"echo "$KUBERNETES_EXEC_INFO" > \#(folder.file("told")); \#(Self.credential(#"{"token":"t"}"#))"#,
        in: folder)
      plugin.cluster = CredentialPlugin.Cluster(
        server: "https://10.0.0.1:6443", authorities: material, serverName: "lab",
        isInsecure: false)
      let credentials = PluginCredentials(plugin, of: "lab") { .seconds(1) }
      #expect(try await credentials.current().token == Secret("t"))
      let told = try JSONSerialization.jsonObject(
        with: Data(contentsOf: URL(filePath: folder.file("told"))))
      let spec = (told as? [String: Any])?["spec"] as? [String: Any]
      let cluster = spec?["cluster"] as? [String: String]
      #expect(
        cluster == [
          "server": "https://10.0.0.1:6443", "certificate-authority-data": data,
          "tls-server-name": "lab",
        ])
    }
  }

  @Test func `a plugin that is not there is named`() async throws {
    let (answer, _, _) = try await Self.ask { server in
      var access = PlayedWatch.access(server)
      access.credential = .plugin(
        CredentialPlugin(
          apiVersion: "client.authentication.k8s.io/v1", command: "ipledger-no-such-plugin"))
      return access
    }
    let error = #expect(throws: WatchError.self) { try answer.get() }
    #expect(error?.code == .credential)
    #expect(error?.description.contains("ipledger-no-such-plugin") == true)
  }

  // MARK: Failures

  @Test func `nobody answers`() async throws {
    let refused = try await Self.ask { _ in ClusterAccess(name: "lab", server: "http://127.0.0.1:1")
    }
    let error = #expect(throws: WatchError.self) { try refused.answer.get() }
    #expect(error?.code == .unreachable)
    #expect(
      error?.description.lowercased().contains("connection refused") == true, "\(error as Any)")
    let unknown = try await Self.ask { _ in
      ClusterAccess(name: "lab", server: "https://no-such-host.invalid")
    }
    #expect(throws: WatchError.self) { try unknown.answer.get() }
    var patience = APIServer.Patience()
    patience.answering = .milliseconds(50)
    patience.connecting = .milliseconds(50)
    let late = try await Self.ask(
      { PlayedWatch.access($0) }, patience: patience, behave: { _ in .hangs(milliseconds: 600) })
    let slow = #expect(throws: WatchError.self) { try late.answer.get() }
    #expect(slow?.code == .unreachable)
    #expect(slow?.description.contains("in time") == true)
  }

  @Test(arguments: [
    (401, WatchError.Code.unauthorized, "kubectl auth whoami"),
    (403, .forbidden, "ClusterRole"), (404, .unexpected, "Kubernetes API"), (429, .busy, ""),
    (500, .busy, ""), (503, .busy, ""),
  ])
  func `a refusal says what to check`(
    _ status: Int, _ code: WatchError.Code, _ words: String
  ) async throws {
    let (answer, _, _) = try await Self.ask(
      { PlayedWatch.access($0) }, behave: { _ in .refuses(status: status, retryAfter: 7) })
    let error = #expect(throws: WatchError.self) { try answer.get() }
    #expect(error?.code == code)
    #expect(error?.description.contains("played: \(status)") == true)
    #expect(words.isEmpty || error?.description.contains(words) == true)
    if code == .busy { #expect(error?.retryAfter == .seconds(7)) }
  }

  @Test(arguments: [
    ("https://u:hush@proxy:1", "over TLS"), ("socks5://u:hush@proxy:1", "SOCKS"),
    ("http://proxy:1", "tls-server-name"), ("http://", "no URL"),
  ])
  func `a proxy that cannot be used is told, without its password`(_ proxy: String, _ words: String)
    throws
  {
    let played = try PlayedWatch()
    var access = ClusterAccess(name: "lab", server: "https://10.0.0.1:6443")
    access.proxy = proxy
    let error = #expect(throws: WatchError.self) { try played.api(access) }
    let description = error.map { "\($0)" } ?? ""
    #expect(description.contains(words) && !description.contains("hush"), "\(description)")
  }

  @Test func `that may not list pods is told the rule at once`() async throws {
    let played = try PlayedWatch()
    let server = try await PlayedServer(played.cluster, played.clock) { _ in
      .refuses(status: 403, retryAfter: nil)
    }
    let api = try played.api(PlayedWatch.access(server))
    let watch = try played.watch(api)
    let error = await #expect(throws: WatchError.self) { try await watch.run() }
    #expect(error?.description.contains("verbs [list, watch]") == true)
    await api.shutdown()
    await server.stop()
  }
}
