import Yams

/// One file of a kubeconfig, as it is written.
struct KubeconfigFile: Decodable {
  /// Something with a name: what it is stands under a key of its own.
  struct Named<Value: Entry>: Decodable {
    var name: String
    var value: Value?

    private struct Key: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: Key.self)
      name = try values.decode(String.self, forKey: Key(stringValue: "name"))
      value = try values.decodeIfPresent(Value.self, forKey: Key(stringValue: Value.key))
    }
  }

  /// What can have a name.
  protocol Entry: Decodable {
    /// The key under which it stands beside its name.
    static var key: String { get }
  }

  struct Cluster: Entry {
    static let key = "cluster"

    var server: String?
    var authorityFile: String?
    var authorityData: String?
    var serverName: String?
    var isInsecure: Bool?
    var proxy: String?

    private enum CodingKeys: String, CodingKey {
      case server
      case authorityFile = "certificate-authority"
      case authorityData = "certificate-authority-data"
      case serverName = "tls-server-name"
      case isInsecure = "insecure-skip-tls-verify"
      case proxy = "proxy-url"
    }
  }

  struct User: Entry {
    static let key = "user"

    var token: String?
    var tokenFile: String?
    var certificateFile: String?
    var certificateData: String?
    var keyFile: String?
    var keyData: String?
    var username: String?
    var password: String?
    var impersonated: String?
    var impersonatedUID: String?
    var impersonatedGroups: [String]?
    var impersonatedExtra: [String: [String]]?
    var exec: Exec?
    var authProvider: AuthProvider?

    private enum CodingKeys: String, CodingKey {
      case token
      case tokenFile
      case certificateFile = "client-certificate"
      case certificateData = "client-certificate-data"
      case keyFile = "client-key"
      case keyData = "client-key-data"
      case username
      case password
      case impersonated = "as"
      case impersonatedUID = "as-uid"
      case impersonatedGroups = "as-groups"
      case impersonatedExtra = "as-user-extra"
      case exec
      case authProvider = "auth-provider"
    }
  }

  struct AuthProvider: Decodable {
    var name: String?
  }

  struct Exec: Decodable {
    struct Variable: Decodable {
      var name: String
      var value: String?
    }

    var apiVersion: String?
    var command: String?
    var args: [String]?
    var env: [Variable]?
    var installHint: String?
    var provideClusterInfo: Bool?
    var interactiveMode: String?
  }

  struct Context: Entry {
    static let key = "context"

    var cluster: String?
    var user: String?
    var namespace: String?
  }

  var clusters: [Named<Cluster>]?
  var users: [Named<User>]?
  var contexts: [Named<Context>]?
  var currentContext: String?

  private enum CodingKeys: String, CodingKey {
    case clusters
    case users
    case contexts
    case currentContext = "current-context"
  }
}

extension KubeconfigFile {
  /// One that says nothing.
  private static var empty: KubeconfigFile {
    KubeconfigFile(clusters: nil, users: nil, contexts: nil, currentContext: nil)
  }

  /// Reads the text of a file.
  ///
  /// - Throws: ``WatchError`` where it is no kubeconfig.
  init(_ text: String, path: String) throws(WatchError) {
    do {
      guard try Yams.compose(yaml: text) != nil else {
        self = .empty
        return
      }
      self = try YAMLDecoder().decode(KubeconfigFile.self, from: text)
    } catch {
      throw WatchError(
        .configuration, "the kubeconfig \(path) cannot be read: \(Self.words(error))",
        remedy: "kubectl config view --kubeconfig \(path) shows what kubectl makes of it")
    }
  }

  /// What is wrong, without what stands in the file: it may be a secret.
  private static func words(_ error: any Error) -> String {
    switch error {
    case let error as YamlError:
      switch error {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        return "line \(mark.line): \(problem)"
      default: return "it is not YAML"
      }
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
      DecodingError.keyNotFound(_, let context), DecodingError.dataCorrupted(let context):
      let path = context.codingPath
        .map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)" }
        .joined()
      return "\(path.isEmpty ? "the whole" : String(path.drop { $0 == "." })) is not what a "
        + "kubeconfig has there"
    default: return "it is not YAML"
    }
  }
}
