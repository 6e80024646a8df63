import AsyncHTTPClient
import FoundationEssentials
import IPLedger
import NIOCore
import NIOHTTP1

/// The API of one cluster: asks it, and says what went wrong where that fails.
final class APIServer: Sendable {
  /// How long things may take.
  struct Patience: Sendable {
    /// Until a connection stands.
    var connecting = Duration.seconds(10)
    /// Until an answer begins.
    var answering = Duration.seconds(60)
    /// Between two pieces of an answer: the server sends a bookmark about once a minute.
    var silence = Duration.seconds(150)
  }

  /// In which form an answer is wanted.
  enum Form: String, Sendable {
    /// Whole objects.
    case whole = "application/json"
    /// The metadata of an object alone, where the server can do that.
    case metadata = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"
    /// The metadata of the objects of a list alone, likewise.
    case metadataList =
      "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
  }

  /// An answer whose body has still to be read.
  struct Answer: Sendable {
    let body: HTTPClientResponse.Body
    let date: Instant?
    let sentAt: Instant
    let receivedAt: Instant
  }

  let access: ClusterAccess
  private let client: HTTPClient
  private let plugin: PluginCredentials?
  private let base: String
  /// The name and port of the URL.
  private let authority: String
  private let now: @Sendable () -> Instant
  private let patience: Patience

  /// Makes ready to ask; nothing is connected before ``get(_:_:as:)``.
  ///
  /// - Throws: ``WatchError`` where the proxy is no URL.
  init(
    _ access: ClusterAccess, environment: [String: String], patience: Patience = Patience(),
    now: @escaping @Sendable () -> Instant
  ) throws(WatchError) {
    self.access = access
    self.now = now
    if case .plugin(let plugin) = access.credential {
      self.plugin = PluginCredentials(plugin, of: access.name, now: now)
    } else {
      plugin = nil
    }
    var configuration = HTTPClient.Configuration()
    configuration.httpVersion = .http1Only
    configuration.redirectConfiguration = .disallow
    // Whoever asks tries again.
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.timeout.connect = TimeAmount(patience.connecting)
    configuration.timeout.read = TimeAmount(patience.silence)
    let url = ServerURL(access.server)
    authority = url.authority
    let isSecure = access.server.hasPrefix("https://")
    let proxy =
      access.proxy
      ?? ProxyRule.proxy(for: url.host, isSecure: isSecure, environment: environment)
    if let proxy {
      configuration.proxy = try Self.proxy(proxy)
      // Behind a proxy the address that answers is the proxy's: only a name can be compared.
      if isSecure, access.serverName == nil, access.trust != .anybody,
        (try? IPAddress(parsing: url.host)) != nil
      {
        throw WatchError(
          .configuration, "\(access.server) is reached through a proxy, and named by an address",
          remedy:
            "say with tls-server-name what its certificate is for, such as kubernetes.default, or "
            + "name the address in NO_PROXY")
      }
    }
    if let name = access.serverName, name != url.host {
      // The certificate is asked for and judged by this name; the connection goes where the URL says.
      configuration.dnsOverride = [name: url.host]
      base = url.replacingHost(with: name)
    } else {
      base = access.server
    }
    self.patience = patience
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  /// Closes what is open.
  func shutdown() async { try? await client.shutdown() }

  // The client insists on being shut down, also where an error has kept its user from it.
  deinit { client.shutdown { _ in } }

  // MARK: Asking

  /// Asks for a path.
  ///
  /// - Parameters:
  ///   - path: The path, such as `/api/v1/pods`.
  ///   - query: The names and values behind it.
  ///   - form: In which form.
  /// - Returns: The answer, where its status is 200.
  /// - Throws: ``WatchError``; `CancellationError` where the task was cancelled.
  func get(
    _ path: String, _ query: [(name: String, value: String)] = [], as form: Form = .whole
  ) async throws -> Answer {
    do {
      return try await ask(path, query, form)
    } catch let error as WatchError where error.code == .unauthorized && plugin != nil {
      // What the plugin gave has ended before its time.
      await plugin?.forget()
      return try await ask(path, query, form)
    }
  }

  /// Asks for a path, and reads the whole answer.
  ///
  /// - Parameters:
  ///   - path: The path.
  ///   - query: The names and values behind it.
  ///   - limit: How many bytes it may have.
  ///   - form: In which form.
  /// - Returns: The answer, and its bytes.
  /// - Throws: As ``get(_:_:as:)``.
  func body(
    _ path: String, _ query: [(name: String, value: String)] = [], limit: Int = 1 << 30,
    as form: Form = .whole
  ) async throws -> (answer: Answer, bytes: [UInt8]) {
    let answer = try await get(path, query, as: form)
    do {
      var bytes: [UInt8] = []
      for try await part in answer.body {
        guard bytes.count + part.readableBytes <= limit else {
          throw WatchError(
            .unexpected, "the answer to \(path) has more than \(limit >> 20) MB", remedy: "")
        }
        bytes.append(contentsOf: part.readableBytesView)
      }
      return (answer, bytes)
    } catch {
      throw Self.failure(error, access)
    }
  }

  /// What time it is at the server; `nil` where it does not tell.
  ///
  /// Also a refusal tells it.
  func time() async throws -> (date: Instant, sentAt: Instant, receivedAt: Instant)? {
    do {
      let (response, sentAt, receivedAt) = try await send("/version", [], .whole)
      guard let date = Self.date(response) else { return nil }
      for try await _ in response.body {}
      return (date, sentAt, receivedAt)
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      return nil
    }
  }

  private func ask(
    _ path: String, _ query: [(name: String, value: String)], _ form: Form
  ) async throws -> Answer {
    let (response, sentAt, receivedAt) = try await send(path, query, form)
    guard response.status == .ok else { throw await refusal(response, path) }
    return Answer(
      body: response.body, date: Self.date(response), sentAt: sentAt, receivedAt: receivedAt)
  }

  private static func date(_ response: HTTPClientResponse) -> Instant? {
    response.headers.first(name: "Date").flatMap(HTTPDate.instant)
  }

  private func send(
    _ path: String, _ query: [(name: String, value: String)], _ form: Form
  ) async throws -> (response: HTTPClientResponse, sentAt: Instant, receivedAt: Instant) {
    var url = base + path
    for (index, item) in query.enumerated() {
      url += "\(index == 0 ? "?" : "&")\(item.name)=\(Percent.encoded(item.value))"
    }
    var request = HTTPClientRequest(url: url)
    if base != access.server { request.headers.add(name: "Host", value: authority) }
    request.headers.add(name: "Accept", value: form.rawValue)
    request.headers.add(name: "User-Agent", value: "ipledger")
    let certificate = try await authorize(&request)
    if base.hasPrefix("https://") {
      request.tlsConfiguration = try TLSSettings.configuration(access, certificate: certificate)
    }
    let sentAt = now()
    do {
      let response = try await client.execute(
        request, timeout: TimeAmount(patience.connecting + patience.answering))
      return (response, sentAt, now())
    } catch {
      throw Self.failure(error, access)
    }
  }

  /// Says who asks; the certificate that goes with it.
  private func authorize(
    _ request: inout HTTPClientRequest
  ) async throws -> ClusterAccess.Certificate? {
    var certificate = access.certificate
    switch access.credential {
    case .none: break
    case .token(let token): try authorize(&request, "Bearer", token)
    case .tokenFile(let path):
      try authorize(&request, "Bearer", TokenFile.read(path, access))
    case .password(let user, let password):
      try authorize(&request, "Basic", Self.basic("\(user):\(password.reveal())"))
    case .plugin:
      let given = try await plugin?.current()
      if let token = given?.token { try authorize(&request, "Bearer", token) }
      certificate = given?.certificate ?? certificate
    }
    if let other = access.impersonation {
      request.headers.add(name: "Impersonate-User", value: other.user)
      if let uid = other.uid { request.headers.add(name: "Impersonate-Uid", value: uid) }
      for group in other.groups { request.headers.add(name: "Impersonate-Group", value: group) }
      for (key, values) in other.extra.sorted(by: { $0.key < $1.key }) {
        let name = "Impersonate-Extra-\(Percent.encoded(key))"
        for value in values { request.headers.add(name: name, value: value) }
      }
    }
    return certificate
  }

  private func authorize(
    _ request: inout HTTPClientRequest, _ scheme: String, _ credential: Secret
  ) throws(WatchError) {
    // Checked here: who refuses it further down would print it.
    guard credential.reveal().utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw WatchError(
        .credential, "the token of \(access.name) has a space or a character that no token has",
        remedy: "check where it comes from: a file has one token, and nothing else")
    }
    request.headers.replaceOrAdd(name: "Authorization", value: "\(scheme) \(credential.reveal())")
  }

