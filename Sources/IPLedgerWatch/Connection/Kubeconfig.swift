import FoundationEssentials

/// What kubectl would read: one kubeconfig, or several, merged.
///
/// See <https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/>: of what
/// has the same name in several files the first one counts, whole; a relative path is relative to the
/// file that it stands in.
public struct Kubeconfig: Sendable {
  /// The name of the context that is used where none is named.
  public private(set) var currentContext: String?
  /// The names of all contexts, in the order of the files.
  public private(set) var contextNames: [String] = []

  private var contexts: [String: KubeconfigFile.Context] = [:]
  private var clusters: [String: (cluster: KubeconfigFile.Cluster, folder: String)] = [:]
  private var users: [String: (user: KubeconfigFile.User, folder: String)] = [:]
  private var paths: [String] = []

  /// Reads the files that kubectl would read.
  ///
  /// - Parameters:
  ///   - path: The one file to read; it has to be there.
  ///   - environment: The variables of the process: `KUBECONFIG`, of whose files those that are
  ///     missing are left out, and `HOME`.
  /// - Returns: The kubeconfig; `nil` where none is named and none is at the usual place.
  /// - Throws: ``WatchError`` where a file cannot be read or is no kubeconfig.
  public static func load(
    path: String?, environment: [String: String]
  ) throws(WatchError) -> Kubeconfig? {
    var config = Kubeconfig()
    if let path {
      guard let text = try read(path) else {
        throw WatchError(
          .configuration, "there is no kubeconfig \(path)", remedy: "check the path")
      }
      try config.merge(KubeconfigFile(text, path: path), path: path)
      return config
    }
    let named = environment["KUBECONFIG"].map { list in
      list.split(separator: ":").map(String.init)
    }
    let usual = environment["HOME"].map { ["\($0)/.kube/config"] } ?? []
    let list = named.flatMap { $0.isEmpty ? nil : $0 } ?? usual
    for path in list {
      guard let text = try read(path) else { continue }
      try config.merge(KubeconfigFile(text, path: path), path: path)
    }
    return config.paths.isEmpty ? nil : config
  }

