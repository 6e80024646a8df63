import Foundation
import TestSupport
import Testing

@testable import IPLedgerWatch

/// A folder with files, gone afterwards.
final class Folder: Sendable {
  let path: String

  init(_ files: [String: String] = [:]) throws {
    path = NSTemporaryDirectory() + "ipledger-watch-\(UInt64.random(in: 0 ... .max))"
    for (name, text) in files { try write(text, to: name) }
  }

  func write(_ text: String, to name: String) throws {
    let file = URL(filePath: "\(path)/\(name)")
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: file, atomically: true, encoding: .utf8)
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct `a kubeconfig` {
  private static let one = """
    apiVersion: v1
    kind: Config
    current-context: prod
    clusters:
    - name: prod
      cluster:
        server: https://10.0.0.1:6443/
        certificate-authority: pki/ca.crt
        tls-server-name: kube.example
    - name: open
      cluster: {server: "http://127.0.0.1:8001"}
    users:
    - name: admin
      user:
        client-certificate: pki/admin.crt
        client-key-data: c2VjcmV0
        as: auditor
        as-groups: [readers]
        as-user-extra: {scopes: [view, log]}
    - name: robot
      user: {token: abc, tokenFile: token}
    contexts:
    - name: prod
      context: {cluster: prod, user: admin, namespace: web}
    - name: open
      context: {cluster: open, user: robot}
    """

  @Test func `names the server, whom to trust and who asks`() throws {
    let folder = try Folder(["config": Self.one])
    let config = try #require(
      try Kubeconfig.load(path: folder.file("config"), environment: [:]))
    let access = try config.access(context: nil)
    #expect(access.name == "prod")
    #expect(access.server == "https://10.0.0.1:6443")
    #expect(access.namespace == "web")
    #expect(access.serverName == "kube.example")
    #expect(access.trust == .authorities(.file(folder.file("pki/ca.crt"))))
    #expect(
      access.certificate
        == ClusterAccess.Certificate(
          chain: .file(folder.file("pki/admin.crt")), key: .data(Secret("c2VjcmV0"))))
    #expect(
      access.impersonation
        == ClusterAccess.Impersonation(
          user: "auditor", groups: ["readers"], extra: ["scopes": ["view", "log"]]))
    // A token file goes before a token.
    let open = try config.access(context: "open")
    #expect(open.credential == .tokenFile(folder.file("token")))
    #expect(config.contextNames == ["prod", "open"])
  }

  @Test func `of several files the first that names something counts`() throws {
    let folder = try Folder([
      "a/config": "current-context: \"\"\nusers: [{name: u, user: {token: first}}]",
      "b/config": """
      current-context: x
      clusters: [{name: c, cluster: {server: "https://b", certificate-authority: ca}}]
      users: [{name: u, user: {token: second}}]
      contexts: [{name: x, context: {cluster: c, user: u}}]
      """,
    ])
    let list = [folder.file("a/config"), folder.file("missing"), folder.file("b/config")]
    let config = try #require(
      try Kubeconfig.load(
        path: nil, environment: ["KUBECONFIG": list.joined(separator: ":")]))
    let access = try config.access(context: nil)
    #expect(access.credential == .token(Secret("first")))
    #expect(access.trust == .authorities(.file(folder.file("b/ca"))))
  }

  @Test func `is looked for where kubectl looks`() throws {
    let folder = try Folder([".kube/config": Self.one])
    #expect(try Kubeconfig.load(path: nil, environment: ["HOME": folder.path]) != nil)
    #expect(try Kubeconfig.load(path: nil, environment: ["HOME": folder.file("nobody")]) == nil)
    #expect(throws: WatchError.self) {
      try Kubeconfig.load(path: folder.file("nothing"), environment: [:])
    }
  }

  @Test(arguments: [
    ("[", "line"),
    ("clusters: 7", "clusters is not what"),
    ("clusters: [{cluster: {}}]", "clusters[0] is not what"),
    ("{}", "no current context"),
    ("current-context: x", "no context x"),
    ("{current-context: x, contexts: [{name: x, context: {cluster: c}}]}", "the cluster c"),
    (
      """
      current-context: x
      contexts: [{name: x, context: {cluster: c, user: u}}]
      clusters: [{name: c, cluster: {server: "https://a"}}]
      """, "the user u"
    ),
    (
      """
      current-context: x
      contexts: [{name: x, context: {cluster: c}}]
      clusters: [{name: c, cluster: {server: "10.0.0.1"}}]
      """, "no URL"
    ),
    (
      """
      current-context: x
      contexts: [{name: x, context: {cluster: c}}]
      clusters: [{name: c, cluster: {server: "https://u:hush@10.0.0.1"}}]
      """, "a user or a password"
    ),
    (
      """
      current-context: x
      contexts: [{name: x, context: {cluster: c}}]
      clusters: [{name: c, cluster: {server: "https://a", insecure-skip-tls-verify: true, \
      certificate-authority-data: eA==}}]
      """, "insecure-skip-tls-verify"
    ),
    (
      """
      current-context: x
      contexts: [{name: x, context: {cluster: c, user: u}}]
      clusters: [{name: c, cluster: {server: "https://a"}}]
      users: [{name: u, user: {client-certificate-data: eA==}}]
      """, "not both"
    ),
    (
      """
      current-context: x
      contexts: [{name: x, context: {cluster: c, user: u}}]
      clusters: [{name: c, cluster: {server: "https://a"}}]
      users: [{name: u, user: {auth-provider: {name: gcp}}}]
      """, "auth-provider gcp"
    ),
    (
      """
      current-context: x
      contexts: [{name: x, context: {cluster: c}}]
      clusters: [{name: c, cluster: {server: "https://a:99999"}}]
      """, "a port that there is not"
    ),
    (
      """
      current-context: x
      contexts: [{name: x, context: {cluster: c, user: u}}]
      clusters: [{name: c, cluster: {server: "https://a"}}]
      users: [{name: u, user: {exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1}}}]
      """, "apiVersion"
    ),
    (
      """
      current-context: x
      contexts: [{name: x, context: {cluster: c, user: u}}]
      clusters: [{name: c, cluster: {server: "https://a"}}]
      users: [{name: u, user: {exec: {command: x, apiVersion: client.authentication.k8s.io/v1, \
      interactiveMode: Always}}}]
      """, "interactiveMode"
    ),
  ])
  func `that is wrong is told what is wrong`(_ text: String, _ words: String) throws {
    let folder = try Folder(["config": text])
    let error = #expect(throws: WatchError.self) {
      let config = try Kubeconfig.load(path: folder.file("config"), environment: [:])
      _ = try config?.access(context: nil)
    }
    let description = error.map { "\($0)" } ?? ""
    #expect(description.contains(words), "\(description)")
    #expect(!description.contains("hush"))
    #expect(description.contains(folder.file("config")))
    #expect(error?.remedy.isEmpty == false)
  }

  /// Something of every kind that a kubeconfig has, with secrets that are known again.
  private static let whole = """
    apiVersion: v1
    kind: Config
    current-context: prod
    clusters:
    - name: prod
      cluster: {server: "https://10.0.0.1:6443", certificate-authority-data: aHVzaA==, proxy-url: "http://p:1"}
    users:
    - name: admin
      user:
        client-certificate-data: aHVzaA==
        client-key-data: aHVzaA==
        as: auditor
        as-groups: [readers]
        as-user-extra: {scopes: [view]}
    - name: robot
      user: {token: hush, username: u, password: hush}
    - name: other
      user:
        exec:
          apiVersion: client.authentication.k8s.io/v1
          command: helper
          args: [--token, hush]
          env: [{name: PASSWORD, value: hush}]
          provideClusterInfo: true
    contexts:
    - {name: prod, context: {cluster: prod, user: admin, namespace: web}}
    - {name: robot, context: {cluster: prod, user: robot}}
    - {name: other, context: &other {cluster: prod, user: other}}
    - {name: again, context: *other}
    """

  @Test(arguments: Seeds.chosen(kept: [], few: 3, many: 200))
  func `that is damaged is read or refused, and its secrets are not told`(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let folder = try Folder()
    var (refused, read) = (0, 0)
    for _ in 0..<300 {
      var bytes = Array(Self.whole.utf8)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let end = min(bytes.count, place + Int.random(in: 1...30, using: &random))
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0 ... .max, using: &random)
        case 1: bytes.removeSubrange(place..<end)
        case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 3:
          bytes.insert("{}[]:&*!|>'\"#%@-\n\t ".utf8.randomElement(using: &random) ?? 0, at: place)
        default: bytes.removeSubrange(end...)
        }
        if bytes.isEmpty { bytes = [0x0A] }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      do {
        try folder.write(text, to: "config")
        let config = try #require(
          try Kubeconfig.load(path: folder.file("config"), environment: [:]))
        read += 1
        // What is wrong with one context is told of that one; names in it may be any.
        for name in config.contextNames { _ = try? config.access(context: name) }
      } catch let error as WatchError {
        refused += 1
        let told = "\(error) \(error.remedy)"
        #expect(!told.contains("hush") && !told.contains("aHVzaA"), "\(told)\n\(text)")
      }
    }
    #expect(refused > 20 && read > 20)
  }

  @Test func `is not needed in a pod`() throws {
    let folder = try Folder(["token": "t\n", "ca.crt": "x", "namespace": "watchers\n"])
    let environment = ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"]
    let access = try #require(
      try ServiceAccount.access(environment: environment, folder: folder.path))
    #expect(access.server == "https://[fd00::1]:443")
    #expect(access.namespace == "watchers")
    #expect(access.credential == .tokenFile(folder.file("token")))
    #expect(try ServiceAccount.access(environment: [:], folder: folder.path) == nil)
    #expect(throws: WatchError.self) {
      try ServiceAccount.access(environment: environment, folder: folder.file("none"))
    }
  }

  @Test func `shows no secret when it is printed`() throws {
    let folder = try Folder(["config": Self.one.replacing("token: abc", with: "token: hush")])
    let config = try #require(try Kubeconfig.load(path: folder.file("config"), environment: [:]))
    var access = try config.access(context: "prod")
    access.credential = .token(Secret("hush"))
    var text = "\(access)"
    dump(access, to: &text)
    debugPrint(access, to: &text)
    #expect(!text.contains("hush"))
    #expect(!text.contains("c2VjcmV0"))
  }
}

@Suite struct `a proxy` {
  @Test(arguments: [
    ("10.1.2.3", "10.0.0.0/8", nil), ("10.1.2.3", "11.0.0.0/8", "http://p:1"),
    ("kube.example", ".example", nil), ("kube.example", "example", nil),
    ("kubexexample", "example", "http://p:1"), ("kube.example", "other, kube.example", nil),
    ("kube.example", "*", nil), ("127.0.0.1", "", nil), ("localhost", "", nil),
  ])
  func `is left out where the environment says so`(
    _ host: String, _ except: String, _ expected: String?
  ) {
    let environment = ["https_proxy": "http://p:1", "NO_PROXY": except]
    #expect(ProxyRule.proxy(for: host, isSecure: true, environment: environment) == expected)
    #expect(ProxyRule.proxy(for: host, isSecure: false, environment: environment) == nil)
  }
}