  /// A user and a password as HTTP has them (RFC 7617).
  private static func basic(_ credentials: String) -> Secret {
    Secret(Data(credentials.utf8).base64EncodedString())
  }

  private static func proxy(_ text: String) throws(WatchError) -> HTTPClient.Configuration.Proxy {
    let url = ServerURL(text.contains("://") ? text : "http://\(text)")
    let port = url.port ?? 80
    guard !url.host.isEmpty, (1...65_535).contains(port) else {
      throw WatchError(
        .configuration, "the proxy is no URL", remedy: "it is one such as http://10.0.0.1:3128")
    }
    guard !text.hasPrefix("https://") else {
      throw WatchError(
        .configuration, "a proxy that is itself asked over TLS (https://) cannot be used",
        remedy: "name it with http://: what goes through it to the API is TLS all the same")
    }
    guard !text.hasPrefix("socks5") || url.userInfo == nil else {
      throw WatchError(
        .configuration, "a SOCKS proxy that wants a user cannot be used",
        remedy: "use an HTTP proxy")
    }
    if text.hasPrefix("socks5") { return .socksServer(host: url.host, port: url.port ?? 1080) }
    let authorization = url.userInfo.map { info in
      HTTPClient.Authorization.basic(credentials: basic(Percent.decoded(info)).reveal())
    }
    return .server(host: url.host, port: port, authorization: authorization)
  }
}