  /// The text of a file; `nil` where there is none.
  private static func read(_ path: String) throws(WatchError) -> String? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    do {
      return try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw WatchError(
        .configuration, "the kubeconfig \(path) cannot be read: \(Reason.of(error))",
        remedy: "check who may read it")
    }
  }

  private mutating func merge(_ file: KubeconfigFile, path: String) {
    paths.append(path)
    let folder = Paths.folder(of: path)
    if let current = file.currentContext, !current.isEmpty, currentContext == nil {
      currentContext = current
    }
    for context in file.contexts ?? [] where contexts[context.name] == nil {
      contexts[context.name] = context.value ?? KubeconfigFile.Context()
      contextNames.append(context.name)
    }
    for cluster in file.clusters ?? [] where clusters[cluster.name] == nil {
      clusters[cluster.name] = (cluster.value ?? KubeconfigFile.Cluster(), folder)
    }
    for user in file.users ?? [] where users[user.name] == nil {
      users[user.name] = (user.value ?? KubeconfigFile.User(), folder)
    }
  }

  // MARK: Contexts

  /// How to reach the cluster of a context.
  ///
  /// - Parameter name: The context; without one, the current one.
  /// - Returns: What it says; files that it names are read when the cluster is asked.
  /// - Throws: ``WatchError`` where there is no such context, or where it lacks or contradicts
  ///   something.
  public func access(context name: String?) throws(WatchError) -> ClusterAccess {
    guard let name = name ?? currentContext else {
      throw problem(
        "the kubeconfig has no current context",
        contextNames.isEmpty
          ? "it has no context at all: is it the right file?"
          : "name one of \(list(contextNames)) with --context")
    }
    guard let context = contexts[name] else {
      throw problem(
        "the kubeconfig has no context \(name)", "it has \(list(contextNames))")
    }
    guard let clusterName = context.cluster, let (cluster, folder) = clusters[clusterName] else {
      throw problem(
        "the context \(name) is of the cluster \(context.cluster ?? "without a name"), which the "
          + "kubeconfig does not have", "it has \(list(clusters.keys.sorted()))")
    }
    var access = ClusterAccess(name: name, server: try server(of: cluster, clusterName))
    access.namespace = context.namespace.flatMap { $0.isEmpty ? nil : $0 }
    access.trust = try trust(of: cluster, clusterName, folder)
    access.serverName = nonEmpty(cluster.serverName)
    access.proxy = nonEmpty(cluster.proxy)
    guard let userName = context.user, !userName.isEmpty else { return access }
    guard let (user, userFolder) = users[userName] else {
      throw problem(
        "the context \(name) is of the user \(userName), whom the kubeconfig does not have",
        "it has \(list(users.keys.sorted()))")
    }
    access.certificate = try certificate(of: user, userName, userFolder)
    access.credential = try credential(of: user, userName, userFolder, cluster, access)
    if let other = nonEmpty(user.impersonated) {
      access.impersonation = ClusterAccess.Impersonation(
        user: other, uid: nonEmpty(user.impersonatedUID), groups: user.impersonatedGroups ?? [],
        extra: user.impersonatedExtra ?? [:])
    }
    return access
  }

  private func server(
    of cluster: KubeconfigFile.Cluster, _ name: String
  ) throws(WatchError) -> String {
    guard let server = nonEmpty(cluster.server) else {
      throw problem("the cluster \(name) has no server", "add one, such as https://10.0.0.1:6443")
    }
    guard server.hasPrefix("https://") || server.hasPrefix("http://") else {
      throw problem(
        "the server of the cluster \(name) is no URL",
        "it has to begin with https://, such as https://10.0.0.1:6443")
    }
    guard ServerURL(server).port.map({ (1...65_535).contains($0) }) ?? true else {
      throw problem(
        "the server of the cluster \(name) has a port that there is not", "one is from 1 to 65535")
    }
    guard ServerURL(server).userInfo == nil else {
      throw problem(
        "the server of the cluster \(name) has a user or a password in its URL",
        "put them into the user of the context, as username and password")
    }
    return String(server.reversed().drop { $0 == "/" }.reversed())
  }

  private func trust(
    of cluster: KubeconfigFile.Cluster, _ name: String, _ folder: String
  ) throws(WatchError) -> ClusterAccess.Trust {
    let authorities = material(
      data: cluster.authorityData, file: cluster.authorityFile, in: folder)
    guard cluster.isInsecure == true else {
      return authorities.map { .authorities($0) } ?? .system
    }
    guard authorities == nil else {
      throw problem(
        "the cluster \(name) names a certificate authority and says insecure-skip-tls-verify",
        "leave one of the two away")
    }
    return .anybody
  }

  private func certificate(
    of user: KubeconfigFile.User, _ name: String, _ folder: String
  ) throws(WatchError) -> ClusterAccess.Certificate? {
    let chain = material(data: user.certificateData, file: user.certificateFile, in: folder)
    let key = material(data: user.keyData, file: user.keyFile, in: folder)
    guard let chain, let key else {
      guard chain == nil, key == nil else {
        throw problem(
          "the user \(name) has a client certificate or its key, but not both",
          "add the other one")
      }
      return nil
    }
    return ClusterAccess.Certificate(chain: chain, key: key)
  }

  private func credential(
    of user: KubeconfigFile.User, _ name: String, _ folder: String,
    _ cluster: KubeconfigFile.Cluster, _ access: ClusterAccess
  ) throws(WatchError) -> ClusterAccess.Credential {
    if let provider = user.authProvider {
      throw problem(
        "the user \(name) has the auth-provider \(provider.name ?? "without a name"): these are "
          + "no more in Kubernetes, or about to go",
        "use its exec plugin instead, such as gke-gcloud-auth-plugin or kubelogin")
    }
    // What is written down goes before what a plugin would give.
    if let file = nonEmpty(user.tokenFile) { return .tokenFile(Paths.resolve(file, in: folder)) }
    if let token = nonEmpty(user.token) { return .token(Secret(token)) }
    if let username = nonEmpty(user.username) {
      return .password(user: username, Secret(user.password ?? ""))
    }
    if let exec = user.exec { return .plugin(try plugin(exec, name, folder, cluster, access)) }
    return .none
  }

  private func plugin(
    _ exec: KubeconfigFile.Exec, _ user: String, _ folder: String,
    _ cluster: KubeconfigFile.Cluster, _ access: ClusterAccess
  ) throws(WatchError) -> CredentialPlugin {
    guard let command = nonEmpty(exec.command) else {
      throw problem("the exec plugin of the user \(user) has no command", "add one")
    }
    let versions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"]
    guard let version = exec.apiVersion, versions.contains(version) else {
      throw problem(
        "the exec plugin of the user \(user) has the apiVersion \(exec.apiVersion ?? "(none)")",
        "it has to be \(versions.joined(separator: " or "))")
    }
    if exec.interactiveMode == "Always" {
      throw problem(
        "the exec plugin of the user \(user) wants a person at a terminal (interactiveMode: Always)",
        "a watch runs by itself: use a credential that needs nobody")
    }
    var plugin = CredentialPlugin(
      apiVersion: version,
      command: command.contains("/") ? Paths.resolve(command, in: folder) : command)
    plugin.arguments = exec.args ?? []
    for variable in exec.env ?? [] {
      plugin.environment[variable.name] = Secret(variable.value ?? "")
    }
    plugin.installHint = nonEmpty(exec.installHint)
    if exec.provideClusterInfo == true {
      plugin.cluster = CredentialPlugin.Cluster(
        server: access.server, serverName: access.serverName,
        isInsecure: cluster.isInsecure == true)
      if case .authorities(let material) = access.trust { plugin.cluster?.authorities = material }
    }
    return plugin
  }

  /// What stands in the kubeconfig itself goes before a file.
  private func material(data: String?, file: String?, in folder: String) -> ClusterAccess.Material?
  {
    if let data = nonEmpty(data) { return .data(Secret(data)) }
    return nonEmpty(file).map { .file(Paths.resolve($0, in: folder)) }
  }

  private func problem(_ message: String, _ remedy: String) -> WatchError {
    WatchError(.configuration, "\(message) (\(paths.joined(separator: ", ")))", remedy: remedy)
  }

  private func list(_ names: [String]) -> String {
    names.isEmpty ? "none" : names.joined(separator: ", ")
  }
}

/// A text that is there and not empty: in a kubeconfig both mean the same.
func nonEmpty(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
